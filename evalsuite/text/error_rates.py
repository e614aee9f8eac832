"""Word and character error rates, called as in jiwer 4 and equal to it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from evalsuite.kernels.arguments import check_texts
from evalsuite.kernels.edit import (
    EDITS,
    Unit,
    edit_alignments,
    edit_counts,
    edit_distances,
    sequence_alignments,
    sequence_distances,
)
from evalsuite.text.error_rate_transforms import cer_default, wer_default

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Transform: TypeAlias = Callable[[list[str]], list[list[str]]]

__all__ = [
    "AlignmentChunk",
    "CharacterOutput",
    "WordOutput",
    "cer",
    "mer",
    "process_characters",
    "process_words",
    "wer",
    "wil",
    "wip",
]


@dataclass
class AlignmentChunk:
    """A run of the reference and the run of the hypothesis that it is aligned with.

    Parameters
    ----------
    type : {"equal", "substitute", "insert", "delete"}
        "replace" is taken for "substitute".
    ref_start_idx, ref_end_idx : int
        The run of the reference, empty for "insert".
    hyp_start_idx, hyp_end_idx : int
        The run of the hypothesis, empty for "delete".

    Raises
    ------
    ValueError
        If the type is unknown, or a run ends before it begins.
    """

    type: str
    ref_start_idx: int
    ref_end_idx: int
    hyp_start_idx: int
    hyp_end_idx: int

    def __post_init__(self) -> None:
        if self.type == "replace":
            self.type = "substitute"
        if self.type not in EDITS:
            raise ValueError(f"`type` must be one of {', '.join(map(repr, EDITS))}; found {self.type!r}")
        for side in ("ref", "hyp"):
            start, end = getattr(self, f"{side}_start_idx"), getattr(self, f"{side}_end_idx")
            if start > end:
                raise ValueError(f"`{side}_start_idx` must be at most `{side}_end_idx`, {end}; found {start}")


@dataclass
class WordOutput:
    """Words, their alignment, and what comes of it.

    Attributes
    ----------
    references, hypotheses : list of list of str
        The words of each text.
    alignments : list of list of AlignmentChunk
        One list a pair.
    wer, mer, wil, wip : float
        Word error rate, match error rate, word information lost and preserved; see :func:`wer` and the others.
    hits, substitutions, insertions, deletions : int
        Over all pairs.
    """

    references: list[list[str]]
    hypotheses: list[list[str]]
    alignments: list[list[AlignmentChunk]]
    wer: float
    mer: float
    wil: float
    wip: float
    hits: int
    substitutions: int
    insertions: int
    deletions: int


@dataclass
class CharacterOutput:
    """Characters, their alignment, and what comes of it.

    Attributes
    ----------
    references, hypotheses : list of list of str
        The characters of each text.
    alignments : list of list of AlignmentChunk
        One list a pair.
    cer : float
        Character error rate; see :func:`cer`.
    hits, substitutions, insertions, deletions : int
        Over all pairs.
    """

    references: list[list[str]]
    hypotheses: list[list[str]]
    alignments: list[list[AlignmentChunk]]
    cer: float
    hits: int
    substitutions: int
    insertions: int
    deletions: int


def wer(
    reference: str | Sequence[str],
    hypothesis: str | Sequence[str],
    reference_transform: Transform = wer_default,
    hypothesis_transform: Transform = wer_default,
) -> float:
    """Word error rate: edits over words of the reference, over all pairs.

    Parameters
    ----------
    reference : str or sequence of str
        What was said.
    hypothesis : str or sequence of str
        What was recognised; as many texts.
    reference_transform, hypothesis_transform : callable, optional
        Takes the list of texts and returns a list of lists of words. Those of
        :mod:`evalsuite.text.error_rate_transforms`, of jiwer, and any function will do. The default splits at spaces
        after removing whitespace at the ends and more than one whitespace character in a row.

    Returns
    -------
    float
        ``(S + D + I) / (H + S + D)``: 0 for no error, without upper bound [1]_. Where the references have no word, the
        number of insertions.

    Raises
    ------
    TypeError
        If a text is not a str, or a transform is not callable.
    ValueError
        If the numbers of texts differ, or a transform returns anything but lists of words.

    Notes
    -----
    Equal to ``jiwer.wer`` 4.0. The defaults run in compiled code from text to distance; other transforms are called in
    Python and slow it down.

    References
    ----------
    .. [1] Morris, Maier and Green, "From WER and RIL to MER and WIL: improved evaluation measures for connected speech
       recognition", Interspeech 2004.

    Examples
    --------
    >>> wer("hello world", "hello duck")
    0.5
    """
    return _rate(reference, hypothesis, reference_transform, hypothesis_transform)


def mer(
    reference: str | Sequence[str],
    hypothesis: str | Sequence[str],
    reference_transform: Transform = wer_default,
    hypothesis_transform: Transform = wer_default,
) -> float:
    """Match error rate: edits over edits and hits, over all pairs.

    Parameters
    ----------
    reference, hypothesis, reference_transform, hypothesis_transform
        As in :func:`wer`.

    Returns
    -------
    float
        ``(S + D + I) / (H + S + D + I)``, 0-1. Where the references have no word: 0 if the hypotheses have none
        either, else 1.

    Raises
    ------
    TypeError, ValueError
        As in :func:`wer`.

    Examples
    --------
    >>> mer("hello world", "hello my duck")
    0.6666666666666666
    """
    return _measures(*_counts(reference, hypothesis, reference_transform, hypothesis_transform))[1]


def wil(
    reference: str | Sequence[str],
    hypothesis: str | Sequence[str],
    reference_transform: Transform = wer_default,
    hypothesis_transform: Transform = wer_default,
) -> float:
    """Word information lost, over all pairs.

    Parameters
    ----------
    reference, hypothesis, reference_transform, hypothesis_transform
        As in :func:`wer`.

    Returns
    -------
    float
        1 less :func:`wip`, 0-1.

    Raises
    ------
    TypeError, ValueError
        As in :func:`wer`.

    Examples
    --------
    >>> wil("hello world", "hello duck")
    0.75
    """
    return _measures(*_counts(reference, hypothesis, reference_transform, hypothesis_transform))[2]


def wip(
    reference: str | Sequence[str],
    hypothesis: str | Sequence[str],
    reference_transform: Transform = wer_default,
    hypothesis_transform: Transform = wer_default,
) -> float:
    """Word information preserved, over all pairs.

    Parameters
    ----------
    reference, hypothesis, reference_transform, hypothesis_transform
        As in :func:`wer`.

    Returns
    -------
    float
        ``H / (H + S + D) * H / (H + S + I)``, 0-1; 1 where neither side has a word, 0 where one has none.

    Raises
    ------
    TypeError, ValueError
        As in :func:`wer`.

    Examples
    --------
    >>> wip("hello world", "hello duck")
    0.25
    """
    return _measures(*_counts(reference, hypothesis, reference_transform, hypothesis_transform))[3]


def cer(
    reference: str | Sequence[str],
    hypothesis: str | Sequence[str],
    reference_transform: Transform = cer_default,
    hypothesis_transform: Transform = cer_default,
) -> float:
    """Character error rate: edits over characters of the reference, over all pairs.

    Parameters
    ----------
    reference, hypothesis : str or sequence of str
        As in :func:`wer`.
    reference_transform, hypothesis_transform : callable, optional
        Takes the list of texts and returns a list of lists of characters. The default removes whitespace at the ends
        and takes code points, spaces among them.

    Returns
    -------
    float
        As :func:`wer`, of characters; equal to ``jiwer.cer`` 4.0.

    Raises
    ------
    TypeError, ValueError
        As in :func:`wer`.

    Examples
    --------
    >>> cer("hello world", "hello duck")
    0.45454545454545453
    """
    return _rate(reference, hypothesis, reference_transform, hypothesis_transform)


def process_words(
    reference: str | Sequence[str],
    hypothesis: str | Sequence[str],
    reference_transform: Transform = wer_default,
    hypothesis_transform: Transform = wer_default,
) -> WordOutput:
    """Align the words of each pair and compute all measures.

    Parameters
    ----------
    reference, hypothesis, reference_transform, hypothesis_transform
        As in :func:`wer`.

    Returns
    -------
    WordOutput
        With the attributes, the values and the alignments of jiwer's.

    Raises
    ------
    TypeError, ValueError
        As in :func:`wer`.

    Examples
    --------
    >>> output = process_words("a b c", "a c d")
    >>> [(chunk.type, chunk.ref_start_idx, chunk.ref_end_idx) for chunk in output.alignments[0]]
    [('equal', 0, 1), ('substitute', 1, 3)]
    >>> output.wer, output.hits
    (0.6666666666666666, 1)
    """
    references, hypotheses = _texts(reference, hypothesis)
    first = _apply(reference_transform, references, "reference")
    second = _apply(hypothesis_transform, hypotheses, "hypothesis")
    unit = _unit(references, hypotheses, reference_transform, hypothesis_transform)
    if unit is not None:
        runs, counts = edit_alignments(references, hypotheses, unit=unit)
    else:
        _check_lengths(first, second)
        runs, counts = sequence_alignments(first, second)
    chunks = [_chunk(*run) for run in runs.tolist()]
    alignments = []
    begin = 0
    for count in counts.tolist():
        alignments.append(chunks[begin : begin + count])
        begin += count
    hits, substitutions, deletions, insertions = _totals(runs)
    rates = _measures(hits, substitutions, deletions, insertions)
    return WordOutput(
        references=first,
        hypotheses=second,
        alignments=alignments,
        wer=rates[0],
        mer=rates[1],
        wil=rates[2],
        wip=rates[3],
        hits=hits,
        substitutions=substitutions,
        insertions=insertions,
        deletions=deletions,
    )


def process_characters(
    reference: str | Sequence[str],
    hypothesis: str | Sequence[str],
    reference_transform: Transform = cer_default,
    hypothesis_transform: Transform = cer_default,
) -> CharacterOutput:
    """Align the characters of each pair and compute the error rate.

    Parameters
    ----------
    reference, hypothesis, reference_transform, hypothesis_transform
        As in :func:`cer`.

    Returns
    -------
    CharacterOutput
        With the attributes, the values and the alignments of jiwer's.

    Raises
    ------
    TypeError, ValueError
        As in :func:`wer`.

    Examples
    --------
    >>> process_characters("cat", "cut").substitutions
    1
    """
    output = process_words(reference, hypothesis, reference_transform, hypothesis_transform)
    return CharacterOutput(
        references=output.references,
        hypotheses=output.hypotheses,
        alignments=output.alignments,
        cer=output.wer,
        hits=output.hits,
        substitutions=output.substitutions,
        insertions=output.insertions,
        deletions=output.deletions,
    )


def _rate(reference: Any, hypothesis: Any, reference_transform: Transform, hypothesis_transform: Transform) -> float:
    """Edits over units of the reference; the alignment is not needed."""
    references, hypotheses = _texts(reference, hypothesis)
    unit = _unit(references, hypotheses, reference_transform, hypothesis_transform)
    if unit is not None:
        rows = edit_distances(references, hypotheses, unit=unit)
    else:
        first = _apply(reference_transform, references, "reference")
        second = _apply(hypothesis_transform, hypotheses, "hypothesis")
        _check_lengths(first, second)
        rows = sequence_distances(first, second)
    edits, n_reference = int(rows[:, 0].sum()), int(rows[:, 1].sum())
    return edits / n_reference if n_reference else edits


def _counts(
    reference: Any, hypothesis: Any, reference_transform: Transform, hypothesis_transform: Transform
) -> tuple[int, int, int, int]:
    """Hits, substitutions, deletions and insertions over all pairs."""
    references, hypotheses = _texts(reference, hypothesis)
    unit = _unit(references, hypotheses, reference_transform, hypothesis_transform)
    if unit is not None:
        hits, substitutions, deletions, insertions = edit_counts(references, hypotheses, unit=unit).sum(axis=0).tolist()
        return hits, substitutions, deletions, insertions
    first = _apply(reference_transform, references, "reference")
    second = _apply(hypothesis_transform, hypotheses, "hypothesis")
    _check_lengths(first, second)
    return _totals(sequence_alignments(first, second)[0])


def _totals(runs: NDArray[np.int64]) -> tuple[int, int, int, int]:
    """Hits, substitutions, deletions and insertions of runs."""
    edits = runs[:, 0]
    in_reference, in_hypothesis = runs[:, 2] - runs[:, 1], runs[:, 4] - runs[:, 3]
    equal, substitute, insert, delete = range(4)
    return (
        int(in_reference[edits == equal].sum()),
        int(in_reference[edits == substitute].sum()),
        int(in_reference[edits == delete].sum()),
        int(in_hypothesis[edits == insert].sum()),
    )


def _measures(hits: int, substitutions: int, deletions: int, insertions: int) -> tuple[float, float, float, float]:
    """Error rate, match error rate, information lost and preserved; the operations in jiwer's order."""
    edits = substitutions + deletions + insertions
    n_reference, n_hypothesis = hits + substitutions + deletions, hits + substitutions + insertions
    preserved: float
    if n_reference == 0:
        preserved = int(n_hypothesis == 0)
        return insertions, 1 - preserved, 1 - preserved, preserved
    preserved = (hits / n_reference) * (hits / n_hypothesis) if n_hypothesis else 0
    return edits / n_reference, edits / (hits + edits), 1 - preserved, preserved


def _texts(reference: Any, hypothesis: Any) -> tuple[list[str], list[str]]:
    sides = []
    for texts, name in ((reference, "reference"), (hypothesis, "hypothesis")):
        if isinstance(texts, bytes) or not hasattr(texts, "__iter__"):
            raise TypeError(f"`{name}` must be a str or a sequence of str; found {type(texts).__name__}")
        sides.append([texts] if isinstance(texts, str) else check_texts(texts, name, lowercase=False))
    return sides[0], sides[1]


def _unit(references: list[str], hypotheses: list[str], first: Transform, second: Transform) -> Unit | None:
    """Return the unit that the kernels cut texts into where both transforms are the same default, else None."""
    if first is second and (first is wer_default or first is cer_default):
        # No text at all is to jiwer one text without a word.
        references[:] = references or [""]
        hypotheses[:] = hypotheses or [""]
        _check_lengths(references, hypotheses)
        return "spaced_words" if first is wer_default else "stripped_characters"
    return None


def _apply(transform: Transform, texts: list[str], name: str) -> list[list[str]]:
    if not callable(transform):
        raise TypeError(f"`{name}_transform` must be callable; found {type(transform).__name__}")
    # Of any type, whatever the transform says.
    found: Any = transform(texts)
    if (
        transform is not wer_default
        and transform is not cer_default
        and not (
            isinstance(found, list)
            and all(isinstance(entry, list) for entry in found)
            and all(issubclass(kind, str) for kind in set(map(type, chain.from_iterable(found))))
        )
    ):
        raise ValueError(
            f"`{name}_transform` must return a list of lists of str, the words or characters of each text: end it with "
            "ReduceToListOfListOfWords or ReduceToListOfListOfChars"
        )
    words: list[list[str]] = found
    return words


def _check_lengths(first: Sequence[object], second: Sequence[object]) -> None:
    if len(first) != len(second):
        raise ValueError(
            f"`hypothesis` must have as many texts as `reference` after the transforms, {len(first)}; "
            f"found {len(second)}"
        )


def _chunk(edit: int, ref_start: int, ref_end: int, hyp_start: int, hyp_end: int) -> AlignmentChunk:
    """Return a chunk that is known to be valid, made without the checks."""
    chunk = AlignmentChunk.__new__(AlignmentChunk)
    chunk.__dict__ = {
        "type": EDITS[edit],
        "ref_start_idx": ref_start,
        "ref_end_idx": ref_end,
        "hyp_start_idx": hyp_start,
        "hyp_end_idx": hyp_end,
    }
    return chunk
