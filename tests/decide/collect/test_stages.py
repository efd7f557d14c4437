"""Stages of collection, held-out amounts and letters, worked out by hand for a Monday, 2 November 2026."""

import pandas as pd
import pytest

from tradecredit.decide.collect import stages
from tradecredit.decide.collect.decided import COLUMNS, decided, nothing

AS_OF = "2026-10-30"
"""A Friday: the list is read, and letters go out, on Monday, 2 November."""
BUYERS = """buyer_id,name,country,kind
A,Alder,DE,private
B,Birch,GB,private
C,Cedar,US,affiliate
"""


def invoices(*rows: tuple[str, str, str, float]) -> str:
    """Return invoices from their ids, buyers, due days and amounts, a month's terms."""
    lines = [
        f"{name},{buyer},{(pd.Timestamp(due) - pd.Timedelta(days=30)).date()},{due},{amount}"
        for name, buyer, due, amount in rows
    ]
    return "invoice_id,buyer_id,issued,due,amount\n" + "\n".join(lines)


def sent(*rows: tuple[str, str, str]) -> str:
    return "invoice_id,stage,sent\n" + "\n".join(",".join(row) for row in rows)


def on_buyers(**rows: dict) -> pd.DataFrame:
    """Return decisions of the chapter of limits, as `decided` has them; what a row does not state is missing."""
    table = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=list(COLUMNS)).rename_axis("buyer_id")
    return table.assign(supplies_stopped=table["supplies_stopped"].eq(True)).astype(COLUMNS)


def told(book, asked=None) -> dict[str, tuple]:
    table = stages.of_buyers(book, nothing() if asked is None else asked)
    return {row.Index: (row.act, row.stage) for row in table.itertuples()}


def test_without_letters_on_record_stages_go_by_days_past_due(book_of):
    """On 2 November 6, 7, 20, 21, 34 and 35 days past due; the usual stages come after 7, 21 and 35."""
    due = ["2026-10-27", "2026-10-26", "2026-10-13", "2026-10-12", "2026-09-29", "2026-09-28"]
    book = book_of(AS_OF, invoices=invoices(*((f"I{n}", "A", day, 100.0) for n, day in enumerate(due))), buyers=BUYERS)
    rows = stages.of_invoices(book)
    assert rows["stage"].tolist() == [-1, 0, 0, 1, 1, 2]
    assert rows["from_day"].dt.strftime("%m-%d").tolist()[:5] == ["11-03", "11-16", "11-03", "11-16", "11-03"]
    assert told(book) == {"A": ("remind", "formal warning")}
    found = stages.of_buyers(book, nothing()).loc["A"]
    assert found[["to_collect", "late_invoices", "oldest_to_collect"]].tolist() == [600, 6, 32]


def test_with_letters_on_record_one_stage_follows_another_and_none_comes_twice(book_of):
    rows = [("OLD", "A", "2026-06-30", 100.0), ("NEW", "A", "2026-10-01", 200.0), ("WAIT", "B", "2026-10-01", 300.0)]
    letters = sent(("OLD", "friendly reminder", "2026-10-12"), ("WAIT", "friendly reminder", "2026-10-22"))
    book = book_of(AS_OF, invoices=invoices(*rows), buyers=BUYERS, reminders=letters)
    # Four months late, and not further than the second: two weeks after the first. A first one for the other.
    assert stages.of_invoices(book)["stage"].tolist() == [1, 0, -1]
    assert told(book) == {"A": ("remind", "second reminder"), "B": ("wait", pytest.approx(float("nan"), nan_ok=True))}
    assert stages.of_buyers(book, nothing()).loc["B", "due_day"] == pd.Timestamp("2026-11-05")
    every = sent(
        *(("OLD", stage, "2026-09-01") for stage in ("friendly reminder", "second reminder", "formal warning"))
    )
    book = book_of(AS_OF, invoices=invoices(rows[0]), buyers=BUYERS, reminders=every)
    assert told(book)["A"][0] == "too small"  # none is left, and it is too little to be collected otherwise
    assert stages.of_buyers(book, nothing())["due_day"].isna().all()


def test_the_next_letter_waits_for_the_time_that_the_last_one_gave_and_for_the_one_to_the_buyer(book_of):
    stated = {"stages": [
        {"name": "first", "after_days_past_due": 5, "days_to_pay": 10},
        {"name": "second", "after_days_past_due": 12},
    ], "days_between_letters": 4}  # fmt: skip
    rows = [("I1", "A", "2026-10-10", 100.0), ("I2", "B", "2026-10-27", 100.0), ("I3", "B", "2026-10-01", 100.0)]
    letters = sent(("I1", "first", "2026-10-24"), ("I3", "first", "2026-10-29"))
    run = {"collections": stated}
    book = book_of(AS_OF, invoices=invoices(*rows), buyers=BUYERS, reminders=letters, run=run)
    # 23 days late, but only nine days after the first letter, which gives ten. Of B one is six days late.
    table = stages.of_buyers(book, nothing())
    assert table["act"].tolist() == ["wait", "remind"]
    assert table["due_day"].tolist() == [pd.Timestamp("2026-11-03"), pd.Timestamp("2026-11-02")]
    shorter = {"collections": stated | {"days_between_letters": 5}}
    book = book_of(AS_OF, invoices=invoices(*rows), buyers=BUYERS, reminders=letters, run=shorter)
    assert stages.of_buyers(book, nothing()).loc["B", ["act", "due_day"]].tolist() == [
        "wait",
        pd.Timestamp("2026-11-03"),
    ]


def test_disputed_parts_plans_and_open_promises_are_held_out_and_broken_promises_are_not(book_of):
    rows = [(name, "A", "2026-10-01", 1000.0) for name in ("DISPUTED", "PLAN", "BROKEN", "FREE")]
    disputes = "invoice_id,opened,closed,amount\nDISPUTED,2026-10-05,,300\n"
    promises = (
        "buyer_id,invoice_id,made,date,amount,kind\nA,PLAN,2026-10-20,2026-11-20,400,instalment\n"
        "A,PLAN,2026-10-20,2026-12-20,500,instalment\nA,BROKEN,2026-10-10,2026-10-20,1000,payment\n"
        "A,,2026-10-28,2026-11-05,1200,\n"
    )
    book = book_of(AS_OF, invoices=invoices(*rows), buyers=BUYERS, disputes=disputes, promises=promises)
    table = stages.of_invoices(book)
    assert table["disputed"].tolist() == [300, 0, 0, 0]
    assert table["planned"].tolist() == [0, 900, 0, 0]
    # 1,200 on account, of the oldest first: 700, 100, and 400 of the third.
    assert table["promised"].tolist() == [700, 100, 400, 0]
    assert table["to_collect"].tolist() == [0, 0, 600, 1000]
    of = stages.of_buyers(book, nothing()).loc["A"]
    assert of[["overdue_amount", "disputed", "planned", "promised", "to_collect"]].tolist() == [
        4000,
        300,
        900,
        1200,
        1600,
    ]
    assert of["late_invoices"] == 4


def test_money_on_account_is_not_asked_for_again(book_of):
    rows = [("OLD", "A", "2026-09-01", 100.0), ("NEW", "A", "2026-10-01", 300.0), ("B1", "B", "2026-09-01", 70.0)]
    receipts = (
        "invoice_id,received,amount,kind,buyer_id\n,2026-10-10,250,payment,A\n,2026-10-10,70,payment,B\n"
        "B1,2026-10-11,70,payment,\n"
    )
    book = book_of(AS_OF, invoices=invoices(*rows), buyers=BUYERS, receipts=receipts)
    table = stages.of_invoices(book)
    assert table["set_off"].tolist() == [100, 150]
    assert table["to_collect"].tolist() == [0, 150]
    assert stages.of_buyers(book, nothing()).loc["A", ["set_off", "to_collect"]].tolist() == [250, 150]


def test_all_in_dispute_or_too_little_or_not_written_to_gets_no_letter(book_of):
    rows = [("I1", "A", "2026-09-01", 100.0), ("I2", "B", "2026-09-01", 49.99), ("I3", "C", "2026-09-01", 900.0)]
    disputes = "invoice_id,opened,closed,amount\nI1,2026-09-05,,\n"
    run = {"collections": {"least_amount": 50}}
    book = book_of(AS_OF, invoices=invoices(*rows), buyers=BUYERS, disputes=disputes, run=run)
    assert [act for act, _ in told(book).values()] == ["held out", "too small", "not written to"]
    lower = {"collections": {"least_amount": 49}}
    book = book_of(AS_OF, invoices=invoices(*rows), buyers=BUYERS, disputes=disputes, run=lower)
    assert told(book)["B"] == ("remind", "formal warning")


def test_a_stage_may_have_a_least_amount_of_its_own(book_of):
    stated = {"stages": [
        {"name": "first", "after_days_past_due": 5, "least_amount": 10},
        {"name": "second", "after_stage_before": 10, "least_amount": 500},
    ]}  # fmt: skip
    rows = [("I1", "A", "2026-10-20", 100.0), ("I2", "B", "2026-09-01", 499.0)]
    book = book_of(AS_OF, invoices=invoices(*rows), buyers=BUYERS, run={"collections": stated})
    assert told(book) == {"A": ("remind", "first"), "B": ("too small", pytest.approx(float("nan"), nan_ok=True))}


def test_a_letter_goes_on_a_working_day_of_the_buyers_country_and_so_does_its_last_day(book_of):
    """As of 24 December 2026 the list is read on Monday the 28th, which is Boxing Day's substitute in Britain."""
    rows = [("I1", "A", "2026-12-15", 100.0), ("I2", "B", "2026-12-15", 100.0)]
    book = book_of("2026-12-24", invoices=invoices(*rows), buyers=BUYERS)
    table = stages.of_buyers(book, nothing())
    assert table["send_on"].dt.strftime("%m-%d").tolist() == ["12-28", "12-29"]
    assert table["pay_by"].dt.strftime("%m-%d").tolist() == ["01-04", "01-05"]
    assert stages.unknown_holidays(book, table).empty
    china = BUYERS.replace("GB", "CN")
    book = book_of("2035-12-24", invoices=invoices(("I2", "B", "2035-12-10", 100.0)), buyers=china)
    unknown = stages.unknown_holidays(book, stages.of_buyers(book, nothing()))
    assert unknown.to_dict() == {("CN", 2036): "not proclaimed yet"}


def test_decisions_of_the_chapter_of_limits_come_first_with_their_authority_and_day(book_of):
    rows = [(f"I{buyer}", buyer, "2026-09-20", 5_000.0) for buyer in "DEFGHK"] + [("IM", "M", "2026-12-20", 700.0)]
    day, stop = pd.Timestamp("2026-11-06"), pd.Timestamp("2026-11-03")
    asked = on_buyers(
        D={"decided": "in default", "authority": "board", "due_day": day, "anchor": "table-to_pursue",
           "deliveries": "nothing", "supplies_stopped": True, "hold_authority": "board", "hold_by": stop,
           "insurer_task": "claim", "insurer_authority": "credit analyst", "insurer_by": stop, "insurer_amount": 9.0},
        E={"decided": "enforce", "authority": "head of credit", "due_day": day},
        F={"decided": "payment plan", "authority": "head of credit", "due_day": day},
        G={"decided": "collect", "authority": "credit analyst", "due_day": day, "deliveries": "nothing",
           "supplies_stopped": True, "hold_authority": "head of credit", "hold_by": stop},
        H={"decided": "collect", "authority": "credit analyst", "due_day": day},
        M={"deliveries": "against payment alone", "hold_authority": "board"},
    )  # fmt: skip
    book = book_of(AS_OF, invoices=invoices(*rows))
    table = stages.of_buyers(book, asked)
    assert table["act"].to_dict() == {
        "D": "in default", "E": "enforce", "F": "payment plan", "G": "remind", "H": "remind", "K": "remind",
        "M": "not due",
    }  # fmt: skip
    assert table["stage"].fillna("-").tolist() == [
        "claim", "agency or court", "-", "formal warning", "formal warning", "formal warning", "-",
    ]  # fmt: skip
    assert table["authority"].tolist()[:6] == [
        "board", "head of credit", "head of credit", "credit analyst", "credit analyst", "credit analyst",
    ]  # fmt: skip
    days = table["due_day"].dt.strftime("%m-%d").tolist()
    assert days[:6] == ["11-06", "11-06", "11-06", "11-02", "11-02", "11-02"]
    # A letter goes out beside a stop; nothing is written where a decision asks for more.
    assert table["letter"].fillna("-").tolist() == ["-", "-", "-", *["formal warning"] * 3, "-"]
    # What is decided on deliveries and cover stands beside what is done about the debt.
    assert table["hold_authority"].fillna("-").tolist() == ["board", "-", "-", "head of credit", "-", "-", "board"]
    assert table["supplies_stopped"].tolist() == [True, False, False, True, False, False, False]
    assert table.loc["D", ["insurer_task", "insurer_by", "insurer_amount"]].tolist() == ["claim", stop, 9]
    assert table.loc["D", "anchor"] == "table-to_pursue"


def test_a_debt_to_collect_is_called_about_where_no_letter_comes_by_the_day_of_the_decision(book_of):
    """The second reminder comes two weeks after the first of 26 October, on the 9th; the decision is due on the 6th."""
    letters = sent(("I1", "friendly reminder", "2026-10-26"))
    book = book_of(AS_OF, invoices=invoices(("I1", "A", "2026-10-10", 5_000.0)), buyers=BUYERS, reminders=letters)
    for due, act in (("2026-11-06", "collect"), ("2026-11-09", "wait")):
        asked = on_buyers(A={"decided": "collect", "authority": "board", "due_day": pd.Timestamp(due)})
        found = stages.of_buyers(book, asked).loc["A"]
        assert found[["act", "due_day"]].tolist() == [act, pd.Timestamp(due)]


def test_a_stop_of_supplies_is_a_stage_where_no_letter_goes(book_of):
    letters = sent(("I1", "friendly reminder", "2026-10-26"))
    book = book_of(AS_OF, invoices=invoices(("I1", "A", "2026-10-10", 5_000.0)), buyers=BUYERS, reminders=letters)
    asked = on_buyers(A={"deliveries": "nothing", "supplies_stopped": True})
    assert stages.of_buyers(book, asked).loc["A", ["act", "stage"]].tolist() == ["wait", "stop of supplies"]


def test_what_a_buyer_in_default_has_promised_is_not_held_out(book_of):
    promises = "buyer_id,invoice_id,made,date,amount\nA,IA,2026-10-20,2026-11-20,60\nB,IB,2026-10-20,2026-11-20,60\n"
    defaults = "buyer_id,date,kind,debt,recovered\nA,2026-10-25,insolvency,100,\n"
    rows = [("IA", "A", "2026-09-01", 100.0), ("IB", "B", "2026-09-01", 100.0)]
    book = book_of(AS_OF, invoices=invoices(*rows), buyers=BUYERS, promises=promises, defaults=defaults)
    assert stages.of_invoices(book)["promised"].tolist() == [0, 60]


def test_debt_on_which_no_reminder_is_left_is_collected_as_decided(book_of):
    every = sent(*(("I1", stage, "2026-09-01") for stage in ("friendly reminder", "second reminder", "formal warning")))
    book = book_of(AS_OF, invoices=invoices(("I1", "A", "2026-06-20", 5_000.0)), buyers=BUYERS, reminders=every)
    asked = on_buyers(A={"decided": "collect", "authority": "credit analyst", "due_day": pd.Timestamp("2026-11-06")})
    assert stages.of_buyers(book, asked).loc["A", ["act", "due_day"]].tolist() == [
        "collect",
        pd.Timestamp("2026-11-06"),
    ]


def test_buyers_in_default_get_no_letter(book_of):
    defaults = "buyer_id,date,kind,debt,recovered\nA,2026-10-05,insolvency,100,\n"
    rows = [("I1", "A", "2026-09-01", 100.0)]
    book = book_of(AS_OF, invoices=invoices(*rows), buyers=BUYERS, defaults=defaults)
    assert told(book)["A"][0] == "held out"
    asked = on_buyers(A={"decided": "in default", "authority": "board"})
    assert told(book, asked)["A"] == ("in default", "claim")
    assert stages.letters(book, stages.of_buyers(book, asked)).empty


def test_one_letter_holds_all_that_a_buyer_owes_past_due_and_adds_up(book_of):
    rows = [
        ("I1", "A", "2026-09-20", 100.0), ("I2", "A", "2026-10-29", 50.0), ("I3", "A", "2026-11-20", 70.0),
        ("I4", "B", "2026-10-29", 50.0),
    ]  # fmt: skip
    disputes = "invoice_id,opened,closed,amount\nI1,2026-09-25,,40\n"
    letters = sent(("I1", "friendly reminder", "2026-10-01"))
    book = book_of(AS_OF, invoices=invoices(*rows), buyers=BUYERS, disputes=disputes, reminders=letters)
    buyers = stages.of_buyers(book, nothing())
    table = stages.letters(book, buyers)
    assert table["invoice_id"].tolist() == ["I1", "I2"]
    assert table["to_collect"].tolist() == [60, 50]
    assert table["to_collect"].sum() == buyers.loc["A", "to_collect"]
    assert table["letter"].tolist() == ["second reminder"] * 2
    assert table["stage"].fillna("-").tolist() == ["second reminder", "-"]


def test_what_the_sheets_and_records_decide_is_taken_over():
    sheets = pd.DataFrame(
        {"deliveries": ["nothing", "within the limit", "within the limit", "against payment alone"],
         "hold_authority": ["board", None, None, "cfo"], "hold_by": pd.Timestamp("2026-11-03"),
         "gain_on_waiting": [1.0, 2.0, 3.0, 4.0]},
        index=pd.Index(list("ABCD"), name="buyer_id"),
    )  # fmt: skip
    records = pd.DataFrame(
        [("enforce", "B", 9.0, "cfo"), ("in default", "A", 5.0, "cfo"), ("claim", "A", 4.0, "board"),
         ("cut", "C", 1.0, "cfo")],
        columns=["decision", "buyer_id", "amount", "authority"],
    ).assign(due_day=pd.Timestamp("2026-11-06"))  # fmt: skip
    table = decided(
        sheets,
        records.assign(anchor="table-" + records["decision"]),
        pd.Series({"A": 3.0, "B": 2.0}),
        pd.Series({"A": 1.0}),
    )
    assert table["decided"].fillna("-").to_dict() == {"A": "in default", "B": "enforce", "D": "-"}
    assert table["supplies_stopped"].tolist() == [True, False, False]
    assert table["deliveries"].fillna("-").tolist() == ["nothing", "-", "against payment alone"]
    assert table["hold_authority"].fillna("-").tolist() == ["board", "-", "cfo"]
    assert table["gain_on_waiting"].tolist() == [1, 2, 4]
    assert table.loc["A", ["insurer_task", "insurer_amount", "insured_stake"]].tolist() == ["claim", 4, 3]
    assert table.loc[["B", "D"], "insured_stake"].isna().all()
    assert table["anchor"].tolist() == ["table-in default", "table-enforce", "table-held_back"]
