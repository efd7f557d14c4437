"""Rules of lights in words, from figures given by hand."""

import pandas as pd

from tradecredit.params.run import Run
from tradecredit.words.lights import told

RULES = {
    "overdue": {"of": "owed", "amber": 0.15, "red": 0.25},
    "dso": {"against": "last_year", "amber": 0.05, "red": 0.15},
    "value": {"amber": 0.0, "red": -1000.0},
    "worth": {"amber": 0.0, "red": -1000.0, "also": "value"},
    "unknown": {"amber": 1.0, "red": 2.0},
}
FIGURES = {
    "owed": (400.0, "EUR", "Receivables"), "overdue": (80.0, "EUR", "Overdue"), "dso": (44.0, "days", "DSO"),
    "value": (-2000.0, "EUR", "Value"), "worth": (50.0, "EUR", "Worth"), "unknown": (None, "EUR", "Unknown"),
}  # fmt: skip


def test_each_rule_is_told_with_its_bounds_and_what_it_tests():
    run = Run(entity="T", currency="EUR", as_of="2026-02-28", source={"kind": "demo"}, file="x.yaml", lights=RULES)
    rows = [("2025-02-28", "dso", 40.0), ("2026-01-31", "dso", 90.0), ("2025-02-28", "owed", None)]
    history = pd.DataFrame(rows, columns=["as_of", "name", "value"]).assign(as_of=lambda t: pd.to_datetime(t["as_of"]))
    by = " A rule of the run file (`lights`)."
    assert told(FIGURES, history, run) == {
        "overdue": (
            "amber", "Green up to 15 %, amber up to 25 %, red above that, as a share of receivables: now 20 %." + by
        ),
        "dso": (
            "amber", "Green up to +5 %, amber up to +15 %, red above that, as a change on last year: now +10 %." + by
        ),
        "value": ("red", "Green down to EUR 0, amber down to EUR −1,000, red below that: now EUR −2,000." + by),
        "worth": (
            "amber",
            "Green down to EUR 0, amber down to EUR −1,000, red below that: now EUR 50. Amber too where “Value” is "
            "below EUR 0: now EUR −2,000." + by,
        ),
    }  # fmt: skip
    assert told(FIGURES, history.head(0), run.model_copy(update={"lights": {}})) == {}
