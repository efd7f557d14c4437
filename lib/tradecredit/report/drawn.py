"""Pictures drawn as SVG: a few hundred bytes and no time each, sharp at any size, for pages made by the dozen.

Matplotlib takes some tenths of a second for one, which fifty sheets of buyers cannot have.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from tradecredit.language import tr
from tradecredit.report.tables import escaped
from tradecredit.words.formats import month

WIDTH, HEIGHT = 460, 250
LEFT, RIGHT, TOP, BOTTOM = 62, 96, 12, 28
"""Room for the values at the left, the names of lines at the right, and the days below."""
TEXT = 13
COLOURS = ("#0072B2", "#D55E00", "#009E73")
DASHES = ("", "7 4", "2 3")
TICKS = (1, 2, 2.5, 5, 10)


def timeline(
    lines: pd.DataFrame, names: Mapping[str, str], *, alt: str, caption: str, write: Callable[[float, float], str]
) -> str:
    """Return a figure with a line for each column over its days: the first as an area, the others in steps.

    `lines`: index of days that rise; a missing value is a gap. `names`: column → what stands at the end of its line;
    `write`: how a value is written, given the largest. Empty where there is nothing to draw.
    """
    shown = [name for name in names if lines[name].notna().any()]
    if lines.empty or not shown:
        return ""
    most = float(np.nanmax(lines[shown].to_numpy(float)))
    ticks = _ticks(most)
    x, y = _across(lines.index), lambda value: _down(value, ticks[-1])
    parts = [_grid(ticks, write), _days(lines.index, x)]
    for number, name in enumerate(shown):
        colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
        for places in _runs(lines[name].to_numpy(float)):
            values = lines[name].to_numpy(float)[places]
            path = _path(x[places], [y(value) for value in values], stepped=number > 0)
            if number == 0:
                base = f"L{x[places][-1]:.1f} {y(0):.1f}L{x[places][0]:.1f} {y(0):.1f}Z"
                parts.append(f'<path d="{path}{base}" fill="{colour}" fill-opacity="0.15"/>')
            parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>')
    ends = {tr(names[name]): y(float(lines[name].dropna().iloc[-1])) for name in shown}
    for (label, place), colour in zip(_apart(ends).items(), COLOURS, strict=False):
        parts.append(f'<text x="{WIDTH - RIGHT + 6}" y="{place + 4:.1f}" style="fill:{colour}">{escaped(label)}</text>')
    return _figure("".join(parts), alt, caption)


def month_bars(values: pd.Series, *, alt: str, caption: str, write: Callable[[float, float], str]) -> str:
    """Return a figure with a bar for each month end of the index; a missing value has none, and a dot below says so.

    Empty where there is nothing to draw.
    """
    if not values.notna().any():
        return ""
    ticks = _ticks(float(values.max()))
    x = _across(values.index, edge=8)
    half = max(2.0, 0.38 * (WIDTH - LEFT - RIGHT) / max(len(values), 1))
    parts = [_grid(ticks, write), _days(values.index, x)]
    for place, value in zip(x, values.to_numpy(float), strict=True):
        if np.isnan(value):
            parts.append(f'<circle cx="{place:.1f}" cy="{HEIGHT - BOTTOM - 3}" r="1.2" fill="#8a97a3"/>')
            continue
        top = _down(value, ticks[-1])
        parts.append(
            f'<rect x="{place - half:.1f}" y="{top:.1f}" width="{2 * half:.1f}" '
            f'height="{HEIGHT - BOTTOM - top:.1f}" fill="{COLOURS[0]}"/>'
        )
    last = values.last_valid_index()
    at = x[list(values.index).index(last)]
    label = escaped(write(float(values[last]), ticks[-1]))
    parts.append(f'<text x="{at + half + 4:.1f}" y="{_down(float(values[last]), ticks[-1]) + 4:.1f}">{label}</text>')
    return _figure("".join(parts), alt, caption)


def _figure(drawn: str, alt: str, caption: str) -> str:
    return (
        f'<figure class="tc-figure tc-drawn"><svg role="img" aria-label="{escaped(alt)}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-size="{TEXT}">{drawn}</svg>\n'
        f"<figcaption>{escaped(caption)}</figcaption></figure>\n"
    )


def _ticks(most: float) -> list[float]:
    """Return round values from zero to at least the largest, three or four steps."""
    step = max(most, 1e-9) / 3
    scale = 10.0 ** np.floor(np.log10(step))
    step = next(scale * tick for tick in TICKS if scale * tick >= step * 0.999)
    return [step * number for number in range(int(np.ceil(most / step - 1e-9)) + 1)] if most > 0 else [0.0, 1.0]


def _across(days: pd.Index, edge: float = 0.0) -> np.ndarray:
    moments = pd.DatetimeIndex(days).to_numpy("datetime64[s]").astype(float)
    span = moments[-1] - moments[0] if len(moments) > 1 else 1.0
    return LEFT + edge + (moments - moments[0]) / span * (WIDTH - LEFT - RIGHT - 2 * edge)


def _down(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - value / most * (HEIGHT - BOTTOM - TOP)


def _grid(ticks: list[float], write: Callable[[float, float], str]) -> str:
    parts = []
    for value in ticks:
        place = _down(value, ticks[-1])
        parts.append(f'<path d="M{LEFT} {place:.1f}H{WIDTH - RIGHT}" stroke="#8a97a3" stroke-opacity="0.35"/>')
        text = escaped(write(value, ticks[-1]))
        parts.append(f'<text x="{LEFT - 6}" y="{place + 4:.1f}" text-anchor="end">{text}</text>')
    return "".join(parts)


def _days(days: pd.Index, x: np.ndarray) -> str:
    """Return the names of the first and the last month, and of each January between that has room."""
    moments = pd.DatetimeIndex(days)
    named = {0: month(moments[0], brief=True), len(moments) - 1: month(moments[-1], brief=True)}
    for place, moment in enumerate(moments):
        if moment.month == 12 and all(abs(x[place] - x[other]) > 60 for other in named):
            named[place] = month(moment, brief=True)
    return "".join(
        f'<text x="{x[place]:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{text}</text>' for place, text in named.items()
    )


def _runs(values: np.ndarray) -> list[np.ndarray]:
    """Return the places of the values in runs without a gap."""
    known = np.flatnonzero(~np.isnan(values))
    return np.split(known, np.flatnonzero(np.diff(known) > 1) + 1) if len(known) else []


def _path(x: np.ndarray, y: list[float], *, stepped: bool) -> str:
    path = f"M{x[0]:.1f} {y[0]:.1f}"
    for across, down in zip(x[1:], y[1:], strict=True):
        path += f"H{across:.1f}V{down:.1f}" if stepped else f"L{across:.1f} {down:.1f}"
    return path


def _apart(ends: dict[str, float]) -> dict[str, float]:
    """Return the heights of labels, moved so that none covers another, in the order given."""
    least, found, before = TEXT + 2, {}, -np.inf
    for label, place in sorted(ends.items(), key=lambda end: end[1]):
        before = max(place, before + least)
        found[label] = before
    over = max(0.0, before - (HEIGHT - BOTTOM))
    return {label: found[label] - over for label in ends}
