"""What is computed once for a book is shared, and nobody can change it for the others."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tradecredit.book.once import once

INVOICES = """invoice_id,buyer_id,issued,due,amount
I1,B1,2024-01-10,2024-02-09,1000
"""


@pytest.fixture
def book(book_of):
    return book_of("2024-03-31", invoices=INVOICES)


def test_each_argument_has_its_result_and_each_book_its_own(book):
    asked = []

    @once
    def doubled(of, number=1):
        asked.append((of.as_of, number))
        return pd.Series([2 * number])

    for number in (1, 1, 5, 5):
        assert doubled(book, number).tolist() == [2 * number]
    earlier = book.at("2024-02-01")
    assert doubled(earlier, 5).tolist() == [10]
    assert doubled(replace(book), 5).tolist() == [10]
    assert asked == [(book.as_of, 1), (book.as_of, 5), (earlier.as_of, 5), (book.as_of, 5)]


def test_what_one_user_changes_no_other_sees(book):
    @once
    def table(of):
        return pd.DataFrame({"amount": of.invoices["amount"], "paid": 0.0})

    mine = table(book)
    mine["more"] = 1.0
    mine.loc[0, "amount"] = -1.0
    mine["paid"] += 5.0
    pd.testing.assert_frame_equal(table(book), pd.DataFrame({"amount": [1000.0], "paid": [0.0]}))
    assert book.invoices["amount"].tolist() == [1000.0]


def test_an_array_cannot_be_written_to(book):
    @once
    def pair(_):
        return np.zeros(2), "words"

    with pytest.raises(ValueError, match="read-only"):
        pair(book)[0][0] = 1.0
