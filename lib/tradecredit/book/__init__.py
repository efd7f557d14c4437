"""Reads, checks and freezes the credit book."""
