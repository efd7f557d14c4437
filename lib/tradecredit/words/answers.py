"""What each chapter comes to, in two or three sentences at its top, and the headline figures of the shorter ones."""

import pandas as pd

from tradecredit.decide.optimum.optimum import DIFFERENCE, Optimum, earns_more
from tradecredit.language import tr, tr_number
from tradecredit.numerics.discrimination import AMBER, GREEN, RED
from tradecredit.params.policy import NO_COVER
from tradecredit.words.formats import counted, fixed, listed, missing, money, percent, whole
from tradecredit.words.terms import suggested as lengths_told


def receivables(kpis: pd.Series, currency: str) -> str:
    """Return what is owed, what of it is overdue, and what of that is old (`receivables.kpis`)."""
    if not kpis["receivables"] > 0:
        return tr("Customers owe nothing.")
    return tr(
        "Customers owe **{receivables}** on {open_invoices} invoices. **{share_current}** is not due yet; "
        "{overdue_amount} is overdue, {share_over_90} of all for more than 90 days.",
        receivables=money(kpis["receivables"], currency),
        open_invoices=fixed(kpis["open_invoices"], 0),
        share_current=percent(kpis["share_current"]),
        overdue_amount=money(kpis["overdue_amount"], currency),
        share_over_90=percent(kpis["share_over_90"]),
    )


def of_lights(lights: pd.DataFrame) -> str:
    """Return how many tests of the model are green, amber and red; empty where none could be made.

    `lights`: a row for each test, with its `light` (`review.Review.lights`).
    """
    counts = lights["light"].value_counts() if len(lights) else pd.Series(dtype="int64")
    found = [
        tr_number(
            "{number} is {light}", "{number} are {light}", int(counts[one]), number=whole(counts[one]), light=tr(one)
        )
        for one in (GREEN, AMBER, RED)
        if counts.get(one, 0)
    ]
    return tr("Of the tests of the model, {found} (appendix).", found=listed(found)) if found else ""


def limits(totals: pd.Series, currency: str) -> str:
    """Return what the limits to set come to, and who exceeds the limit in force (`limits.totals`)."""
    told = tr("Limits to set total **{to_set}**.", to_set=money(totals["to_set"], currency))
    if missing(totals["breaches"]):
        return told
    if not totals["breaches"] > 0:
        return tr("{told} No buyer exceeds its limit in force.", told=told)
    over = counted(int(totals["breaches"]), "buyer")
    owes = "owes" if totals["breaches"] == 1 else "owe"
    return tr(
        "{told} {over} {owes} **{breach_amount}** more than the limit in force.",
        told=told,
        over=over,
        owes=owes,
        breach_amount=money(totals["breach_amount"], currency),
    )


def of_the_book(optimum: Optimum, requests: pd.DataFrame, currency: str) -> str:
    """Return what portfolio limits and further limits of the insurer would earn; empty where neither is known.

    `requests`: `insurer.requests`.
    """
    found = [portfolio(optimum, currency)]
    if len(requests):
        gain = money(requests["net_gain"].sum(), currency)
        found.append(
            tr(
                "{limits} asked of the insurer would bring {gain} a year, if granted.",
                limits=counted(len(requests), "limit"),
                gain=gain,
            )
        )
    return " ".join(found).strip()


def portfolio(optimum: Optimum, currency: str) -> str:
    """Return what portfolio limits would earn beside those set one by one; empty where no margin is stated."""
    if optimum.limits.empty:
        return ""
    if not earns_more(optimum):
        return tr("Limits set for the portfolio would earn no more than limits set one by one.")
    more = money(optimum.totals.loc[DIFFERENCE, "net_earnings"], currency)
    return tr("Limits set for the portfolio would earn **{more}** a year more than limits set one by one.", more=more)


def book_figures(optimum: Optimum, requests: pd.DataFrame, groups: pd.DataFrame, currency: str) -> dict[str, tuple]:
    """Return the headline figures of limits for the book as a whole; `groups`: `caps.groups`."""
    gain = optimum.totals["net_earnings"].get(DIFFERENCE)
    over = groups["over_group_limit"].sum() if len(groups) else None
    return {
        "portfolio_gain": (gain, currency, tr("Yearly earnings that portfolio limits add (simulated)")),
        "requests_gain": (requests["net_gain"].sum(), currency, tr("Yearly gain of limits worth requesting")),
        "over_group_limits": (over, currency, tr("Owed above group limits")),
    }


def terms(discounts: pd.Series, suggested: pd.DataFrame, charged: pd.Series, currency: str) -> str:
    """Return whether discounts paid, how long terms should be, and what may be charged, as far as it is known.

    `discounts`: `discounts.totals`; `suggested`: `lengths.suggested`; `charged`: `late_interest.totals`.
    """
    found = [given_discounts(discounts, currency), lengths_told(suggested)]
    if charged["open_charge"] > 0:
        open_charge = money(charged["open_charge"], currency)
        found.append(
            tr(
                "**{open_charge}** of interest and fees may be charged on open invoices that are late.",
                open_charge=open_charge,
            )
        )
    return " ".join(filter(None, found)) or tr("What discounts and terms are worth cannot be told from this book.")


def given_discounts(totals: pd.Series, currency: str) -> str:
    """Return what cash discounts of the last 12 months saved or cost (`discounts.totals`); empty if not known."""
    if missing(totals["net"]):
        return ""
    loses = totals["net"] < 0
    return tr(
        "Cash discounts of the last 12 months {cost} **{net}** more than they {saved}.",
        cost=tr("cost") if loses else tr("saved"),
        net=money(abs(totals["net"]), currency),
        saved=tr("saved") if loses else tr("cost"),
    )


def terms_figures(discounts: pd.Series, charged: pd.Series, currency: str) -> dict[str, tuple]:
    """Return the headline figures of terms of payment; missing where the book does not tell of one."""
    return {
        "discounts_net": (discounts["net"], currency, tr("Cash discounts of 12 months: saved less given")),
        "open_late_charges": (charged["open_charge"], currency, tr("Late interest and fees on open invoices")),
    }


def losses(expected: float, beyond: float, shortfall: float, currency: str) -> str:
    """Return what a year loses before insurance: expected, VaR and expected shortfall at 99 %, all simulated."""
    return tr(
        "A year is expected to lose **{expected}** before insurance; one year in 100 loses more than "
        "**{beyond}**, and then {shortfall} on average (simulated).",
        expected=money(expected, currency),
        beyond=money(beyond, currency),
        shortfall=money(shortfall, currency),
    )


def retained(comparison: pd.DataFrame, name: str, currency: str) -> str:
    """Return what is retained in the worst years with a policy and without any (`quotes.comparison`)."""
    row, none = comparison.loc[name], comparison.loc[NO_COVER]
    told = tr("In the worst year in 100 ")
    without = tr(
        "**{retained_es_99}** is lost on average without insurance",
        retained_es_99=money(none["retained_es_99"], currency, error=none["retained_es_99_se"]),
    )
    if name == NO_COVER:
        return tr("{told}{without} (simulated).", told=told, without=without)
    kept = tr(
        "**{retained_es_99}** is retained with {name}",
        retained_es_99=money(row["retained_es_99"], currency, error=row["retained_es_99_se"]),
        name=name,
    )
    return tr("{told}{without}, and {kept} (simulated).", told=told, without=without, kept=kept)
