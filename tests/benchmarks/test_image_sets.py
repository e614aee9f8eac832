"""Precision, recall, density and coverage beside prdc; KID over all pairs beside torch-fidelity's hundred subsets.

Run with ``pytest tests/benchmarks/test_image_sets.py --benchmark-enable``.
"""

from __future__ import annotations

import contextlib
import io
from functools import cache
from typing import Any

import numpy as np
import pytest

from evalsuite.distances import kernel_distance, kernel_subsets, neighbourhoods
from tests.benchmarks.race import time_in_group

D, K = 2048, 5
Sets = tuple[Any, Any]


@cache
def features(n: int) -> Sets:
    """Features like Inception's: none negative, of a decaying spectrum."""
    draw = np.random.default_rng(0)
    mix = draw.normal(size=(D, D)) * (np.arange(1, D + 1) ** -0.6)[:, None]
    x, y = (np.maximum(draw.normal(size=(n, D)) @ mix * 0.1 + 0.2, 0) for _ in range(2))
    return (1.02 * x).astype(np.float32), y.astype(np.float32)


@pytest.fixture
def sets(benchmark: Any) -> Sets:
    """Ten thousand of each where times are taken, enough for the assertions where not."""
    return features(600 if benchmark.disabled else 10_000)


def group(what: str, sets: Sets) -> str:
    return f"{what}, {len(sets[0]):,} images of {D:,} features"


def ours(sets: Sets) -> list[float]:
    found = neighbourhoods(*sets, K)
    return [found.precision, found.recall, found.density, found.coverage]


def prdcs(sets: Sets) -> list[float]:
    from prdc import compute_prdc

    x, y = sets
    with contextlib.redirect_stdout(io.StringIO()):
        return [float(value) for value in compute_prdc(y, x, K).values()]


def test_prdc_ours(benchmark: Any, sets: Sets) -> None:
    pytest.importorskip("prdc")
    # It computes in float32 and has no say where that cannot tell.
    assert ours(sets) == pytest.approx(prdcs(sets), abs=2e-3)
    time_in_group(
        benchmark, group("precision, recall, density, coverage", sets), "evalsuite", lambda: ours(sets), rounds=3
    )


def test_prdc_peer(benchmark: Any, sets: Sets) -> None:
    pytest.importorskip("prdc")
    name = group("precision, recall, density, coverage", sets)
    time_in_group(benchmark, name, "prdc", lambda: prdcs(sets), rounds=2, target=3.5)


def subsets(sets: Sets, size: int) -> float:
    """The mean of torch-fidelity's 100 subsets."""
    import torch
    from torch_fidelity.metric_kid import kid_features_to_metric

    found = kid_features_to_metric(
        *map(torch.from_numpy, sets),
        kid_subsets=100,
        kid_subset_size=size,
        kid_kernel="poly",
        kid_kernel_poly_degree=3,
        kid_kernel_poly_gamma=None,
        kid_kernel_poly_coef0=1,
        rng_seed=2020,
        verbose=False,
    )
    return float(found["kernel_inception_distance_mean"])


def subset_size(sets: Sets) -> int:
    return min(1000, len(sets[0]) // 4)


def test_kid_over_all_pairs(benchmark: Any, sets: Sets) -> None:
    exact = kernel_distance(*sets).value
    drawn = kernel_subsets(*sets, n_subsets=20, subset_size=subset_size(sets))
    assert abs(drawn.mean() - exact) < drawn.std()
    time_in_group(benchmark, group("KID", sets), "evalsuite", lambda: kernel_distance(*sets).value, rounds=2)


def test_kid_of_100_subsets(benchmark: Any, sets: Sets) -> None:
    pytest.importorskip("torch_fidelity")
    size = subset_size(sets)
    assert float(np.mean(kernel_subsets(*sets, subset_size=size))) == subsets(sets, size)
    time_in_group(benchmark, group("KID", sets), "torch-fidelity", lambda: subsets(sets, size), rounds=2)
