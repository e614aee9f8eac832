"""The upper tail of the chi-square distribution."""

from __future__ import annotations

from math import erfc, exp, gamma, isnan, sqrt

__all__ = ["chi_square_tail"]


def chi_square_tail(statistic: float, degrees: int) -> float:
    """Return the chance that a chi-square variable exceeds a number.

    Parameters
    ----------
    statistic : float
        At least 0.
    degrees : int
        Degrees of freedom, in [1, 300].

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    For whole degrees of freedom the incomplete gamma function is a finite sum [1]_ (26.4.4 and 26.4.5):
    ``erfc(sqrt(x / 2))``, or ``exp(-x / 2)`` where they are even, and a term for every two more. All terms are
    positive, so that nothing cancels.

    References
    ----------
    .. [1] Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964.

    Examples
    --------
    >>> round(chi_square_tail(3.841459, 1), 6), round(chi_square_tail(18.307038, 10), 6)
    (0.05, 0.05)
    """
    if not 1 <= degrees <= 300:
        raise ValueError(f"`degrees` must be 1 to 300, got {degrees}")
    if isnan(statistic) or statistic < 0.0:
        raise ValueError(f"`statistic` must be at least 0, got {statistic}")
    half = statistic / 2
    if half > 700.0:
        return 0.0
    odd = degrees % 2
    total = erfc(sqrt(half)) if odd else exp(-half)
    term = exp(-half) * sqrt(half) / gamma(1.5) if odd else exp(-half) * half
    for i in range(1, (degrees - odd) // 2 + odd):
        total += term
        term *= half / (i + (0.5 if odd else 1.0))
    return min(1.0, total)
