"""What the cash forecast, and plain rules, would have said of past months as known then, beside what came in."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.cash import plain_rules
from tradecredit.cash.forecast import LEVELS, SHORT, basis, sales_factors
from tradecredit.cash.scenarios import receipts
from tradecredit.measure.history import balances_since
from tradecredit.measure.open_items import are_payments
from tradecredit.numerics.forecast_comparison import equally_accurate

DATES = 12
"""Month ends that are looked at, the last being one whose 13 weeks have passed."""
SCENARIOS = 2_000
"""Of each date."""
LEAST_MONTHS = 6
"""Of history that a date needs."""
SPANS = {"4 weeks": 4, "13 weeks": 13}
RULES = (
    "by_due_day",
    "by_average_delay",
    "by_due_day_same_sales",
    "by_average_delay_same_sales",
    "year_before",
    "smoothed",
)
"""By due day and by average delay, with sales that go on as in the last quarter, and with the model's own sales; the
same weeks of the year before; exponential smoothing."""
PLAIN = ("by_due_day", "by_average_delay", "year_before", "smoothed")
"""Rules that take nothing from the model."""
SAME_SALES = ("by_due_day_same_sales", "by_average_delay_same_sales")
"""Rules that differ from the model in the times of payment alone."""
BANDS = (80, 95)
"""Per cent that the bands should hold."""
_INDEPENDENT = tuple(f"independent_{band}" for band in BANDS)
WEEK = "a week"
HARDLY_CHANCE = 0.01
"""Probability, on both sides together, below which chance hardly explains how much a band held."""


@dataclass(frozen=True, eq=False)
class CashBackTest:
    """What was said of each date, and came in.

    `weeks`: a row for each date (`as_of_then`) and week: `week`, `came_in`, `expected_cash`, the ends of the bands, and
    a column for each of `RULES`; `independent_80` and `independent_95` of its date (`independent`). `totals`: the same
    of the first 4 and of all 13 weeks (`span`).
    """

    weeks: pd.DataFrame
    totals: pd.DataFrame

    def coverage(self) -> pd.DataFrame:
        """Return the part of weeks and totals within each band: index `span`; `within_80`, `within_95`, `tested`."""
        rows = {WEEK: self.weeks, **dict(iter(self.totals.groupby("span", sort=False)))}
        return pd.DataFrame.from_dict({name: _within(table) for name, table in rows.items()}, orient="index",
                                      columns=["within_80", "within_95", "tested"]).rename_axis("span")  # fmt: skip

    def off_bands(self) -> pd.DataFrame:
        """Return the bands that held fewer or more forecasts than chance explains: `span`, `band`, `held`, `wide`.

        Binomial test, two-sided (`HARDLY_CHANCE`), of as many forecasts as are independent where the forecast is right
        (Christoffersen 1998, Evaluating interval forecasts, Int. Econ. Rev. 39): those of neighbouring dates overlap,
        so that as many count as lie one after the other between the first day and the last that was tested; and a
        date's weeks may move together, so that of them only a part counts (`_independent_part`).
        """
        from scipy.stats import binomtest

        rows = []
        for span, row in self.coverage().iterrows():
            apart = min(row["tested"], self._one_after_the_other(str(span)))
            for band in BANDS:
                part = self._independent_part(band) if span == WEEK else 1.0
                count, held = max(int(apart * part), 1), row[f"within_{band}"]
                chance = binomtest(round(held * count), count, band / 100).pvalue
                if chance < HARDLY_CHANCE:
                    rows.append((span, band, held, bool(held > band / 100)))
        return pd.DataFrame(rows, columns=["span", "band", "held", "wide"]).astype({"wide": bool})

    def _one_after_the_other(self, span: str) -> int:
        """Return how many spans (or weeks) lie one after the other between the first tested day and the last."""
        days = self.totals["as_of_then"]
        return int(((days.max() - days.min()).days / 7 + max(SPANS.values())) // SPANS.get(span, 1))

    def _independent_part(self, band: int) -> float:
        """Return which part of a date's weeks counts as independent in a band.

        The smaller of what the forecasts' own scenarios show (`independent`) and what the dates do: the variance that
        independent weeks would have, held (1 − held) / weeks, over that of what the dates' weeks held.
        """
        inside = _inside(self.weeks, band).groupby(self.weeks["as_of_then"])
        by_date, weeks = inside.mean(), inside.size().mean()
        held, varies = by_date.mean(), by_date.var()
        between = held * (1 - held) / weeks / varies if varies > 0 else 1.0
        return float(min(self.weeks[f"independent_{band}"].mean(), between))

    def errors(self) -> pd.DataFrame:
        """Return the mean absolute error of each forecast's totals as a part of what came in.

        Index `forecast`: `expected_cash` and `RULES`; columns `error_4`, `bias_4`, `error_13`, `bias_13`.
        """
        found = {}
        for name in ("expected_cash", *RULES):
            row: dict[str, float] = {}
            for span, weeks in SPANS.items():
                table = self.totals[self.totals["span"] == span]
                off = table[name] / table["came_in"] - 1
                row |= {f"error_{weeks}": off.abs().mean(), f"bias_{weeks}": off.mean()}
            found[name] = row
        return pd.DataFrame.from_dict(found, orient="index").rename_axis("forecast")

    def best_plain(self) -> pd.DataFrame:
        """Return the best of the `PLAIN` rules: index `span`; `error` (the model's), `rule`, `rule_error`, `p_value`.

        `p_value`: that chance alone makes their errors differ as much (`equally_accurate`), of as many dates as lie one
        after the other; missing with fewer than two. Where the rule is the better one it is times the number of rules
        that were told (Bonferroni): it was chosen as the best of them.
        """
        errors, rows = self.errors(), {}
        for span, weeks in SPANS.items():
            column = errors[f"error_{weeks}"]
            told = column[list(PLAIN)].dropna()
            rule = column[list(PLAIN)].fillna(np.inf).idxmin()
            error, least = column["expected_cash"], column[rule]
            chance = equally_accurate(
                self._off("expected_cash", span) - self._off(rule, span), self._one_after_the_other(span)
            )
            rows[span] = (error, rule, least, min(chance * len(told), 1.0) if least < error else chance)
        return pd.DataFrame.from_dict(rows, orient="index", columns=["error", "rule", "rule_error", "p_value"])

    def _off(self, forecast: str, span: str) -> np.ndarray:
        """Return the absolute error of a forecast's totals on each date, as a part of what came in."""
        table = self.totals[self.totals["span"] == span]
        return (table[forecast] / table["came_in"] - 1).abs().to_numpy("float64")

    def beside_best(self, rules: tuple[str, ...] = PLAIN) -> dict[str, float]:
        """Return the model's error as a part of the best of some rules': by span."""
        errors = self.errors()
        names = {span: f"error_{weeks}" for span, weeks in SPANS.items()}
        return {
            span: float(errors.loc["expected_cash", name] / errors.loc[list(rules), name].min())
            for span, name in names.items()
        }


def dates(book: Book, count: int = DATES) -> list[pd.Timestamp]:
    """Return the last month ends whose 13 weeks had passed by the book's day, with six months of known balances before
    (`history.balances_since`)."""
    known = book.as_of - pd.Timedelta(days=7 * SHORT)
    first = balances_since(book) + pd.DateOffset(months=LEAST_MONTHS)
    last = known if known.is_month_end else known - pd.offsets.MonthEnd(1)
    ends = [last - pd.offsets.MonthEnd(number) for number in range(count - 1, -1, -1)]
    return [day for day in ends if day >= first]


@remembered
def back_test(book: Book, count: int = DATES) -> CashBackTest:
    """Return the forecasts of past month ends, each from what was known then, beside what buyers paid since.

    What is tested is the receipts from buyers: of kind `payment`, by the day on which they came. Defaults of the 13
    weeks are not drawn: with them the expected receipts would be lower by what they keep back. Source: definitions
    §12.6.
    """
    received = _received(book)
    tables = [_one(book.at(day), received) for day in dates(book, count)]
    weeks = pd.concat([table for table, _ in tables], ignore_index=True) if tables else _none()
    totals = pd.concat([table for _, table in tables], ignore_index=True) if tables else _none().assign(span="")
    return CashBackTest(weeks, totals)


def independent(paid: np.ndarray) -> dict[str, float]:
    """Return which part of the weeks of scenarios (× weeks) counts as independent, by band: `independent_80`, `…_95`.

    Their part within a band would vary by p (1 − p) / weeks between scenarios if they were; it varies by more where
    they move together. The ratio of both: one over the design effect of Kish 1965, Survey Sampling, p. 258, at most 1;
    1 / weeks where all move as one.
    """
    ends, found = _ends(paid), {}
    for band, name in zip(BANDS, _INDEPENDENT, strict=True):
        inside = (paid >= ends[f"low_{band}"]) & (paid <= ends[f"high_{band}"])
        held, varies = inside.mean(), inside.mean(axis=1).var()
        found[name] = float(min(held * (1 - held) / varies, inside.shape[1])) if varies > 0 else 1.0
    return {name: count / paid.shape[1] for name, count in found.items()}


def _none() -> pd.DataFrame:
    of_forecast = ["as_of_then", "week", "came_in", "expected_cash", *LEVELS]
    return pd.DataFrame(columns=[*of_forecast, *RULES, *_INDEPENDENT], dtype=float)


def _received(book: Book) -> tuple[np.ndarray, np.ndarray]:
    paid = are_payments(book)
    days = book.receipts["received"].to_numpy("datetime64[D]").astype(np.int64)[paid]
    return days, book.receipts["amount"].to_numpy(float)[paid]


def _one(book: Book, received: tuple[np.ndarray, np.ndarray]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the weeks and the totals of one date."""
    today = int(book.as_of.to_datetime64().astype("datetime64[D]").astype(np.int64))
    day, amount = received
    coming = (day > today) & (day <= today + 7 * SHORT)
    came = np.bincount((day[coming] - today - 1) // 7, amount[coming], SHORT)
    before = day <= today
    age = (today - day[before]) // 7
    past = np.bincount(age, amount[before])[::-1] if before.any() else np.zeros(0)
    found = basis(book, SHORT)
    paid = _scenarios(found, today)
    same, run = found.sales.by_day, plain_rules.run_rate(book, 7 * SHORT)
    delay, none = plain_rules.average_delay(book), np.zeros(len(book.buyers))
    rules = {
        "by_due_day": plain_rules.paid_after(book, none, run),
        "by_average_delay": plain_rules.paid_after(book, delay, run),
        "by_due_day_same_sales": plain_rules.paid_after(book, none, same),
        "by_average_delay_same_sales": plain_rules.paid_after(book, delay, same),
        "year_before": plain_rules.year_before(past, SHORT),
        # The oldest week may be a part of one.
        "smoothed": plain_rules.smoothed(past[1:], SHORT),
    }
    weeks = pd.DataFrame({"as_of_then": book.as_of, "week": np.arange(1, SHORT + 1), "came_in": came})
    weeks = weeks.assign(expected_cash=paid.mean(axis=0), **_ends(paid), **rules, **independent(paid))
    totals = []
    for span, count in SPANS.items():
        row = {"as_of_then": book.as_of, "span": span, "came_in": came[:count].sum()}
        sums = paid[:, :count].sum(axis=1, keepdims=True)
        row |= {"expected_cash": sums.mean()} | {name: ends[0] for name, ends in _ends(sums).items()}
        totals.append(row | {name: values[:count].sum() for name, values in rules.items()})
    return weeks, pd.DataFrame(totals)


def _scenarios(found, today: int) -> np.ndarray:
    """Return what is paid by week in the scenarios of a basis, without defaults."""
    none = np.zeros(0, np.int64)
    tempo = np.random.default_rng([today, 1]).standard_normal(SCENARIOS)
    months = sales_factors(found.sales, SCENARIOS, today)
    return receipts(found.expected, (tempo, months), (none, none, none), np.uint64(today), 0).paid


def _ends(paid: np.ndarray) -> dict[str, np.ndarray]:
    return dict(zip(LEVELS, np.quantile(paid, list(LEVELS.values()), axis=0), strict=True))


def _inside(table: pd.DataFrame, band: int) -> pd.Series:
    return (table["came_in"] >= table[f"low_{band}"]) & (table["came_in"] <= table[f"high_{band}"])


def _within(table: pd.DataFrame) -> tuple[float, float, int]:
    inside = [_inside(table, band).mean() for band in BANDS]
    return float(inside[0]), float(inside[1]), len(table)


__all__ = ["CashBackTest", "back_test", "dates"]
