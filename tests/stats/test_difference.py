"""Intervals of differences of two scores."""

from __future__ import annotations

import numpy as np
import pytest

from evalsuite import stats
from evalsuite.types import Interval


def interval(low: float, high: float, level: float = 0.95) -> Interval:
    return Interval(low=low, high=high, level=level, method="m")


def test_each_end_takes_the_halves_on_its_side() -> None:
    found = stats.difference_interval(5.0, interval(2.0, 9.0), 20.0, interval(8.0, 21.0))
    assert found.low == pytest.approx(15 - np.hypot(12, 4))
    assert found.high == pytest.approx(15 + np.hypot(1, 3))
    assert found.level == 0.95


def test_levels_must_agree() -> None:
    with pytest.raises(ValueError, match=r"one level; found 0.95 and 0.9"):
        stats.difference_interval(0.0, interval(0, 1), 0.0, interval(0, 1, 0.9))


def test_pairs_cancel_what_both_share() -> None:
    """Means of one sample's values, the second's 1 higher: nothing is unsure of the difference."""
    values = np.random.default_rng(0).normal(size=100)
    left_out = (values.sum() - values) / 99
    found = stats.difference_of_left_out(1.0, left_out, left_out + 1.0)
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(1.0, abs=1e-12), pytest.approx(1.0, abs=1e-12))
    with pytest.raises(ValueError, match="found shapes"):
        stats.difference_of_left_out(1.0, left_out, left_out[1:])


def test_the_intervals_hold_the_difference_as_often_as_they_say() -> None:
    """1,000 pairs of shares of 80, 0.3 and 0.45: 95 % give or take 4 standard errors of the count."""
    draw = np.random.default_rng(1)
    held = paired = 0
    for _ in range(1000):
        common = draw.random(80)
        a, b = (common < 0.3).astype(float), (common < 0.45).astype(float)
        other = (draw.random(80) < 0.45).astype(float)
        labels = np.arange(80)
        one, two = (stats.proportion_interval(np.stack([x, np.ones(80)], axis=1), labels) for x in (a, other))
        assert one is not None
        assert two is not None
        found = stats.difference_interval(a.mean(), one, other.mean(), two)
        held += found.low <= 0.15 <= found.high
        together = stats.difference_of_left_out(b.mean() - a.mean(), (a.sum() - a) / 79, (b.sum() - b) / 79)
        assert together is not None
        paired += together.low <= 0.15 <= together.high
    assert 922 <= held <= 978
    assert 922 <= paired <= 978
