"""The depth law by its formula, and its fit by scipy's simplex from several starts."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SHAPES = (0.05, 20.0)


def probability(depth: float, log_s: float, log_k: float, low: float, high: float) -> float:
    """Share of right outputs at a depth."""
    exponent = min(700.0, math.exp(log_k) * (math.log(depth) - log_s))
    return low + (high - low) * math.exp(-math.exp(exponent))


def log_likelihood(
    depths: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    counts: Sequence[Sequence[float]],
    log_s: float,
    log_k: float,
) -> float:
    """Sum of logarithms, minus infinity where something was seen that cannot be."""
    total = 0.0
    for depth, floor, ceiling, (right, wrong) in zip(depths, low, high, counts, strict=True):
        p = probability(depth, log_s, log_k, floor, ceiling)
        if (right and p <= 0.0) or (wrong and p >= 1.0):
            return -math.inf
        total += (right * math.log(p) if right else 0.0) + (wrong * math.log1p(-p) if wrong else 0.0)
    return total


def fit(
    depths: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    counts: Sequence[Sequence[float]],
    *,
    constant: bool = False,
) -> tuple[float, float, float]:
    """Log s, log k and the log-likelihood: the best of simplex searches, k held within `SHAPES`."""
    from scipy.optimize import minimize

    def objective(parameters: Sequence[float]) -> float:
        log_k = 0.0 if constant else min(max(parameters[1], math.log(SHAPES[0])), math.log(SHAPES[1]))
        value = log_likelihood(depths, low, high, counts, parameters[0], log_k)
        return -value if math.isfinite(value) else 1e12

    best: tuple[float, float, float] | None = None
    middle = sum(math.log(depth) for depth in depths) / len(depths)
    for shift, log_k in product((-2.0, 0.0, 2.0), (0.0,) if constant else (-1.0, 0.0, 1.0)):
        start = [middle + shift] if constant else [middle + shift, log_k]
        found = minimize(
            objective, start, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-13, "maxiter": 5000}
        )
        shape = 0.0 if constant else min(max(float(found.x[1]), math.log(SHAPES[0])), math.log(SHAPES[1]))
        if best is None or -found.fun > best[2]:
            best = float(found.x[0]), shape, -float(found.fun)
    assert best is not None
    return best
