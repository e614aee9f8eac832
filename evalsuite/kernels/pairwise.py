"""Similarities of all pairs of texts within groups."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_choice, check_integer, check_ordered, check_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Similarity", "pairwise_similarities"]

Similarity: TypeAlias = Literal["jaccard", "overlap", "lcs", "edit", "lcs_length", "distance"]

_SIMILARITIES: Final = ("jaccard", "overlap", "lcs", "edit", "lcs_length", "distance")
_MAX_CELLS: Final = 2**40


def pairwise_similarities(
    groups: Sequence[Sequence[str]], similarity: Similarity, *, order: int = 2
) -> list[NDArray[np.float64]]:
    """How alike all pairs of texts of each group are, as sequences of words.

    Parameters
    ----------
    groups : sequence of sequences of str
        The texts of each group, such as the samples drawn for one prompt. Words are as ``str.split`` gives them.
    similarity : {"jaccard", "overlap", "lcs", "edit", "lcs_length", "distance"}
        See Notes.
    order : int, default 2
        Words of an n-gram, for "jaccard" and "overlap".

    Returns
    -------
    list of ndarray of float64, shape (k, k)
        A symmetric matrix for each group of k texts; all are views of one array.

    Raises
    ------
    TypeError
        If `groups` is a flat sequence of str, a text is not a str, or `order` is not an int.
    ValueError
        If an option is not as above, or the texts of a group take 4 GiB or more.

    Notes
    -----
    "jaccard"
        ``|A & B| / |A | B|`` of the sets of n-grams; NaN where neither text has one.
    "overlap"
        ``|A & B| / min(|A|, |B|)`` of them; NaN where either text has none.
    "lcs"
        ``2 P R / (P + R)`` with ``P`` and ``R`` the length of the longest common subsequence over the length of either
        text, as in ROUGE-L [1]_; 0 where nothing is common.
    "edit"
        ``1 - distance / longer length``, Levenshtein's; 1 for two empty texts.
    "lcs_length", "distance"
        The integers behind these.

    Words are numbered once a group. Matrices of bits [2]_, 64 words at a time; common n-grams are found through a list
    of the texts that have each.

    References
    ----------
    .. [1] Lin, "ROUGE: a package for automatic evaluation of summaries", ACL 2004 workshop, section 3.
    .. [2] Hyyrö, "Bit-parallel LCS-length computation revisited", AWOCA 2004.

    Examples
    --------
    >>> (matrix,) = pairwise_similarities([["the cat sat", "the cat ran", "dogs ran"]], "edit")
    >>> matrix.round(3)
    array([[1.   , 0.667, 0.   ],
           [0.667, 1.   , 0.333],
           [0.   , 0.333, 1.   ]])
    """
    check_choice(similarity, "similarity", _SIMILARITIES)
    words = check_integer(order, "order", 1, 2**32 - 1)
    listed = _check_groups(groups)
    sizes = np.fromiter(map(len, listed), dtype=np.int64, count=len(listed))
    ends = np.cumsum(sizes * sizes)
    n_cells = int(ends[-1]) if len(ends) else 0
    if n_cells > _MAX_CELLS:
        raise ValueError(f"`groups` must give matrices of at most {_MAX_CELLS} cells in all; found {n_cells}")
    out = np.empty(n_cells, dtype=np.float64)
    if n_cells:
        _rust.pairwise_similarities(list(chain.from_iterable(listed)), sizes, similarity, words, out)
    return [
        out[end - size * size : end].reshape(size, size)
        for size, end in zip(sizes.tolist(), ends.tolist(), strict=True)
    ]


def _check_groups(groups: Sequence[Sequence[str]]) -> list[list[str]]:
    if isinstance(groups, str | bytes):
        raise TypeError(f"`groups` must be a sequence of sequences of str; found one {type(groups).__name__}")
    return [
        check_texts(group, f"groups[{index}]", lowercase=False)
        for index, group in enumerate(check_ordered(groups, "groups"))
    ]
