"""Plots of the report: what their axes say."""

from __future__ import annotations

import pytest

from evalsuite.figures import Curve
from evalsuite.report.html.plots import curve_plot, interval_plot
from evalsuite.types import Interval, Score


def score(value: float) -> Score:
    return Score(
        metric="frechet_distance",
        signature="s",
        value=value,
        interval=Interval(low=value * 0.9, high=value * 1.1, level=0.95, method="m"),
        higher_is_better=False,
        primary=True,
        n=10,
        n_unscored=0,
        n_clusters=10,
        outcomes={},
    )


@pytest.mark.parametrize(
    ("values", "labels"),
    [((0.05, 48.0), ["0.1", "1", "10"]), ((0.9, 33.0), ["1", "2", "5", "10", "20"])],
)
def test_a_logarithmic_axis_is_labelled_in_full(values: tuple[float, float], labels: list[str]) -> None:
    axis = interval_plot([(str(value), score(value)) for value in values])["layout"]["xaxis"]
    assert axis["type"] == "log"
    assert axis["ticktext"] == labels
    assert axis["tickvals"] == [float(label) for label in labels]


def test_close_scores_share_a_linear_axis() -> None:
    axis = interval_plot([("a", score(1.0)), ("b", score(9.0))])["layout"]["xaxis"]
    assert axis["type"] == "linear"
    assert "ticktext" not in axis


def test_a_fitted_curve_is_a_line_and_what_it_was_fitted_to_are_points() -> None:
    marks = Curve(
        x=(1, 4), y=(0.9, 0.5), low=(0.8, 0.4), high=(1.0, 0.6), n=(9, 9), x_label="x", y_label="y", share=True
    )
    fitted = Curve(
        x=(1.0, 2.5, 4.0),
        y=(0.9, 0.7, 0.5),
        low=(0.8, 0.6, 0.4),
        high=(1.0, 0.8, 0.6),
        n=(18, 18, 18),
        x_label="x",
        y_label="y",
        share=True,
        marks=marks,
    )
    band, line, points = curve_plot([(0, "model", fitted)])["data"]
    assert band["fill"] == "toself"
    assert (line["mode"], line["y"]) == ("lines", [90.0, 70.0, 50.0])
    assert (points["mode"], points["x"], points["y"]) == ("markers", [1, 4], [90.0, 50.0])
    assert points["error_y"]["array"] == [10.0, 10.0]
    assert len(points["hovertext"]) == 2
