"""Fits of the depth law, against scipy's simplex over the plain formula."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.kernels.horizon import SHAPES, fit_depth_laws
from tests.reference import horizon as twin

DEPTHS = [1.0, 2.0, 3.0, 4.0, 8.0, 16.0, 33.0, 64.0, 512.0]


@st.composite
def observed(draw: st.DrawFn) -> tuple[list[float], list[float], list[float], list[list[float]]]:
    """Depths in any order, floors, ceilings and counts; any of them nasty."""
    depths = draw(st.lists(st.sampled_from(DEPTHS), min_size=1, max_size=6))
    floors = st.sampled_from([0.0, 0.0, 0.01, 0.25])
    ceilings = st.sampled_from([1.0, 1.0, 0.98])
    count = st.integers(0, 40).map(float)
    m = len(depths)
    return (
        depths,
        draw(st.lists(floors, min_size=m, max_size=m)),
        draw(st.lists(ceilings, min_size=m, max_size=m)),
        draw(st.lists(st.lists(count, min_size=2, max_size=2), min_size=m, max_size=m)),
    )


def fit(depths: object, low: object, high: object, counts: object) -> list[float]:
    arrays = [np.asarray(array, dtype=np.float64) for array in (depths, low, high)]
    row: list[float] = fit_depth_laws(*arrays, np.asarray([counts], dtype=np.float64))[0].tolist()
    return row


@settings(derandomize=True, deadline=None, max_examples=60)
@given(observed())
def test_no_other_law_is_likelier(data: tuple[list[float], list[float], list[float], list[list[float]]]) -> None:
    depths, low, high, counts = data
    log_s, log_k, value, _, constant_value = fit(*data)
    n = sum(map(sum, counts))
    if not n:
        assert math.isnan(log_s)
        return
    assert not math.isnan(log_s)
    assert math.isnan(log_k) or math.log(SHAPES[0]) <= log_k <= math.log(SHAPES[1])
    tolerance = 1e-9 * (1 + abs(value))
    assert constant_value <= value + tolerance
    best = twin.fit(depths, low, high, counts)
    assert value >= best[2] - tolerance
    assert constant_value >= twin.fit(depths, low, high, counts, constant=True)[2] - tolerance
    if math.isfinite(log_s) and not math.isnan(log_k):
        own = twin.log_likelihood(depths, low, high, counts, log_s, log_k)
        assert own == pytest.approx(value, rel=1e-9, abs=1e-9)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.floats(0.5, 5.0), st.floats(-0.7, 0.7), st.sampled_from([0.0, 0.01, 0.25]), st.integers(0, 2**32))
def test_parameters_equal_the_twins(log_s: float, log_k: float, floor: float, seed: int) -> None:
    depths = DEPTHS[:8]
    shares = [twin.probability(depth, log_s, log_k, floor, 1.0) for depth in depths]
    right = np.random.default_rng(seed).binomial(60, shares)
    counts = [[float(r), float(60 - r)] for r in right]
    low, high = [floor] * 8, [1.0] * 8
    ours, best = fit(depths, low, high, counts), twin.fit(depths, low, high, counts)
    if max(abs(ours[0] - best[0]), abs(ours[1] - best[1])) > 1e-6:
        assert ours[2] > best[2] - 1e-12 * abs(best[2]), (ours, best)


def test_counts_without_a_horizon() -> None:
    depths, low, high = [1.0, 2.0, 4.0], [0.0] * 3, [1.0] * 3
    assert np.isnan(fit(depths, low, high, [[0, 0]] * 3)).all()
    assert fit(depths, low, high, [[7, 0]] * 3)[0] == math.inf
    assert fit(depths, low, high, [[0, 7]] * 3)[0] == -math.inf
    one = fit(depths, low, high, [[0, 0], [6, 2], [0, 0]])
    assert math.isnan(one[1])
    assert one[0] == pytest.approx(math.log(2 / -math.log(0.75)), abs=1e-9)
    # No more right than guesses would be.
    assert fit(depths, [0.25] * 3, high, [[1, 9], [2, 8], [1, 9]])[0] == -math.inf
    # Failures no more than the grader makes.
    assert fit(depths, low, [0.9] * 3, [[19, 1], [18, 2], [19, 1]])[0] == math.inf


def test_a_step_and_a_rise_end_at_the_bounds_of_the_shape() -> None:
    depths, low, high = [1.0, 2.0, 4.0, 8.0], [0.0] * 4, [1.0] * 4
    step = fit(depths, low, high, [[9, 0], [9, 0], [0, 9], [0, 9]])
    assert step[1] == math.log(SHAPES[1])
    assert math.log(2) < step[0] < math.log(4)
    assert fit(depths, low, high, [[1, 9], [3, 9], [6, 9], [9, 1]])[1] == math.log(SHAPES[0])


def test_fits_do_not_depend_on_their_neighbours() -> None:
    rng = np.random.default_rng(3)
    counts = rng.integers(0, 30, (300, 5, 2)).astype(np.float64)
    arrays = np.array(DEPTHS[:5]), np.full(5, 0.01), np.ones(5)
    whole = fit_depth_laws(*arrays, counts)
    parts = [fit_depth_laws(*arrays, counts[i : i + 7].copy()) for i in range(0, 300, 7)]
    assert np.concatenate(parts).tobytes() == whole.tobytes()
    assert fit_depth_laws(*arrays, counts[:0].copy()).shape == (0, 5)


def test_wrong_arguments_are_named() -> None:
    depths, low, high, counts = np.array([1.0, 2.0]), np.zeros(2), np.ones(2), np.ones((1, 2, 2))
    with pytest.raises(TypeError, match="`counts` must have dtype float64"):
        fit_depth_laws(depths, low, high, counts.astype(int))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"`counts` must have shape \(n_sets, 2, 2\)"):
        fit_depth_laws(depths, low, high, counts[:, :1].copy())
    with pytest.raises(ValueError, match="`low` must have one number for each of the 2 depths"):
        fit_depth_laws(depths, low[:1], high, counts)
    with pytest.raises(ValueError, match="`depths` must be finite and above 0"):
        fit_depth_laws(np.array([0.0, 2.0]), low, high, counts)
    with pytest.raises(ValueError, match="0 <= low < high <= 1"):
        fit_depth_laws(depths, high, high, counts)
    with pytest.raises(ValueError, match="`counts` must be finite and at least 0"):
        fit_depth_laws(depths, low, high, -counts)
