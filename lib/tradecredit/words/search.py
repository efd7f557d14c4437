"""What the search of a month says."""

TITLE = "Search"
TASK = (
    "Buyers by name, number or registration; figures, questions, tables and pictures of the chapters; terms. All words "
    "must be found, in any order."
)
BOX = "Look for"
HOW = "Enter opens the first that is found; the arrow keys move along the list."
FOUND = "{number} found."
NOTHING = (
    "Nothing is found. Sheets are those of the buyers that matter most; whoever makes the report can add any other."
)
GROUPS = {
    "buyers": "Buyers", "figures": "Headline figures", "questions": "Questions", "tables": "Tables",
    "pictures": "Pictures", "terms": "Terms",
}  # fmt: skip
"""The kinds of what can be found, in order."""
OF_SHEET = "sheet of the buyer"
OF_GLOSSARY = "glossary"
