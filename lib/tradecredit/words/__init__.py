"""Every sentence that a page says, and how numbers are written."""
