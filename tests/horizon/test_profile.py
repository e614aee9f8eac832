"""Where few depths tell the shape, intervals say so: the profile likelihood, by definition and by simulation."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.horizon import combine_horizons, count_records, fit_horizon
from evalsuite.horizon.law import fit_laws
from evalsuite.horizon.profile import Profile
from evalsuite.horizon.remarks import described, sentences_of, shape_described
from evalsuite.types import Estimate, Interval
from tests.horizon.simulated import verdicts

if TYPE_CHECKING:
    from evalsuite.horizon import DepthTable


def few_depths() -> DepthTable:
    """Depths 2 and 8: 30 of 30 right, and 9 of 30."""
    right = np.r_[np.ones(30), np.arange(30) < 9]
    return count_records(np.repeat([2, 8], 30), right, clusters=np.tile(np.arange(30), 2))


def log_likelihood(table: DepthTable, scale: float, shape: float, floor: float) -> float:
    counts = table.totals
    right = floor + (1 - floor) * np.exp(-((table.depths / scale) ** shape))
    with np.errstate(divide="ignore"):
        return float((counts[:, 0] * np.log(right) + counts[:, 1] * np.log1p(-right)).sum())


@pytest.mark.parametrize("floor", [0.0, 0.25])
def test_the_profile_is_the_summit_over_the_other_number(floor: float) -> None:
    table = verdicts(np.random.default_rng(1), (1, 2, 4, 8, 16), e=0.15, shape=1.5, floor=floor, per_cell=3)
    laws = fit_laws(table, table.totals[None], floor=floor)
    profile = Profile(table=table, laws=laws, floor=floor)
    summit = float(laws.log_likelihood[0])
    assert profile.of_shape(float(laws.shape[0])) == pytest.approx(summit, abs=1e-6)
    assert profile.of_horizon(float(laws.horizon(0.8)[0]), 0.8) == pytest.approx(summit, abs=1e-4)
    scales, shapes = np.geomspace(2, 30, 2000), np.geomspace(0.2, 3, 2000)
    for shape in (0.7, 1.4, 3.0):
        wanted = max(log_likelihood(table, scale, shape, floor) for scale in scales)
        assert profile.of_shape(shape) == pytest.approx(wanted, abs=0.005)
    for depth in (3.0, 5.0):
        wanted = max(log_likelihood(table, depth / math.log(2) ** (1 / k), k, floor) for k in shapes)
        assert profile.of_horizon(depth, 0.5) == pytest.approx(wanted, abs=0.005)
    low, high = profile.shape_interval()
    for end in (low, high):
        assert 2 * (summit - profile.of_shape(end)) == pytest.approx(1.959964**2, abs=1e-3)


def test_a_plateau_has_no_tight_interval() -> None:
    fit = fit_horizon(few_depths(), seed=0)
    assert fit.is_profiled
    assert fit.h50.interval is not None
    assert fit.shape.interval is not None
    assert 5.5 < fit.h50.interval.low < 6.1
    assert 7.9 < fit.h50.interval.high < 8.0
    assert shape_described(fit.shape) == "> 2.08"
    assert "shape k > 2.08; fit p" in " ".join(sentences_of(fit))
    assert fit.warnings[0].startswith("too few depths lie where accuracy falls: any shape k above 2.08 is possible")
    far = fit_horizon(replace(few_depths(), depths=np.array([1.0, 1e6])), seed=0)
    assert far.is_constant
    assert far.shape.interval is not None
    assert far.shape.interval.low < 1.0
    step = fit_horizon(count_records([1, 2, 4, 8] * 48, [depth <= 2 for depth in [1, 2, 4, 8] * 48]), seed=0)
    assert described(step.shape).startswith("> 20 [")
    assert shape_described(step.shape).startswith("> ")
    assert step.shape.interval is not None
    assert step.shape.interval.low < 8.0


@pytest.mark.parametrize(
    ("depths", "templates", "scale", "shape"),
    [((2, 8), 30, 7.3, 2.5), ((1, 2, 4, 8, 16, 32, 64), 48, 20.0, 6.0)],
)
def test_intervals_hold_a_shape_that_few_depths_tell(
    depths: tuple[int, ...], templates: int, scale: float, shape: float
) -> None:
    """40 runs: resamples alone hold H50 and k in 3/4 and in 1/6 of such; 37 are more than nine in ten."""
    rng = np.random.default_rng(3)
    error = -math.expm1(-1.0 / scale)
    horizon = scale * math.log(2) ** (1 / shape)
    held = {"H50": 0, "k": 0}
    for run in range(40):
        table = verdicts(rng, depths, e=error, shape=shape, templates=templates)
        fit = fit_horizon(table, seed=run, n_resamples=100)
        for name, estimate, truth in (("H50", fit.h50, horizon), ("k", fit.shape, shape)):
            interval = estimate.interval
            held[name] += interval is not None and interval.low <= truth <= interval.high
    assert min(held.values()) >= 37, held


def test_many_depths_keep_the_resamples_interval() -> None:
    fit = fit_horizon(verdicts(np.random.default_rng(4), (1, 2, 4, 8, 16, 32, 64), templates=48), seed=0)
    assert not fit.is_profiled
    assert fit.shape.interval is not None
    assert "profile" not in fit.shape.interval.method


def test_the_mean_of_families_is_no_surer_than_they_are() -> None:
    known = [verdicts(np.random.default_rng(i), (1, 2, 4, 8, 16, 32), e=0.1, per_cell=20) for i in range(4)]
    found = combine_horizons([few_depths()] * 4, seed=0).h50.interval
    assert found is not None
    one = fit_horizon(few_depths(), seed=0).h50.interval
    assert one is not None
    # Of four alike the mean varies half as much, which Student's t of three degrees makes 1.9 times as wide.
    assert math.log(found.high / found.low) > 0.5 * math.log(one.high / one.low)
    assert combine_horizons(known, seed=0).h50.interval is not None


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [(0.05, 20.0, "unknown"), (0.05, 2.0, "< 2"), (0.5, 20.0, "> 0.5"), (0.5, 2.0, "1 [0.5, 2]")],
)
def test_what_is_said_of_the_shape(low: float, high: float, shown: str) -> None:
    interval = Interval(low=low, high=high, level=0.95, method="")
    assert shape_described(Estimate(value=1.0, interval=interval, reach=(0.05, 20.0))) == shown
