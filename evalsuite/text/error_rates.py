"""Word and character error rates, called as in jiwer 4 and equal to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalsuite.kernels.edit import edit_counts, edit_distances, sequence_alignments, sequence_distances
from evalsuite.text.error_rate_transforms import cer_default, wer_default
from evalsuite.text.error_rate_units import Transform, check_sides, default_unit, transformed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["cer", "error_measures", "mer", "total_edits", "wer", "wil", "wip"]


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
    return error_measures(*_counts(reference, hypothesis, reference_transform, hypothesis_transform))[1]


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
    return error_measures(*_counts(reference, hypothesis, reference_transform, hypothesis_transform))[2]


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
    return error_measures(*_counts(reference, hypothesis, reference_transform, hypothesis_transform))[3]


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


def _rate(reference: Any, hypothesis: Any, reference_transform: Transform, hypothesis_transform: Transform) -> float:
    """Edits over units of the reference; the alignment is not needed."""
    references, hypotheses = check_sides(reference, hypothesis)
    unit = default_unit(references, hypotheses, reference_transform, hypothesis_transform)
    if unit is not None:
        rows = edit_distances(references, hypotheses, unit=unit)
    else:
        first, second = transformed(references, hypotheses, reference_transform, hypothesis_transform)
        rows = sequence_distances(first, second)
    edits, n_reference = int(rows[:, 0].sum()), int(rows[:, 1].sum())
    return edits / n_reference if n_reference else edits


def _counts(
    reference: Any, hypothesis: Any, reference_transform: Transform, hypothesis_transform: Transform
) -> tuple[int, int, int, int]:
    """Hits, substitutions, deletions and insertions over all pairs."""
    references, hypotheses = check_sides(reference, hypothesis)
    unit = default_unit(references, hypotheses, reference_transform, hypothesis_transform)
    if unit is not None:
        hits, substitutions, deletions, insertions = edit_counts(references, hypotheses, unit=unit).sum(axis=0).tolist()
        return hits, substitutions, deletions, insertions
    first, second = transformed(references, hypotheses, reference_transform, hypothesis_transform)
    return total_edits(sequence_alignments(first, second)[0])


def total_edits(runs: NDArray[np.int64]) -> tuple[int, int, int, int]:
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


def error_measures(hits: int, substitutions: int, deletions: int, insertions: int) -> tuple[float, float, float, float]:
    """Error rate, match error rate, information lost and preserved; the operations in jiwer's order."""
    edits = substitutions + deletions + insertions
    n_reference, n_hypothesis = hits + substitutions + deletions, hits + substitutions + insertions
    preserved: float
    if n_reference == 0:
        preserved = int(n_hypothesis == 0)
        return insertions, 1 - preserved, 1 - preserved, preserved
    preserved = (hits / n_reference) * (hits / n_hypothesis) if n_hypothesis else 0
    return edits / n_reference, edits / (hits + edits), 1 - preserved, preserved
