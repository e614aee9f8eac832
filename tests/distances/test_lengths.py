"""Kernel and Fréchet distances as squared lengths: against features of the kernel, and numerical derivatives."""

from __future__ import annotations

import sys
from math import sqrt

import numpy as np
import pytest

from evalsuite.distances import (
    CubicKernel,
    GaussianKernel,
    Moments,
    frechet_distance,
    frechet_length,
    kernel_distance,
    kernel_length,
    mean_kernel,
    moments,
)
from evalsuite.distances.frechet_length import frechet_curvature
from evalsuite.distances.frechet_map import frechet_map
from evalsuite.distances.spread_of_products import spread_of_products


def cubic_features(x: np.ndarray) -> np.ndarray:
    """Vectors of which the inner products are ``(x y + 1)**3``, for x of one dimension."""
    return np.concatenate([np.ones_like(x), sqrt(3) * x, sqrt(3) * x**2, x**3], axis=1)


def test_a_kernels_length_is_that_of_its_features() -> None:
    """Means over 4,000 sets of 30 from 8 points are within 4 standard errors of what the points' features say."""
    draw = np.random.default_rng(0)
    points, y = draw.normal(size=(8, 1)) + 0.3, draw.normal(size=(20, 1))
    features = cubic_features(points)
    delta = features.mean(axis=0) - cubic_features(y).mean(axis=0)
    covariance = np.cov(features.T, bias=True)
    exact = {
        "value": delta @ delta,
        "along": delta @ covariance @ delta,
        "along_twice": delta @ covariance @ covariance @ delta,
        "square": np.trace(covariance @ covariance),
        "cube": np.trace(covariance @ covariance @ covariance),
    }
    lengths = []
    mean = mean_kernel(y)
    for _ in range(4000):
        x = points[draw.integers(0, 8, 30)]
        found = kernel_distance(x, y, reference_mean=mean)
        lengths.append(kernel_length(found, x, y, CubicKernel()))
    for name, value in exact.items():
        values = np.array([getattr(length, name) for length in lengths])
        slack = 4 * values.std() / sqrt(len(values))
        if name in ("along_twice", "cube"):  # centred by the sample's own mean, which costs terms in 1 / n
            slack += 0.15 * value
        assert abs(values.mean() - value) < slack, name


@pytest.mark.parametrize("kernel", [CubicKernel(), GaussianKernel(2.0)])
def test_the_kernel_of_a_vector_with_itself(kernel: CubicKernel | GaussianKernel) -> None:
    x = np.random.default_rng(1).normal(size=(9, 4))
    np.testing.assert_allclose(kernel.own(x), np.diagonal(kernel.tile(x, x)), rtol=1e-12)


def test_more_members_than_are_taken_three_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(2)
    x, y = draw.normal(size=(900, 3)), draw.normal(size=(500, 3)) + 0.2
    found = kernel_distance(x, y)
    whole = kernel_length(found, x, y, CubicKernel())
    monkeypatch.setattr(sys.modules["evalsuite.distances.kernel_length"], "_MEMBERS", 500)
    part = kernel_length(found, x, y, CubicKernel())
    assert (part.value, part.along, part.square) == (whole.value, whole.along, whole.square)
    assert part.cube == pytest.approx(whole.cube, rel=0.5)
    order = draw.permutation(900)
    shuffled = kernel_length(kernel_distance(x[order], y), x[order], y, CubicKernel())
    assert shuffled.cube == pytest.approx(part.cube, rel=1e-9)  # the same members, whatever their order


def test_spread_is_of_different_members() -> None:
    draw = np.random.default_rng(3)
    a = draw.normal(size=(5, 5))
    products, towards = a + a.T, draw.normal(size=5)
    pairs = [(i, j) for i in range(5) for j in range(5) if i != j]
    triples = [(i, j, k) for i, j in pairs for k in range(5) if k not in (i, j)]
    found = spread_of_products(products, towards, 10)
    cube = np.mean([products[i, j] * products[j, k] * products[k, i] for i, j, k in triples])
    twice = np.mean([towards[i] * products[i, j] * towards[j] for i, j in pairs])
    assert found.square == pytest.approx(np.mean([products[i, j] ** 2 for i, j in pairs]))
    assert found.cube == pytest.approx(max(cube, 0.0))
    assert found.along_twice == pytest.approx(max(twice - max(cube, 0.0) / 10, 0.0))


def weighted(x: np.ndarray, weights: np.ndarray) -> Moments:
    """The moments of a distribution on points; the covariance is the mean of squared deviations."""
    mean = weights @ x
    n = len(x)
    return Moments(n, mean, (x - mean).T @ ((x - mean) * weights[:, None]) * (n - 1))


@pytest.mark.parametrize("d", [1, 2, 5])
def test_curvature_is_the_second_derivative(d: int) -> None:
    draw = np.random.default_rng(d)
    x, y = draw.normal(size=(40, d)) @ draw.normal(size=(d, d)) + 0.5, draw.normal(size=(60, d))
    reference, even, step = moments(y), np.full(40, 1 / 40), 2e-4
    # Of the distribution that has mean squares, not those over n - 1, for its covariance.
    exact = frechet_curvature(frechet_map_of(x, reference), x)

    def towards(i: int, j: int, a: float, b: float) -> float:
        weights = (1 - a - b) * even
        weights[i] += a
        weights[j] += b
        return frechet_distance(weighted(x, weights), reference)

    for i, j in ((0, 0), (0, 1), (3, 17)):
        numeric = sum(a * b * towards(i, j, a * step, b * step) / (4 * step**2) for a in (1, -1) for b in (1, -1))
        assert numeric == pytest.approx(exact[i, j], rel=1e-3, abs=1e-3 * np.abs(exact).mean())


def frechet_map_of(x: np.ndarray, reference: Moments) -> object:
    """Return the map from the points' distribution, with n in its covariance's denominator."""
    from dataclasses import replace

    even = weighted(x, np.full(len(x), 1 / len(x)))
    factor = even.scatter[0, 0] / moments(x).scatter[0, 0]
    mapped = frechet_map(sqrt(factor) * (x - x.mean(axis=0)) + x.mean(axis=0), reference)
    return replace(mapped, own=even)


def test_what_size_adds_to_a_frechet_distance() -> None:
    """Over 300 samples of 200, what is subtracted has the mean that it should: within a tenth."""
    draw = np.random.default_rng(5)
    reference = moments(draw.normal(size=(5000, 4)))
    added = []
    for _ in range(300):
        x = draw.normal(size=(200, 4))
        distance = frechet_distance(x, reference)
        length, error = frechet_length(distance, x, reference)
        added.append(distance - length.value)
        assert 0 < error < added[-1]
    distances = [frechet_distance(draw.normal(size=(200, 4)), reference) for _ in range(300)]
    assert np.mean(added) == pytest.approx(np.mean(distances), rel=0.1)
