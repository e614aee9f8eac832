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
ROUNDS = {10_000: 3, 1_000: 3}
Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def sets() -> dict[int, tuple[Array, Array]]:
    draw = np.random.default_rng(0)
    # Variances from 1 to 1e-5, as Inception's on photographs.
    mixing = np.exp(-5.75 * np.arange(D) / D)[:, None] * draw.normal(size=(D, D)) / np.sqrt(D)
    return {n: (made(n, mixing, draw) + 0.01, made(n, mixing, draw)) for n in ROUNDS}


def made(n: int, mixing: Array, draw: np.random.Generator) -> Array:
    return np.abs(draw.normal(size=(n, D)) @ mixing + 0.3)


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


@pytest.mark.parametrize("n", ROUNDS)
def test_core(benchmark: Any, sets: dict[int, tuple[Array, Array]], n: int) -> None:
    x, y = sets[n]
    given = (moments(x), moments(y)) if n > D else (x, y)
    assert frechet_distance(*given) > 0
    benchmark.group = f"Fréchet distance, d = {D}, N = {n}"
    benchmark.pedantic(frechet_distance, given, rounds=ROUNDS[n], warmup_rounds=1)


@pytest.mark.parametrize("n", ROUNDS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pytorch_fid(benchmark: Any, sets: dict[int, tuple[Array, Array]], n: int) -> None:
    x, y = sets[n]
    function, given = peer(x, y)
    benchmark.group = f"Fréchet distance, d = {D}, N = {n}"
    found = benchmark.pedantic(function, given, rounds=ROUNDS[n])
    # Below 2,049 members pytorch-fid itself is off.
    assert frechet_distance(x, y) == pytest.approx(float(np.real(found)), rel=1e-6 if n > D else 1e-4)
