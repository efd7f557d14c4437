"""What the insurer grants of what it is asked, of a few decisions worked by hand."""

import numpy as np
import pytest

from tradecredit.measure.limits_in_force import acceptance

DECISIONS = """buyer_id,source,amount,requested,valid_from,reason
A,insurer,100,100,2024-03-01,granted
A,insurer,60,,2026-02-01,reduced
B,insurer,30,120,2025-10-31,the day before the last 12 months
C,insurer,50,200,2025-11-01,granted in part
D,insurer,0,50,2026-01-05,refused
E,insurer,80,70,2026-01-05,more than asked
F,own,500,900,2026-01-05,ours
"""
BUYERS = "buyer_id\nA\nB\nC\nD\nE\nF\n"


def test_acceptance_by_amount_and_by_number(book_of):
    """Last 12 months: 50 + 0 + 70 of 320 asked, one of three whole; all: 250 of 540, two of five whole."""
    table = acceptance(book_of("2026-10-31", buyers=BUYERS, limits=DECISIONS))
    recent, ever = table.loc["last 12 months"], table.loc["all"]
    counts = ["requests", "granted_whole", "granted_in_part", "refused"]
    assert recent[counts].tolist() == [3, 1, 1, 1]
    assert recent["acceptance"] == pytest.approx(120 / 320)
    assert recent["acceptance_by_number"] == pytest.approx(1 / 3)
    assert ever[counts].tolist() == [5, 2, 2, 1]
    assert (ever["amount_requested"], ever["amount_granted"]) == (540, 250)
    assert ever["acceptance_by_number"] == pytest.approx(2 / 5)


def test_acceptance_is_not_known_where_nothing_is_known_to_be_asked(book_of):
    table = acceptance(book_of("2026-10-31", buyers=BUYERS))
    assert (table["requests"] == 0).all()
    assert np.isnan(table[["acceptance", "acceptance_by_number"]]).all(axis=None)
