"""The run's policies, and the turnover that their premium is charged on, by hand."""

import math
from dataclasses import replace

import pandas as pd
import pytest
from ledgers import CARRIED_OVER, YEAR

from tradecredit.errors import InputError
from tradecredit.insurance import in_force
from tradecredit.insurance.policy import Policy
from tradecredit.params.policy import PolicyTerms

AS_OF = "2026-03-31"
INVOICES, BUYERS, LIMITS = (YEAR[name] for name in ("invoices", "buyers", "limits"))


@pytest.fixture
def book(book_of):
    return book_of(AS_OF, invoices=INVOICES, buyers=BUYERS, limits=LIMITS)


def test_insurable_turnover_is_a_year_of_invoices_to_insurable_buyers(book_of, book):
    assert in_force.insurable_turnover(book, Policy()) == pytest.approx(3 * 1_200)
    older = pd.concat(
        [INVOICES.assign(invoice_id="X" + INVOICES["invoice_id"], issued=pd.Timestamp("2025-03-31")), INVOICES]
    )
    assert in_force.insurable_turnover(book_of(AS_OF, invoices=older, buyers=BUYERS), Policy()) == pytest.approx(
        3 * 1_200
    )


def test_turnover_of_a_ledger_of_less_than_a_year_is_not_known(book_of):
    short = INVOICES[INVOICES["issued"] >= "2025-05-01"]
    assert math.isnan(in_force.insurable_turnover(book_of(AS_OF, invoices=short, buyers=BUYERS), Policy()))
    # An item that was carried over makes it no longer.
    assert math.isnan(in_force.insurable_turnover(book_of("2026-10-31", **CARRIED_OVER), Policy()))
    # A ledger that begins within the first month of the year is complete.
    begun = INVOICES.assign(issued=INVOICES["issued"] + pd.Timedelta(days=5))
    assert in_force.insurable_turnover(book_of(AS_OF, invoices=begun, buyers=BUYERS), Policy()) == pytest.approx(3_600)


OWN = PolicyTerms(name="own", insured_percentage=0.85, premium_rate=0.01)
STATED = PolicyTerms(name="stated", premium_rate=0.02, insured_turnover=1000)
FLAT = PolicyTerms(name="flat", minimum_premium=77)


def with_policies(book, policy, *quotes):
    return replace(book, run=book.run.model_copy(update={"policy": policy, "quotes": list(quotes)}))


def test_policies_of_the_run_have_a_turnover(book):
    own, stated, flat = in_force.policies(with_policies(book, OWN, STATED, FLAT))
    assert [own.name, stated.name, flat.name] == ["own", "stated", "flat"]
    assert own.cost().premium == pytest.approx(36)
    assert stated.cost().premium == pytest.approx(20)
    assert flat.cost().premium == 77
    assert flat.insured_turnover is None
    assert in_force.policies(book) == []


def test_a_rate_on_an_unknown_turnover_is_refused_for_each_policy(book_of):
    short = book_of(AS_OF, invoices=INVOICES[INVOICES["issued"] >= "2025-06-01"], buyers=BUYERS)
    other = PolicyTerms(name="other", premium_rate=0.03)
    with pytest.raises(InputError) as error:
        in_force.policies(with_policies(short, OWN, STATED, other))
    assert [problem.file for problem in error.value.problems] == ["policy own", "policy other"]
