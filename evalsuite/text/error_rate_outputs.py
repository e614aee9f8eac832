"""Alignments of words and characters with their error rates, called as in jiwer 4 and equal to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.kernels.edit import EDITS, edit_alignments, sequence_alignments
from evalsuite.text.error_rate_transforms import cer_default, wer_default
from evalsuite.text.error_rate_units import Transform, check_sides, default_unit, transformed
from evalsuite.text.error_rates import error_measures, total_edits

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["AlignmentChunk", "CharacterOutput", "WordOutput", "process_characters", "process_words"]


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
    references, hypotheses = check_sides(reference, hypothesis)
    first, second = transformed(references, hypotheses, reference_transform, hypothesis_transform)
    unit = default_unit(references, hypotheses, reference_transform, hypothesis_transform)
    if unit is not None:
        runs, counts = edit_alignments(references, hypotheses, unit=unit)
    else:
        runs, counts = sequence_alignments(first, second)
    chunks = [_chunk(*run) for run in runs.tolist()]
    alignments = []
    begin = 0
    for count in counts.tolist():
        alignments.append(chunks[begin : begin + count])
        begin += count
    hits, substitutions, deletions, insertions = total_edits(runs)
    rates = error_measures(hits, substitutions, deletions, insertions)
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
