"""The figures of the report: tables in, a matplotlib Figure out.

All have the same size (6.4 × 3.8 in), font and palette: Okabe and Ito's, made to be distinguished by colour-blind
readers (Color Universal Design, 2008), without its yellow, which is too pale on white. Figures are made without pyplot,
so that nothing is kept or shown on its own. Where there is nothing to draw, the figure says so instead of being empty.
"""

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter, NullLocator
from scipy.special import ndtri

from tradecredit.columns import Kind
from tradecredit.language import separated, tr
from tradecredit.report.chart_axes import (
    GREY,
    INK,
    OKABE_ITO,
    SIZE,
    STYLE,
    UPRIGHT,
    below,
    days_of,
    fonts,
    framed,
    log_ticks,
    short,
    text_width,
    ticks,
    wrapped,
)
from tradecredit.report.columns import column
from tradecredit.report.labels import beside_points
from tradecredit.words.codes import in_words
from tradecredit.words.formats import MINUS, fixed, missing

PHONE = 3.5
"""Width, in inches, of a figure that is laid out anew for a narrow screen."""
_LINES = ("-", "--", "-.", ":")
_HATCHES = ("", "//", "..", "\\\\", "xx", "--", "oo", "||")
AT_ZERO = 0.05
"""Part of the tallest bar of a picture below which a value beside it stands on the axis."""
SUM_ROOM = 180
"""Points of type between all stacked bars of a picture and the next, less what the diamonds take."""
BAR_ROOM = 380
"""Points of type that all bars side by side have for what stands at them."""
MOST_BARS = 24


def bars(
    values: pd.Series | pd.DataFrame, *, x: str, y: str, kind: Kind = "number", horizontal: bool = False
) -> Figure:
    """Return bars: one for each row, or a group of them for each row of a frame, one a column.

    `values`: index = what the bars stand for, in the order shown (top to bottom if horizontal). `x` and `y` name the
    axes, with units; `kind` writes the values, which also stand at the bars where there are few. A missing value has no
    bar but an en dash. Raises `ValueError` for more rows than can be read.
    """
    frame = values.to_frame() if isinstance(values, pd.Series) else values
    if len(frame) > MOST_BARS:
        raise ValueError(f"{len(frame)} bars cannot be read; show at most {MOST_BARS}, such as the largest")

    def draw(axes: Axes) -> None:
        places, width = np.arange(len(frame)), 0.78 / max(frame.shape[1], 1)
        for number, (name, heights) in enumerate(frame.items()):
            offset = (number - (frame.shape[1] - 1) / 2) * width
            sizes = heights.astype("float64").fillna(0)
            pad = 0.9 if frame.shape[1] > 1 else 1.0
            draw_bars = axes.barh if horizontal else axes.bar
            drawn = draw_bars(places + offset, sizes, width * pad, color=OKABE_ITO[number], label=tr(str(name)))
            if frame.size <= 12:
                texts = ["–" if missing(height) else short(height, kind) for height in heights]
                room = BAR_ROOM / frame.size
                if not horizontal and max(map(text_width, texts)) > room:
                    texts = [text.replace(" ", "\n") for text in texts]
                axes.bar_label(drawn, texts, padding=3, fontsize=10 if horizontal or frame.shape[1] == 1 else 9)
        labels = [_bar_name(name, horizontal=horizontal, rows=len(frame)) for name in frame.index]
        value_axis, name_axis = (axes.xaxis, axes.yaxis) if horizontal else (axes.yaxis, axes.xaxis)
        crowded = not horizontal and sum(max(map(len, label.split("\n"))) for label in labels) > 62
        look: dict[str, Any] = {"rotation": 40, "ha": "right"} if crowded else {}
        name_axis.set_ticks(places, labels, **look)
        name_axis.set_tick_params(length=0)
        ticks(value_axis, kind, whole=kind == "count")
        if horizontal:
            axes.invert_yaxis()
        axes.margins(x=0.14 if horizontal else None, y=None if horizontal else 0.16)
        axes.axhline(0, color=GREY, linewidth=0.8) if not horizontal else axes.axvline(0, color=GREY, linewidth=0.8)

    return framed(frame, draw, x=x, y=y, legend=frame.shape[1] > 1)


def stacked(parts: pd.DataFrame, *, x: str, y: str, total: str, kind: Kind = "money") -> Figure:
    """Return a bar for each row, stacked of its columns: what adds upwards from zero, what takes off downwards.

    `parts`: a column for each part, none but missing ones where it has none; a diamond, named `total`, marks the sum of
    each row, which stands beside it. The parts are told apart by hatching as well as by colour.
    """
    shown = parts.loc[:, parts.notna().any()]

    def draw(axes: Axes) -> None:
        places, up, down = np.arange(len(shown)), np.zeros(len(shown)), np.zeros(len(shown))
        colours, over = (*OKABE_ITO, GREY), {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.5}
        for number, (name, values) in enumerate(shown.items()):
            height = values.fillna(0.0).to_numpy(float)
            axes.bar(
                places, height, 0.5, bottom=np.where(height >= 0, up, down), color=colours[number % len(colours)],
                hatch=_HATCHES[number % len(_HATCHES)], edgecolor="white", linewidth=0.6, label=tr(str(name)),
            )  # fmt: skip
            up, down = up + np.maximum(height, 0.0), down + np.minimum(height, 0.0)
        sums = shown.sum(axis="columns").to_numpy(float)
        axes.plot(places, sums, "D", color=INK, markeredgecolor="white", markersize=8, label=tr(total))
        tall = max(up.max(initial=0.0), -down.min(initial=0.0))
        room = SUM_ROOM / (len(shown) + 0.4)
        for place, value in zip(places, sums, strict=True):
            at_zero = abs(value) < AT_ZERO * tall  # where the axis would strike it through
            text, after = short(value, kind), place + 1
            wide = text_width(text) > room
            if wide and not at_zero and after < len(shown) and down[after] <= value <= up[after]:
                # Beside its diamond the next bar would cover it.
                axes.annotate(
                    text, (place, value), (0, 7), textcoords="offset points", ha="center", va="bottom", fontsize=10,
                    bbox=over,
                )  # fmt: skip
                continue
            axes.annotate(
                text, (place + 0.28, 0.0 if at_zero else value), (0, 3 if at_zero else 0),
                textcoords="offset points", va="bottom" if at_zero else "center", fontsize=10, bbox=over,
            )  # fmt: skip
        axes.set_xticks(places, [_bar_name(name, horizontal=False, rows=len(shown)) for name in shown.index])
        axes.tick_params(axis="x", length=0)
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.set_xlim(-0.6, len(shown) - 0.2)
        axes.use_sticky_edges = False
        axes.margins(y=0.08)
        ticks(axes.yaxis, kind)

    return framed(shown, draw, x=x, y=y, legend=True)


def lines(frame: pd.DataFrame | pd.Series, *, x: str, y: str, kind: Kind = "number", ratios: bool = False) -> Figure:
    """Return a line for each column over the index (dates or numbers); missing values are gaps.

    `ratios`: the index holds multiples, which stand at equal distances where their ratios are equal.

    The lines differ by dashes as well as by colour, for print without colours.
    """
    frame = frame.to_frame() if isinstance(frame, pd.Series) else frame
    at = frame.index.to_timestamp() if isinstance(frame.index, pd.PeriodIndex) else frame.index

    def draw(axes: Axes) -> None:
        marker = "o" if len(frame) <= 40 else None
        for (name, values), dashes in zip(frame.items(), cycle(_LINES), strict=False):
            axes.plot(at, values.astype("float64"), dashes, marker=marker, markersize=3.5, label=tr(str(name)))
        if ratios:
            axes.set_xscale("log")
            axes.set_xticks(at, [separated(f"{multiple:g}") for multiple in at])
            axes.xaxis.set_minor_formatter(NullFormatter())
        if isinstance(at, pd.DatetimeIndex):
            locator = AutoDateLocator(minticks=4, maxticks=9)
            axes.xaxis.set_major_locator(locator)
            axes.xaxis.set_major_formatter(days_of(locator))
        ticks(axes.yaxis, kind)
        axes.margins(x=0.02)

    return framed(frame, draw, x=x, y=y, legend=frame.shape[1] > 1)


def points(
    frame: pd.DataFrame, *, x: str, y: str, kinds: tuple[Kind, Kind] = ("money", "money"), labels: Mapping | None = None
) -> Figure:
    """Return a point for each row: column `x` against column `y`, named by the index where there are at most 15.

    `kinds` writes the two axes; `labels` names them (column → text with units; the column's name unless given). A
    boolean column `marked` draws its points large and in the second colour, and names these only. Rows that lack either
    value are counted below the figure.
    """
    whole = frame.dropna(subset=[x, y])
    labels = dict(labels or {})
    marked = whole["marked"].astype(bool) if "marked" in whole else pd.Series(False, index=whole.index)
    plain, special = whole[~marked], whole[marked]
    named = special if marked.any() else whole if len(whole) <= 15 else whole.head(0)

    def draw(axes: Axes) -> None:
        axes.scatter(plain[x], plain[y], s=28, color=OKABE_ITO[0], alpha=0.9 if len(plain) <= 200 else 0.4, linewidth=0)
        axes.scatter(special[x], special[y], s=64, color=OKABE_ITO[1], marker="D", linewidth=0)
        ticks(axes.xaxis, kinds[0])
        ticks(axes.yaxis, kinds[1])
        axes.margins(0.1)

    figure = framed(whole, draw, x=labels.get(x, x), y=labels.get(y, y))
    if len(whole) < len(frame):
        below(
            figure,
            tr(
                "{missing} of {all} cannot be shown: a value is missing.",
                missing=len(frame) - len(whole), all=len(frame),
            ),
        )  # fmt: skip
    with mpl.rc_context(STYLE | {"font.family": fonts()}):
        places = [(str(name), (row[x], row[y])) for name, row in named.iterrows()]
        beside_points(figure, places, plain[[x, y]].to_numpy("float64"), size=10, line=GREY)
    return figure


def heatmap(frame: pd.DataFrame, *, x: str, y: str, kind: Kind = "percent") -> Figure:
    """Return a table as shades, each cell with its value: roll rates, migration matrices. Missing cells are blank.

    Shares are written in per cent without the sign: say so in an axis' name or the caption.
    """

    def draw(axes: Axes) -> None:
        import seaborn

        texts = frame.map(lambda value: "" if missing(value) else _cell_text(value, kind))
        seaborn.heatmap(
            frame.astype("float64"), ax=axes, annot=texts, fmt="", cmap="Blues", cbar=False, linewidths=1,
            linecolor="white", annot_kws={"fontsize": 9 if frame.shape[1] > 7 else 10},
        )  # fmt: skip
        axes.tick_params(length=0)
        axes.set_yticks(axes.get_yticks(), [text.get_text() for text in axes.get_yticklabels()], rotation=0)
        turned = sum(len(str(name)) for name in frame.columns) > 50
        look: Any = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if turned else {"rotation": 0}
        axes.set_xticks(axes.get_xticks(), [text.get_text() for text in axes.get_xticklabels()], **look)
        axes.set(xlabel=tr(x), ylabel=wrapped(tr(y), *UPRIGHT))

    return framed(frame, draw, x=x, y=y, grid=False)


def exceedance(
    curves: Mapping[str, pd.DataFrame], *, x: str, marks: Mapping[str, float] | None = None, kind: Kind = "money"
) -> Figure:
    """Return the probability that a year's loss is at least so high, on a log axis, one curve a view.

    `curves`: name → columns loss and probability (0 to 1; rows at probability zero cannot be shown and are left out).
    `marks`: name → loss, drawn as a dotted upright, such as VaR 99 %; a missing one is not drawn.
    """
    shown = {name: curve[curve["probability"] > 0].sort_values("loss", kind="stable") for name, curve in curves.items()}
    every = pd.concat([pd.DataFrame({"loss": [], "probability": []}), *shown.values()], ignore_index=True)

    def draw(axes: Axes) -> None:
        for (name, curve), dashes in zip(shown.items(), cycle(_LINES), strict=False):
            axes.plot(curve["loss"], curve["probability"], dashes, label=tr(str(name)))
        axes.set_yscale("log")
        axes.set_xlim(left=0)
        bottom = float(every["probability"].min())
        axes.set_ylim(bottom=bottom * 0.8, top=min(1.0, float(every["probability"].max()) * 1.5))
        log_ticks(axes.yaxis, "probability")
        ticks(axes.xaxis, kind)
        _marks(axes, {name: loss for name, loss in (marks or {}).items() if not missing(loss)})

    return framed(every, draw, x=x, y=tr("Probability of at least this loss"), legend=len(shown) > 1)


def calibration(panels: Mapping[str, pd.DataFrame], *, y: str = "12-month default rate") -> Figure:
    """Return predicted against observed rates with their intervals, class by class; a panel for each way to class.

    `panels`: by the name of its classes (grade, year), a table with index = class; columns predicted, observed, low and
    high (fractions; the interval of the observed rate). The panels share an axis: logarithmic down to the smallest
    positive prediction and linear from there to zero, so that classes without a default can be shown. Missing values
    are not drawn, nor panels without any other; panels are as wide as their classes are many.
    """
    rates = ["predicted", "observed", "low", "high"]
    numbers = {name: table[rates].astype("float64").dropna(how="all") for name, table in panels.items()}
    shown = {name: table for name, table in numbers.items() if len(table)}
    if not shown:
        return framed(pd.DataFrame(), lambda _: None, x="", y=y)
    with mpl.rc_context(STYLE | {"font.family": fonts()}):
        figure = Figure(figsize=SIZE, dpi=100, layout=ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.06))
        widths = [max(len(table), 4) for table in shown.values()]
        grid = figure.subplots(1, len(shown), sharey=True, squeeze=False, width_ratios=widths)[0]
        for axes, (name, table) in zip(grid, shown.items(), strict=True):
            axes.set_xlabel(wrapped(tr(name), 14, 3))
            _calibrated(axes, table)
        _rate_axis(grid[0], pd.concat(shown.values()))
        grid[0].set_ylabel(tr(y))
        figure.legend(handles=grid[0].get_legend_handles_labels()[0], loc="outside upper left", ncols=3)
    return figure


def _calibrated(axes: Axes, numbers: pd.DataFrame) -> None:
    places = np.arange(len(numbers))
    axes.vlines(
        places, numbers["low"], numbers["high"], color=OKABE_ITO[0], linewidth=5, alpha=0.3, label=tr("Its interval")
    )
    axes.plot(places, numbers["observed"], "o", color=OKABE_ITO[0], markersize=6, label=tr("Observed"))
    axes.plot(
        places, numbers["predicted"], "D", color=OKABE_ITO[1], markersize=8, markerfacecolor="none",
        markeredgewidth=1.8, label=tr("Predicted"),
    )  # fmt: skip
    axes.set_xticks(places, [str(name) for name in numbers.index])
    axes.set_xlim(-0.6, len(numbers) - 0.4)
    axes.grid(axis="y")


def _rate_axis(axes: Axes, numbers: pd.DataFrame) -> None:
    positive = numbers["predicted"][numbers["predicted"] > 0]
    floor = float(positive.min()) if len(positive) else 0.001
    floor = 10 ** np.floor(np.log10(floor))
    axes.set_yscale("symlog", linthresh=floor, linscale=0.5)
    top = float(np.nanmax([*numbers.to_numpy().ravel(), floor * 10]))
    axes.set_ylim(-floor * 0.15, min(top * 1.6, 1.2))
    decades = 10.0 ** np.arange(np.log10(floor), 1)
    rates = [0, *(value for decade in decades for value in (decade, decade * 3) if value <= min(top * 1.6, 1))]
    axes.yaxis.set_major_locator(FixedLocator(rates))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value, "probability")))


def bands(table: pd.DataFrame, *, x: str, y: str, names: Mapping[str, str], kind: Kind = "money") -> Figure:
    """Return for each row a bar from zero to its two bounds, with the expected value and the real one as points.

    `table`: index = what the bars stand for; columns `low`, `high` (bounds, the second at least the first), `expected`
    and `real`. `names`: column → what the legend calls it. Missing values are not drawn.
    """

    def draw(axes: Axes) -> None:
        places = np.arange(len(table))
        low = table["low"].astype("float64")
        parts = {"low": (0.0, low, 0.7), "high": (low, table["high"].astype("float64") - low, 0.3)}
        for column_name, (bottom, height, alpha) in parts.items():
            axes.bar(
                places, height, 0.34, bottom, color=OKABE_ITO[4], alpha=alpha, label=tr(names[column_name]),
                edgecolor=OKABE_ITO[0], linewidth=0.8, hatch=_HATCHES[column_name == "high"],
            )  # fmt: skip
        points = {"expected": ("D", OKABE_ITO[0], "none"), "real": ("o", OKABE_ITO[1], OKABE_ITO[1])}
        for column_name, (marker, colour, inside) in points.items():
            axes.plot(
                places, table[column_name], marker, color=colour, markersize=9, markerfacecolor=inside,
                markeredgewidth=1.8, label=tr(names[column_name]),
            )  # fmt: skip
        axes.set_xticks(places, [in_words(str(name)) for name in table.index])
        axes.set_xlim(-0.7, len(table) - 0.3)
        axes.set_ylim(bottom=0)
        ticks(axes.yaxis, kind)

    return framed(table.dropna(how="all"), draw, x=x, y=y, legend=True)


def fan(table: pd.DataFrame, *, x: str, y: str, names: Mapping[str, str], kind: Kind = "money") -> Figure:
    """Return an expected line with its bands over the index (dates).

    `table`: columns `expected`, `low_80`, `high_80`, `low_95`, `high_95`, and any others, which are drawn as lines of
    their own. `names`: column (of a band: `band_80`, `band_95`) → what the legend calls it.
    """
    ends = ["low_80", "high_80", "low_95", "high_95"]

    def draw(axes: Axes) -> None:
        at = table.index
        for band, alpha in ((95, 0.22), (80, 0.45)):
            low, high = (table[f"{end}_{band}"].astype("float64") for end in ("low", "high"))
            axes.fill_between(
                at, low, high, color=OKABE_ITO[4], alpha=alpha, linewidth=0, label=tr(names[f"band_{band}"])
            )
        others = [name for name in table.columns if name not in ["expected", *ends]]
        for name, colour, dashes in zip(["expected", *others], OKABE_ITO, cycle(_LINES)):
            axes.plot(at, table[name].astype("float64"), dashes, color=colour, label=tr(names[name]))
        locator = AutoDateLocator(minticks=4, maxticks=9)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(days_of(locator))
        ticks(axes.yaxis, kind)
        axes.margins(x=0.02)

    return framed(table, draw, x=x, y=y, legend=True)


def curves(
    table: pd.DataFrame, *, surfaces: pd.DataFrame | None = None, scaling: pd.DataFrame | None = None,
    interval: float = 0.9, width: float = SIZE[0],
) -> Figure:  # fmt: skip
    """Return a model on one page: a small panel for each input, its curve of log-odds with the interval.

    `table`: `DefaultModel.curves` (`input`, `value`, `log_odds` against the median buyer, `standard_error`); the first
    `INPUTS` in its order. All panels share the scale of log-odds; a cross stands for a value that is not known. Where
    errors are missing only the curve is drawn. `surfaces`: `DefaultModel.surfaces`; below the curves a panel for each
    pair, in shades all that both inputs say together (`both_log_odds`), the darker the worse. `scaling`:
    `DefaultModel.scaling`; a last panel for how many times the other inputs count. `width`, in inches: as many panels
    side by side as it holds.
    """
    drawn = table[table["input"].isin(table["input"].unique()[:INPUTS])]
    names = list(drawn["input"].unique())
    if not names:
        return framed(table, lambda _: None, x="", y="")
    pairs = [] if surfaces is None else list(surfaces.groupby("pair", sort=False))
    columns, beside = (max(int(width / each), 1) for each in (PANEL, PAIR))
    with mpl.rc_context(STYLE | {"font.family": fonts()}):
        rows, under = -(-len(names) // columns), -(-len(pairs) // beside)
        heights = [1.45 * rows, *[1.7 * under] * bool(pairs), *[1.7] * (scaling is not None)]
        figure = Figure(figsize=(width, 0.5 + sum(heights)), dpi=100, layout="constrained")
        halves = list(figure.subfigures(len(heights), 1, squeeze=False, height_ratios=heights).flat)
        last = [halves.pop()] if scaling is not None else []
        upper, lower = halves[0], halves[1:]
        grid = upper.subplots(rows, columns, sharey=True, squeeze=False)
        for axes, name in zip(grid.flat, names, strict=False):
            _curve(axes, name, drawn[drawn["input"] == name], ndtri(0.5 + interval / 2))
        for axes in grid.flat[len(names) :]:
            axes.set_visible(False)
        upper.supylabel(tr("Log-odds of default against the median buyer"), fontsize=10)
        for part in lower:
            part.suptitle(tr("Log-odds of two inputs together"), fontsize=10)
            shades = part.subplots(under, beside, squeeze=False)
            ends = float(surfaces["both_log_odds"].min()), float(surfaces["both_log_odds"].max())  # type: ignore[index]
            for axes, (_, surface) in zip(shades.flat, pairs, strict=False):
                _surface(axes, surface, ends)
            for axes in shades.flat[len(pairs) :]:
                axes.set_visible(False)
        for part in last:
            part.suptitle(tr("How many times the other inputs count"), fontsize=10, x=0.02, ha="left")
            _scaling(part.subplots(1, beside, squeeze=False), scaling, ndtri(0.5 + interval / 2))
    return figure


PANEL, PAIR = 1.6, 3.2
"""Widths, in inches, that the panel of a curve and that of a pair are read in."""

INPUTS = 40
"""Panels of curves at most."""


def _scaling(grid: np.ndarray, points: pd.DataFrame, width: float) -> None:
    """Draw how many times the others count in the first of some axes."""
    for axes in grid.flat[1:]:
        axes.set_visible(False)
    axes, name = grid.flat[0], str(points["input"].iloc[0])
    label, kind = column(name, points["value"])
    value, times, error = (points[one].astype("float64") for one in ("value", "others_count", "others_count_error"))
    low, high = (times * np.exp(side * width * error / times) for side in (-1, 1))
    axes.fill_between(value, low, high, color=OKABE_ITO[0], alpha=0.25, linewidth=0)
    axes.plot(value, times, color=OKABE_ITO[0])
    axes.axhline(1, color=GREY, linewidth=0.8)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(wrapped(tr(label), 28, 1), fontsize=10)
    axes.xaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value, kind)))
    axes.tick_params(labelsize=10)


def _curve(axes: Axes, name: str, points: pd.DataFrame, width: float) -> None:
    known, unknown = points[points["value"].notna()], points[points["value"].isna()]
    label, kind = column(name, points["value"])
    value, odds = known["value"].astype("float64"), known["log_odds"].astype("float64")
    error = width * known["standard_error"].astype("float64")
    axes.fill_between(value, odds - error, odds + error, color=OKABE_ITO[0], alpha=0.25, linewidth=0)
    axes.plot(value, odds, color=OKABE_ITO[0])
    axes.plot([float(value.max())] * len(unknown), unknown["log_odds"], "x", color=OKABE_ITO[1], markersize=7)
    axes.axhline(0, color=GREY, linewidth=0.8)
    title = tr(label)
    axes.set_title(wrapped(title[:1].upper() + title[1:], 16, 9), fontsize=10)
    axes.xaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _, kind=kind: short(value, kind)))
    axes.tick_params(labelsize=10)


def _surface(axes: Axes, surface: pd.DataFrame, ends: tuple[float, float]) -> None:
    """Draw a pair: cells between its knots' places, each with its log-odds."""
    cells = surface.set_index(["second_value", "first_value"])["both_log_odds"].astype("float64").unstack()  # noqa: PD010
    axes.imshow(cells, cmap="Blues", vmin=ends[0], vmax=ends[1], aspect="auto", origin="lower")
    dark = sum(ends) / 2
    for row, line in enumerate(cells.to_numpy()):
        for place, value in enumerate(line):
            shade = "white" if value > dark else "black"
            text = separated(f"{round(value, 1) + 0.0:.1f}").replace("-", MINUS)  # 0 without a sign
            axes.text(place, row, text, ha="center", va="center", fontsize=9, color=shade)
    first, second = (surface[name].iloc[0] for name in ("first_input", "second_input"))
    for axis, name, values in ((axes.xaxis, first, cells.columns), (axes.yaxis, second, cells.index)):
        label, kind = column(name, pd.Series(values))
        axis.set_ticks(range(len(values)), [short(value, kind) for value in values], fontsize=9)
        axis.set_label_text(wrapped(tr(label), 28, 1), fontsize=9)
    axes.grid(visible=False)


def _marks(axes: Axes, marks: Mapping[str, float]) -> None:
    """Draw uprights with their names; close ones write on different heights so that no name covers another."""
    if not marks:
        return
    right = max(axes.get_xlim()[1], max(marks.values()) * 1.02)
    axes.set_xlim(right=right)
    heights = cycle((0.97, 0.89, 0.81, 0.73))
    for (name, loss), height in zip(sorted(marks.items(), key=lambda mark: mark[1]), heights, strict=False):
        axes.axvline(loss, color=GREY, linewidth=1, linestyle=":")
        left = loss > right * 0.72
        axes.annotate(
            tr(name), (loss, height), (-4 if left else 4, 0), xycoords=("data", "axes fraction"), va="top", fontsize=10,
            textcoords="offset points", ha="right" if left else "left",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip


def _cell_text(value: float, kind: Kind) -> str:
    """Return a value for a heatmap's cell; shares without the per cent sign, which the axis or the caption has."""
    return fixed(value * 100, 1) if kind in ("percent", "probability") else short(value, kind)


def _bar_name(name: object, *, horizontal: bool, rows: int) -> str:
    """Return a bar's name in two or three lines (one where there are many beside each other), the rest cut."""
    width, most = (28, 1 if rows > 6 else 2) if horizontal else (min(14, max(9, 56 // rows)), 3 if rows <= 6 else 2)
    return wrapped(tr(str(name)), width, most)
