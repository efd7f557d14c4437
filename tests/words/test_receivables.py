"""Sentences on the receivables: in both directions, with nothing to tell, and with figures missing."""

import numpy as np
import pandas as pd
import pytest

from tradecredit import words
from tradecredit.words.receivables import BY_CAUSE, DSO_IN_SHORT

CAUSES = ["terms", "early payment", "overdue debt", "exchange rates", "countback", "timing of sales", "dso"]


def causes(*change: float, then: float = 40.0) -> pd.DataFrame:
    """Causes of which the countback was so many days a year ago, and the others ten."""
    before = pd.Series(10.0, index=CAUSES).where(pd.Index(CAUSES) != "countback", then)
    changed = pd.Series(change, index=CAUSES)
    return pd.DataFrame({"then": before, "now": before + changed, "change": changed, "unit": "days"})


def test_each_cause_of_a_longer_dso_has_its_days():
    assert words.receivables.dso(causes(1.25, 0.75, 1.5, 0.25, 3.75, -1.5, 2.25)) == (
        "Over 12 months the DSO changed by +2.2 days: +3.8 days by what is owed (countback: 40 days to 43.8 days) and "
        "−1.5 days by the timing of sales. Of the countback's change, +1.5 days by overdue debt, +0.8 days by less "
        "early payment, +1.2 days by terms and mix of sales and +0.2 days by exchange rates; the parts add up but for "
        "rounding."
    )


def test_a_shorter_dso_is_no_better_collection_where_terms_are_shorter():
    found = words.receivables.dso(causes(-2.0, -1.0, 0.5, 0.0, -2.5, 0.0, -2.5))
    assert "the DSO changed by −2.5 days: −2.5 days by what is owed (countback: 40 days to 37.5 days)" in found
    assert "+0.5 days by overdue debt, −1 day by more early payment, −2 days by terms and mix of sales" in found
    assert "0 days by exchange rates" in found


def test_a_book_that_does_not_reach_back_says_so():
    found = words.receivables.dso(causes(*[np.nan] * 7))
    assert found == "What moved the DSO is not testable with this book: it does not reach back far enough."


def test_the_published_figures_make_the_line_of_the_summary():
    published = words.receivables.dso_figures(causes(2.0, 1.0, 1.5, -0.25, 4.25, -1.5, 2.75))
    assert {name: (value, unit) for name, (value, unit, _) in published.items()} == {
        "dso_countback_change": (4.25, "days"), "dso_by_overdue": (1.5, "days"), "dso_by_early": (1.0, "days"),
        "dso_by_terms": (2.0, "days"), "dso_by_exchange": (-0.25, "days"),
    }  # fmt: skip
    assert set(DSO_IN_SHORT) == {"dso_countback", *published}
    picked = {"dso_countback": (43.2, "days", "")} | published
    assert words.receivables.dso_in_short(picked) == (
        "DSO by countback is **43.2 days**, +4.2 days on a year ago: +1.5 days by overdue debt, +1 day by less early "
        "payment, +2 days by terms and mix of sales and −0.2 days by exchange rates."
    )


@pytest.mark.parametrize("gone", ["dso_countback_change", *BY_CAUSE])
def test_the_summary_states_no_cause_that_is_missing(gone):
    picked = {name: (1.0 if name != gone else np.nan, "days", "") for name in DSO_IN_SHORT}
    expected = "DSO by countback is **1 day**; the book does not reach back far enough to say what changed it."
    assert words.receivables.dso_in_short(picked) == expected
    assert words.receivables.dso_in_short({name: value for name, value in picked.items() if name != gone}) == expected


def test_the_summary_is_silent_without_a_dso():
    assert words.receivables.dso_in_short({}) == ""
    assert words.receivables.dso_in_short({"dso_countback": (None, "days", "")}) == ""


def test_long_overdue_debt_and_what_failed_buyers_owe_of_it():
    kpis = pd.Series({"over_90_amount": 356_000.0, "over_90_in_default": 274_000.0, "share_over_90": 0.011})
    assert words.receivables.long_overdue(kpis, "EUR") == (
        "EUR 356,000 (1.1 %) is more than 90 days overdue, of which buyers in default owe EUR 274,000."
    )
    assert "of which buyers in default owe EUR 0." in words.receivables.long_overdue(kpis * [1, 0, 1], "EUR")
    assert words.receivables.long_overdue(kpis * 0, "EUR") == "Nothing is more than 90 days overdue."


DIFFERENCES = pd.DataFrame(
    {"open_amount": [3000.0, 500.0], "exchange_gain": [250.0, 0.0], "exchange_loss": [0.0, 250.0]},
    index=pd.Index(["USD", "JPY"], name="currency"),
)
NONE = pd.Series({"short": 0.0, "over": 0.0})


def test_gains_and_losses_are_told_even_where_they_cancel():
    assert words.receivables.exchange(DIFFERENCES, NONE, "EUR") == (
        "Open items in other currencies, EUR 3,500, stand at the closing rate. Against the rates of their days of "
        "issue, at which sales are counted, they have gained EUR 250 and lost EUR 250 (USD: gain EUR 250, loss EUR 0; "
        "JPY: gain EUR 0, loss EUR 250)."
    )


def test_banks_differences_are_told_without_an_open_item_too():
    banks = pd.Series({"short": 543.0, "over": 120.0})
    found = words.receivables.exchange(DIFFERENCES.iloc[:0], banks, "EUR")
    assert found == (
        "Payments in another currency than their invoice's, which settle it within the stated tolerance, came in EUR "
        "543 short of the day's rate in 12 months, a bank's cost that no customer owes, and EUR 120 above it."
    )
    assert words.receivables.exchange(DIFFERENCES.iloc[:0], NONE, "EUR") == ""
    assert "EUR 0 short" in words.receivables.exchange(DIFFERENCES, banks * [0, 1], "EUR")


KPIS = pd.Series(
    {"dso": 51.0, "dso_best_possible": 43.0, "average_days_delinquent": 8.0, "dso_countback": 45.6,
     "days_beyond_terms": 8.9, "days_beyond_terms_signed": -1.5}
)  # fmt: skip


def test_the_level_of_the_dso_is_told_with_its_late_part():
    assert words.receivables.level(KPIS, 3) == (
        "At the sales of the last 3 months the DSO is **51 days**: 43 days if nothing were overdue, and 8 days of "
        "overdue debt (average days delinquent). By countback, which goes by the sales of each month, it is 45.6 days. "
        "Customers not in default are 8.9 days beyond terms on average, weighted by amount, what is late and still "
        "open counted with its days so far (−1.5 days if early payments count below zero)."
    )


@pytest.mark.parametrize(
    ("dso", "delinquent", "beside"),
    [
        (48.04, 8.0, "DSO is 10 days above it and average days delinquent are 5 days above it."),
        (28.04, 1.0, "DSO is 10 days below it and average days delinquent are 2 days below it."),
        (np.nan, 8.0, "average days delinquent are 5 days above it."),
    ],
)
def test_the_ledger_stands_beside_the_surveys_medians_and_what_is_not_confirmed_is_said(dso, delinquent, beside):
    found = words.receivables.survey(pd.Series(KPIS.to_dict() | {"dso": dso, "average_days_delinquent": delinquent}))
    assert f"Beside the survey's median of the first quarter of 2021, {beside}" in found
    assert "the day of the older quarter is not confirmed" in found
    assert "7.30 days past terms, whose formula is not stated: they may be average days delinquent (here " in found


def test_no_median_is_compared_with_what_is_missing():
    assert words.receivables.survey(KPIS * np.nan).startswith("Each figure's median")


def test_concentration_in_words():
    kpis = pd.Series({"top_10_share": 0.9, "largest_buyer_share": 0.5, "herfindahl": 0.34})
    assert words.receivables.concentration(kpis) == (
        "The ten largest debtors owe **90 %** of the book and the largest one 50 %; the Herfindahl index is 0.3400, as "
        "if 3 debtors owed the same."
    )
    assert words.receivables.concentration(kpis * np.nan) == ""


def test_what_is_owed_net_of_what_is_on_account(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-09-01,2026-10-01,4000\n"
    paid = "invoice_id,buyer_id,received,amount,kind\n,A,2026-10-02,700,payment\n"
    said = words.receivables.on_account(book_of("2026-10-31", invoices=invoices, receipts=paid))
    assert "net of what buyers have on account: EUR 3,300" in said and "EUR 700 of 1 buyer." in said
    none = "invoice_id,received,amount,kind\n"
    assert words.receivables.on_account(book_of("2026-10-31", invoices=invoices, receipts=none)) == ""


def test_who_drives_the_dso_is_named():
    table = pd.DataFrame({"name": ["Alpha", "Beta"], "delinquent_days": [2.5, 1.5]}, index=["A", "B"])
    assert words.receivables.drivers(table, 8.0).replace("\u00a0", " ") == (
        "Overdue debt adds 8 days to the DSO; 2 buyers make up 4 days of them, first of all Alpha (A, 2.5 days) "
        "and Beta (B, 1.5 days)."
    )
    assert words.receivables.drivers(table, np.nan) == ""
