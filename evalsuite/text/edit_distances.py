"""Levenshtein distance, similarity and alignment, of one pair and of many."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from evalsuite.kernels.arguments import check_ordered
from evalsuite.kernels.edit import EDITS, edit_alignments, edit_distances, sequence_alignments, sequence_distances

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from numpy.typing import NDArray

__all__ = [
    "levenshtein",
    "levenshtein_batch",
    "levenshtein_opcodes",
    "normalized_similarity",
    "normalized_similarity_batch",
]

_TAGS = ("equal", "replace", "insert", "delete")
assert len(_TAGS) == len(EDITS)


def levenshtein(a: Sequence[Hashable], b: Sequence[Hashable], *, score_cutoff: int | None = None) -> int:
    """Levenshtein distance: the least number of insertions, deletions and substitutions that turn `a` into `b`.

    Parameters
    ----------
    a, b : str, or sequence of hashable
        Two str are compared by code point; lists, of words say, item by item.
    score_cutoff : int, optional
        A distance greater than this is returned as ``score_cutoff + 1``.

    Returns
    -------
    int
        Equal to ``rapidfuzz.distance.Levenshtein.distance``.

    Raises
    ------
    TypeError
        If `a` or `b` is bytes or no sequence, or an item is not hashable.
    ValueError
        If `score_cutoff` is negative.

    Examples
    --------
    >>> levenshtein("kitten", "sitting"), levenshtein("to be or not".split(), "to be".split())
    (3, 2)
    """
    return int(_distances([a], [b], "characters", score_cutoff, ("a", "b"))[0, 0])


def levenshtein_batch(
    first: Iterable[Sequence[Hashable]],
    second: Iterable[Sequence[Hashable]],
    *,
    unit: Literal["characters", "words"] = "characters",
    score_cutoff: int | None = None,
) -> NDArray[np.int64]:
    """Levenshtein distance of each pair of two lists.

    Parameters
    ----------
    first, second : list of str, or of sequences of hashable, length n
    unit : {"characters", "words"}, default "characters"
        Of what a str is a sequence: code points, or words as ``str.split`` gives them. Other sequences are compared
        item by item.
    score_cutoff : int, optional
        A distance greater than this is returned as ``score_cutoff + 1``.

    Returns
    -------
    ndarray of int64, shape (n,)

    Raises
    ------
    TypeError
        If an entry is bytes or no sequence.
    ValueError
        If the lists differ in length, or an option is not as above.

    Examples
    --------
    >>> levenshtein_batch(["kitten", "to be or not"], ["sitting", "to be"])
    array([3, 7])
    >>> levenshtein_batch(["kitten", "to be or not"], ["sitting", "to be"], unit="words")
    array([1, 2])
    """
    return _distances(
        check_ordered(first, "first"), check_ordered(second, "second"), unit, score_cutoff, ("first", "second")
    )[:, 0].copy()


def normalized_similarity(a: Sequence[Hashable], b: Sequence[Hashable]) -> float:
    """Levenshtein similarity, 0-1: 1 less the distance over the longer length; 1 for two empty ones.

    Parameters
    ----------
    a, b : str, or sequence of hashable
        As in :func:`levenshtein`.

    Returns
    -------
    float
        Equal to ``rapidfuzz.distance.Levenshtein.normalized_similarity`` bit for bit.

    Raises
    ------
    TypeError
        As in :func:`levenshtein`.

    Examples
    --------
    >>> normalized_similarity("kitten", "sitting")
    0.5714285714285714
    """
    return float(_similarities(_distances([a], [b], "characters", None, ("a", "b")))[0])


def normalized_similarity_batch(
    first: Iterable[Sequence[Hashable]],
    second: Iterable[Sequence[Hashable]],
    *,
    unit: Literal["characters", "words"] = "characters",
) -> NDArray[np.float64]:
    """Levenshtein similarity of each pair of two lists, 0-1.

    Parameters
    ----------
    first, second : list of str, or of sequences of hashable, length n
    unit : {"characters", "words"}, default "characters"
        As in :func:`levenshtein_batch`.

    Returns
    -------
    ndarray of float64, shape (n,)

    Raises
    ------
    TypeError, ValueError
        As in :func:`levenshtein_batch`.

    Examples
    --------
    >>> normalized_similarity_batch(["", "ab"], ["", "a"])
    array([1. , 0.5])
    """
    return _similarities(
        _distances(check_ordered(first, "first"), check_ordered(second, "second"), unit, None, ("first", "second"))
    )


def levenshtein_opcodes(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[str, int, int, int, int]]:
    """Opcodes that turn `a` into `b` by a shortest alignment, in the form of ``difflib``.

    Parameters
    ----------
    a, b : str, or sequence of hashable
        As in :func:`levenshtein`.

    Returns
    -------
    list of tuple
        ``(tag, a_begin, a_end, b_begin, b_end)`` with tag "equal", "replace", "insert" or "delete": the alignment that
        ``rapidfuzz.distance.Levenshtein.opcodes`` chooses among those of equal cost.

    Raises
    ------
    TypeError
        As in :func:`levenshtein`.

    Examples
    --------
    >>> levenshtein_opcodes("ab", "bcd")
    [('insert', 0, 0, 0, 1), ('replace', 0, 2, 1, 3)]
    """
    texts, first, second = _check(([a], [b]), ("a", "b"))
    runs, _ = edit_alignments(first, second) if texts else sequence_alignments(first, second)
    return [(_TAGS[edit], *places) for edit, *places in runs.tolist()]


def _similarities(rows: NDArray[np.int64]) -> NDArray[np.float64]:
    longest = np.maximum(rows[:, 1], rows[:, 2])
    return 1.0 - rows[:, 0] / np.maximum(longest, 1)


def _distances(
    first: list[Any], second: list[Any], unit: Any, cutoff: int | None, names: tuple[str, str]
) -> NDArray[np.int64]:
    if cutoff is not None and (isinstance(cutoff, bool) or not isinstance(cutoff, int | np.integer)):
        raise TypeError(f"`score_cutoff` must be an int or None; found {type(cutoff).__name__}")
    if cutoff is not None and cutoff < 0:
        raise ValueError(f"`score_cutoff` must be at least 0; found {cutoff}")
    if unit not in ("characters", "words"):
        raise ValueError(f'`unit` must be "characters" or "words"; found {unit!r}')
    if len(first) != len(second):
        raise ValueError(
            f"`{names[1]}` must have one entry for each of the {len(first)} of `{names[0]}`; found {len(second)}"
        )
    limit = None if cutoff is None else min(int(cutoff), 2**62)
    texts, first, second = _check((first, second), names)
    if texts:
        return edit_distances(first, second, unit=unit, limit=limit)
    return sequence_distances(first, second, limit=limit)


def _check(lists: tuple[list[Any], list[Any]], names: tuple[str, str]) -> tuple[bool, list[Any], list[Any]]:
    """Whether all entries are str, and both lists; where some are not, a str stands for its code points."""
    kinds = {kind for listed in lists for kind in set(map(type, listed))}
    if kinds <= {str} or all(issubclass(kind, str) for kind in kinds):
        return True, *lists
    for listed, name in zip(lists, names, strict=True):
        for entry in listed:
            if isinstance(entry, bytes | bytearray | Set | Mapping) or not (
                hasattr(entry, "__len__") and hasattr(entry, "__iter__")
            ):
                raise TypeError(f"`{name}` must be str or a sequence of hashable items; found {type(entry).__name__}")
    return False, *lists
