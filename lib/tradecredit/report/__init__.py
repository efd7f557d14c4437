"""Floor 5: runs the chapters and makes the pages."""
