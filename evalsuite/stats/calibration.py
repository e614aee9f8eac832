"""How well a confidence tells right from wrong: expected calibration error, and the risk left at each coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["area_under_risk", "calibration_error", "risk_by_coverage"]


def calibration_error(confidence: NDArray[np.floating], right: NDArray[np.floating], bins: int) -> float:
    """Return the expected calibration error: how far confidence is from accuracy in each bin, mean over samples.

    Parameters
    ----------
    confidence, right : float64, shape (n,), n of 1 at least
        In [0, 1].
    bins : int
        Bins ``(i / bins, (i + 1) / bins]`` of equal width; 0 goes to the first.

    Returns
    -------
    float
        In [0, 1]: ``sum over bins of |sum of right - sum of confidence| / n`` [1]_.

    References
    ----------
    .. [1] Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017, equation 3.

    Examples
    --------
    >>> round(calibration_error(np.array([0.92, 0.96, 0.5]), np.array([1.0, 0.0, 1.0]), 10), 3)
    0.46
    """
    # A hair below an edge, such as that of 3 / 10 * 10, belongs to the edge.
    place = np.clip(np.ceil(confidence * bins - 1e-9) - 1, 0, bins - 1).astype(np.int64)
    gaps = np.bincount(place, weights=right - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidence))


def risk_by_coverage(confidence: NDArray[np.floating], right: NDArray[np.floating]) -> NDArray[np.float64]:
    """Share of errors among the i most confident samples, for i of 1 to n [1]_.

    Parameters
    ----------
    confidence, right : float64, shape (n,)

    Returns
    -------
    float64, shape (n,)
        Among equally confident samples the mean over all orders of them.

    References
    ----------
    .. [1] Geifman and El-Yaniv, "Selective classification for deep neural networks", NeurIPS 2017.

    Examples
    --------
    >>> risk_by_coverage(np.array([0.9, 0.5, 0.5, 0.1]), np.array([1.0, 0.0, 1.0, 0.0])).round(3)
    array([0.   , 0.25 , 0.333, 0.5  ])
    """
    if not len(confidence):
        return np.zeros(0)
    order = np.argsort(-confidence, kind="stable")
    falling, errors = confidence[order], 1.0 - right[order]
    starts = np.flatnonzero(np.r_[True, falling[1:] != falling[:-1]])
    sizes = np.diff(np.r_[starts, len(falling)])
    each = np.repeat(np.add.reduceat(errors, starts) / sizes, sizes)
    return np.asarray(np.cumsum(each) / np.arange(1, len(each) + 1))


def area_under_risk(confidence: NDArray[np.floating], right: NDArray[np.floating]) -> float:
    """Mean of `risk_by_coverage` over coverages: AURC; in [0, 1], lower is better.

    Parameters
    ----------
    confidence, right : float64, shape (n,), n of 1 at least

    Examples
    --------
    >>> round(area_under_risk(np.array([0.9, 0.5, 0.5, 0.1]), np.array([1.0, 0.0, 1.0, 0.0])), 3)
    0.271
    """
    return float(np.clip(risk_by_coverage(confidence, right).mean(), 0.0, 1.0))
