"""Figures: what is drawn is what was given, where it was given, and readable."""

import io
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from tradecredit.report import charts


def png(figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=100, metadata={"Software": None})
    return buffer.getvalue()


def texts(figure) -> list[str]:
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text) if text.get_text() and text.get_visible()]


def ageing() -> pd.Series:
    return pd.Series([14.2e6, 3.1e6, np.nan, 290e3], index=["current", "1–30", "31–60", ">180"])


BANDS = {"low": "VaR 95 %", "high": "VaR 99 %", "expected": "Expected", "real": "Lost"}


def past_years() -> pd.DataFrame:
    bounds = {"low": [5.0, 6.0], "high": [9.0, 8.0], "expected": [2.0, 3.0], "real": [7.0, 0.0]}
    return pd.DataFrame(bounds, index=["2024", "2025"])


def calibration_table() -> pd.DataFrame:
    return pd.DataFrame(
        {"predicted": [0.0002, 0.01, 0.2], "observed": [0.0, 0.012, 0.25], "low": [0, 0.008, 0.2],
         "high": [0.001, 0.02, 0.3]}, index=[1, 5, 9],
    )  # fmt: skip


EVERY = {
    "bars": lambda: charts.bars(ageing(), x="Days past due", y="Open amount (EUR)", kind="money"),
    "stacked": lambda: charts.stacked(account(), x="Policy", y="EUR a year", total="Value"),
    "horizontal": lambda: charts.bars(ageing(), x="EUR", y="", kind="money", horizontal=True),
    "groups": lambda: charts.bars(pd.DataFrame({"a": [1.0, 2], "b": [3.0, 4]}), x="x", y="y"),
    "lines": lambda: charts.lines(
        pd.DataFrame({"a": [1.0, 2], "b": [2.0, 1]}, index=pd.to_datetime(["2026-09-30", "2026-10-31"])), x="x", y="y"
    ),
    "points": lambda: charts.points(pd.DataFrame({"cost": [1e5, 2e5], "es": [3e5, 4e5]}), x="cost", y="es"),
    "heatmap": lambda: charts.heatmap(pd.DataFrame({"a": [0.1, 0.9], "b": [0.9, 0.1]}), x="to", y="from"),
    "exceedance": lambda: charts.exceedance(
        {"Gross": pd.DataFrame({"loss": [0.0, 1e6], "probability": [1, 0.01]})},
        x="Loss (EUR)",
        marks={"ES 99 %": 1.2e6},
    ),
    "calibration": lambda: charts.calibration({"Grade": calibration_table(), "Year": calibration_table()}),
    "bands": lambda: charts.bands(past_years(), x="Year", y="EUR", names=BANDS),
}


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY.keys())
def test_every_figure_has_the_size_names_its_axes_and_is_the_same_twice(make):
    figure = make()
    assert tuple(figure.get_size_inches()) == (6.4, 3.8)
    assert png(figure) == png(make())
    axes = figure.axes[0]
    assert axes.get_xlabel() or axes.get_ylabel()
    assert all(text.get_fontsize() >= 9 for text in figure.findobj(Text) if text.get_text())


def test_no_state_is_left_and_seaborn_is_imported_only_where_it_draws():
    before = dict(mpl.rcParams)
    EVERY["bars"]()
    assert dict(mpl.rcParams) == before
    code = (
        "import sys; from tradecredit.report import charts; import pandas as pd;"
        "charts.bars(pd.Series([1.0]), x='x', y='y'); assert 'seaborn' not in sys.modules;"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_bars_are_as_high_as_the_values_and_a_missing_one_is_a_dash():
    figure = EVERY["bars"]()
    axes = figure.axes[0]
    assert [bar.get_height() for bar in axes.patches] == [14.2e6, 3.1e6, 0, 290e3]
    shown = texts(figure)
    assert {"14.2 m", "3.1 m", "–", "290 k", "current", "1–30", "31–60", ">180"} <= set(shown)
    assert axes.get_ylabel() == "Open amount (EUR)"
    assert "5 m" in shown


def account() -> pd.DataFrame:
    parts = {"Cost": [-3.0, -5.0], "Paid": [2.0, np.nan], "Sales": [4.0, 1.0], "Not stated": [np.nan, np.nan]}
    return pd.DataFrame(parts, index=["p", "q"])


def test_stacked_bars_add_up_on_either_side_of_zero():
    axes = EVERY["stacked"]().axes[0]
    tops = [(round(bar.get_y(), 9), round(bar.get_y() + bar.get_height(), 9)) for bar in axes.patches]
    assert tops == [(0, -3), (0, -5), (0, 2), (0, 0), (2, 6), (0, 1)]
    assert axes.lines[0].get_ydata().tolist() == [3.0, -4.0]
    assert [text.get_text() for text in axes.texts] == ["3", "−4"]
    names = [text.get_text() for text in EVERY["stacked"]().legends[0].get_texts()]
    assert names == ["Value", "Cost", "Paid", "Sales"]


def test_a_band_reaches_its_two_bounds_and_holds_both_values():
    figure = charts.bands(past_years(), x="", y="EUR", names=BANDS)
    axes = figure.axes[0]
    tops = [round(bar.get_y() + bar.get_height(), 6) for bar in axes.patches]
    assert tops == [5.0, 6.0, 9.0, 8.0]
    assert [bar.get_y() for bar in axes.patches] == [0.0, 0.0, 5.0, 6.0]
    expected, real = axes.lines
    assert list(expected.get_ydata()) == [2.0, 3.0]
    assert list(real.get_ydata()) == [7.0, 0.0]
    assert {text.get_text() for text in figure.legends[0].get_texts()} == set(BANDS.values())
    assert [text.get_text() for text in axes.get_xticklabels()] == ["2024", "2025"]


def test_a_fan_reaches_the_ends_of_its_bands():
    at = pd.date_range("2026-11-07", periods=3, freq="7D")
    table = pd.DataFrame(
        {"expected": [5.0, 6, 7], "low_80": 4.0, "high_80": 8.0, "low_95": 2.0, "high_95": 9.0, "other": 1.0}, index=at
    )
    names = {"expected": "Expected", "band_80": "80 %", "band_95": "95 %", "other": "Other"}
    figure = charts.fan(table, x="Week", y="Cash", names=names)
    wide, narrow = (band.get_paths()[0].get_extents() for band in figure.axes[0].collections)
    assert (wide.y0, wide.y1, narrow.y0, narrow.y1) == (2, 9, 4, 8)
    assert [line.get_label() for line in figure.axes[0].lines] == ["Expected", "Other"]


def test_horizontal_bars_read_from_the_top():
    axes = EVERY["horizontal"]().axes[0]
    assert [bar.get_width() for bar in axes.patches] == [14.2e6, 3.1e6, 0, 290e3]
    bottom, top = axes.get_ylim()
    assert bottom > top
    assert axes.get_yticklabels()[0].get_text() == "current"


def test_groups_of_bars_have_a_legend_and_their_own_heights():
    figure = charts.bars(pd.DataFrame({"Premium": [2.0, 3.0], "Saved": [1.0, 4.0]}, index=["A", "B"]), x="", y="EUR")
    assert [bar.get_height() for bar in figure.axes[0].patches] == [2, 3, 1, 4]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Premium", "Saved"]


def test_too_many_bars_are_refused():
    with pytest.raises(ValueError, match="25 bars cannot be read"):
        charts.bars(pd.Series(range(25)), x="x", y="y")


def test_names_from_the_book_are_drawn_as_they_are():
    names = ["Smith $x^2$ & $ Sons", "A very long legal name of a company that goes on GmbH & Co. KG", "<b>", ""]
    figure = charts.bars(pd.Series([1.0, 2.0, 3.0, 4.0], index=names), x="EUR", y="", horizontal=True)
    png(figure)
    drawn = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert drawn[0] == "Smith $x^2$ & $ Sons"
    assert drawn[1].endswith("…")
    assert len(drawn[1].split("\n")) == 2
    assert drawn[2:] == ["<b>", ""]
    crowded = charts.bars(pd.Series(range(8), index=[names[1] + str(n) for n in range(8)]), x="", y="", horizontal=True)
    assert not any("\n" in label.get_text() for label in crowded.axes[0].get_yticklabels())


def test_lines_hold_the_values_and_differ_without_colour():
    months = pd.period_range("2026-01", periods=3, freq="M")
    frame = pd.DataFrame({"Simple": [41.0, np.nan, 43.0], "Countback": [44.0, 45.0, 46.0]}, index=months)
    figure = charts.lines(frame, x="Month", y="Days", kind="days")
    first, second = figure.axes[0].lines
    np.testing.assert_array_equal(first.get_ydata(), [41, np.nan, 43])
    np.testing.assert_array_equal(second.get_ydata(), [44, 45, 46])
    assert first.get_linestyle() != second.get_linestyle()
    assert first.get_color() != second.get_color()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Simple", "Countback"]


def test_points_lie_where_they_should_and_missing_ones_are_counted():
    frame = pd.DataFrame(
        {"cost": [1e5, 2e5, np.nan], "es": [3e5, 4e5, 1.0], "marked": [True, False, False]}, index=["Quote A", "x", "y"]
    )
    figure = charts.points(frame, x="cost", y="es", labels={"cost": "Total cost (EUR)"})
    plain, special = (points.get_offsets().tolist() for points in figure.axes[0].collections)
    assert plain == [[2e5, 4e5]]
    assert special == [[1e5, 3e5]]
    shown = texts(figure)
    assert "Quote A" in shown
    assert "x" not in shown
    assert "1 of 3 cannot be shown: a value is missing." in shown
    assert figure.axes[0].get_xlabel() == "Total cost (EUR)"


def test_two_points_of_one_name_both_bear_it():
    frame = pd.DataFrame({"cost": [1e5, 2e5], "es": [3e5, 4e5]}, index=["Quote A", "Quote A"])
    assert texts(charts.points(frame, x="cost", y="es")).count("Quote A") == 2


def test_a_heatmap_writes_each_cell():
    frame = pd.DataFrame({"current": [0.913, 0.2], "1–30": [0.087, np.nan]}, index=["current", "1–30"])
    shown = texts(charts.heatmap(frame, x="To (%)", y="From"))
    assert {"91.3", "8.7", "20.0"} <= set(shown)


def test_exceedance_is_on_a_log_axis_with_its_marks():
    curve = pd.DataFrame({"loss": [3e6, 0.0, 1e6, 5e6], "probability": [0.001, 1.0, 0.1, 0.0]})
    figure = charts.exceedance(
        {"Gross": curve, "Retained": curve.assign(loss=curve["loss"] / 4)}, x="Loss of the year (EUR)",
        marks={"VaR 99 %": 2e6, "ES 99 %": 2.6e6, "ES 99.9 %": None},
    )  # fmt: skip
    axes = figure.axes[0]
    assert axes.get_yscale() == "log"
    gross = axes.lines[0]
    assert gross.get_xdata().tolist() == [0.0, 1e6, 3e6]
    assert gross.get_ydata().tolist() == [1.0, 0.1, 0.001]
    assert [line.get_xdata()[0] for line in axes.lines[2:]] == [2e6, 2.6e6]
    shown = texts(figure)
    assert {"VaR 99 %", "ES 99 %", "0.1 %", "100 %", "1 m", "Gross", "Retained"} <= set(shown)
    assert "ES 99.9 %" not in shown


def test_marks_beyond_the_curves_are_inside_the_picture():
    curve = pd.DataFrame({"loss": [0.0, 1e6], "probability": [1.0, 0.01]})
    axes = charts.exceedance({"Gross": curve}, x="EUR", marks={"Maximum": 4e6}).axes[0]
    assert axes.get_xlim()[1] > 4e6


def curve_table() -> pd.DataFrame:
    return pd.DataFrame(
        {"input": ["equity_ratio"] * 3 + ["days_beyond_terms"] * 2, "value": [-0.1, 0.4, np.nan, 0.0, 60.0],
         "log_odds": [1.0, 0.0, 0.4, 0.0, 2.0], "standard_error": [0.3, 0.0, 0.2, 0.0, np.nan]}
    )  # fmt: skip


def test_curves_draw_a_panel_for_each_input_and_a_cross_for_not_known():
    figure = charts.curves(curve_table())
    equity, days = figure.axes[:2]
    assert equity.get_title() == "Equity ratio"
    assert equity.lines[0].get_xdata().tolist() == [-0.1, 0.4]
    assert equity.lines[0].get_ydata().tolist() == [1.0, 0.0]
    assert equity.lines[1].get_ydata().tolist() == [0.4]
    assert days.lines[1].get_ydata().tolist() == []
    assert equity.get_ylim() == days.get_ylim()
    assert png(figure) == png(charts.curves(curve_table()))
    many = pd.concat([curve_table().assign(input=f"x{number}") for number in range(charts.INPUTS + 5)])
    assert len([axes for axes in charts.curves(many).axes if axes.get_visible()]) == charts.INPUTS


def test_curves_and_pairs_are_laid_out_for_the_width_of_the_screen():
    many = pd.concat([curve_table().assign(input=f"x{number}") for number in range(9)])
    pair = pd.DataFrame(
        {"pair": "a × b", "first_input": "a", "second_input": "b", "first_value": [0.0, 1.0] * 2,
         "second_value": [0.0, 0.0, 1.0, 1.0], "both_log_odds": [-0.04, 0.5, -1.26, 2.0]}
    )  # fmt: skip
    surfaces = pd.concat([pair, pair.assign(pair="c × d")])
    wide, narrow = (charts.curves(many, surfaces=surfaces, width=width) for width in (charts.SIZE[0], charts.PHONE))
    # 4 curves beside each other in 3 rows, and both pairs in one; on a phone 2 in 5 rows, and a pair in each of two.
    assert [len(figure.axes) for figure in (wide, narrow)] == [12 + 2, 10 + 2]
    assert narrow.get_size_inches()[0] == charts.PHONE < wide.get_size_inches()[0]
    assert {"0.0", "0.5", "−1.3", "2.0"} <= set(texts(narrow))


def test_what_scales_the_other_inputs_has_a_panel_of_its_own():
    scaling = pd.DataFrame(
        {
            "input": "log_assets",
            "value": [2.0, 4.0, 6.0],
            "others_count": [0.5, 1.0, 2.0],
            "others_count_error": [0.1, 0.0, 0.4],
        }
    )
    figure = charts.curves(curve_table(), scaling=scaling, interval=0.9)
    (axes,) = (axes for axes in figure.axes[2:] if axes.get_visible() and axes.get_xlabel())
    assert axes.lines[0].get_ydata().tolist() == [0.5, 1.0, 2.0]
    assert axes.get_ylim()[0] == 0
    # 1.645 standard errors of the logarithm: 2 · e^(1.645 · 0.4 / 2).
    (band,) = axes.collections
    assert band.get_datalim(axes.transData).ymax == pytest.approx(2 * np.exp(1.6448536 * 0.2))
    assert "How many times the other inputs count" in {one.get_text() for one in figure.subfigs[-1].texts}


def test_calibration_shows_prediction_observation_and_interval_also_at_zero():
    years = calibration_table().set_axis(["2023", "2024", "2025"]).assign(predicted=[0.01, 0.02, np.nan])
    figure = charts.calibration({"Grade": calibration_table(), "Year": years, "Sector": years * np.nan})
    axes, by_year = figure.axes
    observed, predicted = axes.lines
    assert observed.get_ydata().tolist() == [0.0, 0.012, 0.25]
    assert predicted.get_ydata().tolist() == [0.0002, 0.01, 0.2]
    intervals = [segment[:, 1].tolist() for segment in axes.collections[0].get_segments()]
    assert intervals == [[0, 0.001], [0.008, 0.02], [0.2, 0.3]]
    assert axes.get_ylim()[0] < 0
    assert {"0 %", "0.01 %", "1 %", "10 %"} <= set(texts(figure))
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "5", "9"]
    assert [label.get_text() for label in by_year.get_xticklabels()] == ["2023", "2024", "2025"]
    assert (axes.get_xlabel(), by_year.get_xlabel()) == ("Grade", "Year")
    assert by_year.lines[1].get_ydata()[:2].tolist() == [0.01, 0.02] and by_year.get_ylim() == axes.get_ylim()


@pytest.mark.parametrize(
    "make",
    [
        lambda: charts.bars(pd.Series([], dtype="float64"), x="x", y="y"),
        lambda: charts.bars(pd.Series([np.nan, np.nan]), x="x", y="y", horizontal=True),
        lambda: charts.lines(pd.DataFrame(index=pd.DatetimeIndex([])), x="x", y="y"),
        lambda: charts.points(pd.DataFrame({"a": [np.nan], "b": [1.0]}), x="a", y="b"),
        lambda: charts.heatmap(pd.DataFrame(), x="x", y="y"),
        lambda: charts.exceedance({}, x="x", marks={"VaR": 1.0}),
        lambda: charts.exceedance({"a": pd.DataFrame({"loss": [1.0], "probability": [0.0]})}, x="x"),
        lambda: charts.calibration({"Grade": calibration_table().head(0)}),
        lambda: charts.bands(past_years().head(0), x="", y="EUR", names=BANDS),
        lambda: charts.curves(curve_table().head(0)),
        lambda: charts.calibration({"Grade": calibration_table() * np.nan}),
    ],
)
def test_where_there_is_nothing_to_draw_the_figure_says_so(make):
    assert any(text.startswith("Nothing to show") for text in texts(make()))


@pytest.mark.parametrize(
    "make",
    [
        lambda: charts.bars(pd.Series([0.0, 0.0], index=["a", "b"]), x="x", y="y", kind="money"),
        lambda: charts.exceedance(
            {"a": pd.DataFrame({"loss": [0.0], "probability": [1.0]})}, x="x", marks={"VaR": 0.0}
        ),
        lambda: charts.calibration(
            {"Grade": calibration_table().assign(predicted=0.0, observed=0.0, low=0.0, high=0.0)}
        ),
        lambda: charts.lines(pd.Series([5.0], index=pd.to_datetime(["2026-10-31"])), x="x", y="y"),
    ],
)
def test_a_book_without_losses_or_history_still_has_its_figures(make):
    assert len(png(make())) > 1000
