"""Distances between sets of features as their definitions say, slowly and where it matters in 60 digits."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def frechet(x: NDArray[Any], y: NDArray[Any], *, digits: int = 60) -> float:
    """The eigenvalues of the product of covariances, and everything before and after, in so many digits."""
    from mpmath import mp

    with mp.workdps(digits):
        means, covariances = [], []
        for part in (x, y):
            rows = mp.matrix(part.astype(np.float64).tolist())
            n = rows.rows
            mean = mp.matrix([[mp.fsum(rows[:, j]) / n for j in range(rows.cols)]])
            deviations = rows - mp.matrix([mean.tolist()[0]] * n)
            means.append(mean)
            covariances.append(deviations.T * deviations / (n - 1))
        values, vectors = mp.eigsy(covariances[0])
        root = vectors * mp.diag([mp.sqrt(max(value, 0)) for value in values]) * vectors.T
        inner = mp.eigsy(root * covariances[1] * root, eigvals_only=True)
        shift = means[0] - means[1]
        traces = [mp.fsum(c[i, i] for i in range(c.rows)) for c in covariances]
        total = mp.fsum(v**2 for v in shift) + mp.fsum(traces)
        return float(total - 2 * mp.fsum(mp.sqrt(max(value, 0)) for value in inner))


def gram_frechet(x: NDArray[Any], y: NDArray[Any]) -> float:
    """The Gram form: singular values of the products of deviations, in float64."""
    a = (x - x.mean(axis=0)) / np.sqrt(len(x) - 1)
    b = (y - y.mean(axis=0)) / np.sqrt(len(y) - 1)
    shift = x.mean(axis=0) - y.mean(axis=0)
    nuclear = np.linalg.svd(a @ b.T, compute_uv=False).sum()
    return float(shift @ shift + (a**2).sum() + (b**2).sum() - 2 * nuclear)


def kernel(x: Sequence[int], y: Sequence[int]) -> Fraction:
    """The cubic kernel of two integer vectors, exactly."""
    return (Fraction(sum(a * b for a, b in zip(x, y, strict=True)), len(x)) + 1) ** 3


def kernel_distance(x: Sequence[Sequence[int]], y: Sequence[Sequence[int]]) -> Fraction:
    """The unbiased estimate of the squared discrepancy of integer vectors, exactly."""

    def within(rows: Sequence[Sequence[int]]) -> Fraction:
        pairs = [kernel(a, b) for i, a in enumerate(rows) for j, b in enumerate(rows) if i != j]
        return sum(pairs, Fraction(0)) / len(pairs)

    between = sum((kernel(a, b) for a in x for b in y), Fraction(0)) / (len(x) * len(y))
    return within(x) + within(y) - 2 * between


def kernel_variance(x: Sequence[Sequence[int]], y: Sequence[Sequence[int]]) -> Fraction:
    """The variance of that estimate with the second set held fixed, by sums over all pairs, triples and quadruples."""
    n = len(x)
    to_y = [sum((kernel(a, b) for b in y), Fraction(0)) / len(y) for a in x]
    h = [[kernel(x[i], x[j]) - to_y[i] - to_y[j] for j in range(n)] for i in range(n)]

    def mean(terms: list[Fraction]) -> Fraction:
        return sum(terms, Fraction(0)) / len(terms)

    different = range(n)
    same = mean([h[i][j] ** 2 for i in different for j in different if i != j])
    shared = mean([h[i][j] * h[i][k] for i in different for j in different for k in different if len({i, j, k}) == 3])
    apart = mean(
        [
            h[i][j] * h[k][m]
            for i in different
            for j in different
            for k in different
            for m in different
            if len({i, j, k, m}) == 4
        ]
    )
    return (4 * (n - 2) * max(shared - apart, Fraction(0)) + 2 * max(same - apart, Fraction(0))) / (n * (n - 1))


def squared_distance(a: Sequence[int], b: Sequence[int]) -> int:
    """Of integer vectors, exactly."""
    return sum((p - q) ** 2 for p, q in zip(a, b, strict=True))


def neighbour_distances(x: Sequence[Sequence[int]], k: int) -> list[int]:
    """Squared distance of each to its k-th nearest other member."""
    return [sorted(squared_distance(a, b) for j, b in enumerate(x) if j != i)[k - 1] for i, a in enumerate(x)]


def covered(points: Sequence[Sequence[int]], centres: Sequence[Sequence[int]], radii: Sequence[int]) -> list[bool]:
    """Whether each point is in a ball, its surface included."""
    return [any(squared_distance(p, c) <= r for c, r in zip(centres, radii, strict=True)) for p in points]
