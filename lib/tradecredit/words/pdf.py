"""What the PDF files of a month say beside the chapters, and why there are none."""

from tradecredit.language import tr

TITLE = "Credit report"
CONTENTS = "Contents"


def made_from(fingerprint: str) -> str:
    """Return the last line: the book that all was made from."""
    return tr(
        "Made by tradecredit from book {fingerprint}. Tables in full, and how each was made, are beside it.",
        fingerprint=fingerprint[:12],
    )


def no_browser(variable: str) -> str:
    """Return the line of a run that finds no browser."""
    return tr(
        "No PDF was made: there is no Chromium or Chrome on this machine; install one, or name it in {variable}.",
        variable=variable,
    )


def not_printed(file: str, problem: str) -> str:
    """Return the line of a run whose browser fails."""
    return tr("No PDF was made: the browser could not print {file} ({problem}).", file=file, problem=problem)
