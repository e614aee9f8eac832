"""chrF with sacrebleu's interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from evalsuite.kernels.arguments import check_finite, check_flag, check_integer
from evalsuite.kernels.chrf import chrf_scores, chrf_statistics
from evalsuite.kernels.resampled_scores import resampled_chrf
from evalsuite.text.base import Metric, Statistics
from evalsuite.text.result import Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.kernels.resampled_scores import Held
    from evalsuite.text.signature import SignatureKey

__all__ = ["CHRF", "CHRFScore", "corpus_chrf", "sentence_chrf"]

_MAX_ORDER = 2**20
_EPSILON = 1e-16


class CHRFScore(Score):
    """A chrF score and the options in its name.

    Parameters
    ----------
    score : float
        0 to 100.
    char_order, word_order : int
        Longest n-grams of characters and of words; a ``+`` in the name for each order of words.
    beta : float
        How many times as important recall is as precision.
    """

    def __init__(self, score: float, char_order: int, word_order: int, beta: float) -> None:
        super().__init__(f"chrF{beta}" + "+" * word_order, score)
        self.beta = beta
        self.char_order = char_order
        self.word_order = word_order


class CHRF(Metric[CHRFScore]):
    """chrF: F-score of character n-grams, and of words for chrF++; equal to sacrebleu's in every bit.

    Parameters
    ----------
    char_order : int, default 6
        Longest character n-gram; 0 for none.
    word_order : int, default 0
        Longest word n-gram; 2 makes it chrF++.
    beta : int, default 2
        How many times as important recall is as precision.
    lowercase : bool, default False
        Fold case first.
    whitespace : bool, default False
        Keep whitespace in character n-grams.
    eps_smoothing : bool, default False
        Average the F of all orders, as the author's script, NLTK and Moses do, not only over those that both texts
        have.
    references : sequence of sequences of str or None, optional
        Reference streams for calls without references: ``references[k][i]`` is the k-th reference of hypothesis i.

    Raises
    ------
    TypeError
        If an order is not an int, or `beta` not a number.
    ValueError
        If an order or `beta` is negative, or both orders are 0.

    Notes
    -----
    ``chrF = 100 * (1 + beta**2) * P * R / (beta**2 * P + R)`` [1]_ [2]_, where P and R are means over the orders of
    matching n-grams divided by those of the hypotheses and of the references, each summed over the corpus. Of several
    references the one with the best F of its own counts. 0 to 100; higher is better.

    References
    ----------
    .. [1] Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015.
    .. [2] Popović, "chrF++: words helping character n-grams", WMT 2017.

    Examples
    --------
    >>> chrf = CHRF(word_order=2)
    >>> chrf.corpus_score(["The dog bit a man."], [["The dog bit the man."], ["A dog bit the man."]])
    chrF2++ = 63.12
    >>> chrf.get_signature()
    nrefs:2|case:mixed|eff:yes|nc:6|nw:2|space:no|version:2.6.0
    """

    CHAR_ORDER: ClassVar[int] = 6
    WORD_ORDER: ClassVar[int] = 0
    BETA: ClassVar[int] = 2

    def __init__(
        self,
        char_order: int = CHAR_ORDER,
        word_order: int = WORD_ORDER,
        beta: float = BETA,
        lowercase: bool = False,
        whitespace: bool = False,
        eps_smoothing: bool = False,
        references: Sequence[Sequence[str | None]] | None = None,
    ) -> None:
        super().__init__(references)
        self.char_order = check_integer(char_order, "char_order", 0, _MAX_ORDER)
        self.word_order = check_integer(word_order, "word_order", 0, _MAX_ORDER)
        self.order = self.char_order + self.word_order
        if self.order == 0:
            raise ValueError("`char_order` and `word_order` must not both be 0")
        check_finite(beta, "beta")
        self.beta = beta
        self.lowercase = check_flag(lowercase, "lowercase")
        self.whitespace = check_flag(whitespace, "whitespace")
        self.eps_smoothing = check_flag(eps_smoothing, "eps_smoothing")

    def score_from_statistics(self, sums: Sequence[float] | NDArray[np.float32]) -> CHRFScore:
        """See `Metric.score_from_statistics`; the columns are those of `evalsuite.kernels.chrf.chrf_statistics`."""
        return self._result(self._f_score(sums))

    def _f_score(self, sums: Any) -> Any:
        """F of Python's numbers or of 32-bit floats, which stay such; the kernel has the same steps in 64 bits."""
        factor = self.beta**2
        score: Any = 0.0
        precision: Any = 0.0
        recall: Any = 0.0
        n_effective = 0
        for index in range(self.order):
            n_hyp, n_ref, n_match = sums[3 * index : 3 * index + 3]
            p = n_match / n_hyp if n_hyp > 0 else _EPSILON
            r = n_match / n_ref if n_ref > 0 else _EPSILON
            denominator = factor * p + r
            score += (1 + factor) * p * r / denominator if denominator > 0 else _EPSILON
            if n_hyp > 0 and n_ref > 0:
                precision += p
                recall += r
                n_effective += 1
        if self.eps_smoothing:
            return 100 * score / self.order
        if n_effective:
            precision /= n_effective
            recall /= n_effective
        if not precision + recall:
            return 0.0
        return 100 * ((1 + factor) * precision * recall / (factor * precision + recall))

    def _result(self, score: float) -> CHRFScore:
        return CHRFScore(score, self.char_order, self.word_order, self.beta)

    def _row_scores(self, rows: Statistics) -> list[CHRFScore]:
        scores = chrf_scores(rows, beta=self.beta, eps_smoothing=self.eps_smoothing)
        return [self._result(score) for score in scores.tolist()]

    def resampled_scores(
        self, sums: NDArray[np.float32] | Statistics, held: Held
    ) -> NDArray[np.float64] | NDArray[np.float32]:
        """See `Metric.resampled_scores`."""
        return resampled_chrf(sums, held=held, beta=self.beta, eps_smoothing=self.eps_smoothing)

    def _statistics(self, hypotheses: Sequence[str], references: Sequence[Sequence[str | None]]) -> Statistics:
        return chrf_statistics(
            hypotheses,
            references,
            char_order=self.char_order,
            word_order=self.word_order,
            beta=self.beta,
            lowercase=self.lowercase,
            whitespace=self.whitespace,
            eps_smoothing=self.eps_smoothing,
        )

    def _signature_keys(self) -> Sequence[SignatureKey]:
        return (
            ("case", "c", "lc" if self.lowercase else "mixed"),
            ("eff", "e", "no" if self.eps_smoothing else "yes"),
            ("nc", "nc", self.char_order),
            ("nw", "nw", self.word_order),
            ("space", "s", "yes" if self.whitespace else "no"),
        )


def corpus_chrf(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    char_order: int = CHRF.CHAR_ORDER,
    word_order: int = CHRF.WORD_ORDER,
    beta: float = CHRF.BETA,
    remove_whitespace: bool = True,
    eps_smoothing: bool = False,
) -> CHRFScore:
    """Compute the chrF of a corpus, as ``sacrebleu.corpus_chrf`` does.

    Parameters
    ----------
    hypotheses : sequence of str
        At least one.
    references : sequence of sequences of str or None
        Reference streams: ``references[k][i]`` is the k-th reference of hypothesis i, None where it has no k-th.
    remove_whitespace : bool, default True
        Leave whitespace out of character n-grams.
    char_order, word_order, beta, eps_smoothing
        See `CHRF`.

    Returns
    -------
    CHRFScore

    Raises
    ------
    TypeError, ValueError
        If an argument or an option is not as above; a stream that is not as long as `hypotheses` is refused.

    Examples
    --------
    >>> corpus_chrf(["The dog bit a man."], [["The dog bit the man."]])
    chrF2 = 60.21
    """
    metric = CHRF(
        char_order,
        word_order,
        beta,
        whitespace=not check_flag(remove_whitespace, "remove_whitespace"),
        eps_smoothing=eps_smoothing,
    )
    return metric.corpus_score(hypotheses, references)


def sentence_chrf(
    hypothesis: str,
    references: Sequence[str | None],
    char_order: int = CHRF.CHAR_ORDER,
    word_order: int = CHRF.WORD_ORDER,
    beta: float = CHRF.BETA,
    remove_whitespace: bool = True,
    eps_smoothing: bool = False,
) -> CHRFScore:
    """Compute the chrF of one text, as ``sacrebleu.sentence_chrf`` does.

    Parameters
    ----------
    hypothesis : str
    references : sequence of str or None
        Its references.
    char_order, word_order, beta, remove_whitespace, eps_smoothing
        See `corpus_chrf`. For many texts, ``CHRF.sentence_scores`` takes them in one call.

    Returns
    -------
    CHRFScore

    Raises
    ------
    TypeError, ValueError
        If an argument or an option is not as above.

    Examples
    --------
    >>> sentence_chrf("The dog bit a man.", ["The dog bit the man."])
    chrF2 = 60.21
    """
    metric = CHRF(
        char_order,
        word_order,
        beta,
        whitespace=not check_flag(remove_whitespace, "remove_whitespace"),
        eps_smoothing=eps_smoothing,
    )
    return metric.sentence_score(hypothesis, references)
