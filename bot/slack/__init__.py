"""Slack: bodies in, messages out."""
