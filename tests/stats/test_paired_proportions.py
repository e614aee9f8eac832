"""Agresti and Min's interval of matched proportions, and what clusters do to it."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.stats import paired_proportion_interval

if TYPE_CHECKING:
    from evalsuite.types import Interval


def pairs(n_up: int, n_down: int, n: int) -> np.ndarray:
    return np.repeat([1.0, -1.0, 0.0], [n_up, n_down, n - n_up - n_down])


def found(differences: np.ndarray, clusters: np.ndarray | None = None) -> Interval:
    interval = paired_proportion_interval(differences, np.arange(len(differences)) if clusters is None else clusters)
    assert interval is not None
    return interval


@pytest.mark.parametrize(("b", "c", "n"), [(86, 150, 1600), (0, 4, 144), (0, 0, 20), (7, 7, 14), (9, 0, 9)])
def test_it_is_the_walds_interval_of_the_table_with_half_a_trial_in_each_cell(b: int, c: int, n: int) -> None:
    up, down, total = b + 0.5, c + 0.5, n + 2
    centre = (up - down) / total
    half = 1.959963984540054 * sqrt(up + down - (up - down) ** 2 / total) / total
    interval = found(pairs(b, c, n))
    assert interval.low == pytest.approx(max(-1, centre - half), abs=1e-12)
    assert interval.high == pytest.approx(min(1, centre + half), abs=1e-12)


def test_the_approval_ratings() -> None:
    """Agresti, "Categorical data analysis", 2nd edition, 2002, section 10.1.1: -0.04, 95 % from -0.06 to -0.02."""
    interval = found(pairs(86, 150, 1600))
    assert (round(interval.low, 2), round(interval.high, 2)) == (-0.06, -0.02)


def test_shares_stand_between() -> None:
    narrow, wide = found(np.array([0.2, -0.2] * 30)), found(np.array([1.0, -1.0] * 30))
    assert narrow.high - narrow.low < 0.35 * (wide.high - wide.low)


def test_copies_in_a_cluster_tell_nothing_new() -> None:
    differences = pairs(3, 9, 60)
    once = found(differences)
    thrice = found(np.repeat(differences, 3), np.repeat(np.arange(60), 3))
    # But for the degrees of freedom: 60 / 59 over 180 / 179.
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high), abs=1e-3)
    naive = found(np.repeat(differences, 3))
    assert naive.high - naive.low < 0.6 * (thrice.high - thrice.low)


def test_fewer_than_two_clusters_have_no_interval() -> None:
    assert paired_proportion_interval(np.zeros(0), np.zeros(0, dtype=np.int64)) is None
    assert paired_proportion_interval(np.zeros(9), np.zeros(9, dtype=np.int64)) is None


@pytest.mark.parametrize("template_spread", [0.0, 0.25])
@pytest.mark.parametrize("lost", [0.02, 0.1, 0.4])
def test_it_holds_the_truth(lost: float, template_spread: float) -> None:
    """Four items to each of 48 templates; a change loses some of what is right, more of it in some templates."""
    draw = np.random.default_rng(int(100 * lost))
    clusters = np.repeat(np.arange(48), 4)
    n_trials, held = 1000, 0
    for _ in range(n_trials):
        rate = lost * (1 + np.where(draw.random(48) < 0.5, 1, -1) * 4 * template_spread)[clusters]
        interval = found(-((draw.random(192) < 0.8) & (draw.random(192) < rate)).astype(float), clusters)
        held += interval.low <= -0.8 * lost <= interval.high
    assert 0.92 <= held / n_trials <= 0.98
