"""The compiled kernels, with their arguments checked: the only importer of ``evalsuite._rust``.

Every function takes whole batches, releases the interpreter's lock while it works, and gives the same bits on any
number of threads (``RAYON_NUM_THREADS`` sets how many there are).
"""

from __future__ import annotations

import math
import sys
from itertools import chain
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from evalsuite import _rust

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["bleu_scores", "bleu_statistics", "bootstrap_draws", "bootstrap_sums", "tokenize_13a"]

Tokenization: TypeAlias = Literal["13a", "none"]
SmoothMethod: TypeAlias = Literal["none", "floor", "add-k", "exp"]

_TOKENIZATIONS: Final = ("13a", "none")
_SMOOTH_VALUES: Final = {"none": 0.0, "floor": 0.1, "add-k": 1.0, "exp": 0.0}
# From Python 3.12 on, sum() of floats compensates for rounding, and sacrebleu's scores move with it.
_COMPENSATED_SUM: Final = sys.version_info >= (3, 12)
_MAX_EXACT: Final = 2**53
_MAX_SEED: Final = 2**64 - 1
_MAX_RESAMPLES: Final = 2**63


def tokenize_13a(texts: Sequence[str], *, lowercase: bool = False) -> list[str]:
    """Tokens of each text under mteval's 13a, joined by single spaces.

    Parameters
    ----------
    texts : sequence of str
        The texts, not stripped beforehand: a final hyphen before a line end is deleted with it.
    lowercase : bool, default False
        Apply ``str.lower`` first.

    Returns
    -------
    list of str
        As many lines as texts, each equal to what ``tok:13a`` of sacrebleu 2.6 gives [1]_.

    Raises
    ------
    TypeError
        If `texts` is a str or holds anything but str.

    References
    ----------
    .. [1] Post, "A Call for Clarity in Reporting BLEU Scores", WMT 2018; the rules are those of NIST's
       ``mteval-v13a.pl``.

    Examples
    --------
    >>> tokenize_13a(["It's 1,000.50 (net), 1990-2000."])
    ["It's 1,000.50 ( net ) , 1990 - 2000 ."]
    """
    return _rust.tokenize_13a(_texts(texts, "texts", lowercase=lowercase))


def bleu_statistics(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    *,
    tokenize: Tokenization = "13a",
    lowercase: bool = False,
    max_order: int = 4,
) -> NDArray[np.int64]:
    """Sufficient statistics of BLEU, one row a segment; summed rows are the statistics of a corpus.

    Parameters
    ----------
    hypotheses : sequence of str, length n
        One text a segment.
    references : sequence of sequences of str or None, length n
        ``references[i]`` are the references of segment ``i``, any number of them. None is dropped; ``""`` is a
        reference of length 0.
    tokenize : {"13a", "none"}, default "13a"
        mteval's tokenizer, or split on whitespace only.
    lowercase : bool, default False
        Apply ``str.lower`` to all texts first.
    max_order : int, default 4
        Longest n-grams to count, N.

    Returns
    -------
    ndarray of int64, shape (n, 2 + 2 * N)
        ``[hyp_len, ref_len, correct_1, ..., correct_N, total_1, ..., total_N]``, in tokens and n-grams. ``ref_len``
        is the length closest to ``hyp_len``, the shorter one on a tie. A match is clipped at the n-gram's highest
        count in any one reference.

    Raises
    ------
    TypeError
        If a text is not a str, `references` is a flat sequence of str, or `max_order` is not an int.
    ValueError
        If the lengths differ, a segment has no reference, an option is unknown, `max_order` is below 1, or a text
        takes 4 GiB or more.

    Notes
    -----
    Modified n-gram precision of [1]_, section 2.1; equal to ``BLEU`` of sacrebleu 2.6 in every number.

    References
    ----------
    .. [1] Papineni, Roukos, Ward and Zhu, "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002.

    Examples
    --------
    >>> bleu_statistics(["the the the"], [["the cat", "the cat, the dog"]], max_order=2)
    array([[3, 2, 2, 0, 3, 2]])
    """
    _choice(tokenize, "tokenize", _TOKENIZATIONS)
    order = _integer(max_order, "max_order", 1, sys.maxsize)
    hypothesis_texts = _texts(hypotheses, "hypotheses", lowercase=lowercase)
    reference_texts, counts = _reference_texts(references, len(hypothesis_texts), lowercase=lowercase)
    out = np.empty((len(hypothesis_texts), 2 + 2 * order), dtype=np.int64)
    if hypothesis_texts:
        _rust.bleu_statistics(hypothesis_texts, reference_texts, counts, tokenize, order, out)
    return out


def bleu_scores(
    statistics: NDArray[np.float64] | NDArray[np.int64],
    *,
    smooth_method: SmoothMethod = "exp",
    smooth_value: float | None = None,
    effective_order: bool = False,
) -> NDArray[np.float64]:
    """BLEU of each row of statistics.

    Parameters
    ----------
    statistics : ndarray of float64 or int64, shape (m, 2 + 2 * N)
        Rows as :func:`bleu_statistics` gives them, or sums of such rows; each number at least 0, finite or NaN, and
        at most 2**53 if it is an integer.
    smooth_method : {"exp", "none", "floor", "add-k"}, default "exp"
        What to do for an order without matches [2]_.
    smooth_value : float, optional
        The value of "floor" (default 0.1) or "add-k" (default 1); the other methods ignore it.
    effective_order : bool, default False
        Average only over the orders of which the hypothesis has n-grams; meant for single sentences.

    Returns
    -------
    ndarray of float64, shape (m,)
        Scores, 0 to 100 (a perfect match may give 100.00000000000004); NaN for a row that holds NaN.

    Raises
    ------
    TypeError
        If `statistics` is not an array of float64 or int64, or `smooth_value` is not a number.
    ValueError
        If the shape, a value or an option is not as above.

    Notes
    -----
    ``BLEU = BP * exp(sum_n log(p_n) / N)`` with ``BP = min(1, exp(1 - ref_len / hyp_len))`` [1]_. Equal to the score
    of ``BLEU.compute_bleu`` of sacrebleu 2.6 bit for bit, on the Python that runs: from 3.12 on the sum of logarithms
    is compensated. No match at any order gives 0.

    References
    ----------
    .. [1] Papineni, Roukos, Ward and Zhu, "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002.
    .. [2] Chen and Cherry, "A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU", WMT 2014.

    Examples
    --------
    >>> bleu_scores(np.array([[3, 3, 2, 1, 3, 2]])).round(2)
    array([57.74])
    """
    _choice(smooth_method, "smooth_method", tuple(_SMOOTH_VALUES))
    value = _SMOOTH_VALUES[smooth_method]
    if smooth_value is not None:
        value = _finite_number(smooth_value, "smooth_value")
    _array(statistics, "statistics", (np.float64, np.int64), 2)
    n_columns = statistics.shape[1]
    if n_columns < 4 or n_columns % 2:
        raise ValueError(f"`statistics` must have 2 + 2 * N columns, N at least 1; found {n_columns}")
    _statistics_values(statistics)
    out = np.empty(len(statistics), dtype=np.float64)
    rows = np.ascontiguousarray(statistics, dtype=np.float64)
    if len(rows):
        _rust.bleu_scores(rows, n_columns // 2 - 1, smooth_method, value, bool(effective_order), _COMPENSATED_SUM, out)
    return out


def bootstrap_sums(
    rows: NDArray[np.float64],
    clusters: NDArray[np.int64],
    *,
    n_resamples: int,
    seed: int,
    first_resample: int = 0,
) -> NDArray[np.float64]:
    """Row sums over resamples of the cluster bootstrap.

    Parameters
    ----------
    rows : ndarray of float64, shape (n, k), C-contiguous
        One row a sample. NaN spreads to every resample that draws it: drop unscored samples first.
    clusters : ndarray of int64, shape (n,), C-contiguous
        Cluster of each row: labels 0 to G - 1, each one present, numbered in canonical order.
        ``numpy.arange(n)`` for independent rows.
    n_resamples : int
        Number of resamples, B; at least 0.
    seed : int
        Key of the random stream, 0 to 2**64 - 1.
    first_resample : int, default 0
        Number of the first resample, so that a long run may be done in parts.

    Returns
    -------
    ndarray of float64, shape (B, k)
        Row ``i`` is resample ``b = first_resample + i``: rows are added up by cluster in their given order, then G
        clusters are drawn with replacement and their sums added in draw order.

    Raises
    ------
    TypeError
        If an array has another dtype or a number is not an int.
    ValueError
        If a shape, a layout, a label or a number is not as above.

    Notes
    -----
    Resample ``b`` depends on (seed, b, G) only: not on `n_resamples`, the number of threads, or the rows. Two models
    resampled with the same seed over the same clusters draw the same clusters, so their differences are paired.
    Draws are those of :func:`bootstrap_draws`; resampling whole clusters is section 3.8 of [1]_.

    References
    ----------
    .. [1] Davison and Hinkley, "Bootstrap Methods and their Application", Cambridge University Press 1997.

    Examples
    --------
    >>> rows = np.array([[1.0, 1.0], [0.0, 1.0], [1.0, 1.0]])
    >>> bootstrap_sums(rows, np.arange(3), n_resamples=2, seed=0)[:, 1]
    array([3., 3.])
    """
    _array(rows, "rows", (np.float64,), 2, contiguous=True)
    _array(clusters, "clusters", (np.int64,), 1, contiguous=True)
    if rows.shape[0] == 0 or rows.shape[1] == 0:
        raise ValueError(f"`rows` must have at least one row and one column; found shape {rows.shape}")
    if len(clusters) != len(rows):
        raise ValueError(f"`clusters` must have one label for each of the {len(rows)} rows; found {len(clusters)}")
    count, key, first = _resamples(n_resamples, seed, first_resample)
    out = np.empty((count, rows.shape[1]), dtype=np.float64)
    _rust.bootstrap_sums(rows, clusters, key, first, out)
    return out


def bootstrap_draws(n_clusters: int, *, n_resamples: int, seed: int, first_resample: int = 0) -> NDArray[np.int64]:
    """Clusters that each resample of :func:`bootstrap_sums` draws.

    Parameters
    ----------
    n_clusters : int
        Number of clusters, G; at least 1.
    n_resamples : int
        Number of resamples, B; at least 0.
    seed : int
        Key of the random stream, 0 to 2**64 - 1.
    first_resample : int, default 0
        Number of the first resample.

    Returns
    -------
    ndarray of int64, shape (B, G)
        Labels 0 to G - 1 in draw order.

    Raises
    ------
    TypeError
        If a number is not an int.
    ValueError
        If a number is out of range.

    Notes
    -----
    Draw ``j`` of resample ``b`` is ``floor(h G / 2**64)``, where ``h = mix64(start + j * step)`` is a splittable
    generator [1]_ keyed by (seed, b), all modulo 2**64: with ``g = 0x9E3779B97F4A7C15`` and
    ``key = mix64(seed + g)``, ``start = mix64(key + (2 * b + 1) * g)`` and
    ``step = mix64(key + (2 * b + 2) * g) | 1``, exclusive-or ``0xAAAAAAAAAAAAAAAA`` if fewer than 24 of the
    neighbouring bits of ``step`` differ. ``mix64`` is the finaliser of SplitMix64. The stream is part of the format
    of results and never changes.

    References
    ----------
    .. [1] Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.

    Examples
    --------
    >>> bootstrap_draws(5, n_resamples=2, seed=0).shape
    (2, 5)
    """
    size = _integer(n_clusters, "n_clusters", 1, sys.maxsize)
    count, key, first = _resamples(n_resamples, seed, first_resample)
    out = np.empty((count, size), dtype=np.int64)
    _rust.bootstrap_draws(key, first, out)
    return out


def _texts(texts: Sequence[str], name: str, *, lowercase: bool) -> list[str]:
    """`texts` as a list of str, in lower case if asked for."""
    if isinstance(texts, str | bytes):
        raise TypeError(f"`{name}` must be a sequence of str; found one {type(texts).__name__}: wrap it in a list")
    listed = list(texts)
    # One look at the set of types costs far less than a look at each element.
    if not set(map(type, listed)) <= {str}:
        for index, text in enumerate(listed):
            if not isinstance(text, str):
                raise TypeError(f"`{name}[{index}]` must be a str; found {type(text).__name__}")
    return [text.lower() for text in listed] if lowercase else listed


def _reference_texts(
    references: Sequence[Sequence[str | None]], n_segments: int, *, lowercase: bool
) -> tuple[list[str], NDArray[np.int64]]:
    """All references in one list without None, and how many each segment has."""
    if isinstance(references, str | bytes) or any(issubclass(kind, str | bytes) for kind in set(map(type, references))):
        raise TypeError("`references` must be a sequence of sequences of str, one a segment: [[reference, ...], ...]")
    if len(references) != n_segments:
        raise ValueError(
            f"`references` must have one entry for each of the {n_segments} `hypotheses`; found {len(references)}"
        )
    flat: list[str | None] = list(chain.from_iterable(references))
    counts = np.fromiter(map(len, references), dtype=np.int64, count=n_segments)
    kinds = set(map(type, flat))
    if not kinds <= {str, type(None)}:
        unchecked: Sequence[Sequence[object]] = references
        for segment, group in enumerate(unchecked):
            for index, text in enumerate(group):
                if not isinstance(text, str | None):
                    found = type(text).__name__
                    raise TypeError(f"`references[{segment}][{index}]` must be a str or None; found {found}")
    if type(None) in kinds:
        counts = np.array([sum(text is not None for text in group) for group in references], dtype=np.int64)
    texts = [text for text in flat if text is not None]
    return [text.lower() for text in texts] if lowercase else texts, counts


def _choice(value: str, name: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"`{name}` must be one of {', '.join(map(repr, known))}; found {value!r}")


def _integer(value: int, name: str, low: int, high: int) -> int:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise TypeError(f"`{name}` must be an int; found {type(value).__name__}")
    if not low <= value <= high:
        raise ValueError(f"`{name}` must be {low} to {high}; found {value}")
    return int(value)


def _finite_number(value: float, name: str) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"`{name}` must be a number; found {type(value).__name__}")
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"`{name}` must be finite and at least 0; found {value}")
    return float(value)


def _resamples(n_resamples: int, seed: int, first_resample: int) -> tuple[int, int, int]:
    return (
        _integer(n_resamples, "n_resamples", 0, sys.maxsize),
        _integer(seed, "seed", 0, _MAX_SEED),
        _integer(first_resample, "first_resample", 0, _MAX_RESAMPLES),
    )


def _array(
    array: object, name: str, dtypes: tuple[type[np.generic], ...], n_dimensions: int, *, contiguous: bool = False
) -> None:
    """Refuse what is not an array of the given dtype, number of dimensions and layout."""
    allowed = " or ".join(dtype.__name__ for dtype in dtypes)
    if not isinstance(array, np.ndarray):
        raise TypeError(f"`{name}` must be a numpy array of {allowed}; found {type(array).__name__}")
    if array.dtype.type not in dtypes or not array.dtype.isnative:
        raise TypeError(f"`{name}` must have dtype {allowed}; found {array.dtype}")
    if array.ndim != n_dimensions:
        raise ValueError(f"`{name}` must have {n_dimensions} dimension(s); found shape {array.shape}")
    if contiguous and not array.flags.c_contiguous:
        raise ValueError(f"`{name}` must be C-contiguous; pass numpy.ascontiguousarray({name})")


def _statistics_values(statistics: NDArray[np.float64] | NDArray[np.int64]) -> None:
    """Refuse numbers that no counts can be: negative, infinite, or integers that float64 does not hold."""
    invalid = (statistics < 0) | np.isinf(statistics)
    if statistics.dtype == np.int64:
        invalid |= statistics > _MAX_EXACT
    if invalid.any():
        row, column = (int(index) for index in np.argwhere(invalid)[0])
        raise ValueError(
            f"`statistics` must be counts, 0 to 2**53, or NaN; found {statistics[row, column]} in row {row}, "
            f"column {column}"
        )
