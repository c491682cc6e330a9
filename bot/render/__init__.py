"""What we say: pure functions from facts to Block Kit."""
