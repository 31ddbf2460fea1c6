"""Results: what is computed can be kept, read back, shown."""
