"""The lights of headline figures in words: what colour, and by which rule of the run."""

from collections.abc import Mapping

import pandas as pd

from tradecredit.book.calendar import month_end_a_year_before
from tradecredit.decide import lights
from tradecredit.language import tr
from tradecredit.params.run import Run
from tradecredit.words.formats import MINUS, figure, missing, percent, within


def told(figures: Mapping[str, tuple], history: pd.DataFrame, run: Run) -> dict[str, tuple[str, str]]:
    """Return the lights of headline figures: name → (green, amber or red; its rule in words).

    `figures`: of `index.picked`; `history`: `index.with_history`, which has those of a year ago. A figure without a
    rule in the run (`lights`), or whose rule cannot be tested, is left out.
    """
    then = history[history["as_of"] == month_end_a_year_before(pd.Timestamp(run.as_of))].dropna(subset="value")
    year_before = then.drop_duplicates("name", keep="last").set_index("name")["value"].to_dict()
    values = {name: value for name, (value, *_) in figures.items()}
    found = lights.lights(values, year_before, run.lights)
    return {name: (row["light"], _rule(str(name), row["tested"], figures, run)) for name, row in found.iterrows()}


def _rule(name: str, tested: float, figures: Mapping[str, tuple], run: Run) -> str:
    rule, unit = run.lights[name], figures[name][1]

    def written(value: float) -> str:
        if rule.of is not None:
            return percent(value)
        if rule.against is not None:
            return f"{'+' if value > 0 else ''}{percent(value)}".replace("-", MINUS)
        return figure(value, unit)

    what = ""
    if rule.of is not None:
        what = tr(", as a share of {figures}", figures=within(str(figures[rule.of][2])))
    elif rule.against is not None:
        what = tr(", as a change on last year")
    good, bad = (tr("up to"), tr("above")) if rule.red > rule.amber else (tr("down to"), tr("below"))
    beside = ""
    if rule.also is not None and rule.also in figures and not missing(figures[rule.also][0]):
        beside = tr(
            " Amber too where “{figures}” is {bad} {written}: now {also}.",
            figures=str(figures[rule.also][2]),
            bad=bad,
            written=written(rule.amber),
            also=written(figures[rule.also][0]),
        )
    return tr(
        "Green {good} {written}, amber {good} {written_2}, red {bad} that{what}: now {written_3}.{beside} A rule "
        "of the run file (`lights`).",
        beside=beside,
        good=good,
        written=written(rule.amber),
        written_2=written(rule.red),
        bad=bad,
        what=what,
        written_3=written(tested),
    )
