"""The cluster bootstrap: the kernel and vectorised numpy on 1,000 rows of 10 numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite import kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_ROWS, WIDTH = 1000, 10
# Resamples gathered at a time, so that numpy works on 80 MB and not on 800.
BLOCK = 1000


@pytest.fixture(scope="module")
def rows() -> NDArray[np.float64]:
    # Counts, whose sums are exact in any order.
    return np.random.default_rng(1).integers(0, 30, (N_ROWS, WIDTH)).astype(np.float64)


def kernel_sums(rows: NDArray[np.float64], n_resamples: int) -> NDArray[np.float64]:
    return kernels.bootstrap_sums(rows, np.arange(N_ROWS), n_resamples=n_resamples, seed=1)


def gather(rows: NDArray[np.float64], draws: NDArray[np.int64]) -> NDArray[np.float64]:
    """Fancy indexing, then a sum over the draws."""
    blocks = [rows[draws[start : start + BLOCK]].sum(axis=1) for start in range(0, len(draws), BLOCK)]
    return np.concatenate(blocks)


def numpy_sums(rows: NDArray[np.float64], n_resamples: int) -> NDArray[np.float64]:
    return gather(rows, np.random.default_rng(1).integers(0, N_ROWS, (n_resamples, N_ROWS)))


@pytest.mark.parametrize("n_resamples", [1000, 10_000])
def test_kernel(benchmark: Any, rows: NDArray[np.float64], n_resamples: int) -> None:
    draws = kernels.bootstrap_draws(N_ROWS, n_resamples=n_resamples, seed=1)
    assert np.array_equal(kernel_sums(rows, n_resamples), gather(rows, draws))
    benchmark.group = f"bootstrap, {N_ROWS} rows of {WIDTH}, {n_resamples} resamples"
    benchmark.pedantic(kernel_sums, (rows, n_resamples), rounds=10, warmup_rounds=1)


@pytest.mark.parametrize("n_resamples", [1000, 10_000])
def test_numpy(benchmark: Any, rows: NDArray[np.float64], n_resamples: int) -> None:
    assert numpy_sums(rows, n_resamples).shape == (n_resamples, WIDTH)
    benchmark.group = f"bootstrap, {N_ROWS} rows of {WIDTH}, {n_resamples} resamples"
    benchmark.pedantic(numpy_sums, (rows, n_resamples), rounds=3)
