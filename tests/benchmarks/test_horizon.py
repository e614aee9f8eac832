"""2,000 cluster bootstraps of the depth law: the kernel, and scipy's L-BFGS on the same likelihood."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.horizon import fit_horizon
from evalsuite.horizon.law import fit_laws
from evalsuite.horizon.resamples import Resamples
from tests.horizon.simulated import verdicts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.horizon import DepthTable

N_RESAMPLES, N_BY_SCIPY = 2000, 50


@pytest.fixture(scope="module")
def table() -> DepthTable:
    """The task ledger's shape: 48 templates, each once at every depth from 1 to 24."""
    return verdicts(np.random.default_rng(1), range(1, 25), templates=48, e=0.05)


@pytest.fixture(scope="module")
def counts(table: DepthTable) -> NDArray[np.float64]:
    return Resamples(n_clusters=table.n_clusters, n=N_RESAMPLES, seed=1).counts(table)


def scipy_fits(table: DepthTable, counts: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.optimize import minimize

    log_depths = np.log(table.depths)
    found = []
    for right, wrong in counts.transpose(0, 2, 1):

        def objective(x: NDArray[np.float64], right: Any = right, wrong: Any = wrong) -> float:
            z = np.exp(math.exp(x[1]) * (log_depths - x[0]))
            failed = np.maximum(-np.expm1(-z), 1e-300)
            return float((right * z).sum() - (wrong * np.log(failed)).sum())

        bounds = [(-5.0, 12.0), (math.log(0.05), math.log(20.0))]
        found.append(minimize(objective, [2.0, 0.0], method="L-BFGS-B", bounds=bounds).x)
    return np.array(found)


def test_kernel(benchmark: Any, table: DepthTable, counts: NDArray[np.float64]) -> None:
    laws = fit_laws(table, counts)
    by_scipy = scipy_fits(table, counts[:N_BY_SCIPY])
    np.testing.assert_allclose(laws.log_scale[:N_BY_SCIPY], by_scipy[:, 0], atol=1e-3)
    np.testing.assert_allclose(laws.log_shape[:N_BY_SCIPY], by_scipy[:, 1], atol=1e-3)
    benchmark.group = f"depth law, {N_RESAMPLES} resamples of 24 depths"
    benchmark.pedantic(fit_laws, (table, counts), rounds=10, warmup_rounds=1)


def test_whole_horizon_with_its_intervals(benchmark: Any, table: DepthTable) -> None:
    benchmark.group = f"depth law, {N_RESAMPLES} resamples of 24 depths"
    benchmark.pedantic(fit_horizon, (table,), {"seed": 1}, rounds=10, warmup_rounds=1)


def test_scipy_on_a_fortieth_of_them(benchmark: Any, table: DepthTable, counts: NDArray[np.float64]) -> None:
    benchmark.group = f"depth law, {N_BY_SCIPY} resamples of 24 depths"
    benchmark.pedantic(scipy_fits, (table, counts[:N_BY_SCIPY]), rounds=3)
