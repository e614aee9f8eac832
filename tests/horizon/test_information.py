"""What items tell of the horizon, against the second derivatives of the likelihood and optimal designs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from evalsuite.horizon.information import BEST_INFORMATION, equal_grid_items, horizon_information


def log_survival(parameters: list[float], depth: float) -> float:
    log_h50, log_k = parameters
    return float(-np.log(2.0) * (depth / np.exp(log_h50)) ** np.exp(log_k))


def schur(depths: list[float], h50: float, k: float, floor: float) -> tuple[float, float]:
    """Return the information on log H50, k known and not, by differences of the share of right answers."""
    matrix = np.zeros((2, 2))
    at, step = [np.log(h50), np.log(k)], 1e-5
    for depth in depths:
        slopes = []
        for i in range(2):
            ends = [[value + sign * step * (i == j) for j, value in enumerate(at)] for sign in (-1, 1)]
            low, high = (floor + (1 - floor) * np.exp(log_survival(end, depth)) for end in ends)
            slopes.append((high - low) / (2 * step))
        share = floor + (1 - floor) * np.exp(log_survival(at, depth))
        matrix += np.outer(slopes, slopes) / (share * (1 - share))
    return float(matrix[0, 0]), float(1.0 / np.linalg.inv(matrix)[0, 0])


@pytest.mark.parametrize(("h50", "k", "floor"), [(10.0, 1.0, 0.0), (6.0, 0.7, 0.25), (20.0, 1.8, 0.01)])
def test_it_is_fishers(h50: float, k: float, floor: float) -> None:
    depths = [1.0, 2.0, 5.0, 9.0, 16.0, 30.0]
    known, unknown = schur(depths, h50, k, floor)
    assert horizon_information(depths, h50, k, floor=floor, known_shape=True) == pytest.approx(known, rel=1e-6)
    assert horizon_information(depths, h50, k, floor=floor) == pytest.approx(unknown, rel=1e-6)


@pytest.mark.parametrize("k", [0.6, 1.0, 2.0])
def test_no_choice_of_depths_tells_more_than_the_horizon_itself(k: float) -> None:
    """The c-optimal design by linear programming over 801 depths (Harman and Jurik 2008) is the one point H50."""
    x = np.linspace(-4.0, 4.0, 801)
    z = np.log(2.0) * np.exp(np.clip(k * x, -30, 5))
    points = np.sqrt(z**2 / np.expm1(z)) * k * np.vstack([-np.ones_like(x), x])
    found = linprog(np.ones(2 * len(x)), A_eq=np.hstack([points, -points]), b_eq=[1.0, 0.0])
    assert 1 / found.fun**2 == pytest.approx(k**2 * BEST_INFORMATION, rel=1e-9)
    assert horizon_information([7.0], 7.0, k) == pytest.approx(k**2 * BEST_INFORMATION)


def test_items_of_one_depth_elsewhere_tell_nothing() -> None:
    assert horizon_information([5.0] * 9, 20.0, 1.0) == pytest.approx(0.0, abs=1e-12)
    assert equal_grid_items([5] * 9, [5], 20.0, 1.0) is None


def test_how_many_a_grid_needs() -> None:
    """At a step error of 0.03 a grid of 1 to 64 needs 1.68 times as many as the best choice of depths."""
    h50 = np.log(2.0) / -np.log1p(-0.03)
    grid = [1, 2, 4, 8, 16, 32, 64]
    assert equal_grid_items(grid * 20, grid, h50, 1.0) == pytest.approx(140)
    assert BEST_INFORMATION * 7 / horizon_information(grid, h50, 1.0) == pytest.approx(1.68, abs=0.005)
