"""Intervals of a value with a standard error that was itself estimated."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin, sqrt, tan
from statistics import NormalDist

from evalsuite.types import Interval

__all__ = ["student_interval", "student_t"]

_MANY = 1000


def student_interval(
    centre: float,
    error: float,
    degrees: int,
    *,
    method: str,
    level: float = 0.95,
    value_range: tuple[float, float] = (-float("inf"), float("inf")),
) -> Interval:
    """Return a value plus or minus its standard error times the quantile of Student's t, cut off at `value_range`.

    Parameters
    ----------
    centre, error : float
        The value and its standard error.
    degrees : int
        Degrees of freedom of the error, at least 1.
    method : str
        How the error was found, for readers.
    level : float, default 0.95
    value_range : tuple of float
    """
    half = student_t(0.5 + level / 2, degrees) * error
    low, high = max(value_range[0], centre - half), min(value_range[1], centre + half)
    return Interval(low=low, high=high, level=level, method=method)


@lru_cache(maxsize=1024)
def student_t(p: float, degrees: int) -> float:
    """Return the quantile of Student's t, for p in [0.5, 1).

    By bisection of its angle atan(t / sqrt(degrees)) in the finite sums 26.7.3 and 26.7.4 of [1]_; above 1,000 degrees
    by the first terms of its expansion 26.7.5 about the normal quantile, which is then within 1e-8.

    References
    ----------
    .. [1] Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964.
    """
    if degrees > _MANY:
        z = NormalDist().inv_cdf(p)
        return z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
    low, high = 0.0, pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        if _within(middle, degrees) < 2 * p - 1:
            low = middle
        else:
            high = middle
    return tan((low + high) / 2) * sqrt(degrees)


def _within(angle: float, degrees: int) -> float:
    """Return the probability that t lies between plus and minus ``tan(angle) * sqrt(degrees)``."""
    odd = degrees % 2
    term = cos(angle) if odd else 1.0
    total = 0.0
    for k in range(1 + odd, degrees, 2):
        total += term
        term *= cos(angle) ** 2 * k / (k + 1)
    return 2 / pi * (angle + sin(angle) * total) if odd else sin(angle) * total
