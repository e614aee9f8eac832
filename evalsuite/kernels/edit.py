"""Levenshtein distances and alignments of many pairs at once."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_choice, check_integer, check_texts

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

__all__ = [
    "EDITS",
    "Unit",
    "edit_alignments",
    "edit_counts",
    "edit_distances",
    "sequence_alignments",
    "sequence_distances",
]

Unit: TypeAlias = Literal["characters", "stripped_characters", "words", "spaced_words"]

EDITS: Final = ("equal", "substitute", "insert", "delete")
"""What the numbers 0 to 3 in the first column of alignments mean."""
_UNITS: Final = ("characters", "stripped_characters", "words", "spaced_words")
_NO_LIMIT: Final = 2**62


def edit_distances(
    first: Sequence[str], second: Sequence[str], *, unit: Unit = "characters", limit: int | None = None
) -> NDArray[np.int64]:
    """Levenshtein distance of each pair of texts, and the lengths of both.

    Parameters
    ----------
    first, second : sequence of str, length n
        The texts; any str, lone surrogates included.
    unit : {"characters", "stripped_characters", "words", "spaced_words"}, default "characters"
        Code points of the text, or of the text without whitespace at its ends; words as ``str.split`` gives them, or
        as jiwer's default transform does, in which a single tab or line end between two letters is part of a word.
    limit : int, optional
        A distance greater than this is reported as ``limit + 1``, which may be found sooner.

    Returns
    -------
    ndarray of int64, shape (n, 3)
        ``[distance, length of first, length of second]``, in units.

    Raises
    ------
    TypeError
        If a text is not a str.
    ValueError
        If the lengths differ, an option is not as above, or a text takes 4 GiB or more.

    Notes
    -----
    The least number of insertions, deletions and substitutions, all of cost 1; a matrix of bits, 64 rows at a time
    [1]_, [2]_, in Ukkonen's band [3]_ for texts of more than 256 units. Equal to rapidfuzz and editdistance.

    References
    ----------
    .. [1] Myers, "A Fast Bit-Vector Algorithm for Approximate String Matching Based on Dynamic Programming",
       JACM 1999.
    .. [2] Hyyrö, "A Bit-Vector Algorithm for Computing Levenshtein and Damerau Edit Distances", Nordic Journal of
       Computing 2003.
    .. [3] Ukkonen, "Algorithms for approximate string matching", Information and Control 1985.

    Examples
    --------
    >>> edit_distances(["kitten", ""], ["sitting", "a"])
    array([[3, 6, 7],
           [1, 0, 1]])
    """
    texts = _check_pairs(first, second, unit)
    out = np.empty((len(texts[0]), 3), dtype=np.int64)
    if len(out):
        _rust.edit_distances(*texts, unit, _check_limit(limit), out)
    return out


def edit_counts(first: Sequence[str], second: Sequence[str], *, unit: Unit = "characters") -> NDArray[np.int64]:
    """Hits, substitutions, deletions and insertions of the alignment of each pair of texts.

    Parameters
    ----------
    first, second : sequence of str, length n
        References and hypotheses.
    unit : {"characters", "stripped_characters", "words", "spaced_words"}, default "characters"
        As in :func:`edit_distances`.

    Returns
    -------
    ndarray of int64, shape (n, 4)
        ``[hits, substitutions, deletions, insertions]``: of the alignments of least cost, those of
        :func:`edit_alignments`.

    Raises
    ------
    TypeError, ValueError
        As in :func:`edit_distances`.

    Examples
    --------
    >>> edit_counts(["the cat sat"], ["a cat sat down"], unit="words")
    array([[2, 1, 0, 1]])
    """
    texts = _check_pairs(first, second, unit)
    out = np.empty((len(texts[0]), 4), dtype=np.int64)
    if len(out):
        _rust.edit_counts(*texts, unit, out)
    return out


def edit_alignments(
    first: Sequence[str], second: Sequence[str], *, unit: Unit = "characters"
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Alignment of each pair of texts as runs of equal, replaced, added and missing units.

    Parameters
    ----------
    first, second : sequence of str, length n
        References and hypotheses.
    unit : {"characters", "stripped_characters", "words", "spaced_words"}, default "characters"
        As in :func:`edit_distances`.

    Returns
    -------
    runs : ndarray of int64, shape (n_runs, 5)
        ``[edit, begin and end in first, begin and end in second]`` of all pairs, one after the other; the edit is an
        index of :data:`EDITS`.
    counts : ndarray of int64, shape (n,)
        Runs of each pair; none where both texts are empty.

    Raises
    ------
    TypeError, ValueError
        As in :func:`edit_distances`.

    Notes
    -----
    Of all alignments of least cost, the one that ``opcodes`` of rapidfuzz 3.14 gives, and so jiwer 4. Long texts are
    divided [1]_ where rapidfuzz divides them, which bounds the memory.

    References
    ----------
    .. [1] Hirschberg, "A linear space algorithm for computing maximal common subsequences", CACM 1975.

    Examples
    --------
    >>> runs, counts = edit_alignments(["the cat sat"], ["a cat sat down"], unit="words")
    >>> [(EDITS[run[0]], *run[1:]) for run in runs.tolist()]
    [('substitute', 0, 1, 0, 1), ('equal', 1, 3, 1, 3), ('insert', 3, 3, 3, 4)]
    """
    texts = _check_pairs(first, second, unit)
    return _to_arrays(_rust.edit_alignments(*texts, unit))


def sequence_distances(
    first: Sequence[Sequence[Hashable]], second: Sequence[Sequence[Hashable]], *, limit: int | None = None
) -> NDArray[np.int64]:
    """Levenshtein distance of each pair of sequences of any hashable items.

    Parameters
    ----------
    first, second : sequence of sequences of hashable, length n
        Items are compared by ``==``.
    limit : int, optional
        As in :func:`edit_distances`.

    Returns
    -------
    ndarray of int64, shape (n, 3)
        ``[distance, length of first, length of second]``.

    Raises
    ------
    TypeError
        If an item is not hashable.
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> sequence_distances([["new", "york"]], [["new", "castle"]])
    array([[1, 2, 2]])
    """
    numbers = _to_numbers(first, second)
    out = np.empty((len(first), 3), dtype=np.int64)
    if len(out):
        _rust.edit_distances_of_numbers(*numbers, _check_limit(limit), out)
    return out


def sequence_alignments(
    first: Sequence[Sequence[Hashable]], second: Sequence[Sequence[Hashable]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Alignment of each pair of sequences of any hashable items.

    Parameters
    ----------
    first, second : sequence of sequences of hashable, length n
        References and hypotheses; items are compared by ``==``.

    Returns
    -------
    runs, counts : ndarray of int64
        As :func:`edit_alignments` gives them.

    Raises
    ------
    TypeError
        If an item is not hashable.
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> runs, counts = sequence_alignments([["new", "york"]], [["york"]])
    >>> runs.tolist()
    [[3, 0, 1, 0, 0], [0, 1, 2, 0, 1]]
    """
    return _to_arrays(_rust.edit_alignments_of_numbers(*_to_numbers(first, second)))


def _check_pairs(first: Sequence[str], second: Sequence[str], unit: str) -> tuple[list[str], list[str]]:
    check_choice(unit, "unit", _UNITS)
    texts = check_texts(first, "first", lowercase=False), check_texts(second, "second", lowercase=False)
    _check_lengths(*texts)
    return texts


def _check_lengths(first: Sequence[Any], second: Sequence[Any]) -> None:
    if len(first) != len(second):
        raise ValueError(f"`second` must have one entry for each of the {len(first)} of `first`; found {len(second)}")


def _check_limit(limit: int | None) -> int:
    return _NO_LIMIT if limit is None else check_integer(limit, "limit", 0, _NO_LIMIT)


def _to_numbers(
    first: Sequence[Sequence[Hashable]], second: Sequence[Sequence[Hashable]]
) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.uint32], NDArray[np.int64]]:
    """Each side as the numbers of its items, equal for equal items, and the lengths of its sequences."""
    _check_lengths(first, second)
    ids: dict[Hashable, int] = {}

    def convert(sequences: Sequence[Sequence[Hashable]]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        lengths = np.fromiter(map(len, sequences), dtype=np.int64, count=len(sequences))
        items = chain.from_iterable(sequences)
        # The number of an item is how many others there were before it, plus 1.
        numbers = (ids.setdefault(item, len(ids) + 1) for item in items)
        return np.fromiter(numbers, dtype=np.uint32, count=int(lengths.sum())), lengths

    return *convert(first), *convert(second)


def _to_arrays(found: tuple[bytes, bytes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    runs, counts = found
    return np.frombuffer(runs, dtype=np.int64).reshape(-1, 5), np.frombuffer(counts, dtype=np.int64)
