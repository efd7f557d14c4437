"""The insurer's calendar by hand, and against what chapter 03 asks of the same month, to the day."""

import numpy as np
import pandas as pd
import pytest
from advised import AS_OF, INVOICES, LEDGER, POLICY, advised

from tradecredit import Book, default, limits
from tradecredit.decide import buyer_decisions, buyer_sheet
from tradecredit.decide.collect import insurer_calendar as calendar
from tradecredit.decide.insurer_duties import duties, to_claim
from tradecredit.insurance import in_force
from tradecredit.insurance.policy import Policy

FILING = Policy(**POLICY.model_dump(exclude_unset=True) | {"filing_days": 60})


def on(day):
    return pd.Timestamp(day)


def of(table, deadline):
    return table[table["deadline"] == deadline].set_index("buyer_id")


# Definitions §5.11, example 7: invoice of 1 January 2022 on 120 days (the invoice day is day 1), extension of 30 days
# from the due date, waiting period of 150 days from its end, paid 30 days later.
EXAMPLE_7 = Policy(
    name="x", maximum_extension_days=30, waiting_days=150, waiting_from="extension_end", payment_days=30
)  # fmt: skip


@pytest.mark.parametrize(
    ("as_of", "money_on"),
    # Filed on the day of the loss at the latest; who files later is paid later.
    [("2022-05-15", "2022-11-26"), ("2022-10-27", "2022-11-26"), ("2022-11-01", "2022-12-01")],
)
def test_published_example_7_by_date(book_of, as_of, money_on):
    book = book_of(
        as_of, invoices="invoice_id,buyer_id,issued,due,amount\nI1,B,2022-01-01,2022-04-30,40000\n",
        limits="buyer_id,source,amount,valid_from\nB,insurer,90000,2021-01-01\n",
    )  # fmt: skip
    days = calendar.by_invoice(book, EXAMPLE_7).loc["I1"]
    assert days["due"] == on("2022-04-30")
    assert days["report_by"] == on("2022-05-30")
    assert days["stop_on"] == on("2022-05-31")
    assert days["loss_date"] == on("2022-10-27")
    assert days["money_on"] == on(money_on)
    assert pd.isna(days["file_by"])


def test_the_days_of_each_invoice_by_hand(book_of):
    days = calendar.by_invoice(book_of(AS_OF, **LEDGER), FILING)
    # E is not due, and nothing of G is insured, nor does it stop what is not insured anyway.
    assert days.index.tolist() == ["A1", "B1", "C1", "D1", "F1", "H1"]
    # A: due on 21 September, 60 days and 180 days and 60 more.
    assert days.loc["A1", ["due", "report_by", "stop_on", "loss_date", "file_by", "money_on"]].tolist() == [
        on("2026-09-21"), on("2026-11-20"), on("2026-11-21"), on("2027-03-20"), on("2027-05-19"), on("2027-04-19"),
    ]  # fmt: skip
    # D has been insolvent since 20 May: nothing that is shipped to it is insured, whatever it owes.
    assert days.loc["D1", ["loss_date", "file_by", "money_on"]].tolist() == [
        on("2026-05-20"), on("2026-07-19"), on("2026-11-30"),
    ]  # fmt: skip
    assert days["duty"].to_dict() == {
        "A1": "report", "B1": "report missed", "C1": "claim", "D1": "claim", "F1": "none", "H1": "later",
    }  # fmt: skip
    assert days["stop_on"].isna().to_dict() == {name: name == "D1" for name in days.index}


def test_deadlines_by_hand(book_of):
    table = calendar.deadlines(book_of(AS_OF, **LEDGER), [FILING])
    reports = of(table, "report")
    # F owes too little to be reported, C and D are to be claimed.
    assert reports["day"].to_dict() == {"A": on("2026-11-20"), "H": on("2026-12-10"), "B": on("2026-10-21")}
    assert reports["state"].to_dict() == {"A": "soon", "H": "ahead", "B": "missed"}
    assert reports["asked_now"].to_dict() == {"A": True, "H": False, "B": True}
    # What is late is reported when this is read.
    assert reports["act_by"].to_dict() == {"A": on("2026-11-20"), "H": on("2026-12-10"), "B": on("2026-11-02")}
    stops = of(table, "stop")
    assert stops["day"].to_dict() == {
        "A": on("2026-11-21"), "B": on("2026-10-22"), "C": on("2026-06-14"), "F": on("2026-10-22"),
        "H": on("2026-12-11"),
    }  # fmt: skip
    # 21 November is a Saturday; a stop that has begun is decided on by Tuesday, 3 November.
    assert stops["act_by"].to_dict() == {
        "A": on("2026-11-20"), "H": on("2026-12-11"), **dict.fromkeys("BCF", on("2026-11-03"))
    }  # fmt: skip
    assert stops["amount"].to_dict() == {"A": 10_000, "B": 10_000, "C": 10_000, "F": 400, "H": 10_000}
    assert stops["state"].to_dict() == {"A": "soon", "H": "ahead", **dict.fromkeys("BCF", "in force")}
    # Before the stops of A, B and H there is a report; the loss of C is claimed, and F owes too little.
    assert stops["unreported"].dropna().to_dict() == {"C": "claimed", "F": "little"}
    claims = of(table, "file")
    assert claims[claims["asked_now"]]["day"].to_dict() == {"C": on("2026-12-10"), "D": on("2026-07-19")}
    # C is to be filed by December, and decided on five working days after Monday, 2 November; D is late.
    assert claims[claims["asked_now"]]["act_by"].to_dict() == {"C": on("2026-11-09"), "D": on("2026-11-02")}
    # C is asked now, though its day is in December.
    assert claims["state"].to_dict() == {"D": "missed", "C": "soon", **dict.fromkeys("ABFH", "ahead")}
    money = of(table, "money")
    # 90 % of 10,000, thirty days after a claim that is filed at once.
    assert money[["day", "amount"]].to_dict() == {
        "day": dict.fromkeys("CD", on("2026-11-30")), "amount": dict.fromkeys("CD", 9_000),
    }  # fmt: skip
    # What is missed stands first, then the stops in force, then what is next.
    assert table["state"].drop_duplicates().tolist() == ["missed", "in force", "soon", "ahead"]
    assert table.loc[table["state"] == "missed", "buyer_id"].tolist() == ["B", "D"]
    assert (
        table["act_by"]
        .fillna(table["day"])
        .groupby(table["state"])
        .apply(lambda days: days.is_monotonic_increasing)
        .all()
    )
    assert pd.concat([calendar.missed(table), calendar.coming(table)]).reset_index(drop=True).equals(table)
    assert calendar.missed(table)["buyer_id"].tolist() == ["B", "D", "B", "C", "F"]


def test_a_stop_by_an_invoice_that_is_not_insured_has_no_report_before_it(book_of):
    # U1 was shipped to H above its limit of 10,000, which H1 fills, and is due before it.
    more = INVOICES.query("buyer_id == 'H'").assign(invoice_id="U1", due=on("2026-10-01"), issued=on("2026-10-02"))
    limits = LEDGER["limits"].replace("H,insurer,90000", "H,insurer,10000")
    book = book_of(AS_OF, **LEDGER | {"invoices": pd.concat([INVOICES, more]), "limits": limits})
    table = calendar.deadlines(book, [POLICY])
    stop = of(table, "stop").loc["H"]
    assert stop[["day", "invoice_id", "unreported"]].tolist() == [on("2026-12-01"), "U1", "not insured"]
    assert of(table, "report").loc["H", ["day", "invoice_id"]].tolist() == [on("2026-12-10"), "H1"]


def test_money_of_which_nothing_is_expected_is_no_deadline(book_of):
    terms = {"aggregate_first_loss": 1_000_000.0}
    policy = Policy(**POLICY.model_dump(exclude_unset=True) | terms)
    assert of(calendar.deadlines(book_of(AS_OF, **LEDGER), [policy]), "money").empty


def test_where_nothing_is_payable_for_a_loss_no_claim_is_asked_for(book_of):
    policy = Policy(**FILING.model_dump(exclude_unset=True) | {"each_loss_deductible": 10_000})
    table = calendar.deadlines(book_of(AS_OF, **LEDGER), [policy])
    # Nor later of the others, which owe 10,000 at most; all of them are reported as before.
    assert of(table, "file").empty
    assert of(table, "money").empty
    assert sorted(of(table, "report").index) == ["A", "B", "H"]
    assert of(table, "stop")["unreported"].dropna().to_dict() == {"C": "nothing payable", "F": "little"}


def test_without_a_day_for_filing_a_claim_is_due_when_it_is_decided_on(book_of):
    table = of(calendar.deadlines(book_of(AS_OF, **LEDGER), [POLICY]), "file")
    assert table.index.tolist() == ["C", "D"]
    assert table["day"].isna().all()
    assert table["act_by"].tolist() == [on("2026-11-09")] * 2
    assert table["state"].tolist() == ["soon"] * 2


def test_of_a_claim_that_is_filed_money_alone_is_to_come(book_of):
    claims = "claim_id,buyer_id,policy,filed,amount,answered,answer\n1,C,own,2026-10-20,10000,,\n"
    table = calendar.deadlines(book_of(AS_OF, claims=claims, **LEDGER), [FILING])
    filed = table[table["buyer_id"] == "C"].set_index("deadline")
    assert filed.index.tolist() == ["stop", "money"]
    # 30 days after the claim of 20 October.
    assert filed.loc["money", ["day", "amount"]].tolist() == [on("2026-11-19"), 9_000]


def test_where_all_claims_are_filed_no_row_is_of_no_policy(book_of):
    claims = "claim_id,buyer_id,filed,amount\n1,C,2026-10-20,10000\n2,D,2026-10-20,10000\n"
    book = book_of(AS_OF, claims=claims, **LEDGER)
    terms = POLICY.model_dump(exclude_unset=True)
    for left_out in ("filing_days", "waiting_days"):  # no claim is to come; nor is any loss but by insolvency
        terms.pop(left_out, None)
        table = calendar.deadlines(book, [Policy(**terms)])
        assert set(table["policy"]) == {"own"}
        assert table[["day", "act_by"]].notna().any(axis=1).all()
        assert set(of(table, "money").index) <= {"C", "D"}


def test_a_buyers_losses_are_one_claim_by_the_first_of_its_days(book_of):
    more = INVOICES.query("buyer_id == 'C'").assign(invoice_id="C2", due=on("2026-04-20"), amount=500.0)
    book = book_of(AS_OF, **LEDGER | {"invoices": pd.concat([INVOICES, more])})
    claim = of(calendar.deadlines(book, [FILING]), "file").loc["C"]
    assert claim[["day", "invoices", "amount"]].tolist() == [on("2026-12-10"), 2, 10_500]


def test_invoices_of_one_buyer_and_day_are_one_deadline(book_of):
    more = INVOICES.query("buyer_id == 'A'").assign(invoice_id="A0", amount=5_000.0)
    book = book_of(AS_OF, **LEDGER | {"invoices": pd.concat([INVOICES, more])})
    report = of(calendar.deadlines(book, [POLICY]), "report").loc["A"]
    assert report[["invoices", "invoice_id", "amount"]].tolist() == [2, "A0", 15_000]


def test_a_stop_is_the_buyers_by_its_first_invoice(book_of):
    # B1 stopped B on 22 October; B2, due on 27 August, does from 27 October, and B3 will only in December.
    more = [
        INVOICES.query("buyer_id == 'B'").assign(invoice_id=name, due=on(day), amount=1_000.0)
        for name, day in (("B2", "2026-08-27"), ("B3", "2026-10-10"))
    ]
    book = book_of(AS_OF, **LEDGER | {"invoices": pd.concat([INVOICES, *more])})
    stop = of(calendar.deadlines(book, [POLICY]), "stop").loc["B"]
    assert stop[["day", "invoices", "invoice_id", "amount"]].tolist() == [on("2026-10-22"), 2, "B1", 11_000]


PROMISES = """buyer_id,invoice_id,made,date,amount,kind
A,A1,2026-10-01,{},10000,payment
H,H1,2026-10-01,2026-12-01,5000,instalment
H,H1,2026-10-01,2027-01-01,5000,instalment
B,B1,2026-10-01,2026-10-15,10000,payment
C,,2026-10-01,2027-10-15,10000,payment
"""


def test_kinds_of_notice_by_hand(book_of):
    # A has promised to pay after its extension ends on 20 November, H the second instalment after 10 December; B has
    # broken its promise, and that of C is for no single invoice.
    book = book_of(AS_OF, promises=PROMISES.format("2026-12-01"), **LEDGER)
    found = calendar.by_invoice(book, POLICY)["notice"].to_dict()
    assert found == dict.fromkeys(["B1", "C1", "D1", "F1"], "overdue") | {"A1": "extension", "H1": "payment plan"}
    table = calendar.deadlines(book, [POLICY])
    assert of(table, "report")["notice"].to_dict() == {"A": "extension", "H": "payment plan", "B": "overdue"}
    assert of(table, "stop")["notice"].isna().all()
    # Paid by the end of its extension, an invoice needs none.
    in_time = book_of(AS_OF, promises=PROMISES.format("2026-11-20"), **LEDGER)
    assert calendar.by_invoice(in_time, POLICY).loc["A1", "notice"] == "overdue"


def test_by_buyer_by_hand(book_of):
    table = calendar.by_buyer(calendar.deadlines(book_of(AS_OF, **LEDGER), [FILING])).set_index("buyer_id")
    # H has nothing to be done soon. Of B the report is missed, and of D the claim: both are made good at once, before
    # the stops of C and F, which are decided on by Tuesday, 3 November.
    assert table.index.tolist() == ["B", "D", "C", "F", "A"]
    assert table["next_day"].tolist() == [on(f"2026-11-{day}") for day in ("02", "02", "03", "03", "20")]
    assert table["next_deadline"].tolist() == ["report", "file", "stop", "stop", "report"]
    assert table["missed_deadlines"].to_dict() == {"B": 1, "D": 1, "C": 0, "F": 0, "A": 0}
    # Of what is missed the policy's own day, of what is to come the last working day.
    assert table["missed_since"].dropna().to_dict() == {"B": on("2026-10-21")}
    assert table["report_by"].dropna().to_dict() == {"A": on("2026-11-20")}
    # Sunday, 19 July 2026 is past; the day of A is later than soon.
    assert table["file_by"].dropna().to_dict() == {"C": on("2026-12-10")}
    assert table["file_since"].dropna().to_dict() == {"D": on("2026-07-19")}
    assert table["stop_on"].dropna().to_dict() == {
        "B": on("2026-10-22"), "C": on("2026-06-14"), "F": on("2026-10-22"), "A": on("2026-11-21")
    }  # fmt: skip
    assert table["money_on"].dropna().to_dict() == dict.fromkeys("CD", on("2026-11-30"))


def test_a_report_missed_on_a_saturday_stands_with_that_day(book_of):
    # 60 days from 1 September 2026 end on Saturday, 31 October.
    more = INVOICES.query("buyer_id == 'A'").assign(invoice_id="A0", due=on("2026-09-01"))
    book = book_of(AS_OF, **LEDGER | {"invoices": pd.concat([INVOICES, more])})
    row = calendar.by_buyer(calendar.deadlines(book, [POLICY])).set_index("buyer_id").loc["A"]
    assert row[["missed_since", "report_by", "next_deadline", "next_day"]].tolist() == [
        on("2026-10-31"), on("2026-11-20"), "report", on("2026-11-02"),
    ]  # fmt: skip
    assert duties(book, POLICY).loc["A", ["missed_since", "report_by"]].tolist() == [on("2026-10-31"), on("2026-11-20")]


def test_without_a_policy_there_is_no_deadline(book_of):
    book = book_of(AS_OF, **LEDGER)
    assert in_force.programme(book) == []
    table = calendar.deadlines(book, [])
    assert table.empty
    assert calendar.by_buyer(table).empty


def test_a_top_up_and_its_primary_are_both_in_force(book_of):
    primary = {"name": "below", "insured_percentage": 0.9}
    own = {"name": "above", "kind": "top_up", "primary": "below", "top_up_share": 0.5}
    book = book_of(AS_OF, run={"policy": own, "quotes": [primary]}, **LEDGER)
    assert [policy.name for policy in in_force.programme(book)] == ["below", "above"]


@pytest.mark.parametrize(("as_of", "filing_days"), [("2026-10-31", 60), ("2026-08-31", None)])
@pytest.mark.usefixtures("own_results")
def test_a_demo_month_agrees_with_duties_and_decisions_to_the_day(demo, as_of, filing_days):
    book = Book.open(demo / "run.yaml", as_of=as_of)
    policy = Policy(**in_force.programme(book)[0].model_dump(exclude_unset=True) | {"filing_days": filing_days})
    asked = duties(book, policy).assign(claim_amount=lambda found: to_claim(found))
    table = calendar.deadlines(book, [policy])
    now = table[table["asked_now"]]
    last = now["day"].to_numpy("datetime64[D]")
    last = pd.Series(np.where(np.isnat(last), last, np.busday_offset(last, 0, "backward")), index=now.index)
    by_kind = {
        "missed": (now["deadline"] == "report") & (now["state"] == "missed"),
        "report": (now["deadline"] == "report") & (now["state"] != "missed"),
        "file": now["deadline"] == "file",
        "stop": now["deadline"] == "stop",
    }
    pairs = {
        "missed": ("missed_amount", "missed_since"), "report": ("report_amount", "report_by"),
        "file": ("claim_amount", "file_by"), "stop": ("stop_clears", "stop_since"),
    }  # fmt: skip
    for kind, (amount, day) in pairs.items():
        rows = now[by_kind[kind]].assign(last=last)
        theirs = asked[asked[amount] > 0]
        assert set(rows["buyer_id"]) == set(theirs.index), kind
        assert len(theirs), kind
        sums = rows.groupby("buyer_id")["amount"].sum()
        assert sums.to_dict() == pytest.approx(theirs[amount].to_dict())
        first = rows.groupby("buyer_id")["day" if kind in ("missed", "stop") else "last"].min()
        days = theirs[day].dropna()
        assert first.dropna().astype("datetime64[us]").to_dict() == days.to_dict(), kind
    # By buyer the same days, and no others.
    listed = calendar.by_buyer(table).set_index("buyer_id")
    past = listed["file_since"].dropna()
    past[:] = np.busday_offset(past.to_numpy("datetime64[D]"), 0, "backward")
    listed["file_by"] = listed["file_by"].fillna(past)
    for day in ("missed_since", "report_by", "file_by"):
        assert listed[day].dropna().to_dict() == asked[day].dropna().to_dict(), day
    sheets = buyer_sheet.advice(book, limits.recommend(book, default.assess(book)), policy)
    records = buyer_decisions.records(book, sheets)
    for kind, deadline in {"claim": "file", "report missed": "report", "report": "report"}.items():
        of_kind = records[records["decision"] == kind].set_index("buyer_id")["due_day"]
        act_by = now[now["deadline"] == deadline].groupby("buyer_id")["act_by"].min().reindex(of_kind.index)
        assert act_by.to_dict() == of_kind.to_dict(), kind
    # Deliveries stop by that day, or sooner where there are other reasons as well.
    act_by = now[by_kind["stop"]].set_index("buyer_id")["act_by"]
    hold_by = sheets["hold_by"][act_by.index]
    assert (hold_by <= act_by).all()


def test_a_stop_is_due_when_chapter_03_holds_deliveries_for_cover_alone(book_of):
    act_by = of(calendar.deadlines(book_of(AS_OF, **LEDGER), [POLICY]), "stop").query("asked_now")["act_by"]
    # C is to be claimed as well, by whose reason deliveries stop on the same day.
    assert act_by.to_dict() == dict.fromkeys("BCF", on("2026-11-03"))
    assert advised(book_of)["hold_by"][act_by.index].to_dict() == act_by.to_dict()


def of_one(book_of, as_of, due, receipts="", country="DE", amount=2_000, **terms):
    """The calendar of one invoice of 2,000 within its limit, by a policy of 60 days from the due day."""
    book = book_of(
        as_of, buyers=f"buyer_id,country\nB,{country}\n",
        invoices=f"invoice_id,buyer_id,issued,due,amount\nI,B,2026-01-10,{due},{amount}\n",
        limits="buyer_id,source,amount,valid_from\nB,insurer,90000,2025-01-01\n",
        receipts="invoice_id,received,amount,kind\n" + receipts,
    )  # fmt: skip
    return calendar.by_invoice(book, Policy(**POLICY.model_dump(exclude_unset=True) | terms))


def test_a_due_day_on_a_sunday_is_late_after_monday_and_counts_as_it_is_stated(book_of):
    # Sunday, 1 November 2026: what is paid on Monday is not late (law of the buyer's country).
    assert of_one(book_of, "2026-11-02", "2026-11-01").empty
    days = of_one(book_of, "2026-11-03", "2026-11-01").loc["I"]
    # The policy counts from the day as it is stated.
    assert days[["report_by", "stop_on"]].tolist() == [on("2026-12-31"), on("2027-01-01")]
    assert len(of_one(book_of, "2026-11-02", "2026-11-01", country="US")) == 1


def test_a_payment_that_the_bank_returns_keeps_the_due_day(book_of):
    paid = "I,2026-04-10,2000,payment\n"
    assert of_one(book_of, "2026-04-15", "2026-03-31", paid).empty
    days = of_one(book_of, "2026-04-25", "2026-03-31", paid + "I,2026-04-20,-2000,payment\n").loc["I"]
    assert days[["insured_debt", "report_by"]].tolist() == [2_000, on("2026-05-30")]


def test_a_small_rest_of_an_invoice_sets_no_day(book_of):
    # Dust: 0.80 of 2,000.
    assert of_one(book_of, "2026-10-31", "2026-08-01", "I,2026-08-01,1999.20,payment\n").empty
    # A rest that is more is reported, and stops nothing within the tolerance.
    days = of_one(book_of, "2026-10-31", "2026-08-20", "I,2026-08-20,1950,payment\n", stop_tolerance=100).loc["I"]
    assert days[["insured_debt", "report_by"]].tolist() == [50, on("2026-10-19")]
    assert pd.isna(days["stop_on"])


def test_once_the_insurer_has_paid_nothing_is_reported_or_claimed(book_of):
    # A loss of 2,000 is paid for with 1,800, and 300 come from the estate.
    receipts = "I,2026-08-30,1800,claim\nI,2026-09-20,200,write_off\n"
    assert of_one(book_of, "2026-10-31", "2026-02-10", receipts).empty
    recovered = receipts + "I,2026-10-20,300,recovery\n"
    assert of_one(book_of, "2026-10-31", "2026-02-10", recovered).empty
