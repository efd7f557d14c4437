"""The look of the figures: size, palette and fonts, and how values and names are written on their axes."""

import textwrap
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, num2date
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.rcsetup import cycler
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from tradecredit.columns import Kind
from tradecredit.language import ENGLISH, separated, spoken, tr
from tradecredit.words.formats import LARGE, MINUS, THOUSANDS, fixed
from tradecredit.words.formats import probability as probability_text
from tradecredit.words.formats import short as shortened

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#56B4E9", "#CC79A7", "#000000")
SIZE = (6.4, 3.8)
INK, GREY, RULE = "#1f2933", "#52606d", "#d9dee3"
STYLE: Any = {
    "font.size": 11, "axes.labelsize": 11, "xtick.labelsize": 11, "ytick.labelsize": 11,
    "legend.fontsize": 11, "legend.frameon": False, "axes.edgecolor": GREY, "axes.labelcolor": INK,
    "text.color": INK, "xtick.color": GREY, "ytick.color": GREY, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.8, "axes.grid": False,
    "grid.color": RULE, "grid.linewidth": 0.8, "axes.axisbelow": True, "lines.linewidth": 2.0,
    "axes.prop_cycle": cycler(color=OKABE_ITO), "axes.unicode_minus": True,
    "text.parse_math": False,  # a buyer's name may hold dollar signs
}  # fmt: skip
UPRIGHT = (26, 3)
"""Letters of a line that fit along an upright axis below a legend, and how many lines its name may have."""
NARROW, WIDE = 6.2, 10
"""Width in points of a letter, and of a Chinese character, at a size of 10 points."""
_CHINESE = Path(__file__).with_name("fonts") / "WorkbookSansSC.otf"
"""The characters of GB 2312, with its licence beside it: Chinese is drawn alike on every machine."""
FONTS_FOR_OTHER_SCRIPTS = ("Noto Sans CJK JP", "Noto Sans CJK SC", "Arial Unicode MS")
DAYS = {"de": ("%m.%Y", "%d.%m."), "zh": ("%Y-%m", "%m-%d")}
"""How a language writes the first day of a month and any other on an axis."""


def wrapped(text: str, width: int, most: int) -> str:
    """Return a text in at most so many lines, the rest cut; a Chinese character, which is wide, counts as two."""
    wide = sum(letter >= "\u2e80" for letter in text)
    if wide > len(text) / 2:
        step = max(width // 2, 4)
        cut = [text[at : at + step] for at in range(0, len(text), step)]
        return "\n".join(cut) if len(cut) <= most else "\n".join(cut[:most])[:-1] + "…"
    return "\n".join(textwrap.wrap(text, width, max_lines=most, placeholder="…")) or text


def short(value: float, kind: Kind) -> str:
    """Return a value for an axis or a bar: `1.2 m`, `35 %`, `12`."""
    size = abs(float(value))
    sign = MINUS if value < 0 else ""
    if kind in ("percent", "probability"):
        text = (fixed(size * 100, 0) if size >= 9.995 else shortened(size * 100, 3)) + separated(" %")
        text = text if kind == "percent" else probability_text(size)
        return sign + (_trimmed(text) if kind == "probability" else text)
    if kind == "money" or (kind == "number" and size >= 1e5):
        for least, unit, suffix in (*LARGE[spoken()], *THOUSANDS[spoken()]):
            if size >= least * 0.9995:
                return f"{sign}{_significant(size / unit)}{suffix}"
    if kind == "days":
        return f"{sign}{fixed(size, 0 if size >= 100 or size == int(size) else 1)}"
    return f"{sign}{fixed(size, 0)}" if size >= 1000 or size == int(size) else f"{sign}{_significant(size)}"


def framed(
    drawn: pd.DataFrame, draw: Callable[[Axes], None], *, x: str, y: str, legend: bool = False, grid: bool = True
) -> Figure:
    """Return a figure in the report's style with what `draw` puts on its axes, or the words that there is nothing."""
    with mpl.rc_context(STYLE | {"font.family": fonts()}):
        figure = Figure(figsize=SIZE, dpi=100, layout=ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.06))
        axes = figure.add_subplot()
        if drawn.empty or drawn.isna().all(axis=None):
            axes.set_axis_off()
            axes.text(0.5, 0.5, tr("Nothing to show: cannot be estimated from this book."), ha="center", va="center")
            return figure
        axes.set(xlabel=tr(x), ylabel=wrapped(tr(y), *UPRIGHT))
        draw(axes)
        if grid:
            axes.grid(axis="both" if _is_scatter(axes) else "x" if _is_horizontal(axes) else "y")
        if legend:
            handles, _ = axes.get_legend_handles_labels()
            columns = len(handles) if sum(len(str(handle.get_label())) + 6 for handle in handles) < 62 else 2
            figure.legend(handles=handles, loc="outside upper left", ncols=columns, handlelength=2.4, columnspacing=1.6)
    return figure


@cache
def fonts() -> list[str]:
    """Return matplotlib's own font and ours for Chinese, the same on every machine, then those here that know more."""
    fontManager.addfont(_CHINESE)
    here = set(fontManager.get_font_names())
    return ["DejaVu Sans", "Workbook Sans SC", *(font for font in FONTS_FOR_OTHER_SCRIPTS if font in here)]


def _is_horizontal(axes: Axes) -> bool:
    return axes.yaxis_inverted()


def _is_scatter(axes: Axes) -> bool:
    return bool(axes.collections) and not axes.lines and not axes.patches


def text_width(text: str) -> float:
    """Return the width of a text in points, at a size of 10 points."""
    return sum(WIDE if letter >= "\u2e80" else NARROW for letter in text)


def ticks(axis: Any, kind: Kind, *, whole: bool = False) -> None:
    """Set the ticks of an axis of values, at most six; `whole`: at whole numbers alone."""
    axis.set_major_locator(MaxNLocator(6, integer=whole, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: "0" if value == 0 else short(value, kind)))


def days_of(locator: AutoDateLocator) -> ConciseDateFormatter | FuncFormatter:
    """Return how an axis of days is written; matplotlib's own way has the names of months in English."""
    if spoken() == ENGLISH:
        # With the year below the month, not once in a corner.
        beginnings = ["", "%Y", "%b\n%Y", "%b-%d", "%H:%M", "%H:%M"]
        return ConciseDateFormatter(locator, zero_formats=beginnings, show_offset=False)
    month, day = DAYS[spoken()]
    return FuncFormatter(lambda at, _: num2date(at).strftime(month if num2date(at).day == 1 else day))


def log_ticks(axis: Any, kind: Kind) -> None:
    """Set the ticks of an axis of values by their logarithm, at powers of ten."""
    axis.set_major_locator(LogLocator(base=10, numticks=12))
    axis.set_major_formatter(FuncFormatter(lambda value, _: short(value, kind)))
    axis.set_minor_formatter(NullFormatter())


def below(figure: Figure, text: str) -> None:
    """Write a remark below a figure."""
    with mpl.rc_context(STYLE | {"font.family": fonts()}):
        figure.supxlabel(text, fontsize=9, color=GREY, x=0.01, ha="left")


def _significant(size: float) -> str:
    return f"{size:.0f}" if size >= 100 else _trimmed(shortened(size, 3))


def _trimmed(text: str) -> str:
    """Drop the zeros that end a decimal: `0.10 %` is `0.1 %`."""
    digits = text.removesuffix("%").split(" ", 1)[0]
    unit = text[len(digits) :]
    mark = fixed(0.1, 1)[1]
    return (digits.rstrip("0").rstrip(mark) if mark in digits else digits) + unit
