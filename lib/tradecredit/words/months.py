"""What pages say of other months, and of the files that a month offers."""

from tradecredit.language import tr

LABEL = "Months and files"
STEPS = ("Before:", "After:")
ALL_MONTHS = "This chapter in all months"
ALL_CHAPTERS = "All chapters and months"
REPORT_PDF = "Report (PDF)"
SUMMARY_MAIL = "Summary (mail)"
SUMMARY_PDF = "Summary (PDF)"
WORKBOOK = "All tables (Excel)"


def all_months(title: str) -> str:
    """Return the heading of a chapter's page over all months."""
    return tr("{title}: all months", title=title)
