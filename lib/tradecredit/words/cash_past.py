"""Sentences on how good the forecast of cash would have been at past month ends, beside plain rules."""

import pandas as pd

from tradecredit.cash.back_test import SAME_SALES, CashBackTest
from tradecredit.language import tr
from tradecredit.words.formats import counted, fixed, in_words, listed, missing, p_value, percent

CHANCE = 0.05
"""Probability below which chance is not said to explain that one forecast was better than another."""
SEEN = 0.0005
"""Part of an amount by which two errors differ that do not read alike."""
TOO_YOUNG = (
    "Not testable with this book: it holds no month end with six months of known balances before it and 13 weeks after "
    "it."
)
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


def errors(tested: CashBackTest) -> pd.DataFrame:
    """Return the table of errors, each forecast by its name."""
    return tested.errors().rename(index=FORECASTS)


def warned(found: CashBackTest) -> str:
    """Return at which spans a plain rule had the smaller error, and which bands held too little or too much.

    For the top of the page; empty of a forecast that did better than all plain rules, in bands that held what they
    should. A band is told where chance alone hardly explains what it held (`CashBackTest.off_bands`).
    """
    if found.totals.empty:
        return ""
    told = [
        tr(
            "the total of {span} was off by **{error}** on average, and by **{least}** with a rule ({rule}; {chance})",
            span=in_words(str(span)),
            error=percent(row["error"]),
            least=percent(row["rule_error"]),
            rule=tr(FORECASTS[row["rule"]]),
            chance=_chance(row["p_value"]),
        )
        for span, row in found.best_plain().iterrows()
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


def _chance(p: float) -> str:
    """Return whether chance explains the difference of two forecasts' errors (`CashBackTest.best_plain`)."""
    if missing(p):
        return tr("too few dates to tell the difference from chance")
    if p < CHANCE:
        return tr("a difference beyond chance, p-value {p}", p=p_value(p))
    return tr("chance may explain the difference, p-value {p}", p=p_value(p))


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
    four, thirteen = (_chance(p) for p in found.best_plain()["p_value"])
    same = found.beside_best(SAME_SALES)
    off = found.errors().loc["expected_cash"]
    dates = found.totals["as_of_then"].nunique()
    return tr(
        "At {past_month_ends}, as known then, the total of 4 weeks was off by **{error_4}** on average and "
        "that of 13 weeks by **{error_13}**: {a_4_weeks} times the error of the best plain rule ({four}) "
        "and {a_13_weeks} times ({thirteen}), and {a_4_weeks_2} and {a_13_weeks_2} times that of the better rule of "
        "payment, by due day or by delay, where it is given this forecast's sales. The 80 % band held {within_80} of "
        "the weeks, the 95 % band {within_95}; of the totals of 4 weeks they held {four_80} and {four_95}.",
        past_month_ends=counted(dates, "past month end"),
        error_4=percent(off["error_4"]),
        error_13=percent(off["error_13"]),
        a_4_weeks=fixed(beside["4 weeks"], 2),
        four=four,
        thirteen=thirteen,
        a_13_weeks=fixed(beside["13 weeks"], 2),
        a_4_weeks_2=fixed(same["4 weeks"], 2),
        a_13_weeks_2=fixed(same["13 weeks"], 2),
        within_80=percent(within.loc["a week", "within_80"]),
        within_95=percent(within.loc["a week", "within_95"]),
        four_80=percent(within.loc["4 weeks", "within_80"]),
        four_95=percent(within.loc["4 weeks", "within_95"]),
    )
