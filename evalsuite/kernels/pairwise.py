"""Similarities of all pairs of texts within groups."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_choice, check_integer, check_ordered, check_texts
from evalsuite.kernels.token_ids import TokenIds, checked_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Similarity", "pairwise_similarities", "pairwise_token_similarities"]

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
    out, matrices = _make_matrices(sizes, "groups")
    if len(out):
        _rust.pairwise_similarities(list(chain.from_iterable(listed)), sizes, similarity, words, out)
    return matrices


def pairwise_token_similarities(
    tokens: TokenIds, similarity: Similarity, *, order: int = 2, group_sizes: Sequence[int] | None = None
) -> list[NDArray[np.float64]]:
    """How alike all pairs of texts of each group are, as sequences of tokens: see `pairwise_similarities`.

    Parameters
    ----------
    tokens : TokenIds
        Of all texts, group after group, such as a model's own token numbers; see
        `evalsuite.kernels.token_ids.token_ids`.
    similarity : {"jaccard", "overlap", "lcs", "edit", "lcs_length", "distance"}
    order : int, default 2
        Tokens of an n-gram, for "jaccard" and "overlap".
    group_sizes : sequence of int, optional
        How many texts each group has; by default all are one group.

    Returns
    -------
    list of ndarray of float64, shape (k, k)
        A symmetric matrix for each group of k texts; all are views of one array.

    Raises
    ------
    TypeError
        If `tokens` are no TokenIds, or `order` or a size is not an int.
    ValueError
        If an option is not as above, `tokens` do not fit together, or the sizes do not add up to the texts.

    Examples
    --------
    >>> from evalsuite.kernels.token_ids import token_ids
    >>> (matrix,) = pairwise_token_similarities(token_ids([[5, 7, 9], [5, 7, 8], [3, 8]]), "edit")
    >>> matrix.round(3)
    array([[1.   , 0.667, 0.   ],
           [0.667, 1.   , 0.333],
           [0.   , 0.333, 1.   ]])
    """
    check_choice(similarity, "similarity", _SIMILARITIES)
    n_tokens = check_integer(order, "order", 1, 2**32 - 1)
    ids, ends = checked_tokens(tokens)
    listed = [len(ends)] if group_sizes is None else check_ordered(group_sizes, "group_sizes")
    checked = [check_integer(size, f"group_sizes[{i}]", 0, len(ends)) for i, size in enumerate(listed)]
    if sum(checked) != len(ends):
        raise ValueError(f"`group_sizes` must add up to the {len(ends)} texts; found {sum(checked)}")
    sizes = np.array(checked, dtype=np.int64)
    out, matrices = _make_matrices(sizes, "group_sizes")
    if len(out):
        _rust.pairwise_token_similarities(ids, ends, sizes, similarity, n_tokens, out)
    return matrices


def _make_matrices(sizes: NDArray[np.int64], name: str) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """Return cells for a matrix of each size, and the matrices that they are."""
    ends = np.cumsum(sizes * sizes)
    n_cells = int(ends[-1]) if len(ends) else 0
    if n_cells > _MAX_CELLS:
        raise ValueError(f"`{name}` must give matrices of at most {_MAX_CELLS} cells in all; found {n_cells}")
    out = np.empty(n_cells, dtype=np.float64)
    sides = zip(sizes.tolist(), ends.tolist(), strict=True)
    return out, [out[end - size * size : end].reshape(size, size) for size, end in sides]


def _check_groups(groups: Sequence[Sequence[str]]) -> list[list[str]]:
    if isinstance(groups, str | bytes):
        raise TypeError(f"`groups` must be a sequence of sequences of str; found one {type(groups).__name__}")
    return [
        check_texts(group, f"groups[{index}]", lowercase=False)
        for index, group in enumerate(check_ordered(groups, "groups"))
    ]
