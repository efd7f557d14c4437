"""What the summary shows of the decisions, what it leaves out, and what a first report says."""

import pandas as pd
import pytest

from tradecredit.decide import decisions
from tradecredit.params.run import Run
from tradecredit.words import summary


def run_of(shown):
    return Run(entity="Test", currency="EUR", as_of="2026-10-31", source={"kind": "demo"}, file="x.yaml",
               decisions={"shown": shown})  # fmt: skip


def records(*rows):
    """Records of (kind, buyer, amount, state, was)."""
    table = pd.DataFrame(rows, columns=["decision", "buyer_id", "amount", "state", "was"])
    table = table.assign(authority="board", due_day="2026-11-03", since="2026-10-31", chapter="03_x", anchor="table-t")
    return table[list(decisions.COLUMNS)].astype(decisions.COLUMNS)


ASKED = records(
    ("stop", "A", 10.0, "open", "run down"), ("stop", "B", 20.0, "new", None), ("policy", None, 50.0, "new", None),
    ("claim", "C", 30.0, "new", None), ("model", None, None, "open", None), ("collect", "D", 5_000.0, "new", None),
    ("cut", "E", 7.0, "asked no more", None),
)  # fmt: skip


def test_a_row_a_kind_says_what_its_amount_is_and_links_to_its_list():
    table = summary.to_decide(ASKED, run_of(6))
    assert table["decision"].tolist() == ["claim", "policy", "model", "stop", "collect"]
    assert table["what"].iloc[0] == "Claim on the policy"
    assert table["stake"].tolist() == [
        "insured debt, before deductibles", "gain a year", "no amount", "excess over the risk limit", "overdue",
    ]  # fmt: skip
    assert table["link"].eq("03_x.html#table-t").all()
    assert table["chapter"].eq("03_x").all()
    assert table["buyers"].fillna(-1).tolist() == [1, -1, -1, 2, 1]
    assert table["state"].tolist() == ["new", "new", "open", "1 of 2 new", "new"]
    assert table["was"].dropna().tolist() == ["Deliver against payment alone"]
    one_by_one = summary.one_by_one(ASKED, pd.Series({"A": "Alpha Ltd", "B": None}))
    assert one_by_one.set_index("buyer_id")["name"].dropna().to_dict() == {"A": "Alpha Ltd"}
    assert len(one_by_one) == len(ASKED)
    assert one_by_one["stake"].notna().all()
    assert one_by_one["was"].dropna().tolist() == ["Deliver against payment alone"]


def test_a_book_without_a_decision_reserved_to_the_board_has_its_others():
    asked = ASKED[ASKED["decision"].isin(["claim", "collect"])]
    assert summary.to_decide(asked, run_of(6))["decision"].tolist() == ["claim", "collect"]


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (5, ""),
        (4, "1 further kind of decision is in the report's list; for the board among them: “Collect overdue "
            "debt” on 1 buyer."),
        (1, "4 further kinds of decisions are in the report's list; for the board among them: “Decide on the policy” "
            "(EUR 50 gain a year), “Review the default model”, “Stop deliveries: above what the risk allows” on 2 "
            "buyers and “Collect overdue debt” on 1 buyer."),
    ],
)  # fmt: skip
def test_nothing_that_the_board_must_decide_is_left_out_silently(shown, told):
    run = run_of(shown)
    assert summary.left_out(summary.to_decide(ASKED, run), run) == told


def test_what_is_asked_is_said_with_who_and_when():
    told = {"policy": "Renew p.", "model": "Review it.", "claim": "Claim it."}
    assert summary.decided(told, ASKED, run_of(6), "policy", "policy notice") == "Renew p. Board, by 3 November 2026."
    parts = {"policy": "Renew p.\n\nIt pays."}
    assert summary.decided(parts, ASKED, run_of(6), "policy") == "Renew p. It pays. Board, by 3 November 2026."
    assert summary.decided({}, ASKED, run_of(6), "policy") == ""
    assert summary.decided(told, ASKED, run_of(6), "terms") == ""


def test_a_month_without_decisions():
    run, nothing = run_of(6), decisions.none()
    table = summary.to_decide(nothing, run)
    assert table.empty
    assert set(summary.columns(nothing)) <= set(table)
    assert summary.left_out(table, run) == summary.states(nothing) == ""
    assert summary.one_by_one(nothing, pd.Series(dtype="str")).empty


def test_how_decisions_of_the_month_before_went_on():
    assert summary.states(ASKED) == (
        "Of last month's decisions: 1 still open, now under another name; 1 not needed any more."
    )
    assert summary.states(ASKED.head(2).assign(was=None)) == ""
    assert summary.states(ASKED.head(0)) == ""
    assert "state" in summary.columns(ASKED)


def test_a_first_report_says_so_in_one_line():
    first = decisions.since_earlier(ASKED.head(2), None)
    assert summary.states(first).startswith("This is the first report: which decisions are new will be known from")
    assert "state" not in summary.columns(first)


@pytest.mark.parametrize(
    ("before", "columns", "told"),
    [
        ("2026-09-30", ["label", "this_month", "previous_month", "change"], "The change is this month's figure minus"),
        (
            None,
            ["label", "this_month"],
            "No earlier month has been reported: changes are told from the next report on.",
        ),
    ],
)
def test_without_an_earlier_month_there_is_no_change(before, columns, told):
    changes = pd.DataFrame({"previous_as_of": pd.to_datetime([before, None])})
    assert summary.changed_columns(changes) == columns
    assert summary.since_when(changes).startswith(told)


def test_figures_that_are_not_to_be_had_are_named_and_no_rows():
    changes = pd.DataFrame(
        {"label": ["Receivables", "Limits", "Disputes"], "this_month": [1.0, None, None],
         "previous_month": [None, 2.0, None]}
    )  # fmt: skip
    assert summary.estimated(changes)["label"].tolist() == ["Receivables", "Limits"]
    assert summary.not_estimated(changes).startswith("Not to be had from this book, 1 figure: Disputes.")
    assert summary.not_estimated(changes.head(2)) == ""


def test_the_answer_is_what_changed_what_it_may_cost_and_what_is_to_be_decided():
    figures = {
        "receivables": (1_000_000.0, "EUR"), "overdue_amount": (250_000.0, "EUR"),
        "expected_loss_simulated": (9_000.0, "EUR"), "retained_expected": (4_000.0, "EUR"),
        "es_99": (90_000.0, "EUR"), "retained_es_99": (30_000.0, "EUR"), "policy_cost": (7_000.0, "EUR"),
    }  # fmt: skip
    changes = pd.DataFrame(
        {"name": ["receivables"], "change": [-50_000.0], "previous_as_of": [pd.Timestamp("2026-09-30")]}
    )
    run = run_of(6)
    said = " ".join(summary.answers(figures, changes, summary.to_decide(ASKED, run), run)).replace("\u00a0", " ")
    assert said == (
        "**Today:** Customers owe **EUR 1.00 m**, EUR 50,000 less than on 30 September 2026; EUR 250,000 (25 %) of it "
        "is overdue. **The year ahead:** The next 12 months are expected to lose **EUR 9,000**; in the worst 1 % of "
        "years EUR 90,000 is lost on average. The policy in force costs EUR 7,000 a year and takes EUR 5,000 off the "
        "first and EUR 60,000 off the second. **To decide:** 5 kinds of decisions wait. First comes “Claim on the "
        "policy”, by 3 November 2026. For the board: “Decide on the policy” and “Review the default model”."
    )
    worth = figures | {"cover_value": (500.0, "EUR"), "cover_value_without_sales": (-420.0, "EUR")}
    (_, ahead, _) = summary.answers(worth, changes, summary.to_decide(ASKED, run), run)
    assert ahead.endswith(" A year with it is worth EUR 500, without the sales that only cover allows EUR −420.")
    worth["cover_value_without_sales"] = (20.0, "EUR")
    assert summary.answers(worth, changes, summary.to_decide(ASKED, run), run)[1].endswith("off the second.")
    alone = {name: figures[name] for name in ("expected_loss_simulated", "es_99")}
    said = " ".join(summary.answers(alone, changes, summary.to_decide(ASKED.iloc[:0], run), run))
    assert said == (
        "**The year ahead:** The next 12 months are expected to lose **EUR 9,000**; in the worst 1 % of years "
        "EUR 90,000 is lost on average. **To decide:** Nothing needs a decision."
    )


def test_first_comes_what_is_due_first_of_equal_days_the_first_in_order():
    asked, run = ASKED.copy(), run_of(6)
    asked.loc[asked["decision"] == "collect", "due_day"] = pd.Timestamp("2026-11-02")
    said = summary.answers({}, pd.DataFrame(), summary.to_decide(asked, run), run)[-1].replace("\u00a0", " ")
    assert "First comes “Collect overdue debt”, by 2 November 2026." in said
    asked["due_day"] = pd.Timestamp("2026-11-02")
    said = summary.answers({}, pd.DataFrame(), summary.to_decide(asked, run), run)[-1].replace("\u00a0", " ")
    assert "First comes “Claim on the policy”, by 2 November 2026." in said


def test_tiles_say_what_the_value_is_without_its_largest_item_and_which_dso_is_meant():
    figures = {"cover_value_without_sales": (-300_000.0, "EUR"), "dso": (51.5, "days")}
    assert summary.beside(figures, run_of(6)) == {
        "cover_value": "EUR −300,000 without the sales that only cover allows",
        "dso_countback": "51.5 days by the sales of 3 months",
    }
    assert summary.beside({"dso": (None, "days")}, run_of(6)) == {}


def test_reserved_kinds_come_by_their_day_and_those_without_an_amount_last():
    rows = records(("model", None, None, "new", None), ("policy", None, 50.0, "new", None),
                   ("cash buffer", None, 9.0, "new", None), ("collect", "D", 5.0, "new", None))  # fmt: skip
    rows["due_day"] = pd.to_datetime(["2026-11-02", "2026-11-24", "2026-11-16", "2026-11-01"])
    kinds = summary.to_decide(rows.astype(decisions.COLUMNS), run_of(6))["decision"].tolist()
    assert kinds == ["cash buffer", "policy", "model", "collect"]


def test_cards_say_the_amount_and_what_it_is_who_decides_and_by_when():
    told = {"policy": "Change to q. That is worth EUR 50."}
    cards = summary.cards(summary.to_decide(ASKED, run_of(4)), told, run_of(4))
    assert cards["figure"].tolist() == [
        "EUR 30 insured debt, before deductibles", "EUR 50 gain a year", "no amount",
        "EUR 30 excess over the risk limit",
    ]  # fmt: skip
    assert cards["text"].tolist()[0] == "1 buyer, by 3 November 2026 (board)"
    assert cards["text"].tolist()[1] == "Change to q. Board, by 3 November 2026"
