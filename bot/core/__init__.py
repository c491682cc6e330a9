"""What is true: plain Python, without async, clock, logging or vendors."""
