"""What pages say of other months, and of the files that a month offers."""

LABEL = "Months and files"
STEPS = ("Before:", "After:")
ALL_MONTHS = "This chapter in all months"
ALL_CHAPTERS = "All chapters and months"
FAILED = "(failed)"
REPORT_PDF = "Report (PDF)"
SUMMARY_PDF = "Summary (PDF)"
WORKBOOK = "All tables (Excel)"


def later_failed(where: str) -> str:
    """Return what is said on a page that a later run should have replaced.

    >>> later_failed("chapter 03_credit_limits")
    'A later run of this month failed (chapter 03_credit_limits): this is the last report that was made.'
    """
    return f"A later run of this month failed ({where}): this is the last report that was made."


def all_months(title: str) -> str:
    """Return the heading of a chapter's page over all months."""
    return f"{title}: all months"
