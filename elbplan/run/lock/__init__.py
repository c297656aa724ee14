"""One run of a stack at a time: taking the lock, keeping it, asking for it before every write, losing it."""
