"""What the PDF files of a month say beside the chapters, and why there are none."""

TITLE = "Credit report"
CONTENTS = "Contents"


def made_from(fingerprint: str) -> str:
    """Return the last line: the book that all was made from."""
    return f"Made by tradecredit from book {fingerprint[:12]}. Tables in full, and how each was made, are beside it."


def no_browser(variable: str) -> str:
    """Return the line of a run that finds no browser."""
    return f"No PDF was made: there is no Chromium or Chrome on this machine; install one, or name it in {variable}."


def not_printed(file: str, problem: str) -> str:
    """Return the line of a run whose browser fails."""
    return f"No PDF was made: the browser could not print {file} ({problem})."
