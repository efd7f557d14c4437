"""Names beside the points of a picture, each where it covers neither another name nor a point."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Bbox

STEPS = (7, 15, 25, 37, 51)
"""How far from its point a name may stand, in points of type."""
NEAR = STEPS[1]
"""From farther away a line leads to it."""
DIRECTIONS = ((1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1))
_SIDES = {-1: "right", 0: "center", 1: "left"}
_HEIGHTS = {-1: "top", 0: "center", 1: "bottom"}


def beside_points(
    figure: Figure, named: Sequence[tuple[str, tuple[float, float]]], others: np.ndarray, *, size: float, line: str
) -> None:
    """Write the names of points of a figure's one pair of axes beside them.

    `named`: the name, and x and y, of each point that has one; `others`: x and y of all points that have no name, a row
    each, which a name may cover where there is no other way. All else must have been drawn: where the axes lie is asked
    of the figure's layout. `size`: of the letters; `line`: colour of the lines to names that are not near.
    """
    axes = figure.axes[0]
    figure.draw_without_rendering()
    scale = figure.dpi / 72
    marks = axes.transData.transform(np.array([place for _, place in named], dtype=float).reshape(-1, 2))
    small = axes.transData.transform(np.asarray(others, dtype=float).reshape(-1, 2))
    taken = [_around(mark, 6 * scale) for mark in marks]
    inside = axes.get_window_extent()
    for number, (name, place) in sorted(enumerate(named), key=lambda one: -marks[one[0]][1]):
        text = axes.annotate(
            name, place, (0, 0), textcoords="offset points", fontsize=size, annotation_clip=False,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )  # fmt: skip
        text.set_in_layout(False)
        found = []
        for step in STEPS:
            for across, up in DIRECTIONS:
                offset = (across * step, up * step)
                text.set(position=offset, ha=_SIDES[across], va=_HEIGHTS[up])
                box = text.get_window_extent()
                found.append(
                    (_cost(box, taken[:number] + taken[number + 1 :], small, inside) + step / 100, offset, box)
                )
        _, offset, box = min(found, key=lambda one: one[0])
        across, up = (int(np.sign(part)) for part in offset)
        text.set(position=offset, ha=_SIDES[across], va=_HEIGHTS[up])
        taken.append(box)
        if max(map(abs, offset)) > NEAR:
            _lead(axes, place, offset, line)


def _lead(axes: Axes, place: tuple[float, float], offset: tuple[int, int], line: str) -> None:
    look = {"arrowstyle": "-", "color": line, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 3}
    axes.annotate("", place, offset, textcoords="offset points", arrowprops=look).set_in_layout(False)


def _around(mark: np.ndarray, reach: float) -> Bbox:
    return Bbox.from_extents(*(mark - reach), *(mark + reach))


def _cost(box: Bbox, taken: list[Bbox], small: np.ndarray, inside: Bbox) -> float:
    """Return how bad a place is: another name or named point covered, then outside of the axes, then points covered."""
    covered = sum(box.overlaps(other) for other in taken)
    outside = box.x0 < inside.x0 or box.y0 < inside.y0 or box.y1 > inside.y1 or box.x1 > inside.x1
    wide = Bbox.from_extents(box.x0 - 3, box.y0 - 3, box.x1 + 3, box.y1 + 3)
    return 100 * covered + 30 * outside + sum(wide.contains(*point) for point in small)
