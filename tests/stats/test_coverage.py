"""Coverage of the intervals of set metrics by simulation: of the expected value of as many images, reference fixed.

docs/image-metrics.md has the figures of a larger run on real features.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite import stats
from evalsuite.distances import (
    CubicKernel,
    GaussianKernel,
    frechet_distance,
    frechet_length,
    kernel_distance,
    kernel_length,
    leave_out_frechet,
    leave_out_recall,
    mean_kernel,
    moments,
    neighbourhoods,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from evalsuite.types import Interval

    Array = NDArray[np.float64]

N, D, TRIALS = 500, 6, 200
BLOCKS = np.arange(N) % 50


def draw_set(draw: np.random.Generator, n: int, shift: float) -> Array:
    """Features of bounded spread, some dimensions of which depend on one another."""
    x = draw.normal(size=(n, D))
    x[:, 0] *= x[:, 1]
    return np.asarray(np.tanh(x + shift))


REFERENCE = draw_set(np.random.default_rng(0), 600, 0.0)
MOMENTS = moments(REFERENCE)
KERNEL = mean_kernel(REFERENCE)


def frechet(x: Array) -> tuple[float, Interval | None]:
    value = frechet_distance(x, MOMENTS)
    length, error = frechet_length(value, x, MOMENTS)
    return value, stats.squared_length_interval(value, length, constant_error=error)


def frechet_by_jackknife(x: Array) -> tuple[float, Interval | None]:
    value = frechet_distance(x, MOMENTS)
    left_out = leave_out_frechet(x, BLOCKS, MOMENTS)
    return value, stats.interval_of_left_out(value, left_out, value_range=(0.0, float("inf")))


def kid(x: Array) -> tuple[float, Interval | None]:
    found = kernel_distance(x, REFERENCE, reference_mean=KERNEL)
    return found.value, stats.squared_length_interval(found.value, kernel_length(found, x, REFERENCE, CubicKernel()))


def cmmd(x: Array) -> tuple[float, Interval | None]:
    kernel = GaussianKernel(2.0)
    found = kernel_distance(x, REFERENCE, kernel=kernel)
    return found.value, stats.squared_length_interval(found.value, kernel_length(found, x, REFERENCE, kernel))


def recall(x: Array) -> tuple[float, Interval | None]:
    value = neighbourhoods(x, REFERENCE, 3).recall
    left_out = leave_out_recall(REFERENCE, x, BLOCKS, 3)
    return value, stats.curved_interval(
        value, left_out, lambda groups: leave_out_recall(REFERENCE, x, groups[BLOCKS], 3)
    )


TOO_WIDE = {frechet_by_jackknife, recall}


@pytest.mark.parametrize("compute", [frechet, frechet_by_jackknife, kid, cmmd, recall])
@pytest.mark.parametrize("shift", [0.0, 0.3], ids=["like the reference", "off"])
def test_intervals_hold_the_expected_value(
    compute: Callable[[Array], tuple[float, Interval | None]], shift: float
) -> None:
    """200 sets of 500: 95 % of the intervals, within 3.72 binomial standard errors: from 178 to 200.

    Chance alone goes below with a probability of 1e-4, and is at 200, where no interval failed, with 4e-5. The plain
    jackknife's variance is too large on average, by a factor of up to 2 where the model is like the reference (Efron
    and Stein 1981), and recall's too where three images act together.
    """
    draw = np.random.default_rng(1)
    found = [compute(draw_set(draw, N, shift)) for _ in range(TRIALS)]
    expected = np.mean([value for value, _ in found])
    held = sum(interval is not None and bool(interval.low <= expected <= interval.high) for _, interval in found)
    assert held >= 0.95 * TRIALS - 3.72 * sqrt(TRIALS * 0.95 * 0.05)
    assert held < TRIALS or compute in TOO_WIDE
