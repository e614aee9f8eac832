"""Character error rate."""

from __future__ import annotations

from dataclasses import dataclass

from evalsuite.metrics._error_rate import EditErrorRate

__all__ = ["CharacterErrorRate"]


@dataclass(frozen=True)
class CharacterErrorRate(EditErrorRate):
    """CER: character edits per character of the reference, over all outputs; lower is better.

    Parameters
    ----------
    lowercase : bool, default False
        Fold case first.

    Notes
    -----
    ``CER = (S + D + I) / (H + S + D)`` as the word error rate, of code points: spaces count, whitespace at the ends
    does not [1]_. Where the references have no character the value is the number of insertions. Of several references
    the one with the lowest rate of its own counts, the first on ties. Range 0 to infinity; lower is better.

    Equal to ``jiwer.cer`` 4.0 for one reference a sample.

    References
    ----------
    .. [1] Morris, Maier and Green, "From WER and RIL to MER and WIL: improved evaluation measures for connected speech
       recognition", Interspeech 2004.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("hello world",))
    >>> CharacterErrorRate().rows([sample], [[Output(text="hello duck")]]).values
    array([[ 1.,  5., 11.]])
    """

    name = "cer"
    unit = "stripped_characters"
