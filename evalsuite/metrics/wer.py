"""Word error rates: WER, MER and WIL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.metrics._error_rate import AlignedErrorRate, EditErrorRate

if TYPE_CHECKING:
    from evalsuite.metrics.base import FloatArray

__all__ = ["MatchErrorRate", "WordErrorRate", "WordInformationLost"]


@dataclass(frozen=True)
class WordErrorRate(EditErrorRate):
    """WER: word edits per word of the reference, over all outputs; lower is better.

    Parameters
    ----------
    lowercase : bool, default False
        Fold case first.

    Notes
    -----
    ``WER = (S + D + I) / (H + S + D)``: substitutions, deletions and insertions of a shortest alignment, summed over
    outputs before dividing [1]_. Words are what spaces separate after whitespace at the ends and runs of it are
    removed. Where the references have no word the value is the number of insertions. Of several references the one
    with the lowest rate of its own counts, the first on ties. Range 0 to infinity; lower is better.

    Equal to ``jiwer.wer`` 4.0 for one reference a sample.

    References
    ----------
    .. [1] Morris, Maier and Green, "From WER and RIL to MER and WIL: improved evaluation measures for connected speech
       recognition", Interspeech 2004.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("hello world",))
    >>> WordErrorRate().rows([sample], [[Output(text="hello my duck")]]).values
    array([[1., 2., 2.]])
    """

    name = "wer"


@dataclass(frozen=True)
class MatchErrorRate(AlignedErrorRate):
    """MER: share of aligned words that are wrong, missing or added, over all outputs, 0-1; lower is better.

    Parameters
    ----------
    lowercase : bool, default False
        Fold case first.

    Notes
    -----
    ``MER = (S + D + I) / (H + S + D + I)`` of the alignments of :class:`WordErrorRate`, summed before dividing [1]_. 0
    where there is no word on either side. Range 0 to 1; lower is better. Equal to ``jiwer.mer`` 4.0 for one reference
    a sample.

    References
    ----------
    .. [1] Morris, Maier and Green, "From WER and RIL to MER and WIL: improved evaluation measures for connected speech
       recognition", Interspeech 2004.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("hello world",))
    >>> rows = MatchErrorRate().rows([sample], [[Output(text="hello my duck")]])
    >>> float(MatchErrorRate().value(rows.values[0]))
    0.6666666666666666
    """

    name = "mer"

    def _rate(
        self, hits: FloatArray, substitutions: FloatArray, deletions: FloatArray, insertions: FloatArray
    ) -> FloatArray:
        edits = substitutions + deletions + insertions
        return edits / np.maximum(hits + edits, 1.0)


@dataclass(frozen=True)
class WordInformationLost(AlignedErrorRate):
    """WIL: word information lost, over all outputs, 0-1; lower is better.

    Parameters
    ----------
    lowercase : bool, default False
        Fold case first.

    Notes
    -----
    ``WIL = 1 - H / (H + S + D) * H / (H + S + I)`` of the alignments of :class:`WordErrorRate`, summed before dividing
    [1]_. 0 where there is no word on either side, 1 where there is none on one. Range 0 to 1; lower is better. Equal to
    ``jiwer.wil`` 4.0 for one reference a sample.

    References
    ----------
    .. [1] Morris, Maier and Green, "From WER and RIL to MER and WIL: improved evaluation measures for connected speech
       recognition", Interspeech 2004.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("hello world",))
    >>> rows = WordInformationLost().rows([sample], [[Output(text="hello duck")]])
    >>> float(WordInformationLost().value(rows.values[0]))
    0.75
    """

    name = "wil"

    def _rate(
        self, hits: FloatArray, substitutions: FloatArray, deletions: FloatArray, insertions: FloatArray
    ) -> FloatArray:
        n_reference, n_text = hits + substitutions + deletions, hits + substitutions + insertions
        preserved = (hits / np.maximum(n_reference, 1.0)) * (hits / np.maximum(n_text, 1.0))
        return 1 - np.where((n_reference == 0) & (n_text == 0), 1.0, preserved)
