"""The stories: one verb a file, without any vendor."""
