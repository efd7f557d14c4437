"""Floor 1: reads, checks and freezes the credit book."""
