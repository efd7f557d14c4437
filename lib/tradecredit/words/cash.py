"""Sentences on the coming cash: what it takes for granted, what is to be expected, and how much claims bring."""

from collections.abc import Mapping

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.cash.forecast import SHORT, YEAR, CashForecast
from tradecredit.cash.insured_cash import FEW_DEFAULTS, FEW_RECOVERIES, protracted_share, recovery_days
from tradecredit.cash.liquidity import Buffer, ever_short
from tradecredit.cash.open_rows import FEW_DISPUTES, FEW_PROMISES, dispute_rule, promise_rule
from tradecredit.cash.reconciled import Defaults
from tradecredit.default.payment_times import payment_times
from tradecredit.language import tr
from tradecredit.measure.default_events import in_default
from tradecredit.measure.history import begins
from tradecredit.numerics.known_digits import known_digits
from tradecredit.params.policy import NO_COVER
from tradecredit.words.formats import count, counted, day, days, error_told, fixed, money, percent

LITTLE = 0.1
"""Part of a year's claims within the short forecast up to which a policy hardly protects its cash."""
FAN = {"expected": "Expected", "band_80": "80 % band", "band_95": "95 % band"}
"""What the legend calls the parts of a fan."""


def drawn(fan: pd.DataFrame) -> pd.DataFrame:
    """Return what a figure of a fan shows."""
    return fan.rename(columns={"expected_cash": "expected"})[["expected", "low_80", "high_80", "low_95", "high_95"]]


def assumptions(book: Book, forecast: CashForecast, counted_as: Defaults) -> list[str]:
    """Return what the forecast takes for granted, and by whose word."""
    settings, times = book.run.cash, payment_times(book)
    rule, own_days = dispute_rule(book), recovery_days(book)
    disputes = (
        tr("the book's {closed_disputes}", closed_disputes=counted(rule.closed, "closed dispute"))
        if rule.closed >= FEW_DISPUTES
        else tr("no statistic: too few are closed")
    )
    few = len(book.recoveries) < FEW_RECOVERIES
    years = max(round((book.as_of - begins(book, book.as_of)).days / 365.25), 1)
    kinds = tr("the run file") if len(book.defaults) < FEW_DEFAULTS else tr("the book's own")
    return [
        tr(
            "The forecast is made of {paid} simulated years, on the loss engine's defaults. A buyer that fails "
            "pays and buys nothing from that week on.",
            paid=count(len(forecast.receipts.paid)),
        ),
        _defaults(counted_as),
        tr(
            "An open dispute is held as long as those took at the median that had lasted as long as it has: a new "
            "one {days} from its opening. Then {credited} of what is in dispute is credited, the rest is paid "
            "({disputes}).",
            days=days(rule.days),
            credited=percent(rule.credited),
            disputes=disputes,
        ),
        tr(
            "How fast all buyers pay together is correlated with the economy by {payment_speed_correlation} "
            "(`cash.payment_speed_correlation`), a judgement that this ledger cannot test: it has seen "
            "{years}, and a year is one observation of the economy. The receipts of the ledger's own weeks "
            "vary by {dispersion} times the variance that payments by chance alone would have.",
            payment_speed_correlation=fixed(settings.payment_speed_correlation, 2),
            years=counted(years, "year"),
            dispersion=fixed(times.dispersion, 1),
        ),
        tr(
            "{protracted_share} of defaults are protracted ({kinds}); recoveries come after {own_days} "
            "({cash_recovery_days}).",
            protracted_share=percent(protracted_share(book)),
            kinds=kinds,
            own_days=days(own_days),
            cash_recovery_days=tr("`cash.recovery_days`") if few else tr("median of the book"),
        ),
        *_of_policies(book, forecast),
        *_known_already(book, forecast),
    ]


def _of_policies(book: Book, forecast: CashForecast) -> list[str]:
    """Return what is taken for granted of premiums, and of the policy in force, where there are any."""
    premium = tr(
        "Premium, fees and tax are paid in {instalments} a year (`cash.premium_instalments`); bonus and "
        "malus are settled after the year and are in no figure.",
        instalments=counted(book.run.cash.premium_instalments, "instalment"),
    )
    renewed = tr(
        "The policy in force is taken to be renewed as it is, whatever chapter 05 proposes: its premium falls due "
        "beyond its end too. What each quote moves in its place stands beside it below, for the whole year."
    )
    return [premium] * bool(forecast.insured) + [renewed] * (book.run.policy is not None)


def _known_already(book: Book, forecast: CashForecast) -> list[str]:
    """Return what is made of promises, of orders, and of defaults that have happened."""
    told = []
    if len(book.promises):
        kept = promise_rule(book)
        where = (
            tr("fewer than {few_promises} are over", few_promises=FEW_PROMISES)
            if kept.over < FEW_PROMISES
            else tr("those that are over")
        )
        told.append(
            tr(
                "What buyers have promised, instalments of plans among it, comes on the promised day to "
                "{share}, the part of promises that was kept ({where}); the rest, once the promise is broken, "
                "as if it had never been made.",
                share=percent(kept.share),
                where=where,
            )
        )
    if len(book.orders):
        told.append(
            tr(
                "Open orders are invoiced on the day on which they are expected, goods shipped at once; the "
                "ledger's own pattern of sales goes on beside them, less what they are, week by week. Orders "
                "without a day are left to that pattern."
            )
        )
    return told + _of_past_defaults(forecast, book.run.currency) * (len(in_default(book)) > 0)


def _of_past_defaults(forecast: CashForecast, currency: str) -> list[str]:
    """Return what defaults that have happened bring in, and what of it the scenarios vary."""
    past = forecast.past
    told = tr(
        "Defaults that have happened bring in {recoveries} of recoveries within the {ends} weeks, of what the "
        "provision for these buyers expects: after the same days as those of defaults to come, or halfway to the day "
        "on which nothing more is expected. {chance}",
        recoveries=money(past.expected_recoveries.sum(), currency),
        ends=len(forecast.ends),
        chance=tr("How much it is differs from scenario to scenario as the loss given default does.")
        if past.recoveries.ndim > 1
        else tr("It is the same in every scenario."),
    )
    if not past.claims.any():
        return [told]
    return [
        told,
        tr(
            "Of defaults that have happened {claims} of claims comes within the {ends} weeks, after waiting and "
            "payment days: the same in every scenario, as the debt, the cover and these days are known. That the "
            "insurer refuses a claim, pays less or later, or that what it pays moves with what is recovered, is in no "
            "figure. It comes without insurance too: the cover of past losses does not depend on what is bought now.",
            claims=money(past.claims.sum(), currency),
            ends=len(forecast.ends),
        ),
    ]


def _defaults(counted_as: Defaults) -> str:
    """Return how many defaults a year of the forecast has, beside the number of chapter 02."""
    mean, error = counted_as.simulated
    return tr(
        "Defaults: {mean} in a simulated year on average (standard error {error}). Chapter 02 expects "
        "{expected} of all buyers; {at_risk} of these are of buyers that owe something today, who alone "
        "are simulated; {by_group} where the companies of a group fail together, each then counted, with "
        "the group's probability weighted by what it may lose; the rest is simulation error.",
        mean=fixed(mean, 1),
        error=fixed(error, 2),
        expected=fixed(counted_as.expected, 1),
        at_risk=fixed(counted_as.at_risk, 1),
        by_group=fixed(counted_as.by_group, 1),
    )


def coming(forecast: CashForecast, view: str, currency: str) -> str:
    """Return the total of the next 13 weeks with its bands."""
    row = forecast.fan(view, summed=True).iloc[-1]
    told = tr("without insurance") if view == NO_COVER else tr("with {view}, premiums paid", view=view)
    return tr(
        "In the next {short} weeks, up to {name}, **{expected_cash}** is to be expected {told} "
        "({expected_cash_error}); in four of five cases {low_80} to {high_80}, in 19 of 20 {low_95} to "
        "{high_95}.",
        short=SHORT,
        name=day(row.name),
        expected_cash=money(row["expected_cash"], currency, error=row["expected_cash_error"]),
        told=told,
        expected_cash_error=error_told(row["expected_cash_error"]),
        low_80=money(row["low_80"], currency, error=row["low_80_error"]),
        high_80=money(row["high_80"], currency, error=row["high_80_error"]),
        low_95=money(row["low_95"], currency, error=row["low_95_error"]),
        high_95=money(row["high_95"], currency, error=row["high_95_error"]),
    )


def by_week(fan: pd.DataFrame, currency: str) -> str:
    """Return what the leanest and the best of the coming weeks are expected to bring; `fan`: `CashForecast.fan`."""
    lean, best = fan["expected_cash"].idxmin(), fan["expected_cash"].idxmax()
    return tr(
        "The week to {lean} is expected to bring least, **{least}** ({low} or more in 39 of 40 cases), and the week to "
        "{best} most, {most}.",
        lean=day(lean),
        least=money(fan.loc[lean, "expected_cash"], currency, error=fan.loc[lean, "expected_cash_error"]),
        low=money(fan.loc[lean, "low_95"], currency, error=fan.loc[lean, "low_95_error"]),
        best=day(best),
        most=money(fan.loc[best, "expected_cash"], currency, error=fan.loc[best, "expected_cash_error"]),
    )


def views(forecast: CashForecast) -> pd.DataFrame:
    """Return the year by view: what is expected of claims, premiums and all cash; index `view`."""
    rows = {}
    for view in forecast.views:
        year = forecast.fan(view, weeks=YEAR, summed=True).iloc[-1]
        row = {"claims_in": 0.0, "passed_on": 0.0, "premium_out": 0.0}
        if view != NO_COVER:
            policy = forecast.insured[view]
            row = {
                "claims_in": policy.claims[:, :YEAR].sum(axis=1).mean(),
                "passed_on": policy.passed_on[:, :YEAR].sum(axis=1).mean(), "premium_out": policy.premium[:YEAR].sum(),
            }  # fmt: skip
        names = [f"{name}{error}" for name in ("expected_cash", "low_95", "high_95") for error in ("", "_error")]
        rows[view] = row | {name: year[name] for name in names}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("view")


def claims(forecast: CashForecast, view: str, currency: str) -> str:
    """Return how much of a policy's claims comes within the 13 weeks, beside the year."""
    if view not in forecast.insured:
        return ""
    paid = forecast.insured[view].claims
    soon, year = paid[:, :SHORT].sum(axis=1).mean(), paid[:, :YEAR].sum(axis=1).mean()
    told = tr(
        "Of the coming year's losses {view} pays {year} of claims within {year_2} weeks on average, before the "
        "insurer's part of recoveries (the indemnity of chapter 05 is after it, whenever it is paid), and **{soon}** "
        "of it within {short}.",
        view=view,
        year=money(year, currency),
        year_2=YEAR,
        soon=money(soon, currency),
        short=SHORT,
    )
    told += tr(" Each comes after its waiting and payment days.")
    if soon < LITTLE * year:
        told += tr(" It protects the year's result, and hardly the cash of the next quarter.")
    return told


def headline(book: Book, forecast: CashForecast, own: str, needed: Mapping[str, Buffer]) -> dict[str, tuple]:
    """Return the headline figures of cash; what is needed in hand is not known where the run states no cash in hand."""
    soon, currency = forecast.fan(own, summed=True), book.run.currency
    expected, low = (known_digits(soon[name], soon[f"{name}_error"]) for name in ("expected_cash", "low_95"))
    has_opening = book.run.cash.opening_cash is not None
    return {
        "cash_4_weeks": (expected.iloc[3], currency, tr("Cash of 4 weeks (simulated)")),
        "cash_13_weeks": (expected.iloc[-1], currency, tr("Cash of 13 weeks (simulated)")),
        "cash_13_weeks_low": (low.iloc[-1], currency, tr("Cash of 13 weeks, lower end of 95 %")),
        "shortfall_probability": (
            known_digits(*ever_short(book, forecast, own)) if has_opening else None,
            "probability",
            tr("Probability of a shortfall within 13 weeks (simulated)"),
        ),
        "cash_buffer": (
            known_digits(*needed[own]) if has_opening else None,
            currency,
            tr("Cash needed in hand today (simulated)")
            if has_opening
            else tr("Cash needed in hand today: opening cash not stated"),
        ),
    }
