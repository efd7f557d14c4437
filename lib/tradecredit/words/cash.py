"""Sentences on the coming cash: what it takes for granted, how good it was, and whether it is enough."""

from collections.abc import Mapping, Sequence

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.cash.back_test import PLAIN, CashBackTest
from tradecredit.cash.drivers import CONTESTED, OVERDUE, TIMING
from tradecredit.cash.forecast import SHORT, YEAR, CashForecast
from tradecredit.cash.insured_cash import FEW_DEFAULTS, FEW_RECOVERIES, protracted_share, recovery_days
from tradecredit.cash.liquidity import Buffer, lacking
from tradecredit.cash.open_rows import FEW_DISPUTES, FEW_PROMISES, USUAL_KEPT, dispute_rule, kept_share
from tradecredit.cash.reconciled import Defaults
from tradecredit.default.payment_times import payment_times
from tradecredit.language import tr
from tradecredit.measure.default_events import in_default
from tradecredit.measure.history import begins, habits_told
from tradecredit.numerics.known_digits import known_digits
from tradecredit.params.policy import NO_COVER
from tradecredit.words.formats import (
    MINUS,
    change,
    count,
    counted,
    day,
    days,
    error_told,
    fixed,
    in_words,
    listed,
    missing,
    money,
    percent,
    probability,
    staked,
)

LITTLE = 0.1
"""Part of a year's claims within the short forecast up to which a policy hardly protects its cash."""
SEEN = 0.0005
"""Part of an amount by which two errors differ that do not read alike."""
NO_OPENING = (
    "The run file states no cash in hand (`cash.opening_cash`): whether the cash is enough is not known, and planned "
    "flows are not used. The receipts above stand without them."
)
NO_LIABILITIES = (
    "The run file states no current liabilities (`cash.current_liabilities`) or no cash in hand (`cash.opening_cash`): "
    "the cash ratio is not known."
)
NO_BORROWING = "The run file states no terms of an advance on receivables (`cash.borrowing`)."
TOO_YOUNG = "Not testable with this book: it holds no month end with six months before it and 13 weeks after it."
FAN = {"expected": "Expected", "band_80": "80 % band", "band_95": "95 % band"}
"""What the legend calls the parts of a fan."""
FORECASTS = {
    "expected_cash": "This forecast",
    "by_due_day": "Paid on the due day; sales as in the last 91 days",
    "by_average_delay": "Paid after the buyer's average delay; sales as in the last 91 days",
    "by_due_day_same_sales": "Paid on the due day; this forecast's sales",
    "by_average_delay_same_sales": "Paid after the buyer's average delay; this forecast's sales",
    "year_before": "The same weeks of the year before",
    "smoothed": "Exponential smoothing of weekly receipts",
}
"""What the table of errors calls each forecast."""


def drawn(fan: pd.DataFrame) -> pd.DataFrame:
    """Return what a figure of a fan shows."""
    return fan.rename(columns={"expected_cash": "expected"})[["expected", "low_80", "high_80", "low_95", "high_95"]]


def errors(tested: CashBackTest) -> pd.DataFrame:
    """Return the table of errors, each forecast by its name."""
    return tested.errors().rename(index=FORECASTS)


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
        share = kept_share(book)
        where = (
            tr("fewer than {few_promises} are over", few_promises=FEW_PROMISES)
            if share == USUAL_KEPT
            else tr("those that are over")
        )
        told.append(
            tr(
                "What buyers have promised, instalments of plans among it, comes on the promised day to "
                "{share}, the part of promises that was kept ({where}); the rest, once the promise is broken, "
                "as if it had never been made.",
                share=percent(share),
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


def warned(found: CashBackTest) -> str:
    """Return at which spans a plain rule had the smaller error, and which bands held too little or too much.

    For the top of the page; empty of a forecast that did better than all plain rules, in bands that held what they
    should. A band is told where chance alone hardly explains what it held (`CashBackTest.off_bands`).
    """
    if found.totals.empty:
        return ""
    told = [
        tr(
            "the total of {span} was off by **{error}** on average, and by **{least}** with a rule ({rule})",
            span=in_words(str(span)),
            error=percent(row["error"]),
            least=percent(row["rule_error"]),
            rule=tr(FORECASTS[row["rule"]]),
        )
        for span, row in found.best_alone().iterrows()
        if row["rule_error"] < row["error"] - SEEN
    ]
    dates = counted(found.totals["as_of_then"].nunique(), "past month end")
    sentences = [
        tr(
            "**A plain rule did better** than this forecast at {dates}, as known then: {told}.",
            dates=dates,
            told=listed(told),
        )
    ] * bool(told)
    off = found.off_bands()
    narrow, wide = _held(off[~off["wide"]]), _held(off[off["wide"]])
    if narrow:
        sentences.append(
            tr(
                "**Bands were too narrow** at {dates}: {held}. More can come, and less, than they say.",
                dates=dates,
                held=narrow,
            )
        )
    if wide:
        sentences.append(
            tr("Bands were too wide at {dates}: {held}. What comes is surer than they say.", dates=dates, held=wide)
        )
    return " ".join(sentences)


def _held(bands: pd.DataFrame) -> str:
    """Return what some bands of `CashBackTest.off_bands` held."""
    return listed(
        [
            tr("the {band} % band of {span} held {share}", band=band, span=in_words(span), share=percent(held))
            for span, band, held in bands[["span", "band", "held"]].itertuples(index=False)
        ]
    )


def tested(found: CashBackTest) -> str:
    """Return how the forecast would have done, beside the best plain rule."""
    if found.totals.empty:
        return TOO_YOUNG
    within, beside = found.coverage(), found.beside_best()
    same = found.beside_best(tuple(f"{name}_same_sales" for name in PLAIN))
    off = found.errors().loc["expected_cash"]
    dates = found.totals["as_of_then"].nunique()
    return tr(
        "At {past_month_ends}, as known then, the total of 4 weeks was off by **{error_4}** on average and "
        "that of 13 weeks by **{error_13}**: {a_4_weeks} and {a_13_weeks} times the error of the best "
        "plain rule, or {a_4_weeks_2} and {a_13_weeks_2} times where that rule is given this forecast's "
        "sales. The 80 % band held {within_80} of the weeks, the 95 % band {within_95}; of the totals of 4 weeks they "
        "held {four_80} and {four_95}.",
        past_month_ends=counted(dates, "past month end"),
        error_4=percent(off["error_4"]),
        error_13=percent(off["error_13"]),
        a_4_weeks=fixed(beside["4 weeks"], 2),
        a_13_weeks=fixed(beside["13 weeks"], 2),
        a_4_weeks_2=fixed(same["4 weeks"], 2),
        a_13_weeks_2=fixed(same["13 weeks"], 2),
        within_80=percent(within.loc["a week", "within_80"]),
        within_95=percent(within.loc["a week", "within_95"]),
        four_80=percent(within.loc["4 weeks", "within_80"]),
        four_95=percent(within.loc["4 weeks", "within_95"]),
    )


def enough(table: pd.DataFrame, needed: Mapping[str, Buffer], currency: str, chance: float) -> str:
    """Return the worst week and the buffer by view; empty where nothing is told of liquidity."""
    if table.empty:
        return ""
    worst = table["short_probability"].idxmax()
    row = table.loc[worst]
    if row["short_probability"] == 0:
        first = tr("In no scenario does a week end short of cash, the credit line counted.")
    else:
        first = tr(
            "A shortfall is likeliest in the week to **{worst}**, with a probability of "
            "**{short_probability}**; {short_depth} is missing then on average, the credit line counted.",
            worst=day(worst),
            short_probability=probability(row["short_probability"]),
            short_depth=money(row["short_depth"], currency, error=row["short_depth_error"]),
        )
    parts = [staked(money(one.amount, currency, error=one.error), _named(view)) for view, one in needed.items()]
    return tr(
        "{first} To keep the probability of a shortfall at {chance} at the end of any week of the next "
        "{short}, there must be in hand today, beside the credit line: {parts}. A probability of 0 means: "
        "in none of the scenarios.",
        first=first,
        chance=percent(chance),
        short=SHORT,
        parts=listed(parts),
    )


def stated(book: Book) -> str:
    """Return the terms that liquidity rests on: the credit line, the advance on receivables, the cost of capital."""
    settings, currency = book.run.cash, book.run.currency
    lender = settings.borrowing
    line = money(settings.credit_line, currency)
    told = tr("A credit line of {line} (`cash.credit_line`) comes on top of what is in hand.", line=line)
    if lender is not None:
        kind = tr("the insured part of receivables") if lender.eligible == "insured" else tr("all receivables")
        told += tr(
            " The stated lender (`cash.borrowing`) advances {advance_rate} of {kind}, of invoices at most "
            "{oldest_days_past_due} days past due, at {yearly_rate} a year.",
            advance_rate=percent(lender.advance_rate),
            kind=kind,
            oldest_days_past_due=lender.oldest_days_past_due,
            yearly_rate=percent(lender.yearly_rate),
        )
    return tr(
        "{told} The cost of capital is {cost_of_capital} a year (`cost_of_capital`).",
        told=told,
        cost_of_capital=percent(book.run.cost_of_capital),
    )


def advance(table: pd.DataFrame, book: Book, missing_now: float) -> str:
    """Return whether the lender's advance bears what is missing of the buffer, and at what cost; `table`: its terms."""
    terms = book.run.cash.borrowing
    if table.empty or terms is None:
        return ""
    most, currency = float(table["advance"].iloc[-1]), book.run.currency
    told = tr("The lender would advance up to **{most}** today.", most=money(most, currency))
    if missing_now > 0:
        drawn = min(missing_now, most)
        interest = drawn * terms.yearly_rate * 7 * SHORT / 365
        told += tr(
            " Of the {missing_now} that is missing of the buffer it bears {drawn}; drawn for all {short} "
            "weeks that costs {interest} of interest.",
            missing_now=money(missing_now, currency),
            drawn=money(drawn, currency),
            short=SHORT,
            interest=money(interest, currency),
        )
        if terms.eligible == "insured":
            told += tr(" It lends on insured receivables alone: without cover it advances nothing.")
    return told


def ratio_told(table: pd.DataFrame, view: str) -> str:
    """Return how the cash ratio of a view goes, and what one below zero means."""
    if table.empty:
        return ""
    ratios = table.loc[table["view"] == view, "ratio_expected"]
    ends, (first, last) = ratios.index, (_ratio(ratios.iloc[place]) for place in (0, -1))
    told = tr(
        "The cash ratio is expected at {first} on {ends} and {last} on {ends_2}, {named}.",
        first=first,
        ends=day(ends[0]),
        last=last,
        ends_2=day(ends[-1]),
        named=_named(view),
    )
    below, low = ends[ratios < 0], table.loc[(table["view"] == view) & (table["ratio_low_80"] < 0)].index
    if len(low):
        told += tr(
            " From {low} on, one year in ten or more has it below zero: more is drawn than is in hand.", low=day(low[0])
        )
    if len(below):
        told += tr(
            " At {month_ends}, first on {below}, it is **expected below zero**: the planned payments have "
            "then taken out more than is in hand and comes in, and the credit line is drawn.",
            month_ends=counted(len(below), "month end"),
            below=day(below[0]),
        )
    if len(low) or len(below):
        told += tr(
            " Current liabilities and the plan's payments stay as stated, whatever is sold: later months tell what "
            "the plan as it stands would need, not what will happen."
        )
    return told


def _ratio(value: float) -> str:
    return fixed(value, 2).replace("-", MINUS)


def decisions(book: Book, needed: Buffer, view: str) -> dict[str, str]:
    """Return what is to be decided on the cash in hand, by kind; nothing where the buffer is there, or not known."""
    if not habits_told(book, book.as_of):
        return {}
    missing_now = lacking(book, needed)
    if not missing_now > 0:
        return {}
    currency, chance = book.run.currency, percent(book.run.cash.buffer_probability)
    return {
        "cash buffer": tr(
            "**{missing_now}** is missing: {amount} has to be in hand {named} so that a week of the next "
            "{short} ends short with a probability of {chance} at most. Raise cash or the credit line by as "
            "much, or move payments that can wait, before the week in which a shortfall is likeliest.",
            missing_now=money(missing_now, currency),
            amount=money(needed.amount, currency, error=needed.error),
            named=_named(view),
            short=SHORT,
            chance=chance,
        )
    }


def _named(view: str) -> str:
    return tr("without insurance") if view == NO_COVER else tr("with {view}", view=view)


def instead(book: Book, text: str) -> str:
    """Return what stands in place of a table, where the book tells how it is paid; else why not stands above."""
    return text if habits_told(book, book.as_of) else ""


def ratio_at(table: pd.DataFrame, shown: Sequence[str]) -> pd.DataFrame:
    """Return the cash ratios of some views beside each other: a row for each month's end and view."""
    return table[table["view"].isin(shown)]


def day_of_dso(table: pd.DataFrame, currency: str) -> str:
    """Return what one day of DSO is worth."""
    once, yearly = (table.loc[name, "value"] for name in ("cash_of_a_day", "yearly_worth_of_a_day"))
    if missing(once):
        return tr("What a day of DSO is worth cannot be estimated from this book.")
    return tr(
        "One day of DSO less brings in **{once}** once, which is worth {yearly} a year at the run's cost of capital.",
        once=money(once, currency),
        yearly=money(yearly, currency),
    )


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


def headline(book: Book, forecast: CashForecast, own: str, needed: Mapping[str, Buffer]) -> dict[str, tuple]:
    """Return the headline figures of cash; what is needed in hand is not known where the run states no cash in hand."""
    soon, currency = forecast.fan(own, summed=True), book.run.currency
    expected, low = (known_digits(soon[name], soon[f"{name}_error"]) for name in ("expected_cash", "low_95"))
    has_opening = book.run.cash.opening_cash is not None
    return {
        "cash_4_weeks": (expected.iloc[3], currency, tr("Cash of 4 weeks (simulated)")),
        "cash_13_weeks": (expected.iloc[-1], currency, tr("Cash of 13 weeks (simulated)")),
        "cash_13_weeks_low": (low.iloc[-1], currency, tr("Cash of 13 weeks, lower end of 95 %")),
        "cash_buffer": (
            known_digits(*needed[own]) if has_opening else None,
            currency,
            tr("Cash needed in hand today (simulated)")
            if has_opening
            else tr("Cash needed in hand today: opening cash not stated"),
        ),
    }
