"""The HTTP server: health, metrics, Slack and Harness events."""
