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
    frechet_distance,
    kernel_distance,
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
    left_out = leave_out_frechet(x, BLOCKS, MOMENTS)
    return value, stats.interval_of_left_out(value, left_out, value_range=(0.0, float("inf")))


def kid(x: Array) -> tuple[float, Interval | None]:
    found = kernel_distance(x, REFERENCE, reference_mean=KERNEL)
    return found.value, stats.student_interval(found.value, sqrt(found.variance), N - 1, method="")


def recall(x: Array) -> tuple[float, Interval | None]:
    value = neighbourhoods(x, REFERENCE, 3).recall
    return value, stats.interval_of_left_out(value, leave_out_recall(REFERENCE, x, BLOCKS, 3))


@pytest.mark.parametrize("compute", [frechet, kid, recall])
@pytest.mark.parametrize("shift", [0.0, 0.3], ids=["like the reference", "off"])
def test_intervals_hold_the_expected_value(
    compute: Callable[[Array], tuple[float, Interval | None]], shift: float
) -> None:
    """200 sets of 500: at least 95 % of the intervals, less 3.72 binomial standard errors, which is 178.

    Chance alone goes below with a probability of 1e-4. More than 95 % is right for a jackknife, whose variance is too
    large on average, by a factor of up to 2 where the model is like the reference (Efron and Stein 1981). Where the
    model is off, neither Fréchet's nor KID's interval may hold it always.
    """
    draw = np.random.default_rng(1)
    found = [compute(draw_set(draw, N, shift)) for _ in range(TRIALS)]
    expected = np.mean([value for value, _ in found])
    held = sum(interval is not None and bool(interval.low <= expected <= interval.high) for _, interval in found)
    assert held >= 0.95 * TRIALS - 3.72 * sqrt(TRIALS * 0.95 * 0.05)
    assert held < TRIALS or shift == 0.0 or compute is recall
