"""Sentences on what drives the cash: what moved the DSO, payments that matter, and uncertain buyers."""

import pandas as pd

from tradecredit.cash.drivers import CONTESTED, OVERDUE, TIMING
from tradecredit.language import tr
from tradecredit.words.formats import change, counted, days, listed, missing, money, percent


def bridge(table: pd.DataFrame, kpis: pd.Series, months: int) -> str:
    """Return both levels of the DSO, and what of its change is the countback's and what the timing of sales.

    `table`: `drivers.dso_bridge`; `kpis`: `receivables.kpis`, of the sales of so many `months`. The parts but the
    timing of sales add up to the countback's change, of which the two largest are told.
    """
    told = []
    if not (missing(kpis["dso"]) or missing(kpis["dso_countback"])):
        told.append(
            tr(
                "The DSO is **{dso}** by the sales of {months}, and {countback} by countback.",
                dso=days(kpis["dso"]),
                months=counted(months, "month"),
                countback=days(kpis["dso_countback"]),
            )
        )
    for column, since in (("last_month", tr("last month")), ("last_year", tr("last year"))):
        parts = table.drop(index="dso")[column]
        if parts.isna().any():
            told.append(
                tr("What moved the DSO since {since} is not known: the ledger does not reach back so far.", since=since)
            )
            continue
        of_balance = parts.drop(TIMING, errors="ignore")
        largest = of_balance.abs().sort_values(ascending=False, kind="stable").index[:2]
        causes = [
            tr("{parts} by {cause}", parts=change(parts[cause], "days"), cause=cause)
            for cause in largest
            if round(parts[cause], 1)
        ]
        told.append(
            tr(
                "Since {since} countback {countback} and timing of sales {timing} make DSO {whole}",
                since=since,
                countback=change(of_balance.sum(), "days"),
                timing=change(parts.get(TIMING, 0.0), "days"),
                whole=change(table.loc["dso", column], "days"),
            )
            + (tr("; the countback changed most {causes}.", causes=listed(causes)) if causes else ".")
        )
    overdue = table.reindex([OVERDUE, CONTESTED])["last_year"].sum(skipna=False)
    if not missing(overdue):
        told.append(
            tr(
                "All overdue debt together is {overdue} since last year, as in chapter 01.",
                overdue=change(overdue, "days"),
            )
        )
    return " ".join(told)


def matter(table: pd.DataFrame, fan: pd.DataFrame, currency: str) -> str:
    """Return what part of the next four weeks the payments that matter are."""
    if table.empty:
        return ""
    soon, whole = table["expected_soon"].sum(), fan["expected_cash"].iloc[:4].sum()
    return tr(
        "These {payments} bring {soon} of the next four weeks' {whole}, {soon_2}.",
        payments=counted(len(table), "payment"),
        soon=money(soon, currency),
        whole=money(whole, currency),
        soon_2=percent(soon / whole),
    )


def uncertain(table: pd.DataFrame, currency: str) -> str:
    """Return which buyers make the next four weeks uncertain; `table`: `drivers.uncertain_buyers`."""
    if table.empty:
        return ""
    first = [
        tr(
            "{name} ({buyer_id}: {open_now} open, {expected_soon} expected ± {deviation_soon})",
            name=row["name"],
            buyer_id=row["buyer_id"],
            open_now=money(row["open_now"], currency),
            expected_soon=money(row["expected_soon"], currency),
            deviation_soon=money(row["deviation_soon"], currency),
        )
        for _, row in table.head(3).iterrows()
    ]
    part = percent((table["deviation_soon"].head(3) ** 2).sum() / table["variance_of_all"].iloc[0])
    return tr(
        "Most uncertain are {first}: {part} of the variance of what open invoices bring in these weeks.",
        first=listed(first),
        part=part,
    )
