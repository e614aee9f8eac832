"""How alike the texts of a group are, pair by pair: the samples of a prompt, say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.kernels.arguments import check_texts
from evalsuite.kernels.pairwise import Similarity, pairwise_similarities

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["pairwise_similarity", "pairwise_similarity_batch"]


def pairwise_similarity(texts: Sequence[str], similarity: Similarity = "lcs", *, order: int = 2) -> NDArray[np.float64]:
    """Similarity of all pairs of texts, as sequences of words.

    Parameters
    ----------
    texts : sequence of str, length k
    similarity : {"jaccard", "lcs", "edit", "lcs_length", "distance"}, default "lcs"
        Common n-grams over all; F-score of the longest common subsequence (ROUGE-L on words as they stand);
        Levenshtein similarity; and the integers behind the last two.
    order : int, default 2
        Words of an n-gram, for "jaccard".

    Returns
    -------
    ndarray of float64, shape (k, k)
        Symmetric; see :func:`evalsuite.kernels.pairwise.pairwise_similarities` for formulas and edge cases.

    Raises
    ------
    TypeError
        If `texts` is one str, or holds anything but str.
    ValueError
        If an option is not as above.

    Examples
    --------
    >>> pairwise_similarity(["a b c d", "a c d e"], "jaccard", order=1)
    array([[1. , 0.6],
           [0.6, 1. ]])
    """
    return pairwise_similarity_batch([check_texts(texts, "texts", lowercase=False)], similarity, order=order)[0]


def pairwise_similarity_batch(
    groups: Sequence[Sequence[str]], similarity: Similarity = "lcs", *, order: int = 2
) -> list[NDArray[np.float64]]:
    """Similarity of all pairs of texts of each group; much faster than a call for each of many small groups.

    Parameters
    ----------
    groups : sequence of sequences of str
    similarity, order
        As in :func:`pairwise_similarity`.

    Returns
    -------
    list of ndarray of float64, shape (k, k)
        One matrix a group.

    Raises
    ------
    TypeError, ValueError
        As in :func:`pairwise_similarity`.

    Examples
    --------
    >>> [matrix[0, 1].item() for matrix in pairwise_similarity_batch([["a b", "a"], ["a", "b"]], "edit")]
    [0.5, 0.0]
    """
    return pairwise_similarities(groups, similarity, order=order)
