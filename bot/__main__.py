"""``python -m bot`` is the same command as ``resume-bot``."""

import sys

from bot.cli import main

sys.exit(main())
