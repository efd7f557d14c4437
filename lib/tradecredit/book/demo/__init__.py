"""The demo company: an invented world whose truth is known, and the credit book that it leaves behind."""

from tradecredit.book.demo.book import DemoBook, demo_book, write

__all__ = ["DemoBook", "demo_book", "write"]
