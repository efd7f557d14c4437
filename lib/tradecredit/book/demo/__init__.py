"""The demo company: an invented world whose truth is known, and the credit book that it leaves behind."""
