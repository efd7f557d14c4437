"""Names beside points: none covers another, nor a named point, however close the points lie."""

from itertools import combinations

import pandas as pd
import pytest

from tradecredit.report import charts

CROWD = {
    "two on one place": [(1.0, 1.0), (1.0, 1.0)],
    "one above the other": [(1.0, 1.0), (1.0, 1.01), (1.0, 1.02), (2.0, 3.0)],
    "at the right end": [(1.0, 1.0), (5.0, 1.0), (5.0, 1.02), (4.9, 1.03)],
}


@pytest.mark.parametrize("places", CROWD.values(), ids=CROWD)
def test_no_name_covers_another_or_leaves_the_axes(places):
    names = [f"Quote {letter} (a long name)" for letter in "ABCD"[: len(places)]]
    frame = pd.DataFrame(places, columns=["x", "y"], index=names)
    figure = charts.points(frame, x="x", y="y", kinds=("number", "number"))
    figure.draw_without_rendering()
    axes = figure.axes[0]
    boxes = {text.get_text(): text.get_window_extent() for text in axes.texts if text.get_text()}
    assert list(boxes) and set(boxes) == set(names)
    assert not [pair for pair in combinations(boxes, 2) if boxes[pair[0]].overlaps(boxes[pair[1]])]
    inside = axes.get_window_extent()
    assert all(inside.x0 <= box.x0 and box.x1 <= inside.x1 + 1 for box in boxes.values())
    for name, place in zip(names, places, strict=True):
        mark = axes.transData.transform(place)
        assert not [other for other in boxes if other != name and boxes[other].contains(*mark)]
