"""What stands in place of a table for which a run or its book lacks something: what is missing, and how it is added."""

POLICY = "The run file names no policy: nothing is insured, and there is nothing to report, to claim or to request."

MARGIN = (
    "The run file states no contribution margin (`margin`): what a limit earns is not known, and limits cannot be set "
    "for the portfolio as a whole."
)

TERMS_MARGIN = "Without a margin in the run file (`margin`) the value of an order, and which terms pay, is not known."

LIMITS = (
    "The book holds no limits (table `limits`: buyer_id, source, amount, valid_from): which were in force, and whether "
    "they were kept, is not known."
)

LATER_DEFAULTS = "The book records no defaults (table `defaults`): what limits would have avoided is not testable."

DISCOUNTS = (
    "No invoice states a cash discount (`discount_rate`, `discount_days`): what discounts cost, and who took them, is "
    "not known."
)

COUNTRY = "No buyer's country is stated (`country` of `buyers`): receivables are not told apart by country."

SECTOR = "No buyer's sector is stated (`sector` of `buyers`): receivables are not told apart by sector."

LAW = (
    "No law of late payment is known for any buyer that pays late: a law goes by the buyer's country (`country` of "
    "`buyers`), and the run names those that it knows (`late_interest.laws`)."
)

SALES = (
    "The book is a list of open items: what was sold and paid besides them is not in it, and how fast receivables are "
    "collected is not known. An export of settled items too, with the days on which they were paid, would tell."
)

PAYMENTS = (
    "No invoice tells how late it was paid: when what is open will be paid cannot be forecast from this book. An "
    "export of settled items with the days on which they were paid would tell."
)

UNTESTED_PAYMENTS = (
    "The history is too short: how late single invoices are likely to be paid is shown where it could be tested on "
    "invoices of six months that have fallen due since, with payments of the time before to learn from."
)


def payments(told: bool) -> str:
    """Return why nothing is said of when single invoices will be paid; `told`: whether it is known of any."""
    return UNTESTED_PAYMENTS if told else PAYMENTS


HABITS = "How late buyers pay is not in the book: from which discount on early payment is too dear is not known."

LONGER = "Sales and the terms given are not known from open items alone: nor is what longer terms would cost."

SEGMENTS = (
    "The run file tells no segments apart (`provision.segments`): all buyers have one set of loss rates. By country, "
    "sector or kind they differ only where each has enough losses of its own."
)

SCENARIOS = (
    "The run file names no scenarios (`scenarios`): what a downturn would cost is not told. `tradecredit demo FOLDER` "
    "writes examples."
)

REMINDERS = (
    "The book has no letters (table `reminders`: invoice_id, stage, sent): stages go by days past due alone, the same "
    "letter may be asked for again, and what letters change is not measured but taken as the run file states it."
)

PROMISES = (
    "The book has no promises (table `promises`: buyer_id, invoice_id, date, amount, and made): nothing is held out as "
    "promised, and none is counted as kept or broken."
)

MONTH_BEFORE = (
    "What was owed a month ago is not known from this book, which begins later or lacks the days of too many payments: "
    "who is new on the watchlist, and who left it, is not told."
)

DISPUTES = (
    "The book has no disputes (table `disputes`: invoice_id, opened, closed, amount, reason): nothing is held out as "
    "disputed."
)
