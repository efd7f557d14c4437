"""The glossary of a month: terms that a reader of its pages may not know, each in one or two sentences."""

from typing import NamedTuple

TITLE = "Glossary"
SEE = "Terms are explained where they are first used on a page, and here, in order of the alphabet."


class Term(NamedTuple):
    """A term: its name, the words in which a page may use it (the name itself where none are given), and what it is."""

    name: str
    said: tuple[str, ...]
    text: str


TERMS = {
    "add": Term("Average days delinquent (ADD)", ("average days delinquent", "ADD"),
                "DSO less what it would be if nothing were overdue: the days of sales that late payment ties up."),
    "auc": Term("AUC", (), "Area under the ROC curve: the probability that a buyer that failed was rated worse than "
                "one that did not. 0.5 is chance, 1 is perfect order."),
    "brier": Term("Brier score", ("Brier",), "The mean squared difference between a predicted probability and what "
                  "came about (1 or 0). The lower the better."),
    "cei": Term("Collection effectiveness index (CEI)", ("CEI",), "The part of what could be collected in a period "
                "that was collected: (opening + sales − closing total) / (opening + sales − closing not yet due)."),
    "countback": Term("Countback", ("countback",), "A way to count DSO: whole months of sales are taken off what is "
                      "owed, the newest first, and the days of the last, part month are added."),
    "concentration": Term("Herfindahl index", ("Herfindahl",), "The sum of the squared shares of all debtors in what "
                          "is owed. Its inverse is the number of equal debtors that would be as concentrated."),
    "discretionary-limit": Term("Discretionary limit", ("discretionary limit", "discretionary limits"), "A limit that "
                                "the insured may set by itself within the policy, on stated evidence, for buyers that "
                                "the insurer has not named."),
    "dso": Term("Days sales outstanding (DSO)", ("DSO", "days sales outstanding"), "How many days of sales are owed: "
                "receivables / credit sales × days."),
    "expected-shortfall": Term("Expected shortfall (ES)", ("expected shortfall", "ES 99 %", "ES 99.9 %"), "The mean "
                               "loss of the worst years: at 99 %, of the worst one in a hundred."),
    "first-loss": Term("First loss", ("first loss", "first losses"), "The part of a policy year's losses that the "
                       "insured keeps before the insurer pays anything (aggregate first loss)."),
    "importance-sampling": Term("Importance sampling", ("importance sampling",), "Simulating bad years more often "
                                "than they come, and counting each for less, so that rare losses are known better."),
    "lgd": Term("Loss given default (LGD)", ("loss given default", "LGD"), "The part of what a buyer owes at default "
                "that is lost in the end, after recoveries."),
    "missing": Term("– (a dash in a table)", ("(a dash in a table)",), "The value is missing: it is not known, or "
                    "there is none. In the CSV and the workbook the cell is empty."),
    "log-odds": Term("Log-odds", ("log-odds",), "The logarithm of the odds p / (1 − p) of a probability p. Reasons "
                     "add up in it."),
    "extension": Term("Maximum extension period", ("maximum extension period",), "How long after its due day an "
                      "invoice may stay unpaid before deliveries to the buyer must stop to be insured."),
    "odds": Term("Odds", ("odds",), "p / (1 − p) of a probability p: 1 to 99 for a probability of 1 %."),
    "out-of-sample": Term("Out of sample", ("out of sample", "out-of-sample"), "Tested on buyers or days that the "
                          "model was not fitted on."),
    "paydex": Term("PAYDEX", (), "D&B's scale of payment: 80 is prompt, 50 a month late, 100 a month early."),
    "pd": Term("Probability of default (PD)", ("PD", "default probability", "default probabilities",
               "probability of default"), "How likely a buyer is to fail within twelve months: insolvency, or a debt "
               "unpaid long after it was due."),
    "pluto-tasche": Term("Pluto–Tasche bound", ("Pluto–Tasche",), "The highest default rate that is still consistent "
                         "with few or no defaults observed in a grade and all worse ones."),
    "psi": Term("Population stability index (PSI)", ("population stability index", "PSI"), "How far today's buyers "
                "are spread otherwise over an input's classes than those of the fit. 0: not at all."),
    "retained": Term("Retained loss", ("retained loss", "retained losses", "retained"), "What of a loss stays with "
                     "the company after the insurer has paid."),
    "roll-rates": Term("Roll rates", ("roll rates",), "The part of the amount in an age bucket that is one bucket "
                       "older a month later."),
    "shadow-price": Term("Shadow price", ("shadow price",), "What one unit more of a binding cap would earn."),
    "standard-error": Term("Standard error", ("standard error", "standard errors"), "How far a figure may be off by "
                           "chance: two figures in three lie within one of it, 19 in 20 within two."),
    "value-at-risk": Term("Value at risk (VaR)", ("value at risk", "VaR"), "The loss that all but the worst years "
                          "stay below: at 99 %, all but one in a hundred."),
    "waiting-period": Term("Waiting period", ("waiting period",), "How long a debt must stay unpaid before an insurer "
                           "takes it for a loss without an insolvency."),
}  # fmt: skip
"""Anchor → term. How each figure is computed is in `docs/definitions.md`."""
