"""One file a step, each with its own frozen table definitions."""
