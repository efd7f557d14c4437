"""What is said of the audit of cover: how it moved, what costs cover, and which decision answers it."""

import pandas as pd
import pytest
from advised import AS_OF, LEDGER, POLICY

from tradecredit.decide.collect import audit
from tradecredit.insurance.policy import Policy
from tradecredit.words import cover_audit


@pytest.fixture(scope="module")
def book(book_of):
    return book_of(AS_OF, **LEDGER)


def test_what_costs_cover_is_told(book):
    # B is reported late; G has no limit; F owes too little to be reported.
    found = audit.by_breach(audit.breaches(book, POLICY))
    assert cover_audit.breaches(found, "EUR") == (
        "Debt whose cover is lost or in doubt, before the insured percentage: EUR 10,000 is in doubt, as the insurer "
        "was not told in time, unless it knows of it: EUR 10,000 overdue debt not reported in time; EUR 10,000 was "
        "sold without cover, which breaches no duty to the insurer and is our own risk: EUR 10,000 shipped without a "
        "limit of the insurer's. Of all of it the insurer would bear EUR 18,000, before deductibles, if these buyers "
        "failed. Who decides on each buyer stands beside these decisions in chapter 03."
    )
    assert cover_audit.breaches(found.iloc[:0], "EUR") == (
        "Nothing that was done or left undone costs cover of what is owed today."
    )


def test_what_answers_each_is_told(book):
    # D's claim was to be filed by 19 July.
    policy = Policy(**POLICY.model_dump(exclude_unset=True) | {"filing_days": 60})
    found = cover_audit.with_remedies(audit.by_breach(audit.breaches(book, policy)), book)
    assert found["remedy"].tolist() == [
        "“Late report to the insurer”, by 2 November 2026",
        "“Claim on the policy”, by 2 November 2026",
        "“Limits worth requesting from the insurer”; “Stop deliveries: above what the risk allows”, by 3 November "
        "2026; “Bring back what is above the limit to set”, by 9 November 2026",
    ]
    assert found.index.tolist() == [
        cover_audit.BREACHES[kind] for kind in ("reported late", "filed late", "no limit")
    ]  # fmt: skip


def test_every_kind_has_its_words_and_its_answer():
    assert set(cover_audit.BREACHES) == set(cover_audit.REMEDIES) == set(audit.BREACHES)


# A is overdue past its extension from 31 August on, and fills 10,000 of 15,000; of C, shipped after, 5,000 is lost by
# the stop, and the limit leaves no room for 25,000.
STOPPED = "A,B,2026-06-01,2026-07-01,10000\nC,B,2026-09-05,2026-12-05,30000\n"


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (15_000, "Of EUR 30,000 open that was shipped after the stop EUR 25,000 would not be insured without the stop "
                 "either, as other invoices fill the limit: EUR 5,000 of debt is without cover by it, of which the "
                 "insurer would have borne EUR 4,500."),
        (90_000, ""),
    ],
)  # fmt: skip
def test_what_the_stop_does_not_cost_is_told(book_of, limit, said):
    book = book_of(
        AS_OF, invoices="invoice_id,buyer_id,issued,due,amount\n" + STOPPED,
        limits=f"buyer_id,source,amount,valid_from\nB,insurer,{limit},2026-01-01\n",
    )  # fmt: skip
    policy = Policy(name="p", insured_percentage=0.9, maximum_extension_days=60)
    found = audit.by_breach(audit.breaches(book, policy))
    assert cover_audit.stopped_anyway(audit.reasons(book, policy, None), found, "EUR") == said


def test_how_cover_has_moved_is_told(book):
    before = audit.month_before(book)
    told = cover_audit.cover_since(audit.classes(book, POLICY, before), "EUR")
    # E was not shipped yet on 30 September: 50,400 of 60,400 lay within limits, and 60,400 of 70,400 do now.
    assert told == ("**85.8 %** of receivables, EUR 60,400, lies within limits, +2.4 pp since the month before. "
                    "Insured, before deductibles, is 77.2 %, EUR 54,360: between the two lies the part of EUR 6,040 "
                    "that we bear ourselves by the insured percentage.")  # fmt: skip
    told = cover_audit.cover_since(audit.classes(book, POLICY, None), "EUR")
    assert told.startswith("The book knows no earlier month")


def test_the_first_day_stands_by_kind():
    days = pd.to_datetime(["2026-10-07", "2024-11-13"])
    found = pd.DataFrame(
        {"breach_kind": "shipped after the stop", "invoice_id": ["1", "2"], "buyer_id": "B", "breach_day": days,
         "cover_effect": "lost", "lost_debt": 1.0, "breach_cost": 1.0}
    )  # fmt: skip
    assert audit.by_breach(found)["first_breach"].tolist() == [pd.Timestamp("2024-11-13")]
    assert cover_audit.with_breaches(found)["breach_kind"].unique().tolist() == ["shipped after the stop"]


def test_the_counts_of_stops_are_bridged():
    """A, B and C are past the stop, D will be; to B, C, E and F something was shipped after one."""
    calendar = pd.DataFrame(
        {"buyer_id": ["A", "B", "C", "D", "A"], "deadline": ["stop", "stop", "stop", "stop", "report"],
         "state": ["in force", "in force", "in force", "soon", "missed"]}
    )  # fmt: skip
    breaches = pd.DataFrame({"buyer_id": ["B", "C", "E", "F", "F", "A"], "breach_kind": [*[audit.AFTER_STOP] * 5, "x"]})
    records = pd.DataFrame(
        {"buyer_id": ["A", "B", "C", "C", "E"],
         "decision": ["report missed", "report missed", "stop insured", "collect", "claim"]}
    )  # fmt: skip
    assert cover_audit.stops(calendar, breaches, records) == (
        "Past the stop of supplies are 3 buyers today. Chapter 03 has each under the first thing that its cover asks "
        "for: 2 under “Late report to the insurer” and 1 under “Stop deliveries: no longer insured”. "
        "Of the 4 buyers shipped to after a stop 2 are past it today; the other 2 are not: what stopped them was paid "
        "or claimed since, or they are in default or without a limit."
    )
    all_now = breaches[breaches["buyer_id"].isin(["B", "C"])]
    assert cover_audit.stops(calendar, all_now, records).endswith(
        " Something was shipped to 2 of them after the stop, and is open."
    )
    assert "Nothing that is owed today" in cover_audit.stops(calendar, breaches.head(0), records)
    assert cover_audit.stops(calendar.tail(1), breaches.head(0), records) == ""
