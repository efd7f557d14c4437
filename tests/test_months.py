"""Whole months of kept run files as a reader meets them: pages, tables, notebooks, and one name for one figure."""

import ast
import html
import itertools
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import numpy as np
import on_paper
import pandas as pd
import papermill
import pytest

import tradecredit
from tradecredit.decide.decisions import GONE, SUBJECTS, subject
from tradecredit.decide.deliveries import HELD
from tradecredit.numerics.known_digits import known_digits
from tradecredit.params.base import PROJECT
from tradecredit.params.run import Run
from tradecredit.report import mail, pdf
from tradecredit.report.columns import labelled
from tradecredit.report.tables import GIVEN
from tradecredit.translations import messages
from tradecredit.words.formats import day, money
from tradecredit.words.limits import REASONS
from tradecredit.words.questions import ANSWERED, OF_A_BUYER

KEYS = ("buyer_id", "grade", "policy", "scenario", "input", "group_id")
"""What rows of several tables are about: a column says one thing of each, whichever table it stands in."""

OF_THE_TABLE = {"share", "reason", "standard_error", "asked", "what", "authority", "due_day"}
"""Columns that say something of the other columns of their own table, or of the decision that lists its buyers."""

RECORDS = {"since", "until"}
"""Columns of records of the book, of which several may be of one buyer and a past time."""

SAME_THIS_MONTH = {
    frozenset(pair): reason
    for pair, reason in {
        ("expected_loss", "expected_loss_owed"): "the exposure at default is what is owed (losses.exposure)",
        ("open_amount", "exposure"): "what a buyer is expected to owe at default is what it owes (losses.exposure)",
        ("insurer_limit", "covered_limit"): "a named limit covers; buyers without one may have a discretionary one",
        ("days_late", "days_past_due"): "of an invoice that is open the one is the other",
        ("need", "group_need"): "no analyst's limit in a group is above the member's need",
        ("need", "group_limit"): "the cap of no group is below what its members need",
        ("claim", "first_loss"): "the first loss takes all of each claim that is to be filed",
        ("claim", "insured_stake"): "of a claim it is the claim; of a report the insured percentage of the debt",
        ("first_loss", "insured_stake"): "the first loss takes all of each claim that is to be filed",
        ("in_doubt", "missed_amount"): "no claim on a watched buyer is late: what is in doubt was to be reported",
        (
            "cash_expected_error",
            "expected_cash_error",
        ): "in hand is what is summed up and what is planned, without error",
        ("cash_low_95_error", "low_95_error"): "in hand is what is summed up and what is planned, without error",
        ("cash_high_95_error", "high_95_error"): "in hand is what is summed up and what is planned, without error",
        ("missing_today_error", "needed_today_error"): "missing is what is needed less what is in hand, without error",
        ("closing_provision", "provision"): "what closes the month of a buyer in default is what is provided for it",
        ("open_amount", "open_now"): "of the payments that matter most nothing is contested",
        ("insured_before", "insured_then"): "without orders a cut takes no cover: what was shipped keeps its own",
        ("oldest_to_collect", "oldest_days_past_due"): "of no overdue buyer is the oldest invoice held out",
        ("expected_indemnity", "account_indemnity"): "an item of the account, which also tells the value without it",
        ("loss_rate", "rate_before"): "no loss rate of the demo's falls with age: none is pooled",
        ("saving", "account_sales"): "without the sales that only cover allows it is worth what it saves on balances",
    }.items()
}
"""Columns of two meanings whose figures are the same in the demo's month, and why."""

SIMULATED = {
    "03_limits_of_the_book": {"shortfall", "shortfall_cap", "price_of_risk"},
    "04_loss_simulation": {
        "contribution", "es_99", "es_99_se", "es_99_at_level", "expected_loss_simulated", "place", "retained_es_99",
        "retained_expected", "simulated", "var_95_then", "var_99_at_level", "var_99_then",
    },
    "05_credit_insurance": {
        "cost_of_risk", "cover_value", "cover_value_on_current", "expected_indemnity", "first_loss_used",
        "frontier_retained_es", "gross", "indemnity", "insured_es_99", "loss_ratio", "maximum_binds",
        "other_indemnity", "paid_share", "retained_es", "retained_es_99", "retained_expected", "sales_risk", "saving",
        "saving_at_odds", "saving_on_current", "stated_indemnity", "uninsured_es_99", "uninsured_more",
        "uninsured_value", "value_by_paid_share", "year_claims",
    },
    "07_cash_and_provision": {
        "cash_expected", "cash_high_95", "cash_low_95", "claims_in", "expected_cash", "high_80", "high_95", "low_80",
        "low_95", "ratio_expected", "short_depth", "short_probability",
    },
}  # fmt: skip
"""Columns that come from simulated years: their labels or the captions of their tables say so."""

EXACT = {"expected_loss", "expected_loss_at_level", "expected_loss_then", "retained_expected_loss"}
"""Columns calculated without a simulation: their labels say so."""

LEAST_ROWS, LEAST_FIGURES = 5, 3
"""Rows that two columns share, and figures in them other than 0, from which on it is no chance that all are equal."""


@pytest.fixture(scope="session")
def tables(month: Path) -> dict[str, pd.DataFrame]:
    """The tables of a month by `chapter/name`."""
    files = sorted(month.glob("tables/*/*.csv"))
    return {f"{file.parent.name}/{file.stem}": pd.read_csv(file, encoding="utf-8-sig") for file in files}


@pytest.fixture(scope="session")
def figures(month: Path) -> pd.DataFrame:
    """The headline figures of the chapters: chapter, name, label, value, unit; the summary only repeats them."""
    chapters = json.loads((month / "results.json").read_text(encoding="utf-8"))["chapters"]
    rows = [
        {"chapter": chapter, "name": name} | figure
        for chapter, content in chapters.items()
        for name, figure in content["figures"].items()
    ]
    return pd.DataFrame(rows)


def test_every_column_of_a_month_has_a_label(tables):
    policies = set(tables["05_credit_insurance/policy_terms"].columns) - {"term"}
    lengths = set(tables["03_terms/order_value"].columns) - {"grade"}
    buckets = set(Run.from_yaml(PROJECT / "params" / "demo.yaml").provision.labels)
    for table, frame in tables.items():
        unlabelled = set(frame.columns) - set(labelled()) - policies - lengths
        if table == "07_provision/roll_rates":
            unlabelled -= buckets
        assert not unlabelled, f"{table}: state a label of {unlabelled} in columns.py beside the function that makes it"
        for column in set(frame.columns) & {name for name, stated in labelled().items() if stated.kind == "name"}:
            # A name of words, such as `insolvency index now`, is its own label.
            codes = {value for value in frame[column].dropna() if "_" in value and ": " not in value}
            assert codes <= set(labelled()), f"{table}: state a label of {codes - set(labelled())}"


def test_no_two_tables_have_one_name(tables):
    # Each chapter publishes its decisions, and the summary all of them.
    names = [name for table in tables if (name := table.partition("/")[2]) != "decisions"]
    assert len(names) == len(set(names))


def test_a_headline_figure_has_one_value_and_one_label(figures):
    values = figures.groupby("name")["value"].nunique(dropna=False)
    assert (values == 1).all(), values[values > 1]
    labels = figures.groupby("name")["label"].agg(set)
    assert labels.map(len).eq(1).all(), labels
    own = figures[figures["chapter"] != "00_summary"]
    assert own["name"].is_unique
    assert own["label"].is_unique


def test_no_two_headline_figures_are_one(figures):
    own = figures[figures["chapter"] != "00_summary"]
    if not (own.loc[own["name"] == "policy_cost", "value"] > 0).any():
        pytest.skip("without a policy all of a loss is retained, and figures before and after insurance are the same")
    amounts = own[(own["unit"] != "count") & own["value"].notna() & (own["value"] != 0)]
    assert not amounts["value"].duplicated(keep=False).any(), amounts


def test_a_headline_figure_is_that_of_the_table_of_figures(tables, figures):
    headline = figures[figures["chapter"] == "01_receivables"].set_index("name")["value"]
    named = tables["01_receivables/kpis"].set_index("figure")["value"]
    same = headline.index.intersection(named.index)
    assert len(same) >= 5
    assert headline[same].to_dict() == pytest.approx(named[same].to_dict(), rel=1e-9, nan_ok=True)
    # Of nothing there are several: no debt of buyers in default, no exchange difference.
    for name, value in headline[headline != 0].dropna().items():
        assert set(named.index[np.isclose(named, value, rtol=1e-9)]) <= {name}


def test_a_column_says_one_thing_of_a_buyer_a_grade_or_a_policy(tables):
    for key in KEYS:
        found: dict[str, list[tuple[str, pd.Series]]] = {}
        for table, frame in tables.items():
            if frame.columns[0] == key and frame[key].is_unique and not RECORDS & set(frame.columns):
                by_key = frame.set_index(frame[key].astype(str))
                for column in set(frame.columns) - {key} - OF_THE_TABLE:
                    found.setdefault(column, []).append((table, by_key[column]))
        for column, said in found.items():
            for (one, first), (other, second) in itertools.combinations(said, 2):
                both = pd.concat([first, second], axis="columns", join="inner", keys=["one", "other"]).dropna()
                if both.empty:
                    continue
                if all(pd.api.types.is_numeric_dtype(values) for values in (first, second)):
                    same = (both["one"] * 1.0 - both["other"]).abs() <= 1e-6 * (both["one"].abs() + 1)
                else:
                    same = both["one"] == both["other"]
                assert same.all(), f"{column} of a {key} in {one} and {other}: {both[~same].head(3)}"


def _key(table: pd.DataFrame) -> list[str]:
    """Return what tells the rows of a table apart: the first of its columns, as few as will do (none: nothing does)."""
    few = (list(table.columns[:number]) for number in range(1, len(table.columns)))
    return next((key for key in few if not table.duplicated(key).any()), [])


def _with_a_row_for_each_policy(table: pd.DataFrame, policies: set[str]) -> pd.DataFrame:
    """Return a table with a column for each policy the other way round; any other as it is."""
    if not policies & set(table.columns):
        return table
    turned = table.set_index(table.columns[0]).T.rename_axis("policy").reset_index()
    return turned.apply(pd.to_numeric, errors="coerce").assign(policy=turned["policy"])


def _by_key(tables: dict[str, pd.DataFrame], policies: set[str]) -> dict[tuple[str, ...], list[tuple[str, np.ndarray]]]:
    """Return the figures of all tables by what their rows are about: a name and an array a column, on the same rows.

    Tables that say the same of the rows that they share are one array: most of them are selections.
    """
    grouped: dict[tuple[str, ...], list[pd.DataFrame]] = {}
    for whole in tables.values():
        table = _with_a_row_for_each_policy(whole, policies)
        if key := _key(table):
            rows = pd.Index(["|".join(map(str, values)) for values in zip(*(table[name] for name in key), strict=True)])
            figures = table.drop(columns=key).select_dtypes("number").astype("float64").set_axis(rows)
            grouped.setdefault(tuple(key), []).append(figures)
    return {key: _merged(parts) for key, parts in grouped.items()}


def _merged(parts: list[pd.DataFrame]) -> list[tuple[str, np.ndarray]]:
    rows = pd.Index(np.unique(np.concatenate([part.index for part in parts])))
    found: dict[str, list[np.ndarray]] = {}
    for part in parts:
        for name, values in part.reindex(rows).items():
            column, known = values.to_numpy(), found.setdefault(str(name), [])
            place = next((place for place, one in enumerate(known) if _agree(one, column)), None)
            if place is None:
                known.append(column)
            else:
                known[place] = np.where(np.isnan(known[place]), column, known[place])
    return [(name, column) for name, columns in found.items() for column in columns]


def _agree(one: np.ndarray, other: np.ndarray) -> bool:
    """Return whether two columns hold the same figures on the rows that both have."""
    return not (np.abs(one - other) > 1e-6 * np.abs(other) + 1e-8).any()


def _one_figure_under_two_names(tables: dict[str, pd.DataFrame], policies: set[str]) -> set[frozenset[str]]:
    """Return the pairs of names whose columns hold the same figures on all the rows that they share."""
    found = set()
    for columns in _by_key(tables, policies).values():
        for (one, first), (other, second) in itertools.combinations(columns, 2):
            shared = first[~(np.isnan(first) | np.isnan(second))]
            enough = len(shared) >= LEAST_ROWS and len(np.unique(shared[shared != 0])) >= LEAST_FIGURES
            if one != other and enough and _agree(first, second):
                found.add(frozenset((one, other)))
    return found


def test_one_figure_under_two_names_is_found():
    one = pd.DataFrame({"buyer_id": list("abcdef"), "owed": [1.0, 2, 3, 0, 0, 0], "late": [0.0, 2, 3, 0, 0, 0]})
    other = pd.DataFrame({"buyer_id": list("fedcb"), "balance": [0.0, 0, 0, 3, 2], "due": [0.0, 0, 0, 3, 1]})
    policies = pd.DataFrame({"item": ["premium", "fee"]} | {name: [number, 5] for number, name in enumerate("vwxyz")})
    terms = pd.DataFrame({"policy": list("vwxyz"), "cost": [0.0, 1, 2, 3, 4]})
    found = _one_figure_under_two_names({"one": one, "other": other, "account": policies, "terms": terms}, set("vwxyz"))
    # Of `owed` and `balance` five rows are shared, but only two figures.
    assert found == {frozenset(("premium", "cost"))}
    more = one.assign(buyer_id=list("xbcdef"), owed=[9.0, 2, 3, 7, 0, 0])
    found = _one_figure_under_two_names({"more": more, "other": other.assign(balance=[0.0, 0, 7, 3, 2])}, set())
    assert found == {frozenset(("owed", "balance"))}


# Without a policy, limits and overrides what they change is the same before and after them.
@pytest.mark.parametrize("month", ["demo"], indirect=True)
def test_no_two_columns_of_a_month_hold_one_figure(tables):
    policies = set(tables["05_credit_insurance/policy_terms"].columns) - {"term"}
    found = _one_figure_under_two_names(tables, policies)
    told = [" and ".join(sorted(pair)) for pair in found - set(SAME_THIS_MONTH)]
    assert not told, f"one figure under two names: {told}: give it one, or say in SAME_THIS_MONTH why they agree"


def test_no_table_contradicts_the_one_advice_on_a_buyer(tables):
    sheets = tables["03_credit_limits/sheets"].set_index("buyer_id")
    asked = tables["03_credit_limits/decisions"]
    asked = asked[asked["buyer_id"].notna() & ~asked["state"].isin(GONE)]
    # On each subject there is one decision, which the sheet knows, and among these is the one advice.
    asked = asked.assign(subject=asked["decision"].map(subject))
    assert not asked.duplicated(["buyer_id", "subject"]).any()
    known = sheets[list(SUBJECTS)].melt(ignore_index=False, var_name="subject", value_name="decision").dropna()
    key = ["buyer_id", "subject", "decision"]
    assert set(asked[key].itertuples(index=False, name=None)) == set(
        known.reset_index()[key].itertuples(index=False, name=None)
    )
    decided = sheets[~sheets["advice"].isin(["look", "none", "in default", "collect"])]
    assert set(decided["advice"].items()) <= set(zip(asked["buyer_id"], asked["decision"], strict=True))
    for name, table in tables.items():
        if {"buyer_id", "advised"} <= set(table):
            said = table.set_index("buyer_id")["advised"]
            assert (said == sheets["advised"].reindex(said.index)).all(), name
    # Nothing raises the limit of a buyer to which deliveries are held back; an analyst's limit stands as it is.
    back = sheets.index[sheets["deliveries"].isin(HELD.values())]
    limits = tables["03_credit_limits/limits"].set_index("buyer_id")
    changes = limits.loc[tables["03_credit_limits/limit_changes"]["buyer_id"]]
    raised = changes.index[
        (changes["decision"] == "increase") & (changes["binding_with_cover"] != "analyst's override")
    ]
    assert not set(raised) & set(back)
    moved = tables["03_limits_of_the_book/optimum_limits"].set_index("buyer_id")["portfolio_change"]
    assert not set(moved.index[moved >= 1]) & set(back)
    none = sheets.index[sheets["deliveries"].str.startswith("nothing")]
    assert not set(tables["03_limits_of_the_book/requests"]["buyer_id"]) & set(none)
    planned = tables["03_credit_limits/overdue_advised"]["buyer_id"]
    assert sheets.loc[planned, "advice"].isin(["payment plan", "enforce"]).all()
    # What is overdue and not a trifle is somebody's: the lists add up to it, and no buyer is in two of them.
    owing = pd.concat([tables[f"03_credit_limits/{name}"] for name in ("to_collect", "overdue_advised", "to_pursue")])
    assert owing["buyer_id"].is_unique
    overdue = sheets.loc[sheets["overdue"] >= 1_000, "overdue"]
    assert owing.loc[owing["overdue"] >= 1_000, "overdue"].sum() == pytest.approx(overdue.sum())


def test_a_hold_of_deliveries_has_one_who_one_when_and_one_cure(month, tables):
    chapter = {name.partition("/")[2]: table for name, table in tables.items() if name.startswith("03_credit")}
    held, sheets = (chapter[name].set_index("buyer_id") for name in ("held_back", "sheets"))
    level = {who: place for place, who in enumerate(Run.from_yaml(month.parents[2] / "run.yaml").levels)}
    assert set(held.index) == set(sheets.index[sheets["deliveries"].isin(HELD.values())])
    # A sheet says who and when of those that are held alone, but of those in default on whom nobody is asked anything
    # more, and every table says it as the sheet does.
    settled = held.index[(held["held_for"] == "in default") & ~(held["own_limit"] > 0) & ~(held["claim_amount"] > 0)]
    settled = settled[sheets.loc[settled, "own_limit"].eq(0) | sheets.loc[settled, "on_debt"].isna()]
    assert set(sheets.index[sheets["hold_by"].notna()]) == set(held.index) - set(settled)
    columns = ["hold_authority", "hold_by", "deliveries", "action"]
    assert (held["hold_authority"].notna() == held["hold_by"].notna()).all()
    for name, table in chapter.items():
        said = [column for column in columns if column in table and "buyer_id" in table]
        if said:
            own = table.set_index("buyer_id")[said]
            told = (own == sheets.loc[own.index, said]) | (own.isna() & sheets.loc[own.index, said].isna())
            assert told.all(axis=None), name
    # Whoever is asked to stop deliveries is the one that decides on the hold, and is asked for no earlier day.
    asked = chapter["decisions"]
    asked = asked[asked["buyer_id"].notna() & ~asked["state"].isin(GONE)]
    stops = asked[asked["decision"].isin(["stop insured", "stop", "stop until paid", "run down", "cancel"])]
    stops = stops.join(held[["hold_authority", "hold_by"]], on="buyer_id")
    assert (stops["authority"] == stops["hold_authority"]).all()
    assert (stops["due_day"] >= stops["hold_by"]).all()
    at_once = stops["decision"].isin(["stop insured", "stop", "stop until paid"])
    assert (stops["due_day"] == stops["hold_by"])[at_once].all()
    # A claim is the hold's too, so that nobody below its authority ends it.
    claims = asked[asked["decision"] == "claim"].join(held["hold_authority"], on="buyer_id")
    assert (claims["authority"].map(level) <= claims["hold_authority"].map(level)).all()
    # The reasons are those that the sheet knows.
    said = held["held_for"] + ", " + held["held_also"].astype("str").fillna("")
    because = said.str.replace("risk, against payment", "run down").str.split(", ").map(set)
    action, stopped = (sheets[name].reindex(held.index) for name in ("action", "stop_insured"))
    for reason, known in {
        "in default": action == "in default", "risk": action == "stop", "overdue part": action == "stop until paid",
        "run down": action == "run down", "no longer insured": stopped,
        "claim on the policy": sheets["claim_amount"].reindex(held.index) > 0,
    }.items():  # fmt: skip
        assert (because.map(lambda names, reason=reason: reason in names) == known).all(), reason
    # Of whom nothing brings deliveries back no method asks for a payment that would.
    for_good = because.map(lambda names: bool(names & {"in default", "claim on the policy"}))
    assert set(held.index[for_good]) == set(held.index[held["cure"] == "none"])
    told = sheets.reindex(held.index[for_good])
    assert not told["insurer_says"].astype("str").str.contains("clear").any()
    assert not told["limit_says"].str.contains("until|run down").any()


def _page_text(month: Path, chapter: str) -> str:
    """Return a page's text without marks, and with common spaces."""
    page = html.unescape((month / f"{chapter}.html").read_text(encoding="utf-8")).replace("\u00a0", " ")
    return re.sub(r"<[^>]+>", "", page)


def test_a_sentence_on_holds_and_needs_counts_what_its_list_shows(month, tables):
    held, sheets = (tables[f"03_credit_limits/{name}"].set_index("buyer_id") for name in ("held_back", "sheets"))
    page = _page_text(month, "03_credit_limits")
    paying = held[held["to_pay"].notna()]
    alone = paying["cure"].str.endswith("deliver against payment alone")
    if len(held) > 1 and 0 < alone.sum() < len(paying):
        (told,) = re.findall(
            r"Payments of (EUR [^;]+?) by ([\d,]+) of them would end it for these; of ([\d,]+) more", page
        )
        ended = paying.loc[~alone, "to_pay"].sum()
        assert told == (money(ended, "EUR").replace("\u00a0", " "), f"{(~alone).sum():,}", f"{alone.sum():,}")
    over = sheets.loc[tables["03_credit_limits/over_need"]["buyer_id"]]
    back = over[(over["over_limit_to_set"] > 0) & (over["on_limit"] == "above limit")]
    if len(back):
        assert f" of {len(back):,} of them is also above the limit to set, and to be brought back" in page
    # What keeps a portfolio limit is a hold where there is one, and no hold where there is none.
    kept = tables["03_limits_of_the_book/optimum_limits"].set_index("buyer_id")["held_by"]
    assert set(kept.index[kept == "deliveries held back"]) <= set(held.index)
    assert not set(kept.index[kept == "insurer to be told first"]) & set(held.index)


def test_a_report_is_due_at_the_end_of_the_extension_of_its_own_debt(month, tables):
    terms = tables["05_credit_insurance/policy_terms"].set_index("term")
    policy = Run.from_yaml(month.parents[2] / "run.yaml").policy
    sheets = tables["03_credit_limits/sheets"].set_index("buyer_id")
    table = sheets.loc[tables["03_credit_limits/to_report"]["buyer_id"]]
    if policy is None or policy.extension_from != "due" or table.empty:
        pytest.skip(f"no reports by the due day: {list(terms)}")
    ends = pd.to_datetime(table["report_due_since"]) + pd.Timedelta(days=policy.maximum_extension_days)
    by = np.busday_offset(ends.to_numpy("datetime64[D]"), 0, roll="backward")
    assert (pd.to_datetime(table["report_by"]).to_numpy("datetime64[D]") == by).all()


def test_what_is_missed_of_the_insurer_stands_first_and_on_the_days_of_chapter_03(tables):
    missed, listed = (tables[f"06_collections/{name}"] for name in ("missed_deadlines", "next_deadlines"))
    late = missed[missed["state"] == "missed"]
    rank = late.index.max() if len(late) else -1
    assert (missed["state"].iloc[: rank + 1] == "missed").all()
    assert missed["act_by"].notna().all()
    assert not tables["06_collections/deadlines"]["state"].isin(["missed", "in force"]).any()
    first = listed.set_index("buyer_id")["next_day"]
    by = late.groupby("buyer_id")["act_by"].min()
    assert first.reindex(by.index).to_dict() == by.to_dict()
    asked = tables["03_credit_limits/decisions"]
    asked = asked[~asked["state"].isin(GONE)].set_index("buyer_id")
    to_report = asked.loc[asked["decision"] == "report missed", "due_day"]
    reports = late[late["deadline"] == "report the overdue debt"].groupby("buyer_id")["act_by"].min()
    assert reports.to_dict() == to_report.to_dict()
    claims = tables["06_collections/claims_to_file"].set_index("buyer_id")["act_by"]
    assert claims.to_dict() == asked.loc[asked["decision"] == "claim", "due_day"].to_dict()


def test_what_a_breach_table_counts_its_invoices_hold(tables):
    kinds, found = (tables[f"06_collections/{name}"] for name in ("breaches_by_kind", "cover_breaches"))
    if found.empty:
        assert kinds.empty
        pytest.skip("nothing of this book costs cover")
    of = found.groupby("breach_kind")
    kinds = kinds.set_index("breach_kind")
    assert set(kinds.index) == set(of.groups)
    assert (of["breach_cost"].sum().reindex(kinds.index) - kinds["breach_cost"]).abs().max() < 0.01
    assert of["breach_day"].min().reindex(kinds.index).to_dict() == kinds["first_breach"].to_dict()


def test_the_indemnity_as_if_of_claims_is_that_of_chapter_05(month, tables):
    policy = Run.from_yaml(month.parents[2] / "run.yaml").policy
    totals = tables["05_credit_insurance/as_if_totals"].set_index("policy")["past_indemnity"]
    if policy is None or policy.name not in totals:
        pytest.skip("no policy in force has past years")
    states = tables["06_collections/claims_by_state"]
    assert states["past_indemnity"].sum() == pytest.approx(totals[policy.name], abs=0.01)


def test_sales_to_be_shortened_are_those_of_the_buyers_listed(tables):
    by_grade = tables["03_terms/terms_by_grade"].dropna(subset="longer_sales")
    listed = tables["03_terms/longer_terms"]["longer_sales"].sum()
    assert by_grade["sales_to_shorten"].sum() == pytest.approx(listed)
    assert (by_grade["sales_to_shorten"] <= by_grade["longer_sales"] + 0.01).all()
    late = tables["03_terms/late_invoices"]
    assert (late["late_open"] <= late["late_amount"] + 0.01).all()


def test_what_is_above_the_limit_by_risk_is_told_with_what_bounds_the_risk(tables):
    chapter = {name.partition("/")[2]: table for name, table in tables.items() if name.startswith("03")}
    for name in ("against_payment", "stopped_until_paid", "stopped_by_risk"):
        assert chapter[name]["risk_bound_by"].notna().all(), name
        assert not chapter[name]["risk_bound_by"].eq("need").any(), name
    listed, limits = chapter["limit_changes"].set_index("buyer_id"), chapter["limits"].set_index("buyer_id")
    changes = limits.loc[listed.index]
    shown = ["own_limit", "limit_to_set", "reason"]
    pd.testing.assert_frame_equal(changes[shown], listed[shown])
    owing = changes[changes["reason"] == REASONS["still owed"]]
    assert not (owing["over_risk"] > 1).any()
    above = changes[changes["reason"] == REASONS["above the risk"]]
    assert (above["exposure"] > above["risk_limit"]).all()
    assert (above["limit_to_set"] == above["risk_limit"]).all()


def test_a_list_shows_the_buyers_of_its_decision_first_with_who_and_when(tables):
    asked = tables["03_credit_limits/decisions"]
    asked = asked[asked["buyer_id"].notna() & ~asked["state"].isin(GONE)]
    assert asked["anchor"].nunique() >= 3
    for anchor, of_list in asked.groupby("anchor"):
        listed = tables[f"03_credit_limits/{anchor.removeprefix('table-')}"]
        first = listed.head(len(of_list)).set_index("buyer_id")
        assert set(first.index) == set(of_list["buyer_id"]), anchor
        stated = of_list.set_index("buyer_id")[["authority", "due_day"]].reindex(first.index)
        # The list of holds is of several decisions, and says who decides on the hold and by when deliveries stop.
        said = ["hold_authority", "hold_by"] if anchor == "table-held_back" else ["authority", "due_day"]
        assert (first[said].to_numpy() == stated.to_numpy()).all(), anchor


def test_every_decision_has_who_when_and_where(tables):
    everything = tables["00_summary/decisions"]
    parts = [table for name, table in tables.items() if re.fullmatch(r"0[1-9]_\w+/decisions", name)]
    assert len(everything) == sum(map(len, parts))
    for table in parts:
        assert table[["decision", "authority", "due_day", "since", "state", "chapter", "anchor"]].notna().all(axis=None)
        lists = set(table["chapter"] + "/" + table["anchor"].str.removeprefix("table-"))
        assert lists <= set(tables), f"a list that no chapter shows: {lists - set(tables)}"


def test_a_decision_is_due_on_a_working_day_and_open_since_its_own_debt_is_overdue(tables):
    asked = tables["03_credit_limits/decisions"]
    days = {name: pd.to_datetime(asked[name]) for name in ("due_day", "since")}
    assert days["due_day"].dt.day_of_week.max() < 5
    now = ~asked["state"].isin(GONE)
    # What the month before asked no more of is due as it was then, and all else from the day of reading on.
    assert (days["due_day"] > days["since"])[now].all()
    overdue = pd.to_datetime(tables["03_credit_limits/sheets"].set_index("buyer_id")["overdue_since"])
    since = days["since"].set_axis(asked["buyer_id"])
    for kinds, same in ((("collect", "enforce", "payment plan"), True), (("report", "report missed"), False)):
        of_kinds = since[(asked["decision"].isin(kinds) & now).to_numpy()]
        known = overdue.reindex(of_kinds.index)
        assert (of_kinds == known).all() if same else not (of_kinds < known).any(), kinds


def test_the_policy_is_decided_on_before_its_notice_is_due(month, tables):
    asked = tables["05_credit_insurance/decisions"]
    asked = asked[~asked["state"].isin(GONE)].set_index("decision")
    run = Run.from_yaml(month.parents[2] / "run.yaml")
    stated = run.policy is not None and run.policy.notice_days is not None and run.account.decide_by is None
    if "policy notice" in asked.index:
        assert stated
        decided, given = pd.to_datetime(asked.loc[["policy", "policy notice"], "due_day"])
        assert decided <= given
        assert given <= pd.Timestamp(run.policy.ends) - pd.Timedelta(days=run.policy.notice_days)
    # The summary says who decides on it, and by when.
    page = html.unescape((month / "00_summary.html").read_text(encoding="utf-8")).replace("\u00a0", " ")
    for row in asked[asked.index == "policy"].itertuples():
        assert f" {row.authority.capitalize()}, by {day(pd.Timestamp(row.due_day))}" in page


def test_what_only_cover_adds_is_cut_where_limits_without_insurance_fit_a_cap(tables):
    limits = tables["03_credit_limits/limits"].set_index("buyer_id")
    assert not (limits["recommended_with_cover"] < limits["recommended"]).any()
    caps = tables["03_limits_of_the_book/class_caps"]
    # Rounded down to two digits a limit loses less than a tenth.
    assert (caps["added_cut"] <= caps["cut"]).all()
    fits = caps["recommended"] < 0.9 * caps["cap"]
    assert (caps["added_cut"] == caps["cut"])[fits].all()


def test_each_level_decides_on_its_number(tables):
    asked = tables["00_summary/decisions"]
    asked = asked[~asked["state"].isin(GONE)]
    counts = asked.groupby(["decision", "authority"]).size()
    for row in tables["00_summary/kinds"].itertuples():
        told = dict(each.rsplit(" ", 1) for each in row.each_decides.split(", "))
        assert {who: int(number.replace(",", "")) for who, number in told.items()} == counts[row.decision].to_dict()


def test_margin_and_payments_are_told_once(month, tables):
    sheets = tables["03_credit_limits/sheets"].set_index("buyer_id")
    held = tables["03_credit_limits/held_back"].set_index("buyer_id")
    # Nothing is sold on terms to those that are held back or have no limit: their margin counts with that.
    longer = sheets.loc[tables["03_terms/longer_terms"]["buyer_id"]]
    assert not set(longer.index) & set(held.index)
    assert (longer["limit_to_set"] > 0).all()
    # What accounts would release is asked for by itself or with a hold, and of nobody for whom the policy has to pay.
    accounts = tables["03_credit_limits/accounts"].set_index("buyer_id")
    assert not (sheets.loc[accounts.index, "claim_amount"] > 0).any()
    page = html.unescape((month / "03_credit_limits.html").read_text(encoding="utf-8")).replace("\u00a0", " ")
    requested = " ".join(re.findall(r"The limits? (?:of [^.]*? )?rests? on payment history[^.]*?request them", page))
    others = accounts[(accounts["asked"] != "request accounts") & (accounts["released_margin"] > 0)]
    assert all(buyer in requested for buyer in others.index)
    # What has to be paid so that deliveries go on is one amount: that of the list of holds.
    for buyer, row in held.iterrows():
        cleared = re.findall(r"clear (EUR [\d.,]+(?: [mk])?)", str(row["cure"]).replace("\u00a0", " "))
        # The CSV file has twelve digits: a half of a euro may be a little more where the page rounds it.
        told = [{money(row["to_pay"] + shift, "EUR") for shift in (-1e-6, 1e-6)}] if row["to_pay"] > 0 else []
        assert len(cleared) == len(told)
        assert all(each.rstrip(",") in either for each, either in zip(cleared, told, strict=True))
        assert "clear" not in str(sheets["insurer_says"].get(buyer))


def test_what_is_above_a_limit_to_set_is_decided(tables):
    sheets = tables["03_credit_limits/sheets"].set_index("buyer_id")
    over = sheets[(sheets["over_limit_to_set"] > 100) & (sheets["action"] != "in default")]
    decided = over["on_limit"].notna() & (over["on_limit"] != "limits") | over["on_cover"].notna()
    assert decided.all()
    assert (sheets.loc[sheets["deliveries"].str.startswith("as it pays"), "over_limit_to_set"] > 0).all()


def test_what_concerns_a_limit_is_decided_by_who_sets_it_and_after_what_it_waits_for(tables):
    asked = tables["03_credit_limits/decisions"]
    asked = asked[~asked["state"].isin(GONE)]
    enforced = asked[asked["decision"] == "raise or enforce"]
    assert set(enforced["buyer_id"]) == set(tables["03_credit_limits/often_exceeded"]["buyer_id"])
    whole = tables.get("03_limits_of_the_book/decisions", asked)
    portfolio = whole.loc[whole["decision"] == "portfolio", "due_day"]
    waiting = asked["decision"].isin(["cut", "set limit", "limits"])
    assert not asked.loc[waiting, "due_day"].isin(portfolio).any()


def test_a_decision_has_one_amount_which_its_sentence_names_first(month, tables):
    asked = tables["00_summary/decisions"]
    asked = asked[~asked["state"].isin(GONE)]
    assert asked["stake"].notna().all()
    sums = asked.groupby("decision")["amount"].sum(min_count=1)
    rows = tables["00_summary/kinds"].set_index("decision")
    assert rows["stake"].notna().all()
    assert set(rows.index) == set(sums.index)
    pages = "".join(file.read_text(encoding="utf-8") for file in sorted(month.glob("0[1-9]_*.html")))
    told = dict(re.findall(r'<div class="tc-note-box decision" id="decision-([\w-]+)"[^>]*><p>(.*?)</p>', pages))
    assert set(told) == {kind.replace(" ", "-") for kind in sums.index}
    for kind, amount in sums.dropna().items():
        assert rows.loc[kind, "amount"] == pytest.approx(amount, abs=0.01)
        sentence = html.unescape(told[kind.replace(" ", "-")]).replace("\u00a0", " ")
        (first, *_) = re.findall(r"EUR [\d.,]+(?: [mk]\b)?", sentence)
        assert first.rstrip(".,") == money(amount, "EUR"), f"{kind}: {sentence}"


def test_what_only_the_board_may_decide_is_in_sight(month, tables):
    rows = tables["00_summary/kinds"]
    page = html.unescape((month / "00_summary.html").read_text(encoding="utf-8")).replace("\u00a0", " ")
    reserved = rows[rows["decision"].isin(["policy", "model", "portfolio"])]
    assert (reserved["authority"] == "board").all()
    for what in reserved["what"]:
        assert f">{what}</a>" in page or f"“{what}”" in page.partition("are not shown")[2]


def test_simulated_and_exact_are_told_apart(tables, figures):
    headline = figures.drop_duplicates("name").set_index("name")
    effects = tables["04_loss_simulation/scenario_effects"].set_index("scenario").loc["base"]
    exact = tables["04_loss_simulation/contributors"]["expected_loss"].sum()
    assert effects["expected_loss"] == pytest.approx(exact)
    assert "expected_loss" not in headline.index
    simulated = tables["04_loss_simulation/scenarios"].set_index("scenario").loc["base"]
    for name in simulated.index.intersection(headline.index):
        # No digit below the standard error, which the table has beside all digits.
        error = simulated[f"{name}_se"]
        assert abs(headline.loc[name, "value"] - simulated[name]) <= error / 2 + 0.5, name
        assert headline.loc[name, "value"] == pytest.approx(known_digits(simulated[name], error), rel=1e-9), name
    of_years = [
        "expected_loss_simulated",
        "var_99",
        "es_99",
        "expected_indemnity",
        "retained_expected",
        "retained_es_99",
    ]
    for name in headline.index.intersection(of_years):
        assert "simulated" in headline.loc[name, "label"]


def test_tables_of_simulated_years_say_so(month, tables):
    for chapter, columns in SIMULATED.items():
        page = _Page((month / f"{chapter}.html").read_text(encoding="utf-8"))
        for name, caption in page.tables.items():
            unsaid = [
                column
                for column in columns & set(tables[f"{chapter}/{name}"])
                if not re.search("simulated|fewer years", f"{caption} {labelled()[column].label}", re.IGNORECASE)
            ]
            assert not unsaid, f"{chapter}/{name}, {caption!r}: {unsaid} come from simulated years"
            exact = {column for column in tables[f"{chapter}/{name}"] if column in EXACT}
            assert all("(exact)" in labelled()[column].label for column in exact)


class _Page(HTMLParser):
    """What a page refers to, how many captions it has, and those of its tables by name."""

    def __init__(self, text: str):
        super().__init__()
        self.addresses: list[str] = []
        self.captions = 0
        self.tables: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.captions += tag == "caption"
        names = ("src", "href", "srcset", "action", "data", "poster")
        self.addresses += [value or "" for name, value in attributes if name in names]
        stated = {name: value or "" for name, value in attributes}
        if stated.get("class") == "tc-table" and "id" in stated:  # further rows of a table have none of their own
            self.tables[stated["id"].removeprefix("table-")] = stated["aria-label"]


def shown_tables(month: Path, chapter: str) -> list[Path]:
    """Return the tables that a chapter's page shows: its decisions stand there as sentences, those of all in 00."""
    files = sorted((month / "tables" / chapter).glob("*.csv"))
    return [file for file in files if file.stem != "decisions" or chapter.startswith("00")]


def test_pages_are_whole_small_and_ask_nothing_of_the_world(month):
    pages = sorted(month.glob("[0-9]*.html"))
    assert [page.stem for page in pages] == [file.stem for file in NOTEBOOKS]
    for file in pages:
        text = file.read_text(encoding="utf-8")
        page = _Page(text)
        assert file.stat().st_size < 1_000_000
        assert not re.search(r"<script|url\((?!['\"]?data:)|@import", text)
        for address in page.addresses:
            target, _, anchor = address.partition(":~:")[0].partition("#")  # behind it stands a text to look for
            if address.startswith("data:") or "index.html" in address:
                continue
            assert not target or (month / target).exists(), address
            assert not anchor or f'id="{anchor}"' in ((month / target).read_text("utf-8") if target else text), address
        further = text.count(": further rows</span>")
        told, published = page.captions - further + text.count('class="tc-none"'), len(shown_tables(month, file.stem))
        # What is published and not shown has a note in its place.
        assert told == published or (told < published and 'class="tc-note-box left-out"' in text)


def test_a_month_is_light(month):
    files = [file for file in month.rglob("*") if file.is_file() and file.suffix != ".pdf"]
    assert sum(file.stat().st_size for file in files) <= 12_000_000
    assert max(file.stat().st_size for file in files if file.suffix == ".html") < 1_000_000


def test_no_page_is_longer_than_is_read_nor_wider_than_a_phone(browser, month):
    """Closed, a page is at most 9,000 pixels high on a desktop, and begins with its answer; on a phone none scrolls.

    On paper nothing is cut, and no word breaks within.
    """
    for file in sorted(month.glob("[0-9]*.html")):
        tab = browser.new_page(viewport={"width": 1200, "height": 900})
        tab.goto(file.as_uri())
        assert tab.evaluate("document.documentElement.scrollHeight") <= 9000, file.stem
        assert "tc-answer" in tab.evaluate("document.querySelector('main > *').className"), file.stem
        tab.set_viewport_size({"width": 360, "height": 780})
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360, file.stem
        assert on_paper.faults(tab) == [], file.stem
        tab.close()


def test_each_question_is_answered_one_click_from_the_summary(month):
    summary = (month / "00_summary.html").read_text(encoding="utf-8")
    (listed,) = re.findall(r'<ul class="tc-leads".*?</ul>', summary, re.DOTALL)
    leads = {html.unescape(text): address for address, text in re.findall(r'<a href="([^"]+)">(.*?)</a>', listed)}
    asked = dict(ANSWERED) | {OF_A_BUYER: ""}
    assert list(leads) == [question for question in asked if question in leads]
    told = json.loads((month / "results.json").read_text(encoding="utf-8"))["chapters"]
    for question, address in leads.items():
        file, _, anchor = address.partition("#")
        page = (month / file).read_text(encoding="utf-8")
        before, found, after = page.partition(f' id="{anchor}"' if anchor else '<table class="stacks')
        assert found, question
        # The place is the heading of a section that is none for reviewers, and has a sentence or a table with figures.
        heading, section, *_ = [*re.split("<h[23] ", after), ""] if anchor else (before, after)
        assert "fold appendix" not in heading or not anchor, question
        assert not re.search("<p|<table", heading) or not anchor, question
        assert re.search(r"\d", re.sub(r"<[^>]+>|:.*?;", "", section)), question
    for question in set(asked) - set(leads):  # of what this book has nothing to say
        chapter, name = asked[question].split(".")
        table = month / "tables" / chapter / f"{name}.csv"
        rows = len(table.read_text(encoding="utf-8").splitlines()) - 1 if table.exists() else 0
        shown = f' id="table-{name}"' in (month / f"{chapter}.html").read_text(encoding="utf-8")
        assert not (shown and rows), question
        assert name not in told[chapter].get("pictures", {}), question


@pytest.mark.parametrize("month", ["demo"], indirect=True)
def test_reports_that_are_zipped_and_unpacked_elsewhere_lead_where_they_did(month, tmp_path):
    elsewhere = tmp_path / "else where"
    shutil.unpack_archive(shutil.make_archive(str(tmp_path / "reports"), "zip", month.parents[1]), elsewhere)
    pages = {page: page.read_text(encoding="utf-8") for page in elsewhere.rglob("*.html")}
    anchors = {page: set(re.findall(r'\bid="?([^"\s>]+)', text)) for page, text in pages.items()}
    lost = []
    for page, text in pages.items():
        # A page of source shows what links are made of.
        for link in set(re.findall(r'\bhref="([^"]+)"', text)) if page.parent.name != "source" else ():
            file, _, place = html.unescape(link).partition(":~:")[0].partition("#")
            if file.startswith(("data:", "mailto:", "https:")):
                continue
            target = Path(os.path.normpath(page.parent / file)) if file else page
            if not target.exists() or (place and target in anchors and place not in anchors[target]):
                lost.append(f"{page.relative_to(elsewhere)}: {link}")
    assert len(pages) > 50
    assert not lost


# Words of the other book's tables are among those of the demo's.
@pytest.mark.parametrize("month", ["demo"], indirect=True)
def test_what_tables_hold_in_words_of_the_code_is_known_to_the_catalogues(tables):
    """A text of a table that stands in the code of a module below `words` must be among what is translated.

    Where it is not, its module is missing in `messages.SHOWN`.
    """
    package = Path(tradecredit.__file__).parent
    stated = {
        text
        for file in package.rglob("*.py")
        if file.parent.name not in ("demo", "exports", "words", "report")
        for text in messages.spoken_by(ast.parse(file.read_text(encoding="utf-8")))
    }
    known = {text for message in messages.messages() for text in ([message] if isinstance(message, str) else message)}
    shown: set[str] = set()
    for frame in tables.values():
        for name, values in frame.select_dtypes(["str", "object"]).items():
            if name not in GIVEN:
                texts = pd.unique(values.dropna().astype("str"))
                shown |= {part for text in texts for mark in ("; ", ", ") for part in [text, *text.split(mark)]}
    assert shown & stated
    assert sorted(shown & stated - known) == []


def test_the_summary_is_printed_on_one_sheet(browser, month, tmp_path):
    pypdf = pytest.importorskip("pypdf")
    manifest = json.loads((month / "manifest.json").read_text(encoding="utf-8"))
    printable = pdf.printable(month, manifest, ["00_summary"]), (month / "00_summary.html").read_text(encoding="utf-8")
    for number, text in enumerate(printable):
        (tmp_path / f"{number}.html").write_text(text, encoding="utf-8")
        tab = browser.new_page()
        tab.goto((tmp_path / f"{number}.html").as_uri())
        tab.pdf(path=tmp_path / f"{number}.pdf", prefer_css_page_size=True)
        (page,) = pypdf.PdfReader(tmp_path / f"{number}.pdf").pages
        assert "What needs a decision?" in page.extract_text()
        tab.close()


def test_the_summary_is_a_mail_that_gmail_shows_whole(month):
    page = (month / "00_summary.html").read_text(encoding="utf-8")
    html = mail.mail_html(page, json.loads((month / "manifest.json").read_text(encoding="utf-8")))
    html = html.replace("\u00a0", " ")
    assert len(html.encode()) < min(100_000, mail.MOST_BYTES)
    assert not re.search(r"<(?:svg|img|script|style|link)|\b(?:src|href)=|var\(", html)
    figures = json.loads((month / "results.json").read_text(encoding="utf-8"))["chapters"]["00_summary"]["figures"]
    assert all(entry["label"] in html for entry in figures.values())


def test_every_table_of_a_notebook_is_published(month):
    for notebook in sorted((PROJECT / "notebooks").glob("*.ipynb")):
        source = "\n".join(cell.source for cell in nbformat.read(notebook, as_version=4).cells)
        published = {file.stem for file in shown_tables(month, notebook.stem)}
        # Neither book has orders or papers or is a group's; one has defaults and a policy; doubles are there or not.
        absent = {
            "01_receivables": {"by_entity"},
            "03_credit_limits": {"orders", "limits_by_entity"},
            "05_credit_insurance": {"evidence"},
        }.get(notebook.stem, set())
        seldom = {
            "01_receivables": {"doubles"},
            "02_default_probability": {"long_overdue", "short_payments", "pairs", "scaling"},
            "06_collections": {"declaration", "cut_today"},
        }
        assert not published & absent
        absent = absent | seldom.get(notebook.stem, set())
        assert all(f'"{name}", "' in source for name in absent)
        assert len(re.findall(r"chapter\.table\(", source)) == len(published | absent)


def test_results_hold_figures_of_every_chapter_and_no_machine_path(month):
    results = json.loads((month / "results.json").read_text(encoding="utf-8"))
    assert all(chapter["figures"] for chapter in results["chapters"].values())
    places = [
        str(place).encode() for place in (PROJECT, sys.prefix, Path.home(), tempfile.gettempdir(), month.parents[2])
    ]
    for file in (path for path in month.rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert not [place for place in places if len(place) > 1 and place + b"/" in content], file


NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_opens_on_the_demo_book(file):
    (cell,) = (
        cell for cell in nbformat.read(file, as_version=4).cells if "parameters" in cell.metadata.get("tags", [])
    )
    (run_file,) = re.findall(r'^run_file: str = "(.+?)"', cell.source, re.MULTILINE)
    assert (file.parent / run_file).resolve() == PROJECT / "params" / "demo.yaml"


@pytest.fixture(scope="module")
def kernels() -> Iterator[type]:
    """Kernels that need not import the libraries anew, each as it starts."""
    from tradecredit.report.kernels import warm_kernels

    with warm_kernels() as managers:
        yield managers


# What the month has computed is remembered: the notebooks, each in a kernel of its own, do not compute it once more.
@pytest.mark.parametrize("month", ["demo"], indirect=True)
@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_runs_alone_and_writes_nothing(file, month, kernels, tmp_path):
    executed = papermill.execute_notebook(
        file, tmp_path / "alone.ipynb", parameters={"run_file": str(month.parents[2] / "run.yaml")},
        kernel_name="python3", cwd=PROJECT / "notebooks", progress_bar=False, kernel_manager_class=kernels,
    )  # fmt: skip
    shown = [output for cell in executed.cells if cell.cell_type == "code" for output in cell.outputs]
    assert sum("text/html" in output.get("data", {}) for output in shown) >= 3
    assert not list((PROJECT / "notebooks").glob("tables")) + list((PROJECT / "notebooks").glob("results"))
