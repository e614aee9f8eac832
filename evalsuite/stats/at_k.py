"""What k samples of a model would do, estimated without bias from n of which some are right."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["g_pass_at_k", "mg_pass_at_k", "pass_at_k", "pass_hat_k", "right_in_k"]


def pass_at_k(n: int, c: int, k: int) -> float:
    """Chance that at least one of k samples is right, of n of which c are: ``1 - C(n - c, k) / C(n, k)`` [1]_.

    Parameters
    ----------
    n, c : int
        Samples, and right ones among them.
    k : int
        In [1, n].

    Returns
    -------
    float
        In [0, 1]; unbiased for samples that are drawn independently.

    Raises
    ------
    ValueError
        Unless ``1 <= k <= n`` and ``0 <= c <= n``.

    References
    ----------
    .. [1] Chen et al., "Evaluating large language models trained on code", 2021, arXiv:2107.03374, section 2.1.

    Examples
    --------
    >>> pass_at_k(5, 2, 3)
    0.9
    """
    _check(n, c, k)
    if k > n - c:
        return 1.0
    # The product has min(c, k) factors by either of two ways, and each is as exact as its logarithms.
    fewer, more = sorted((c, k))
    return 0.0 - math.expm1(math.fsum(math.log1p(-more / (n - i)) for i in range(fewer)))


def pass_hat_k(n: int, c: int, k: int) -> float:
    """Chance that all of k samples are right, of n of which c are: ``C(c, k) / C(n, k)`` [1]_.

    Parameters, Raises as for `pass_at_k`.

    Returns
    -------
    float
        In [0, 1].

    References
    ----------
    .. [1] Yao, Shinn, Razavi and Narasimhan, "tau-bench: a benchmark for tool-agent-user interaction in real-world
       domains", 2024, arXiv:2406.12045.

    Examples
    --------
    >>> pass_hat_k(5, 4, 2)
    0.6
    """
    _check(n, c, k)
    if k > c:
        return 0.0
    fewer, more = sorted((k, n - c))
    return math.exp(math.fsum(math.log1p(-more / (n - i)) for i in range(fewer))) if fewer else 1.0


def right_in_k(n: int, c: int, k: int) -> NDArray[np.float64]:
    """Return the chance of j right ones among k samples, of n of which c are right, for j of 0 to k.

    Parameters, Raises as for `pass_at_k`.

    Returns
    -------
    float64, shape (k + 1,)
        The hypergeometric distribution; it sums to 1.

    Notes
    -----
    By ratios of neighbours from the likeliest j outwards, which neither overflow nor cancel.

    Examples
    --------
    >>> right_in_k(4, 2, 2).round(3)
    array([0.167, 0.667, 0.167])
    """
    _check(n, c, k)
    least, most = max(0, k - (n - c)), min(c, k)
    j = np.arange(least, most, dtype=np.float64)
    ratios = np.log((c - j) * (k - j)) - np.log((j + 1) * (n - c - k + j + 1))
    logs = np.concatenate([[0.0], np.cumsum(ratios)])
    weights = np.exp(logs - logs.max())
    chances = np.zeros(k + 1)
    chances[least : most + 1] = weights / weights.sum()
    return chances


def g_pass_at_k(n: int, c: int, k: int, tau: float) -> float:
    """Chance that at least ``ceil(tau * k)`` of k samples are right, of n of which c are: G-Pass@k_tau [1]_.

    Parameters
    ----------
    n, c, k : int
        As for `pass_at_k`.
    tau : float
        In (0, 1]. 1 is `pass_hat_k`; a value of 1 / k or less is `pass_at_k`.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        As `pass_at_k`, or if `tau` is out of range.

    References
    ----------
    .. [1] Liu et al., "Are your LLMs capable of stable reasoning?", 2024, arXiv:2412.13147, equation 5.

    Examples
    --------
    >>> round(g_pass_at_k(4, 2, 2, 0.5), 3)
    0.833
    """
    if not 0.0 < tau <= 1.0:
        raise ValueError(f"`tau` must be in (0, 1], got {tau}")
    # 0.6 * 5 is a little above 3 in floats, and three of five are meant.
    least = max(1, math.ceil(tau * k - 1e-9))
    return float(right_in_k(n, c, k)[least:].sum().clip(0.0, 1.0))


def mg_pass_at_k(n: int, c: int, k: int) -> float:
    """Mean of `g_pass_at_k` over the thresholds from one half to all: mG-Pass@k [1]_.

    Parameters
    ----------
    n, c, k : int
        As for `pass_at_k`; k of 2 at least.

    Returns
    -------
    float
        ``2 / k * sum of G-Pass@k_(i / k)`` over i from ``ceil(k / 2) + 1`` to k. In [0, 1]; for an odd k the greatest
        is ``1 - 1 / k``.

    Raises
    ------
    ValueError
        As `pass_at_k`, or if k is 1.

    References
    ----------
    .. [1] Liu et al., "Are your LLMs capable of stable reasoning?", 2024, arXiv:2412.13147, equation 6.

    Examples
    --------
    >>> round(mg_pass_at_k(4, 4, 4), 3), round(mg_pass_at_k(4, 3, 4), 3)
    (1.0, 0.5)
    """
    if k < 2:
        raise ValueError(f"`k` must be at least 2, got {k}")
    at_least = right_in_k(n, c, k)[::-1].cumsum()[::-1]
    return float(min(1.0, 2.0 / k * at_least[math.ceil(k / 2) + 1 :].sum()))


def _check(n: int, c: int, k: int) -> None:
    if not (1 <= k <= n and 0 <= c <= n):
        raise ValueError(f"expected 1 <= `k` <= `n` and 0 <= `c` <= `n`, got n = {n}, c = {c}, k = {k}")
