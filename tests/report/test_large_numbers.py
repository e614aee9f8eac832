"""Large values as text: four digits, as no more of them are known."""

from __future__ import annotations

import pytest

from evalsuite.report.numbers import (
    decimals_that_tell_apart,
    format_difference,
    format_point,
    format_score,
    format_value,
)
from evalsuite.types import Interval, Score


def score(value: float, low: float | None = None, high: float = 0.0) -> Score:
    interval = None if low is None else Interval(low=low, high=high, level=0.95, method="bootstrap")
    return Score(
        metric="perplexity",
        signature="",
        value=value,
        interval=interval,
        higher_is_better=False,
        primary=True,
        n=9,
        n_unscored=0,
        n_clusters=9,
        outcomes={"scored": 9},
    )


def test_ends_of_an_interval_are_each_of_their_own_size() -> None:
    assert format_score(score(210545561.37, 980.65, 4072656719800414720.0)) == "2.105e8 [980.65, 4.073e18]"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (999_999.994, "999999.99"),
        (1e6, "1.000e6"),
        (-12_345_678.9, "-1.235e7"),
        (9.9996e9, "1.000e10"),
        (1.5e300, "1.500e300"),
        (float("inf"), "inf"),
    ],
)
def test_from_a_million_on(value: float, shown: str) -> None:
    assert format_value(score(value), value) == shown


def test_points_of_curves() -> None:
    assert [format_point(value) for value in (210545561.37, 12.345, 1e-7)] == ["2.11e8", "12.3", "1e-07"]


def test_differences_of_large_values() -> None:
    assert format_difference(score(3e8), 2.5e7, None, 2) == "+2.500e7"
    assert format_difference(score(3e8), -2.5e7, None, 2) == "-2.500e7"


def test_large_values_that_differ_get_more_digits() -> None:
    one, other = score(123_456_000.0), score(123_457_000.0)
    decimals = decimals_that_tell_apart([(one, other)])
    assert [format_score(each, decimals=decimals) for each in (one, other)] == ["1.23456e8", "1.23457e8"]
