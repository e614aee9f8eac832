"""Fréchet distance at 2,048 dimensions: the core and pytorch-fid on the same sets.

Run with ``pytest tests/benchmarks/test_frechet.py --benchmark-enable``. At 10,000 members both are given moments, so
that covariances are in neither time; at 1,000 pytorch-fid is given moments and the core features, with all it makes of
them in its time. Features are non-negative with a decaying spectrum, like Inception's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evalsuite.distances import frechet_distance, moments

D = 2048
SIZES = (10_000, 1_000)
ROUNDS = 3
Array = NDArray[np.float64]
Sets = dict[int, tuple[Array, Array]]


@pytest.fixture(scope="module")
def sets(request: pytest.FixtureRequest) -> Sets:
    """Two sets of each size; smaller ones of fewer dimensions where nothing is timed."""
    part = 1 if request.config.getoption("benchmark_enable") else 16
    d = D // part
    draw = np.random.default_rng(0)
    # Variances from 1 to 1e-5, as Inception's on photographs.
    mixing = np.exp(-5.75 * np.arange(d) / d)[:, None] * draw.normal(size=(d, d)) / np.sqrt(d)
    return {n: (made(n // part, mixing, draw) + 0.01, made(n // part, mixing, draw)) for n in SIZES}


def made(n: int, mixing: Array, draw: np.random.Generator) -> Array:
    return np.abs(draw.normal(size=(n, len(mixing))) @ mixing + 0.3)


def peer(x: Array, y: Array) -> Any:
    """pytorch-fid's function and what it is given."""
    try:
        from pytorch_fid.fid_score import calculate_frechet_distance
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"pytorch-fid cannot be imported: {error}")
    from inspect import signature

    from scipy.linalg import sqrtm

    if "disp" not in signature(sqrtm).parameters:
        pytest.skip("pytorch-fid does not run with SciPy 1.18 and later, whose sqrtm has no `disp`")
    a, b = moments(x), moments(y)
    return calculate_frechet_distance, (a.mean, a.covariance, b.mean, b.covariance)


@pytest.mark.parametrize("n", SIZES)
def test_core(benchmark: Any, sets: Sets, n: int) -> None:
    x, y = sets[n]
    given = (moments(x), moments(y)) if n > D else (x, y)
    assert frechet_distance(*given) > 0
    benchmark.group = f"Fréchet distance, d = {D}, N = {n}"
    benchmark.pedantic(frechet_distance, given, rounds=ROUNDS, warmup_rounds=1)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pytorch_fid(benchmark: Any, sets: Sets, n: int) -> None:
    x, y = sets[n]
    function, given = peer(x, y)
    benchmark.group = f"Fréchet distance, d = {D}, N = {n}"
    found = benchmark.pedantic(function, given, rounds=ROUNDS)
    # With no more members than dimensions pytorch-fid itself is off.
    assert frechet_distance(x, y) == pytest.approx(float(np.real(found)), rel=1e-6 if n > D else 1e-4)
