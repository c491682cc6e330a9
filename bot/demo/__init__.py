"""The real bot in a pretend world: a strict pretend Slack and a strict pretend Harness."""
