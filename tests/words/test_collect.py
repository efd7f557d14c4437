"""Sentences on collection: which one is chosen, and its numbers."""

import pandas as pd

from tradecredit.decide.collect import stages, worklist
from tradecredit.decide.collect.decided import OF_THE_INSURER
from tradecredit.decide.collect.held_out import HELD
from tradecredit.params.collect import CollectionSettings
from tradecredit.words import absent, collect

NAN, NONE = float("nan"), None


DAY = pd.Timestamp("2026-11-03")


def acting(**rows: dict) -> pd.DataFrame:
    """Return a worklist of the columns that sentences read; what a row does not state is nothing, or missing."""
    nothing = {
        "letter": NONE, "acting_amount": 0.0, "disputed": 0.0, "set_off": 0.0, "planned": 0.0, "promised": 0.0,
        "overdue_amount": 0.0, "authority": NONE, "due_day": pd.NaT, "deliveries": NONE, "hold_authority": NONE,
        "hold_by": pd.NaT, "insurer_task": NONE, "insurer_authority": NONE, "insurer_by": pd.NaT,
        "insurer_amount": NAN, "acts_today": False, "pay_by": pd.NaT,
    }  # fmt: skip
    table = pd.DataFrame.from_dict({buyer: nothing | row for buyer, row in rows.items()}, orient="index")
    days = dict.fromkeys(("due_day", "hold_by", "insurer_by"), "datetime64[us]")
    texts = ("letter", "authority", "deliveries", "hold_authority", "insurer_task", "insurer_authority")
    return table.rename_axis("buyer_id").astype(days | dict.fromkeys(texts, "str"))


A = {"act": stages.DEFAULT, "acting_amount": 9_000.0, "overdue_amount": 9_000.0, "authority": "board", "due_day": DAY,
     "insurer_task": "claim", "insurer_authority": "analyst", "insurer_by": DAY, "insurer_amount": 400.0,
     "acts_today": True}  # fmt: skip
B = {"act": stages.REMIND, "letter": "first", "acting_amount": 1_000.0, "disputed": 200.0, "promised": 300.0,
     "overdue_amount": 1_500.0, "authority": "analyst", "due_day": DAY, "acts_today": True, "deliveries": "nothing",
     "hold_authority": "board", "hold_by": DAY}  # fmt: skip
C = {"act": stages.WAIT, "acting_amount": 700.0, "overdue_amount": 700.0, "due_day": DAY}


def test_every_act_and_step_has_words():
    assert set(collect.ACTS) == set(stages.ACTS)
    assert set(collect.DECISIONS) == set(worklist.DECIDED)
    assert set(collect.TASKS) == set(OF_THE_INSURER)
    assert set(collect.STEPS) == {worklist.OVERDUE, *HELD, worklist.DEFAULTED, worklist.TO_COLLECT}


def test_each_task_is_told_with_who_and_by_when():
    told = collect.named(acting(A=A, B=B, C=C))
    assert told["act"].tolist() == [
        "pursue the default: board, by 3 Nov", "first: analyst, by 3 Nov", "wait for the next letter: from 3 Nov",
    ]  # fmt: skip
    assert told["hold"].fillna("-").tolist() == ["-", "deliver nothing: board, by 3 Nov", "-"]
    assert told["insurer_task"].fillna("-").tolist() == ["file the claim: analyst, by 3 Nov", "-", "-"]
    by_act = pd.DataFrame({"buyers": [1]}, index=pd.Index([stages.COLLECT], name="act"))
    assert collect.named(by_act).index.tolist() == ["call"]


def test_what_is_done_today_and_what_is_held_out():
    table = acting(A=A, B=B, C=C)
    assert collect.today(table, "EUR") == (
        "**2 buyers** to act on: 1 letter over EUR 1,000, 1 default to pursue over EUR 9,000, 1 hold of "
        "deliveries to decide and 1 report or claim to the insurer over EUR 400 of insured debt."
    )
    assert collect.held_out(table, "EUR") == (
        "Of EUR 11,200 past due, EUR 200 in dispute and EUR 300 promised are held out of collection. The undisputed "
        "rest of an invoice in dispute is asked for here; chapter 03 enforces none of it."
    )
    assert collect.next_letters(table) == "1 buyer waits for the next letter, the first on 3 November 2026."
    nothing = acting(C=C)
    assert collect.today(nothing, "EUR") == "Nothing is to be done today."
    assert collect.held_out(nothing, "EUR") == ""
    assert collect.next_letters(acting(A=A)) == ""


def test_the_first_duty_and_the_act_of_most_value_are_told(book_of):
    book = book_of("2026-10-30", buyers="buyer_id,name\nA,Alder\nB,\n")
    worth = {"acting_value": 100.0, "insurer_value": NAN, "insured_payable": 90.0}
    table = acting(B=B | worth, A=A | worth | {"acting_value": 20.0, "insurer_value": 50.0})
    due = table.loc[["A"]].assign(day=pd.Timestamp("2026-05-16"))
    assert collect.first(table, due, book) == (
        "First, by 3 November 2026, comes what the insurer is to be told of 1 buyer, a duty whatever it is worth. The "
        "first is Alder (A): file the claim (analyst), EUR 400 of insured debt, of which EUR 90 is payable after the "
        "first loss of the year. The day of 1 of them is past: the insurer may refuse to pay. Of most value in money "
        "is B: first: analyst, by 3 Nov; acting today is worth EUR 100."
    )
    assert collect.first(table.tail(1), due.head(0), book) == (
        "Of most value in money is Alder (A): pursue the default: board, by 3 Nov; file the claim: analyst, by 3 Nov; "
        "acting today is worth EUR 70."
    )
    assert collect.first(acting(C=C | worth), due.head(0), book) == ""


def test_the_counts_of_holds_are_bridged():
    """Of four held back one is in default without a decision; A and B are past the stop, B by it alone."""
    held = {"deliveries": "nothing", "hold_by": DAY}
    table = acting(A=A | held, B=B | held, C=C | held, D=A | held | {"hold_by": pd.NaT}, E=C)
    calendar = pd.DataFrame({"buyer_id": ["A", "B", "E"], "deadline": "stop", "state": ["in force"] * 2 + ["soon"]})
    records = pd.DataFrame({"buyer_id": ["B", "C"], "decision": ["stop insured", "stop"]})
    assert collect.holds(table, calendar, records) == (
        "Deliveries are held back to 4 buyers in all (chapter 03 has the list): on 3 of these holds somebody decides, "
        "and on 1 nobody has to, as a buyer in default gets nothing more anyway. Of the 3, 2 are past the policy's "
        "stop of supplies, 1 of them with nothing else to do for their cover, and 1 are held back for the risk or a "
        "default."
    )
    assert collect.holds(acting(E=C), calendar, records) == ""


def changes(*rows: tuple) -> pd.DataFrame:
    columns = ["stage", "paid_with", "paid_without", "brought_in", "brought_in_low", "brought_in_high", "basis"]
    return pd.DataFrame(rows, columns=columns).set_index("stage")


def test_what_letters_change_is_told_with_its_interval_or_not_at_all():
    settings = CollectionSettings()
    own = collect.changed(changes(("first", 0.6, 0.4, 0.2, 0.15, 0.25, "own reminders")), settings)
    assert "paid within 14 days, without it 40 % would have been: +20 pp (+15 pp to +25 pp)." in own
    assert "no experiment" in own
    none = collect.changed(changes(("first", 0.6, 0.58, 0.02, -0.01, 0.05, "own reminders")), settings)
    assert "no difference can be told" in none
    stated = collect.changed(changes(("first", NAN, NAN, NAN, NAN, NAN, "stated")), settings)
    assert stated == "Too few letters can be compared to measure what the first changes: the run file's figure stands."


def test_what_the_worklist_takes_for_granted(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-08-01,2026-09-01,1000\n"
    plain = book_of("2026-10-30", invoices=invoices)
    told = collect.assumptions(plain, stages.of_buyers(plain, _nothing()))
    assert told[1:-1] == [absent.REMINDERS, absent.PROMISES]
    assert told[-1].endswith("what waiting costs is that of a year.")
    reminders = "invoice_id,stage,sent\nI1,Mahnung,2026-09-20\n"
    promises = "buyer_id,invoice_id,made,date,amount\nA,I1,2026-09-20,2026-12-01,10\n"
    book = book_of("2026-10-30", invoices=invoices, reminders=reminders, promises=promises)
    told = collect.assumptions(book, stages.of_buyers(book, _nothing()))
    assert told[2:] == [
        "Letters whose stage the run file does not name (Mahnung (1)) count as letters to the buyer, and as no stage."
    ]
    untold = "buyer_id,invoice_id,date,amount\nA,I1,2026-12-01,10\n"
    book = book_of("2026-10-30", invoices=invoices, reminders=reminders, promises=untold)
    told = collect.assumptions(book, stages.of_buyers(book, _nothing()))
    assert "(`made` of `promises`) is not told of 1 promise: each is taken as made 30 days before its day" in told[1]
    told = collect.assumptions(plain, acting(A=A | {"act": stages.SMALL}))
    assert told[3].startswith("A letter goes out for EUR 50 of a buyer or more (`collections`: `least_amount`, ")
    buyers = "buyer_id,country\nA,CN\n"
    late = book_of("2035-12-24", invoices=invoices, reminders=reminders, promises=promises, buyers=buyers)
    told = collect.assumptions(late, stages.of_buyers(late, _nothing()))
    assert told[-1] == "CN in 2036 has days off that the government proclaims each year, and has not yet."


def _nothing() -> pd.DataFrame:
    from tradecredit.decide.collect.decided import nothing

    return nothing()


def test_what_acting_is_taken_to_save_stands_with_its_figures(book_of):
    book = book_of("2026-10-30", invoices="invoice_id,buyer_id,issued,due,amount\nI1,A,2026-08-01,2026-09-01,10\n")
    assert collect.assumptions(book, stages.of_buyers(book, _nothing()))[0] == (
        "How much of the cost of waiting acting saves is judgement, stated in the run file: a stop of supplies 20 %, "
        "agency or court 30 %, the pursuit of a default 50 % and collecting in person 15 % (`collections`: `effect`, "
        "`call_effect`)."
    )


def test_a_letter_of_which_nothing_is_known_to_come_is_questioned(book_of):
    """The formal warning changes 1 % at most 3 % and at least −1 %; A's costs 8 and is worth 5, B's is worth 9. The
    ordinary course is the lowest authority's, 5 working days after Monday, 2 November 2026: 9 November."""
    book = book_of("2026-10-30", invoices="invoice_id,buyer_id,issued,due,amount\nI1,A,2026-08-01,2026-09-01,10\n")
    acting = pd.DataFrame(
        {"letter": ["formal warning", "formal warning", NONE], "letter_cost": [8.0, 8.0, 0.0],
         "acting_value": [5.0, 9.0, NAN]}, index=["A", "B", "C"],
    )  # fmt: skip
    rows = (
        ("friendly reminder", 0.6, 0.4, 0.2, 0.15, 0.25, "own reminders"),
        ("second reminder", NAN, NAN, NAN, NAN, NAN, "stated"),
        ("formal warning", 0.45, 0.44, 0.01, -0.01, 0.03, "own reminders"),
    )
    costs = pd.Series({"friendly reminder": 10.0, "second reminder": 5.0, "formal warning": 800.0})
    assert collect.letters_in_vain(changes(*rows), costs, acting, book) == (
        "Proposal: the formal warning costs EUR 8 each, EUR 800 so far, and is not known to bring in anything. It "
        "claims interest and the law's flat fee and is the last notice before agency or court: send it where that is "
        "needed, else let an e-mail do. Of today's, 1 cost more than they are worth. "
        f"The {book.run.levels[0]} decides by 9 November 2026 (`collections.stages`)."
    )
    assert collect.letters_in_vain(changes(*rows[:2]), costs, acting, book) == ""


def test_a_row_links_to_the_buyers_mention_on_the_page():
    """A hyphen ends a part of a text fragment (WICG, URL fragment text directives), so that it is quoted."""
    told = collect.named(acting(**{"A-1 & Co": C}).assign(link="03_x.html#table-a"))
    assert told["link"].tolist() == ["03_x.html#table-a:~:text=A%2D1%20%26%20Co"]
