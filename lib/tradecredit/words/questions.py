"""What a treasurer, a credit manager and a board ask of a month, and where its answer stands."""

ANSWERED = (
    ("What is to be done first today?", "06_collections.due_to_insurer"),
    ("What is to be done first today?", "06_collections.worklist"),
    ("Who is new on the watchlist?", "06_collections.moves"),
    ("What must the insurer be told, and what stopped or claimed, by when?", "06_collections.next_deadlines"),
    ("How much is covered today, and why not the rest?", "06_collections.cover_by_age"),
    ("What limit for each buyer, and which constraint binds?", "03_credit_limits.limits"),
    ("What limit for a group?", "03_limits_of_the_book.groups"),
    ("Is cover worth what it costs, and which offer is best?", "05_credit_insurance.account"),
    ("Which percentage, first loss and maximum fit?", "05_credit_insurance.frontier"),
    ("What extra sales pay for the premium?", "05_credit_insurance.covered_sales"),
    ("What if the insurer cuts limits, or more buyers fail?", "04_loss_simulation.scenarios"),
    ("What must be provided, with and without cover?", "07_provision.provision_insurance"),
    ("When does the cash of the next 13 weeks come?", "07_cash_and_provision.cash_13_weeks"),
    ("Who drives the DSO?", "01_receivables.dso_drivers"),
    ("What moved the DSO?", "07_cash_and_provision.dso_bridge"),
    ("Are cash discounts and longer terms worth it?", "03_terms.break_even"),
)
"""Question, and chapter and name of a table or figure of the section that answers it, in the order of asking. Of one
that stands twice the first counts that a month has."""

OF_A_BUYER = "What is known of one buyer?"
CAPTION = "Questions, each with the place of its answer"
