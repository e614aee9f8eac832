"""ROUGE: its statistics a prediction, and the scores of statistics."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_choice, check_flag, check_ordered, check_texts
from evalsuite.kernels.rouge_words import ROUGE_TOKENIZATIONS, RougeTokenization

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["check_rouge_types", "check_targets", "rouge_scores", "rouge_statistics", "rouge_statistics_of_words"]

_TYPES: Final = frozenset([*(f"rouge{n}" for n in range(1, 10)), "rougeL", "rougeLsum"])


def rouge_statistics(
    targets: Sequence[str] | Sequence[Sequence[str]],
    predictions: Sequence[str],
    rouge_types: Sequence[str],
    *,
    tokenize: RougeTokenization = "rouge-score",
    use_stemmer: bool = False,
) -> NDArray[np.int64]:
    """Sufficient statistics of ROUGE, one row a prediction and type.

    Parameters
    ----------
    targets : sequence of str, or of sequences of str, length n
        The target of each prediction, or its targets: then the one with the highest F counts, for each type apart,
        and the first of equals.
    predictions : sequence of str, length n
    rouge_types : sequence of str, length T
        Of "rouge1" to "rouge9" (n-grams), "rougeL" (longest common subsequence of the whole texts) and "rougeLsum"
        (union of those of the sentences, which end at line feeds).
    tokenize : {"rouge-score", "unicode"}, default "rouge-score"
        "rouge-score": runs of a-z and 0-9 after ``str.lower``, so that texts of other scripts have no words.
        "unicode": runs of letters, numbers and marks of any script in lower case, with Han characters, kana and
        Bopomofo as words of their own.
    use_stemmer : bool, default False
        Replace ASCII words of more than three characters by their stems, as :func:`porter_stems` gives them.

    Returns
    -------
    ndarray of int64, shape (n, T, 3)
        ``[hits, prediction, target]``: what the two have in common and what each has, in n-grams or words.

    Raises
    ------
    TypeError
        If a text is not a str, or `targets` holds both str and sequences.
    ValueError
        If the lengths differ, a prediction has no target, an option or type is unknown, or the texts of one
        prediction take 4 GiB or more.

    Notes
    -----
    ROUGE-N of [1]_, section 2, and ROUGE-L of section 3, with the conventions of rouge-score 0.1.2.

    References
    ----------
    .. [1] Lin, "ROUGE: a package for automatic evaluation of summaries", ACL 2004 workshop.

    Examples
    --------
    >>> rouge_statistics(["police killed the gunman"], ["the gunman killed police"], ["rouge1", "rougeL"])
    array([[[4, 4, 4],
            [2, 4, 4]]])
    """
    types = check_rouge_types(rouge_types)
    check_choice(tokenize, "tokenize", ROUGE_TOKENIZATIONS)
    listed = check_texts(predictions, "predictions", lowercase=False)
    flat, counts = check_targets(targets, len(listed))
    out = np.empty((len(listed), len(types), 3), dtype=np.int64)
    if out.size:
        _rust.rouge_statistics(flat, counts, listed, types, tokenize, check_flag(use_stemmer, "use_stemmer"), out)
    return out


def rouge_statistics_of_words(
    targets: Sequence[Sequence[Sequence[Hashable]]],
    target_counts: NDArray[np.int64],
    predictions: Sequence[Sequence[Sequence[Hashable]]],
    rouge_types: Sequence[str],
) -> NDArray[np.int64]:
    """Sufficient statistics of ROUGE for texts that are cut into sentences and words already.

    Parameters
    ----------
    targets : sequence of texts
        The targets of all predictions, one after the other. A text is a sequence of sentences, a sentence one of
        words; words are anything that can be compared and hashed.
    target_counts : ndarray of int64, shape (n,)
        How many targets each prediction has.
    predictions : sequence of texts, length n
    rouge_types : sequence of str, length T
        As in :func:`rouge_statistics`; only "rougeLsum" looks at sentences.

    Returns
    -------
    ndarray of int64, shape (n, T, 3)
        As :func:`rouge_statistics` gives them.

    Raises
    ------
    TypeError
        If a word cannot be hashed.
    ValueError
        If the counts do not add up, a prediction has no target, or a type is unknown.

    Examples
    --------
    >>> rouge_statistics_of_words([[["a", "b"]]], np.array([1]), [[["b"], ["a"]]], ["rougeL", "rougeLsum"])
    array([[[1, 2, 2],
            [2, 2, 2]]])
    """
    types = check_rouge_types(rouge_types)
    numbers: dict[Hashable, int] = {}
    numbered = _number(targets, numbers), _number(predictions, numbers)
    out = np.empty((len(predictions), len(types), 3), dtype=np.int64)
    if out.size:
        _rust.rouge_statistics_of_numbers(numbered[0], target_counts, numbered[1], types, out)
    return out


def rouge_scores(statistics: NDArray[np.int64]) -> NDArray[np.float64]:
    """Precision, recall and F of each row of counts.

    Parameters
    ----------
    statistics : ndarray of int64, shape (..., 3)
        ``[hits, prediction, target]`` as :func:`rouge_statistics` gives them.

    Returns
    -------
    ndarray of float64, shape (..., 3)
        ``[P, R, F]``, each 0 to 1.

    Raises
    ------
    TypeError
        If `statistics` is not an array of int64.
    ValueError
        If the last axis does not hold 3 numbers, or one is negative.

    Notes
    -----
    ``P = hits / prediction``, ``R = hits / target``, ``F = 2 * P * R / (P + R)``; 0 where there is nothing to divide
    by. Equal to rouge-score 0.1.2 bit for bit.

    Examples
    --------
    >>> rouge_scores(np.array([[2, 4, 5]])).round(4)
    array([[0.5   , 0.4   , 0.4444]])
    """
    if not isinstance(statistics, np.ndarray) or statistics.dtype != np.int64:
        found = statistics.dtype if isinstance(statistics, np.ndarray) else type(statistics).__name__
        raise TypeError(f"`statistics` must be a numpy array of int64; found {found}")
    if statistics.ndim == 0 or statistics.shape[-1] != 3:
        raise ValueError(f"`statistics` must have shape (..., 3); found {statistics.shape}")
    if statistics.size and statistics.min() < 0:
        raise ValueError(f"`statistics` must be counts, at least 0; found {statistics.min()}")
    out = np.empty(statistics.shape, dtype=np.float64)
    if statistics.size:
        _rust.rouge_scores(np.ascontiguousarray(statistics), out)
    return out


def check_rouge_types(rouge_types: Sequence[str]) -> list[str]:
    """`rouge_types` as a list; TypeError or ValueError for anything but known names."""
    if isinstance(rouge_types, str | bytes):
        found = type(rouge_types).__name__
        raise TypeError(f"`rouge_types` must be a sequence of str; found one {found}: wrap it in a list")
    types = check_ordered(rouge_types, "rouge_types")
    for name in types:
        if not isinstance(name, str) or name not in _TYPES:
            raise ValueError(
                f"Invalid rouge type: {name!r}; `rouge_types` must be of 'rouge1' to 'rouge9', 'rougeL', 'rougeLsum'"
            )
    return types


def check_targets(
    targets: Sequence[str] | Sequence[Sequence[str]], n_predictions: int
) -> tuple[list[str], NDArray[np.int64]]:
    """All targets in one list, and how many each prediction has."""
    if isinstance(targets, str | bytes):
        raise TypeError(
            f"`targets` must be a sequence, one entry a prediction; found one {type(targets).__name__}: wrap it"
        )
    listed: list[str | Sequence[str]] = check_ordered(targets, "targets")
    if len(listed) != n_predictions:
        raise ValueError(
            f"`targets` must have one entry for each of the {n_predictions} `predictions`; found {len(listed)}"
        )
    kinds = set(map(type, listed))
    if kinds <= {str} or all(issubclass(kind, str) for kind in kinds):
        return [text for text in listed if isinstance(text, str)], np.ones(n_predictions, dtype=np.int64)
    groups: list[list[str]] = []
    for index, group in enumerate(listed):
        if isinstance(group, str | bytes) or not hasattr(group, "__iter__"):
            others = "a sequence of str like the others" if not isinstance(listed[0], str) else "a str like the first"
            raise TypeError(f"`targets[{index}]` must be {others}; found {type(group).__name__}")
        groups.append(check_texts(group, f"targets[{index}]", lowercase=False))
        if not groups[-1]:
            raise ValueError(f"`targets[{index}]` is empty: each prediction needs at least one target")
    return list(chain.from_iterable(groups)), np.fromiter(map(len, groups), dtype=np.int64, count=len(groups))


def _number(
    texts: Iterable[Iterable[Sequence[Hashable]]], numbers: dict[Hashable, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of all words, from 1 on; words of each sentence; sentences of each text."""
    words: list[int] = []
    lengths: list[int] = []
    counts: list[int] = []
    for text in texts:
        before = len(lengths)
        for sentence in text:
            # The length is taken first: each new word gets the number of words known, plus itself.
            words.extend(numbers.setdefault(word, len(numbers) + 1) for word in sentence)
            lengths.append(len(sentence))
        counts.append(len(lengths) - before)
    return np.array(words, dtype=np.int64), np.array(lengths, dtype=np.int64), np.array(counts, dtype=np.int64)
