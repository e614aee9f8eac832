"""Divergences of the n-gram distributions of two sets of texts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from evalsuite.kernels.arguments import check_array, check_choice, check_finite, check_flag, check_texts
from evalsuite.kernels.ngrams import joint_ngram_counts
from evalsuite.kernels.tokenizers import tokenize_13a

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["TOKENIZATIONS", "js_divergence", "js_ngram", "kl_divergence", "kl_ngram", "ngram_counts"]

Tokenization: TypeAlias = Literal["none", "13a", "char"]
InformationUnit: TypeAlias = Literal["nats", "bits"]

TOKENIZATIONS: Final = ("none", "13a", "char")
_PER_NAT: Final = {"nats": 1.0, "bits": 1 / math.log(2)}


def kl_ngram(
    p_texts: Sequence[str],
    q_texts: Sequence[str],
    *,
    order: int = 1,
    tokenize: Tokenization = "none",
    lowercase: bool = False,
    smoothing: float = 1.0,
    units: InformationUnit = "nats",
) -> float:
    """Kullback-Leibler divergence of the n-grams of one set of texts from those of another.

    Parameters
    ----------
    p_texts, q_texts : sequence of str
        The texts of P and of Q. N-grams do not cross from one text to the next.
    order : int, default 1
        Units in an n-gram.
    tokenize : {"none", "13a", "char"}, default "none"
        Words between whitespace, BLEU's words, or code points, whitespace among them.
    lowercase : bool, default False
        Apply ``str.lower`` first.
    smoothing : float, default 1
        What is added to every count before dividing (Laplace's rule with 1, Krichevsky and Trofimov's with 0.5); 0 for
        none.
    units : {"nats", "bits"}, default "nats"
        Of the result.

    Returns
    -------
    float
        ``KL(P || Q)``, 0 to infinity: infinite where P has an n-gram that Q has not and nothing is added. NaN where a
        set has no n-gram at all and nothing is added, or neither has one.

    Raises
    ------
    TypeError
        If the texts are a str or hold anything but str, or a number is of another kind.
    ValueError
        If an option is unknown or out of range.

    Notes
    -----
    ``sum_w p(w) log(p(w) / q(w))`` [1]_ over the n-grams of either set, ``p(w) = (count(w) + k) / (total + k * V)``, V
    their number. Equal to ``scipy.stats.entropy`` of the same counts within 1e-12. The estimate is biased: of two
    samples from one distribution it is above 0, the more so the fewer texts there are. Compare sets of like size.

    References
    ----------
    .. [1] Kullback and Leibler, "On information and sufficiency", Annals of Mathematical Statistics 22, 1951.

    Examples
    --------
    >>> kl_ngram(["a a b"], ["a b b"], smoothing=0.0) == math.log(2) / 3
    True
    """
    return kl_divergence(
        *ngram_counts(p_texts, q_texts, order=order, tokenize=tokenize, lowercase=lowercase),
        smoothing=smoothing,
        units=units,
    )


def js_ngram(
    p_texts: Sequence[str],
    q_texts: Sequence[str],
    *,
    order: int = 1,
    tokenize: Tokenization = "none",
    lowercase: bool = False,
    smoothing: float = 0.0,
    units: InformationUnit = "nats",
) -> float:
    """Jensen-Shannon divergence of the n-grams of two sets of texts.

    Parameters
    ----------
    p_texts, q_texts, order, tokenize, lowercase, units
        As in `kl_ngram`.
    smoothing : float, default 0
        As in `kl_ngram`; none is needed.

    Returns
    -------
    float
        0 to ``log 2`` (0.693 nats, 1 bit); symmetric. NaN as in `kl_ngram`.

    Raises
    ------
    TypeError, ValueError
        As `kl_ngram`.

    Notes
    -----
    ``(KL(P || M) + KL(Q || M)) / 2`` with ``M = (P + Q) / 2`` [1]_: the square of
    ``scipy.spatial.distance.jensenshannon``, within 1e-12. Biased as `kl_ngram` is.

    References
    ----------
    .. [1] Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information Theory 37, 1991.

    Examples
    --------
    >>> js_ngram(["a a b"], ["c c"], units="bits")
    1.0
    """
    return js_divergence(
        *ngram_counts(p_texts, q_texts, order=order, tokenize=tokenize, lowercase=lowercase),
        smoothing=smoothing,
        units=units,
    )


def ngram_counts(
    p_texts: Sequence[str],
    q_texts: Sequence[str],
    *,
    order: int = 1,
    tokenize: Tokenization = "none",
    lowercase: bool = False,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count each n-gram in two sets of texts; see `kl_ngram` for the parameters and `joint_ngram_counts`.

    Raises
    ------
    TypeError, ValueError
        As `kl_ngram`.

    Examples
    --------
    >>> ngram_counts(["ab"], ["ba!"], tokenize="char")
    (array([1, 1, 0]), array([1, 1, 1]))
    """
    check_choice(tokenize, "tokenize", TOKENIZATIONS)
    sides = []
    for texts, name in ((p_texts, "p_texts"), (q_texts, "q_texts")):
        listed = check_texts(texts, name, lowercase=False)
        if tokenize == "13a":
            listed = tokenize_13a(listed, lowercase=lowercase)
        elif check_flag(lowercase, "lowercase"):
            listed = [text.lower() for text in listed]
        sides.append(listed)
    return joint_ngram_counts(*sides, unit="characters" if tokenize == "char" else "words", order=order)


def kl_divergence(
    p_counts: NDArray[np.int64] | NDArray[np.float64],
    q_counts: NDArray[np.int64] | NDArray[np.float64],
    *,
    smoothing: float = 1.0,
    units: InformationUnit = "nats",
) -> float:
    """Kullback-Leibler divergence of counts, int64 or float64 of shape (v,), aligned; see `kl_ngram`.

    Raises
    ------
    TypeError, ValueError
        If the arrays are no counts, differ in shape, or an option is not as `kl_ngram` says.

    Examples
    --------
    >>> kl_divergence(np.array([1, 1]), np.array([2, 0]), smoothing=0.0)
    inf
    """
    p, q = _distributions(p_counts, q_counts, smoothing)
    check_choice(units, "units", tuple(_PER_NAT))
    if p is None or q is None:
        return math.nan
    return max(0.0, _kl(p, q)) * _PER_NAT[units]


def js_divergence(
    p_counts: NDArray[np.int64] | NDArray[np.float64],
    q_counts: NDArray[np.int64] | NDArray[np.float64],
    *,
    smoothing: float = 0.0,
    units: InformationUnit = "nats",
) -> float:
    """Jensen-Shannon divergence of counts, int64 or float64 of shape (v,), aligned; see `js_ngram`.

    Raises
    ------
    TypeError, ValueError
        As `kl_divergence`.

    Examples
    --------
    >>> js_divergence(np.array([1, 0]), np.array([0, 1])) == math.log(2)
    True
    """
    p, q = _distributions(p_counts, q_counts, smoothing)
    check_choice(units, "units", tuple(_PER_NAT))
    if p is None or q is None:
        return math.nan
    middle = (p + q) / 2
    # Rounding must not leave the range.
    value = min(max(0.0, (_kl(p, middle) + _kl(q, middle)) / 2), math.log(2))
    return min(value * _PER_NAT[units], 1.0) if units == "bits" else value


def _distributions(
    p_counts: NDArray[np.int64] | NDArray[np.float64], q_counts: NDArray[np.int64] | NDArray[np.float64], k: float
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """Return smoothed shares; None for a side without any."""
    added = check_finite(k, "smoothing")
    for counts, name in ((p_counts, "p_counts"), (q_counts, "q_counts")):
        check_array(counts, name, (np.int64, np.float64), 1)
        if not (np.isfinite(counts) & (counts >= 0)).all():
            raise ValueError(f"`{name}` must be counts, finite and at least 0")
    if p_counts.shape != q_counts.shape:
        raise ValueError(f"`q_counts` must have the {len(p_counts)} entries of `p_counts`; found {len(q_counts)}")
    shares: list[NDArray[np.float64] | None] = []
    for counts in (p_counts, q_counts):
        smoothed = counts.astype(np.float64) + added
        total = float(smoothed.sum())
        shares.append(smoothed / total if total > 0 else None)
    return shares[0], shares[1]


def _kl(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    known = p > 0
    if (q[known] == 0).any():
        return math.inf
    return float((p[known] * np.log(p[known] / q[known])).sum())
