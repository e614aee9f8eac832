"""TER with sacrebleu's interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from evalsuite.kernels.arguments import check_flag
from evalsuite.kernels.resampled_scores import resampled_ter
from evalsuite.kernels.ter import ter_statistics
from evalsuite.text.base import Metric, Statistics
from evalsuite.text.result import Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.kernels.resampled_scores import Held
    from evalsuite.text.signature import SignatureKey

__all__ = ["TER", "TERScore", "corpus_ter", "sentence_ter"]

_TOKENIZER: Final = "tercom"


class TERScore(Score):
    """A TER score and its parts.

    Parameters
    ----------
    score : float
        0 or more; 100 for as many edits as reference words.
    num_edits : int
        Edits of all segments.
    ref_length : float
        Words of the references, where a segment has several their mean.
    """

    def __init__(self, score: float, num_edits: float, ref_length: float) -> None:
        super().__init__("TER", score)
        self.num_edits = int(num_edits)
        self.ref_length = ref_length


class TER(Metric[TERScore]):
    """TER: edits, shifts of blocks among them, divided by reference words; equal to sacrebleu's in every bit.

    Parameters
    ----------
    normalized : bool, default False
        Decode four entities, join lines, and set punctuation apart, as tercom does.
    no_punct : bool, default False
        Delete ``. , ? : ; ! " ( )``.
    asian_support : bool, default False
        With `normalized`, set East Asian characters apart; with `no_punct`, delete East Asian punctuation; else
        nothing.
    case_sensitive : bool, default False
        Do not fold case first.
    references : sequence of sequences of str or None, optional
        Reference streams for calls without references: ``references[k][i]`` is the k-th reference of hypothesis i.

    Notes
    -----
    ``TER = 100 * edits / ref_length`` [1]_, both summed over the corpus. Edits are those to the nearest reference,
    lengths the mean of all. Lower is better. Without reference words, 100 if there are edits and 0 if there are none.
    See `evalsuite.kernels.ter.ter_statistics` for how edits are found.

    References
    ----------
    .. [1] Snover, Dorr, Schwartz, Micciulla and Makhoul, "A Study of Translation Edit Rate with Targeted Human
       Annotation", AMTA 2006.

    Examples
    --------
    >>> ter = TER()
    >>> ter.corpus_score(["a man the dog bit"], [["the dog bit a woman"]])
    TER = 60.00
    >>> ter.get_signature()
    nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0
    """

    def __init__(
        self,
        normalized: bool = False,
        no_punct: bool = False,
        asian_support: bool = False,
        case_sensitive: bool = False,
        references: Sequence[Sequence[str | None]] | None = None,
    ) -> None:
        super().__init__(references)
        self.normalized = check_flag(normalized, "normalized")
        self.no_punct = check_flag(no_punct, "no_punct")
        self.asian_support = check_flag(asian_support, "asian_support")
        self.case_sensitive = check_flag(case_sensitive, "case_sensitive")
        self.tokenizer_signature = _TOKENIZER

    def score_from_statistics(self, sums: Sequence[float] | NDArray[np.float32]) -> TERScore:
        """See `Metric.score_from_statistics`; the columns are those of `evalsuite.kernels.ter.ter_statistics`."""
        n_edits: Any = sums[0]
        length: Any = sums[1]
        without_words = 1.0 if n_edits > 0 else 0.0
        return TERScore(100 * (n_edits / length if length > 0 else without_words), n_edits, length)

    def resampled_scores(
        self, sums: NDArray[np.float32] | Statistics, held: Held
    ) -> NDArray[np.float64] | NDArray[np.float32]:
        """See `Metric.resampled_scores`."""
        return resampled_ter(sums, held=held)

    def _statistics(self, hypotheses: Sequence[str], references: Sequence[Sequence[str | None]]) -> Statistics:
        return ter_statistics(
            hypotheses,
            references,
            normalized=self.normalized,
            no_punct=self.no_punct,
            asian_support=self.asian_support,
            case_sensitive=self.case_sensitive,
        )

    def _signature_keys(self) -> Sequence[SignatureKey]:
        return (
            ("case", "c", "mixed" if self.case_sensitive else "lc"),
            ("tok", "t", self.tokenizer_signature),
            ("norm", "nr", self.normalized),
            ("punct", "pn", not self.no_punct),
            ("asian", "as", self.asian_support),
        )


def corpus_ter(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    normalized: bool = False,
    no_punct: bool = False,
    asian_support: bool = False,
    case_sensitive: bool = False,
) -> TERScore:
    """Compute the TER of a corpus, as ``sacrebleu.corpus_ter`` does.

    Parameters
    ----------
    hypotheses : sequence of str
        At least one.
    references : sequence of sequences of str or None
        Reference streams: ``references[k][i]`` is the k-th reference of hypothesis i, None where it has no k-th.
    normalized, no_punct, asian_support, case_sensitive
        See `TER`.

    Returns
    -------
    TERScore

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above; a stream that is not as long as `hypotheses` is refused.

    Examples
    --------
    >>> corpus_ter(["a man the dog bit"], [["the dog bit a man"]])
    TER = 20.00
    """
    return TER(normalized, no_punct, asian_support, case_sensitive).corpus_score(hypotheses, references)


def sentence_ter(
    hypothesis: str,
    references: Sequence[str | None],
    normalized: bool = False,
    no_punct: bool = False,
    asian_support: bool = False,
    case_sensitive: bool = False,
) -> TERScore:
    """Compute the TER of one text, as ``sacrebleu.sentence_ter`` does.

    Parameters
    ----------
    hypothesis : str
    references : sequence of str or None
        Its references.
    normalized, no_punct, asian_support, case_sensitive
        See `TER`. For many texts, ``TER.sentence_scores`` takes them in one call.

    Returns
    -------
    TERScore

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Examples
    --------
    >>> sentence_ter("a man the dog bit", ["the dog bit a man"])
    TER = 20.00
    """
    return TER(normalized, no_punct, asian_support, case_sensitive).sentence_score(hypothesis, references)
