"""A Slack bot that resumes failed Harness pipelines, safely, from the right stage."""
