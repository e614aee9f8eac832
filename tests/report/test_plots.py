"""Plots of the report: what their axes say."""

from __future__ import annotations

import pytest

from evalsuite.report.html.plots import interval_plot
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
