"""Which credit settles which invoice."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as some

from tradecredit.book.exports.allocation import allocated


def test_credits_are_used_up_one_after_the_other_within_their_group():
    invoices = pd.DataFrame({"group": ["a", "b", "a", None], "amount": [100.0, 50.0, 30.0, 9.0]}, index=[1, 2, 3, 4])
    credits = pd.DataFrame({"group": ["a", "a", "c", None, "b"], "amount": [70.0, 100.0, 5.0, 9.0, 20.0]})
    parts = allocated(invoices, credits)
    assert parts.to_numpy().tolist() == [[1, 0, 70.0], [1, 1, 30.0], [3, 1, 30.0], [2, 4, 20.0]]


SIDE = some.lists(some.tuples(some.sampled_from("abc"), some.integers(0, 500)), min_size=1, max_size=8)


@settings(max_examples=50)
@given(SIDE, SIDE)
def test_of_each_group_the_smaller_side_is_settled_and_no_row_beyond_its_amount(owed, given_):
    invoices, credits = (
        pd.DataFrame(side, columns=["group", "amount"]).assign(amount=lambda rows: rows["amount"] / 100)
        for side in (owed, given_)
    )
    parts = allocated(invoices, credits)
    for name, rows in (("invoice", invoices), ("credit", credits)):
        used = parts.groupby(name)["amount"].sum().reindex(rows.index, fill_value=0.0)
        assert (used <= rows["amount"] + 1e-9).all()
    sums = [rows.groupby("group")["amount"].sum() for rows in (invoices, credits)]
    smaller = pd.concat(sums, axis="columns").dropna().min(axis="columns")
    assert abs(parts["amount"].sum() - smaller.sum()) < 1e-6
