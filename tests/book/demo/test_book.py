"""The demo book: it can be believed, it agrees with itself, and its truth is true."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit.book import checks
from tradecredit.book.demo import DemoBook, demo_book, write
from tradecredit.book.links import links
from tradecredit.book.rate_checks import untranslated
from tradecredit.book.schema import TABLES, dtype
from tradecredit.errors import ParameterError
from tradecredit.params.run import Run

UNTIL = pd.Timestamp("2026-10-31")
START = pd.Timestamp("2023-11-01")
SLOWDOWN = (pd.Timestamp("2024-11-01"), pd.Timestamp("2025-08-31"))
"""Months 13 to 22 of the window."""
CENT = 0.005


@pytest.fixture(scope="module")
def book() -> DemoBook:
    return demo_book()


@pytest.fixture(scope="module")
def items(book) -> pd.DataFrame:
    return items_on(book.tables, UNTIL)


def items_on(tables: dict[str, pd.DataFrame], day: pd.Timestamp) -> pd.DataFrame:
    """Return invoices by invoice_id with rate (EUR per unit), open_amount (EUR), settled (last payment), days_late."""
    invoices = tables["invoices"][tables["invoices"]["issued"] <= day].sort_values("issued", kind="stable")
    found = pd.merge_asof(
        invoices, tables["fx"].sort_values("date"), left_on="issued", right_on="date", by="currency"
    ).set_index("invoice_id")
    receipts = tables["receipts"][tables["receipts"]["received"] <= day]
    paid = receipts.groupby("invoice_id")["amount"].sum().reindex(found.index, fill_value=0.0)
    payments = receipts[receipts["kind"] == "payment"]
    settled = payments.groupby("invoice_id")["received"].max().reindex(found.index)
    rate = found["rate"].where(found["currency"] != "EUR", 1.0)
    open_amount = (found["amount"] - paid).round(2).clip(lower=0) * rate  # a claim and a recovery may be more
    return found.assign(rate=rate, open_amount=open_amount, settled=settled, days_late=(settled - found["due"]).dt.days)


def of_buyer(tables: dict[str, pd.DataFrame], buyer_id: str) -> dict[str, pd.DataFrame]:
    invoices = tables["invoices"][tables["invoices"]["buyer_id"] == buyer_id]
    receipts = tables["receipts"][tables["receipts"]["invoice_id"].isin(invoices["invoice_id"])]
    return {"invoices": invoices, "receipts": receipts, "fx": tables["fx"]}


# What holds in every demo book


def assert_agrees_with_itself(tables: dict[str, pd.DataFrame], until: pd.Timestamp) -> None:
    for name, frame in tables.items():
        table = TABLES[name]
        assert list(frame.columns) == table.names
        for column in table.columns:
            values = frame[column.name]
            assert values.dtype == dtype(column)
            assert not (column.required and values.isna().any())
            assert not column.allowed or values.isin(column.allowed).all()
            if column.kind in ("amount", "signed"):
                assert np.allclose(values.dropna() * 100, (values.dropna() * 100).round(), rtol=0, atol=1e-3)
            if column.kind == "amount":
                assert not (values < 0).any()
        assert not (frame[table.known] > until).any()
    assert (tables["receipts"]["amount"] >= 0).all()
    run = Run(entity="Demo", currency="EUR", as_of=until.date(), source={"kind": "demo"}, file="x.yaml")
    files, linked = dict.fromkeys(tables, "demo"), links(tables)
    assert checks.relations(tables, files, run, linked) == []  # keys, references, dates, over-payment
    assert untranslated(tables, files, run, linked) == []
    for name, column in (("disputes", "closed"), ("defaults", "resolved")):
        assert not (tables[name][column] > until).any()
    assert_statements_add_up(tables["statements"])
    assert_limits_follow_each_other(tables["limits"])
    assert_defaults_agree_with_the_ledger(tables)


def assert_statements_add_up(statements: pd.DataFrame) -> None:
    total, current = statements["total_assets"], statements["current_assets"]
    assert (total == statements["total_liabilities"] + statements["equity"]).all()
    assert (current <= total).all()
    assert (statements[["inventories", "trade_receivables", "cash"]].sum(axis=1) <= current).all()
    assert (statements["current_liabilities"] <= statements["total_liabilities"]).all()
    assert (statements["net_income"] <= statements["ebit"]).all()
    assert (statements["retained_earnings"] < statements["equity"]).all()
    assert (statements[["revenue", "total_assets", "current_liabilities", "cash"]] > 0).all(axis=None)
    lag = (statements["published"] - statements["period_end"]).dt.days
    assert lag.between(120, 275).all()
    assert statements["period_end"].dt.is_month_end.all()


def assert_limits_follow_each_other(limits: pd.DataFrame) -> None:
    following = limits.sort_values("valid_from").groupby(["buyer_id", "source"])["valid_from"].shift(-1)
    day_before = following.sort_index() - pd.Timedelta(days=1)
    pd.testing.assert_series_equal(limits["valid_to"], day_before, check_names=False)
    assert (limits["valid_to"].isna() | (limits["valid_to"] >= limits["valid_from"])).all()


def assert_defaults_agree_with_the_ledger(tables: dict[str, pd.DataFrame]) -> None:
    invoices, receipts = tables["invoices"], tables["receipts"].drop(columns=["buyer_id", "currency"])
    receipts = receipts.merge(invoices, on="invoice_id")
    receipts = receipts.rename(columns={"amount_x": "applied", "amount_y": "amount"})
    for event in tables["defaults"].itertuples():
        assert (invoices.loc[invoices["buyer_id"] == event.buyer_id, "issued"] < event.date).all()
        owed = items_on(of_buyer(tables, event.buyer_id), event.date)
        assert event.debt == pytest.approx(owed["open_amount"].sum(), abs=CENT)
        after = receipts[(receipts["buyer_id"] == event.buyer_id) & (receipts["received"] >= event.date)]
        assert set(after["kind"]) <= {"recovery", "write_off", "claim"}
        applied = after["applied"] * owed["rate"].reindex(after["invoice_id"]).to_numpy()
        assert event.recovered == pytest.approx(applied[after["kind"] == "recovery"].sum(), abs=CENT)
        assert event.recovered <= event.debt + CENT
        written_off = after.loc[after["kind"] == "write_off", "received"]
        assert written_off.between(event.date + pd.DateOffset(months=6), event.date + pd.DateOffset(months=18)).all()
        still_open = items_on(of_buyer(tables, event.buyer_id), pd.Timestamp("2200-01-01"))["open_amount"].sum() > 0
        assert pd.isna(event.resolved) if still_open or after.empty else event.resolved == after["received"].max()
        if not written_off.empty:
            # What is written off is the rest; where claim and recovery are more than was owed there is none.
            given_up = set(after.loc[after["kind"] == "write_off", "invoice_id"])
            paid, owed_then = after.groupby("invoice_id")["applied"].sum(), owed["open_amount"] / owed["rate"]
            for invoice_id, applied in paid.items():
                if invoice_id in given_up:
                    assert applied == pytest.approx(owed_then[invoice_id], abs=CENT)
                else:
                    assert applied >= owed_then[invoice_id] - CENT
            assert (after.loc[after["kind"] == "recovery", "received"] < written_off.min()).all()


def test_the_default_book_agrees_with_itself(book):
    assert_agrees_with_itself(book.tables, UNTIL)


@settings(max_examples=5, derandomize=True)
@given(
    buyers=st.integers(20, 90),
    invoices=st.integers(90, 2_500),
    seed=st.integers(0, 2**40),
    until=st.dates(date(1990, 1, 1), date(2099, 12, 31)),
)
def test_any_book_agrees_with_itself(buyers, invoices, seed, until):
    made = demo_book(buyers=buyers, invoices=invoices, seed=seed, until=until)
    tables, truth = made.tables, made.truth
    assert len(tables["buyers"]) == buyers
    assert len(tables["invoices"]) == invoices
    assert_agrees_with_itself(tables, pd.Timestamp(until))
    assert truth["pd"].between(0, 1).all()
    assert not (truth["date"] > pd.Timestamp(until)).any()


def test_the_smallest_book_agrees_with_itself():
    assert_agrees_with_itself(demo_book(buyers=20, invoices=20).tables, UNTIL)


def test_an_impossible_book_is_refused_with_all_that_is_wrong():
    with pytest.raises(ParameterError) as refused:
        demo_book(buyers=19, invoices=18, seed=-1, until=date(1989, 12, 31))
    assert [problem.column for problem in refused.value.problems] == ["buyers", "invoices", "seed", "until"]
    assert "found '19'" in str(refused.value)


# Chance


def files(folder, **arguments) -> dict[str, bytes]:
    write(demo_book(**arguments), folder)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_seed_gives_the_same_bytes_and_another_seed_another_book(tmp_path):
    small = {"buyers": 60, "invoices": 2_000}
    first = files(tmp_path / "first", **small, seed=3)
    assert set(first) == {f"{name}.csv" for name in (*demo_book(**small, seed=3).tables, "truth")}
    assert files(tmp_path / "again", **small, seed=3) == first
    other = files(tmp_path / "other", **small, seed=4)
    # The insurer has paid no claim on so few buyers.
    assert all((other[name] != first[name]) != (name == "claims.csv") for name in first)


def test_parquet_files_hold_the_tables(tmp_path):
    made = demo_book(buyers=40, invoices=1_000, seed=2)
    write(made, tmp_path, "parquet")
    for name, table in made.tables.items():
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / f"{name}.parquet"), table, check_dtype=False)


def test_files_hold_iso_dates_and_no_index_and_give_the_tables_back(tmp_path):
    made = demo_book(buyers=40, invoices=1_000, seed=2)
    write(made, tmp_path)
    for name in made.tables:
        table = TABLES[name]
        dates = [column.name for column in table.columns if column.kind == "date"]
        text = pd.read_csv(tmp_path / f"{name}.csv", dtype="str")
        assert list(text.columns) == table.names
        for column in dates:
            assert text[column].dropna().str.fullmatch(r"\d{4}-\d\d-\d\d").all()
        read = pd.read_csv(
            tmp_path / f"{name}.csv",
            parse_dates=dates,
            dtype={c.name: "str" for c in table.columns if c.kind == "text"},
        )
        types = {column.name: dtype(column) for column in table.columns}
        pd.testing.assert_frame_equal(read.astype(types), made.tables[name])


def test_subjects_draw_from_streams_of_their_own():
    few, more = (demo_book(buyers=50, invoices=invoices, seed=1) for invoices in (500, 900))
    for name in ("buyers", "scores", "fx", "overrides"):
        pd.testing.assert_frame_equal(few.tables[name], more.tables[name])
    pd.testing.assert_frame_equal(few.truth, more.truth)


# What the default book shows


def test_buyers_are_spread_as_promised(book):
    buyers = book.tables["buyers"]
    assert len(buyers) == 600
    assert buyers["country"].nunique() == 12
    assert buyers["sector"].nunique() == 15
    assert buyers["kind"].value_counts(normalize=True)["private"] > 0.85
    assert set(buyers["kind"]) == {"private", "public", "affiliate", "prepaid"}
    groups = buyers.loc[buyers["kind"] == "private", "group_id"].value_counts()
    assert groups.between(2, 6).all()
    assert groups.sum() / len(buyers) == pytest.approx(0.12, abs=0.01)
    assert buyers["customer_since"].between(START, UNTIL).mean() == pytest.approx(0.22, abs=0.05)
    assert buyers["name"].is_unique
    assert buyers["registration_id"].is_unique
    members = buyers[buyers["kind"] == "private"].dropna(subset="group_id").groupby("group_id")["name"]
    assert all(set.intersection(*(set(name.split()) for name in names)) for _, names in members)


def test_sizes_are_those_of_a_middling_company(items):
    sales = items["amount"] * items["rate"]
    assert len(items) == pytest.approx(60_000, rel=0.03)
    yearly = sales[items["issued"] > UNTIL - pd.DateOffset(months=12)].sum()
    assert 150e6 < yearly < 250e6
    receivables = items["open_amount"].sum()
    assert 20e6 < receivables < 40e6
    quarter = sales[items["issued"] > UNTIL - pd.DateOffset(months=3)].sum()
    assert 45 < receivables / quarter * 92 < 60
    overdue = (UNTIL - items["due"]).dt.days
    # 17 % of a published sample's receivables were past due.
    assert 0.12 < items.loc[overdue > 0, "open_amount"].sum() / receivables < 0.25
    assert 0.005 < items.loc[overdue > 90, "open_amount"].sum() / receivables < 0.03  # there 0.8 %
    largest = items.groupby("buyer_id")["open_amount"].sum().nlargest(3) / receivables
    assert 0.05 < largest.iloc[0] < 0.08
    assert largest.iloc[2] < 0.05
    assert set(items["currency"]) == {"EUR", "GBP", "USD"}


def test_invoices_have_usual_terms_seasons_taxes_and_working_days(book):
    invoices = book.tables["invoices"].merge(book.tables["buyers"], on="buyer_id")
    terms = (invoices["due"] - invoices["issued"]).dt.days
    assert set(terms) == {14, 30, 45, 60, 90}
    assert terms.groupby(invoices["buyer_id"]).agg(lambda days: (days == days.mode()[0]).mean()).median() > 0.9
    a_day = invoices.groupby(invoices["issued"].dt.month).size() / pd.Series(
        np.unique(np.arange("2023-11", "2026-11", dtype="datetime64[M]").astype(int) % 12 + 1, return_counts=True)[1],
        index=range(1, 13),
    )
    assert a_day.idxmin() in (8, 12)  # the summer, and the holidays' short month
    assert a_day.max() / a_day.min() > 1.25
    for frame, column in (
        ("invoices", "issued"),
        ("receipts", "received"),
        ("defaults", "date"),
        ("limits", "valid_from"),
    ):
        days = book.tables[frame][column]
        assert (days.dt.day_of_week < 5).all()
        assert not days.dt.strftime("%m-%d").isin(["01-01", "05-01", "12-25", "12-26"]).any()
    domestic = invoices["country"] == "DE"
    net = invoices["amount"] - invoices["tax"]
    assert (invoices.loc[~domestic, "tax"] == 0).all()
    assert (invoices["tax"] - 0.19 * net)[domestic].abs().max() < 0.0051
    assert not invoices.duplicated(["buyer_id", "issued", "amount"]).any()


def test_discounts_are_offered_and_taken_in_time(book):
    invoices, receipts = book.tables["invoices"], book.tables["receipts"]
    offered = invoices[invoices["discount_rate"].notna()]
    assert set(offered["discount_rate"]) == {0.02}
    assert set(offered["discount_days"]) == {10}
    taken = receipts[receipts["kind"] == "discount"].merge(offered, on="invoice_id")
    assert len(taken) == (receipts["kind"] == "discount").sum()
    assert 0.2 < len(taken) / len(offered) < 0.8
    assert ((taken["received"] - taken["issued"]).dt.days <= 10).all()
    assert (taken["amount_x"] <= 0.02 * taken["amount_y"] + CENT + 1e-6).all()


def test_disputes_credit_notes_part_payments_and_small_write_offs_occur(book):
    disputes, receipts, invoices = (book.tables[name] for name in ("disputes", "receipts", "invoices"))
    assert 0.01 < len(disputes) / len(invoices) < 0.05
    assert 0 < disputes["closed"].isna().sum() < 0.1 * len(disputes)
    merged = disputes.merge(invoices, on="invoice_id")
    assert (merged["amount_x"] <= merged["amount_y"]).all()
    assert (merged["opened"] >= merged["issued"]).all()
    credited = receipts[receipts["kind"] == "credit_note"].merge(disputes, on="invoice_id")
    assert (credited["received"] == credited["closed"]).all()
    assert 0.3 < len(credited) / disputes["closed"].notna().sum() < 0.7
    payments = receipts[receipts["kind"] == "payment"].groupby("invoice_id").size()
    assert 0.01 < (payments > 1).mean() < 0.10
    without_default = ~receipts["invoice_id"].map(invoices.set_index("invoice_id")["buyer_id"]).isin(
        book.tables["defaults"]["buyer_id"]
    )
    assert receipts.loc[without_default & (receipts["kind"] == "write_off"), "amount"].max() <= 60


def test_prepaid_invoices_are_paid_on_the_day_of_issue(book, items):
    prepaid = book.tables["buyers"].query("kind == 'prepaid'")["buyer_id"]
    theirs = items[items["buyer_id"].isin(prepaid)]
    assert len(theirs) > 500
    assert (theirs["settled"] == theirs["issued"]).all()
    assert (theirs["open_amount"] == 0).all()


def test_defaults_are_about_forty_and_spread_over_the_window(book):
    defaults, buyers = book.tables["defaults"], book.tables["buyers"].set_index("buyer_id")
    assert 35 <= len(defaults) <= 45
    assert set(buyers.loc[defaults["buyer_id"], "kind"]) == {"private"}
    assert set(defaults["kind"]) == {"insolvency", "protracted"}
    halves = pd.cut(defaults["date"], pd.date_range(START, periods=7, freq="6MS"), right=False).value_counts()
    assert (halves >= 2).all()
    assert (defaults["debt"] > 0).mean() > 0.9
    resolved = defaults[defaults["resolved"].notna()]
    assert 0.1 < resolved["recovered"].sum() / resolved["debt"].sum() < 0.6
    assert (resolved["recovered"] == 0).any()


def test_buyers_waiting_for_a_protracted_default_owe_old_debts(book):
    for event in book.tables["defaults"].query("kind == 'protracted'").itertuples():
        open_items = items_on(of_buyer(book.tables, event.buyer_id), event.date).query("open_amount > 0")
        assert open_items.empty or (event.date - open_items["due"].min()).days > 60


def test_accounts_reach_back_and_cover_most_private_buyers(book):
    statements, buyers = book.tables["statements"], book.tables["buyers"].set_index("buyer_id")
    private = buyers[buyers["kind"] == "private"]
    assert set(buyers.loc[statements["buyer_id"], "kind"]) == {"private"}
    assert statements["buyer_id"].nunique() / len(private) == pytest.approx(0.85, abs=0.04)
    assert statements.groupby("buyer_id").size().median() == 5
    assert statements["period_end"].min() < START - pd.DateOffset(months=18)
    assert 0.2 < (statements["assurance"] == "audited").mean() < 0.8
    assert 0 < statements.loc[statements["market_value"].notna(), "buyer_id"].nunique() < 0.05 * len(private)
    ratios = pd.DataFrame(
        {
            "equity": statements["equity"] / statements["total_assets"],
            "return": statements["ebit"] / statements["total_assets"],
            "current": statements["current_assets"] / statements["current_liabilities"],
            "turnover": statements["revenue"] / statements["total_assets"],
            "receivable_days": statements["trade_receivables"] / statements["revenue"] * 365,
        }
    )
    low, high = ratios.quantile(0.001), ratios.quantile(0.999)
    assert (low > [-0.3, -0.25, 0.5, 0.2, 5]).all()
    assert (high < [0.9, 0.35, 5, 8, 300]).all()
    mean_equity = ratios["equity"].mean()
    assert 0.25 < mean_equity < 0.45


def test_limits_are_reviewed_cut_withdrawn_and_breached(book, items):
    limits, buyers = book.tables["limits"], book.tables["buyers"].set_index("buyer_id")
    in_force = limits[limits["valid_to"].isna()].pivot_table(index="buyer_id", columns="source", values="amount")
    balance = items.groupby("buyer_id")["open_amount"].sum()
    private = buyers.index[buyers["kind"] == "private"]
    assert in_force["own"].reindex(private).notna().mean() > 0.99
    large = items[items["buyer_id"].isin(private)].groupby("buyer_id")["amount"].sum().nlargest(300).index
    assert (
        in_force["insurer"].reindex(large).notna().mean() > 0.9
    )  # all that usually owe more than the discretionary limit
    reasons = limits[limits["source"] == "insurer"].groupby("reason")["amount"]
    assert set(reasons.groups) >= {"granted", "refused", "reduced: weaker payment"}
    assert limits.loc[limits["reason"].isin(["granted", "granted in part", "refused"]), "requested"].notna().all()
    assert (limits["amount"] <= limits["requested"].fillna(np.inf)).all()
    withdrawn = limits[limits["reason"].str.startswith("withdrawn")]
    assert len(withdrawn) > 3
    assert (withdrawn["amount"] == 0).all()
    performing = in_force["own"] > 0
    use = (balance.reindex(in_force.index, fill_value=0) / in_force["own"])[performing]
    assert 0.03 < (use > 1).mean() < 0.15
    assert 0.3 < use.median() < 0.7
    reviews = limits[(limits["source"] == "own") & limits["valid_to"].notna() & (limits["amount"] > 0)]
    assert (reviews["valid_to"] - reviews["valid_from"]).dt.days.median() == pytest.approx(365, abs=10)
    ended = limits[limits["reason"] == "buyer in default"]
    assert set(ended["buyer_id"]) == set(book.tables["defaults"]["buyer_id"])
    assert (ended["amount"] == 0).all()


def test_scores_and_judgements_are_there(book):
    scores, overrides = book.tables["scores"], book.tables["overrides"]
    assert scores["buyer_id"].nunique() / 600 == pytest.approx(0.6, abs=0.05)
    assert scores["score"].between(0, 100).all()
    assert len(overrides) == 3
    assert (overrides["until"] > UNTIL).sum() == 2
    assert (overrides["grade"].notna() ^ overrides["limit"].notna()).all()


# The hidden state shows in all that can be seen


def test_the_slowdown_shows_in_days_late_and_in_defaults(items):
    late = items["days_late"].groupby(items["due"].dt.to_period("M")).mean()
    worst = late["2025-02":"2025-06"].mean()
    assert worst > 1.3 * late["2023-12":"2024-09"].mean()
    assert worst > 1.3 * late["2026-01":"2026-08"].mean()
    dates = pd.concat([demo_book(invoices=600, seed=seed).tables["defaults"]["date"] for seed in range(5)])
    assert dates.between(*SLOWDOWN).mean() > 1.3 * 10 / 36


def test_buyers_pay_later_and_later_before_they_fail(items, book):
    """What is unpaid on the day of default counts as late by then: the worst payments are those never made."""
    failed = book.tables["defaults"].set_index("buyer_id")["date"]
    theirs = items[items["buyer_id"].isin(failed.index)]
    failure = theirs["buyer_id"].map(failed)
    late = (theirs["settled"].fillna(failure) - theirs["due"]).dt.days.clip(lower=0)
    months_before = (failure - theirs["due"]).dt.days / 30.4
    by_period = late.groupby(pd.cut(months_before, [3, 6, 12, 24, 36])).mean()
    assert by_period.iloc[:3].is_monotonic_decreasing
    assert by_period.iloc[3] < by_period.iloc[1]
    assert by_period.iloc[0] > 1.5 * by_period.iloc[2]
    others = items.loc[~items["buyer_id"].isin(failed.index), "days_late"].clip(lower=0).mean()
    assert by_period.iloc[-1] > 1.2 * others


def test_payments_accounts_and_scores_each_carry_part_of_the_truth(book, items):
    truth = book.truth[(book.truth["date"] == UNTIL) & book.truth["pd"].between(0, 1, inclusive="neither")]
    truth = truth.set_index("buyer_id")["pd"]
    recent = items[items["due"].between(UNTIL - pd.DateOffset(months=12), UNTIL)]
    statements = book.tables["statements"].sort_values("published").groupby("buyer_id").last()
    seen = pd.DataFrame(
        {
            "late": recent.groupby("buyer_id")["days_late"].mean(),
            "equity": -statements["equity"] / statements["total_assets"],
            "cash": -statements["cash"] / statements["current_liabilities"],
            "score": -book.tables["scores"].groupby("buyer_id")["score"].last(),
        }
    ).reindex(truth.index)
    assert (seen.corrwith(truth, method="spearman") > [0.6, 0.4, 0.4, 0.5]).all()
    assert (seen.corrwith(truth, method="spearman") < 0.95).all()


# The truth


def test_the_truth_tells_of_customers_until_they_default(book):
    truth, buyers = book.truth, book.tables["buyers"].set_index("buyer_id")
    assert list(truth.columns) == ["buyer_id", "date", "pd", "defaulted_at"]
    assert set(truth["date"]) == set(pd.date_range(START, UNTIL, freq="ME"))
    assert not truth.duplicated(["buyer_id", "date"]).any()
    assert not (truth["date"] >= truth["defaulted_at"]).any()
    assert (truth["date"] >= truth["buyer_id"].map(buyers["customer_since"])).all()
    kind = truth["buyer_id"].map(buyers["kind"])
    assert (truth.loc[kind != "private", "pd"] == 0).all()
    assert (truth.loc[kind == "private", "pd"] > 0).all()
    happened = truth.dropna(subset="defaulted_at").drop_duplicates("buyer_id").set_index("buyer_id")["defaulted_at"]
    defaults = book.tables["defaults"].set_index("buyer_id")["date"]
    pd.testing.assert_series_equal(happened.sort_index(), defaults.loc[happened.index].sort_index(), check_names=False)


def test_a_certain_default_is_a_protracted_one_within_five_months(book):
    certain = book.truth[book.truth["pd"] == 1]
    kind = certain["buyer_id"].map(book.tables["defaults"].set_index("buyer_id")["kind"])
    known = certain["defaulted_at"].notna()
    assert known.sum() > 10
    assert (kind[known] == "protracted").all()
    assert ((certain["defaulted_at"] - certain["date"])[known] < pd.Timedelta(days=160)).all()
    assert (certain.loc[~known, "date"] > UNTIL - pd.Timedelta(days=160)).all()


def test_true_probabilities_come_true():
    """Σ (defaulted within 12 months − pd) over four dates, for books of many seeds, is nil within 3 standard errors."""
    dates = pd.to_datetime(["2023-12-31", "2024-06-30", "2024-12-31", "2025-10-31"])
    rows = []
    for seed in range(16):
        truth = demo_book(buyers=400, invoices=400, seed=seed).truth
        truth = truth[truth["date"].isin(dates)]
        year_later = truth["date"] + pd.offsets.MonthEnd(12)
        happened = (truth["defaulted_at"] <= year_later).astype(float)
        band = pd.cut(truth["pd"], [0, 0.01, 0.1, 0.9999, 1], labels=["low", "middle", "high", "certain"])
        surplus = (happened - truth["pd"]).groupby(band, observed=False).sum()
        rows.append({"all": surplus.sum(), **surplus, "happened": happened.sum()})
    seeds = pd.DataFrame(rows)
    assert seeds["happened"].sum() > 530
    assert seeds["certain"].abs().sum() == 0
    surplus = seeds[["all", "low", "middle", "high"]]
    error = surplus.std() / np.sqrt(len(surplus))
    assert (surplus.mean().abs() < 3 * error).all()
    assert (error < [2.5, 0.75, 1.5, 1.85]).all(), "too few draws to tell anything"
