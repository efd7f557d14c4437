"""Letters and promises of the demo company: they follow stages and money as promised, and change no other table."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.book.demo import demo_book
from tradecredit.book.demo.collecting import SOON_DAYS, STAGES

UNTIL = pd.Timestamp("2026-10-31")


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return demo_book().tables


@pytest.fixture(scope="module")
def letters(tables) -> pd.DataFrame:
    found = tables["reminders"].merge(tables["invoices"], on="invoice_id")
    receipts = tables["receipts"].sort_values("received").merge(
        tables["invoices"][["invoice_id", "amount"]], on="invoice_id", suffixes=("", "_invoiced")
    )  # fmt: skip
    so_far = receipts.groupby("invoice_id")["amount"].cumsum()
    paid = receipts[so_far >= 0.99 * receipts["amount_invoiced"]].drop_duplicates("invoice_id")
    return found.join(paid.set_index("invoice_id")["received"].rename("paid"), on="invoice_id")


def test_stages_follow_one_another_and_none_is_sent_twice(letters):
    assert not letters.duplicated(["invoice_id", "stage"]).any()
    by_stage = {stage: of_stage.set_index("invoice_id")["sent"] for stage, of_stage in letters.groupby("stage")}
    sent = pd.DataFrame({stage: by_stage[stage] for stage in STAGES})
    friendly, second, formal = (sent[stage] for stage in STAGES)
    assert friendly.notna().all()
    assert second[formal.notna()].notna().all()
    assert ((second - friendly).dt.days.dropna() >= 14).all()
    assert ((formal - second).dt.days.dropna() >= 14).all()
    assert ((letters["sent"] - letters["due"]).dt.days >= 7).all()


def test_letters_go_out_on_working_days_on_what_is_open_and_before_a_default(tables, letters):
    assert (letters["sent"].dt.day_of_week < 5).all()
    assert not (letters["paid"] <= letters["sent"]).any()
    defaulted = letters["buyer_id"].map(tables["defaults"].groupby("buyer_id")["date"].min())
    assert not (letters["sent"] >= defaulted).any()
    inside = letters.merge(tables["disputes"], on="invoice_id")
    assert not ((inside["opened"] <= inside["sent"]) & (inside["sent"] < inside["closed"].fillna(UNTIL))).any()


def test_some_letters_are_left_out_and_money_comes_sooner_after_one(letters):
    """Of the friendly reminders on their day, 0.78 to 0.90 go out; an eighth or so of all come two weeks later."""
    first = letters[letters["stage"] == "friendly reminder"]
    days = (first["sent"] - first["due"]).dt.days
    assert 0.05 < (days > SOON_DAYS + 6).mean() < 0.20
    known = first[first["sent"] <= UNTIL - pd.Timedelta(days=40)]
    soon = (known["paid"] - known["sent"]).dt.days <= SOON_DAYS
    assert 0.4 < soon.mean() < 0.9


def test_promises_answer_letters_and_most_of_those_that_can_be_are_kept(tables):
    promises, invoices = tables["promises"], tables["invoices"].set_index("invoice_id")
    assert (promises["date"] > promises["made"]).all()
    assert (promises["amount"] <= invoices["amount"].reindex(promises["invoice_id"]).to_numpy() + 0.005).all()
    assert (invoices["buyer_id"].reindex(promises["invoice_id"]).to_numpy() == promises["buyer_id"]).all()
    single = promises[promises["kind"] == "payment"]
    last = tables["receipts"].groupby("invoice_id")["received"].max().reindex(single["invoice_id"])
    due = single["date"].to_numpy() <= np.datetime64("2026-10-01")
    assert 0.5 < (last.to_numpy() <= single["date"].to_numpy())[due].mean() < 0.9
    plans = promises[promises["kind"] == "instalment"]
    assert (plans.groupby(["invoice_id", "made"]).size() == 3).all()
    assert plans.groupby(["invoice_id", "made"])["date"].apply(lambda days: days.diff().dt.days.min()).min() >= 26


def test_the_insurers_claims_are_those_that_it_has_paid(tables):
    claims, receipts = tables["claims"], tables["receipts"].query("kind == 'claim'")
    paid = receipts.merge(tables["invoices"][["invoice_id", "buyer_id"]], on="invoice_id", suffixes=("_x", ""))
    assert set(claims["buyer_id"]) == set(paid["buyer_id"])
    first = paid.groupby("buyer_id")["received"].min()
    by_buyer = claims.set_index("buyer_id")
    assert by_buyer["answered"].to_dict() == first.to_dict()
    # A claim is filed after the default, and the money comes thirty days later, or on the next working day.
    defaults = tables["defaults"].groupby("buyer_id")["date"].min()
    assert (by_buyer["filed"] >= defaults[by_buyer.index]).all()
    assert ((by_buyer["answered"] - by_buyer["filed"]).dt.days.between(30, 36)).all()
    assert (by_buyer["amount"] > 0).all()
