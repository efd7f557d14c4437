"""How values are written on the axes of figures."""

import pytest

from tradecredit.report.chart_axes import short


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (1.2e6, "money", "1.2 m"), (999_950, "money", "1 m"),
        (250_000, "money", "250 k"), (0.001, "probability", "0.1 %"),
        (0.35, "percent", "35 %"), (-12.5, "percent", "−1,250 %"),
        (-3e6, "money", "−3 m"), (12, "count", "12"), (41.25, "days", "41.2"),
    ],
)  # fmt: skip
def test_short_values_for_axes(value, kind, text):
    assert short(value, kind) == text
