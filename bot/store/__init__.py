"""The store: what survives a crash."""
