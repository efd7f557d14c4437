"""Chapters, pages and the index."""
