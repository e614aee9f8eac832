"""How surprising the n-grams of a text are to those of all texts of its group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_array, check_finite, check_flag, check_integer
from evalsuite.kernels.token_ids import MAX_ORDER, TokenIds, checked_tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ngram_surprise"]


def ngram_surprise(
    segments: TokenIds,
    text_sizes: NDArray[np.int64],
    group_sizes: NDArray[np.int64],
    *,
    order: int = 1,
    smoothing: float = 0.0,
    own: bool = True,
) -> NDArray[np.float64]:
    """Sum and greatest of ``-log p`` over the n-grams of each segment.

    Parameters
    ----------
    segments : TokenIds
        The n segments, such as sentences, of all texts of all groups, one after the other.
    text_sizes : ndarray of int64, shape (n_texts,)
        Segments of each text.
    group_sizes : ndarray of int64, shape (n_groups,)
        Texts of each group, such as the samples drawn for one prompt.
    order : int, default 1
        Tokens of an n-gram, in [1, 64]. A segment has as many n-grams as tokens: pads stand before its first.
    smoothing : float, default 0
        Added to the count of each n-gram that occurs, and of one that does not.
    own : bool, default True
        Whether a text's own n-grams count for it, too.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        In nats; zeros for a segment without tokens, infinite where an n-gram's count is 0 without smoothing.

    Raises
    ------
    TypeError
        If an argument has another type or dtype.
    ValueError
        If a number is out of range, or sizes do not add up.

    Notes
    -----
    ``p = (count + smoothing) / (all n-grams + smoothing * (different n-grams + 1))`` over the texts of the group, as in
    SelfCheckGPT's package [1]_: the chance of the n-gram, not of its last token given the others.

    References
    ----------
    .. [1] Manakul, Liusie and Gales, "SelfCheckGPT: zero-resource black-box hallucination detection for generative
       large language models", EMNLP 2023, arXiv:2303.08896, section 5.3.

    Examples
    --------
    >>> from evalsuite.kernels.token_ids import token_ids
    >>> ngram_surprise(token_ids(["a b", "a c"]), np.array([1, 1]), np.array([2])).round(3)
    array([[2.079, 1.386],
           [2.079, 1.386]])
    """
    ids, ends = checked_tokens(segments)
    check_array(text_sizes, "text_sizes", (np.int64,), 1)
    check_array(group_sizes, "group_sizes", (np.int64,), 1)
    out = np.empty((len(ends), 2), dtype=np.float64)
    _rust.ngram_surprise(
        ids,
        ends,
        np.ascontiguousarray(text_sizes),
        np.ascontiguousarray(group_sizes),
        check_integer(order, "order", 1, MAX_ORDER),
        check_finite(smoothing, "smoothing"),
        check_flag(own, "own"),
        out,
    )
    return out
