"""BLEU with sacrebleu's interface."""

from __future__ import annotations

import logging
import math
import os
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

import numpy as np

from evalsuite.kernels.arguments import check_finite, check_flag, check_integer
from evalsuite.kernels.bleu import MAX_BLEU_ORDER
from evalsuite.kernels.significance import resampled_bleu
from evalsuite.text.base import Metric, Statistics
from evalsuite.text.result import Score
from evalsuite.text.tokenizers import TOKENIZERS, load_tokenizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.kernels.significance import Held
    from evalsuite.text.signature import SignatureKey

__all__ = ["BLEU", "BLEUScore", "corpus_bleu", "raw_corpus_bleu", "sentence_bleu"]

Counts: TypeAlias = "Sequence[float] | NDArray[np.float32]"

_LOG: Final = logging.getLogger("evalsuite")
_LOG_ZERO: Final = -9999999999
_MAX_NGRAM_ORDER: Final = 4
# So many hypotheses that end in a full stop apart look like tokenized text.
_MANY_TOKENIZED: Final = 100


class BLEUScore(Score):
    """A BLEU score and its parts.

    Parameters
    ----------
    score : float
        0 to 100.
    counts, totals : list of int
        Matching n-grams and all n-grams of the hypotheses, by order; "add-k" has added to both.
    precisions : list of float
        By order, 0 to 100.
    bp : float
        Brevity penalty, 0 to 1.
    sys_len, ref_len : int
        Tokens of the hypotheses, and of the references closest in length.

    Attributes
    ----------
    prec_str : str
        The precisions as they are printed.
    ratio : float
        `sys_len` over `ref_len`, 0 where that is 0.
    """

    def __init__(
        self,
        score: float,
        counts: Sequence[float],
        totals: Sequence[float],
        precisions: Sequence[float],
        bp: float,
        sys_len: int,
        ref_len: int,
    ) -> None:
        super().__init__("BLEU", score)
        self.counts = counts
        self.totals = totals
        self.precisions = precisions
        self.bp = bp
        self.sys_len = sys_len
        self.ref_len = ref_len

    @property
    def prec_str(self) -> str:
        """The precisions as they are printed."""
        return "/".join([f"{precision:.1f}" for precision in self.precisions])

    @property
    def ratio(self) -> float:
        """Length of the hypotheses over length of the references; 0 where that is 0."""
        return self.sys_len / self.ref_len if self.ref_len else 0

    @property
    def _verbose(self) -> str:
        return (
            f"{self.prec_str} (BP = {self.bp:.3f} ratio = {self.ratio:.3f} "
            f"hyp_len = {self.sys_len:d} ref_len = {self.ref_len:d})"
        )


class BLEU(Metric[BLEUScore]):
    """BLEU: clipped n-gram precision with a brevity penalty, equal to sacrebleu's in every bit.

    Parameters
    ----------
    lowercase : bool, default False
        Fold case first.
    force : bool, default False
        Say nothing about hypotheses that look tokenized already.
    tokenize : str, optional
        One of ``BLEU.TOKENIZERS``; by default the one for `trg_lang`, "13a" if it has none of its own.
    smooth_method : {"exp", "floor", "add-k", "none"}, default "exp"
        What to do with an order without matches [2]_.
    smooth_value : float, optional
        For "floor" (0.1 by default) and "add-k" (1 by default).
    max_ngram_order : int, default 4
        Longest n-gram, 1 to 65,536.
    effective_order : bool, default False
        Leave out orders longer than the hypothesis; for single sentences.
    trg_lang : str, default ""
        Language of the texts: "zh", "ja" and "ko" have tokenizers of their own.
    references : sequence of sequences of str or None, optional
        Reference streams for calls without references: ``references[k][i]`` is the k-th reference of hypothesis i.
    spm_model : path, optional
        SentencePiece model of the tokenizers "spm", "flores101", "flores200" and "spBLEU-1K"; see
        `evalsuite.text.tokenizers.load_tokenizer`. Not an argument of sacrebleu's.

    Raises
    ------
    ValueError
        If an option is unknown or not in its range.
    TypeError
        If `max_ngram_order` is not an int.
    DependencyError, InputError
        If the tokenizer's package or model is missing.

    Notes
    -----
    ``BLEU = bp * exp(sum_n log(p_n) / N)``, ``p_n = 100 * correct_n / total_n`` and ``bp = exp(1 - ref_len / sys_len)``
    where the hypotheses are shorter than the references, else 1 [1]_. 0 to 100; higher is better.

    References
    ----------
    .. [1] Papineni, Roukos, Ward and Zhu, "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002.
    .. [2] Chen and Cherry, "A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU", WMT 2014.

    Examples
    --------
    >>> bleu = BLEU()
    >>> references = [["The dog bit the man.", "It was late."], ["A dog bit the man.", None]]
    >>> bleu.corpus_score(["The dog bit a man.", "It was late."], references)
    BLEU = 53.90 90.0/75.0/50.0/25.0 (BP = 1.000 ratio = 1.000 hyp_len = 10 ref_len = 10)
    >>> bleu.get_signature()
    nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0
    """

    SMOOTH_DEFAULTS: ClassVar[dict[str, float | None]] = {"none": None, "floor": 0.1, "add-k": 1, "exp": None}
    TOKENIZERS: ClassVar[tuple[str, ...]] = TOKENIZERS
    TOKENIZER_DEFAULT: ClassVar[str] = "13a"
    _TOKENIZER_MAP: ClassVar[dict[str, str]] = {"zh": "zh", "ja": "ja-mecab", "ko": "ko-mecab"}

    def __init__(
        self,
        lowercase: bool = False,
        force: bool = False,
        tokenize: str | None = None,
        smooth_method: str = "exp",
        smooth_value: float | None = None,
        max_ngram_order: int = _MAX_NGRAM_ORDER,
        effective_order: bool = False,
        trg_lang: str = "",
        references: Sequence[Sequence[str | None]] | None = None,
        *,
        spm_model: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__(references)
        if smooth_value is not None:
            check_finite(smooth_value, "smooth_value")
        self.lowercase = check_flag(lowercase, "lowercase")
        self.smooth_method = _smooth_method(smooth_method)
        self.smooth_value = smooth_value
        self.max_ngram_order = check_integer(max_ngram_order, "max_ngram_order", 1, MAX_BLEU_ORDER)
        self.effective_order = check_flag(effective_order, "effective_order")
        self.trg_lang = trg_lang
        self._force = check_flag(force, "force")
        own = self._TOKENIZER_MAP.get(trg_lang)
        if tokenize is None:
            tokenize = own or self.TOKENIZER_DEFAULT
        elif own is not None and tokenize != own:
            _LOG.warning(
                'for the language "%s", the tokenizer "%s" or "spm" suits better than "%s"', trg_lang, own, tokenize
            )
        self.tokenizer = load_tokenizer(tokenize, None if spm_model is None else os.fspath(spm_model))
        self.tokenizer_signature = self.tokenizer.signature()

    @staticmethod
    def compute_bleu(
        correct: Counts,
        total: Counts,
        sys_len: int,
        ref_len: int,
        smooth_method: str = "none",
        smooth_value: float | None = None,
        effective_order: bool = False,
        max_ngram_order: int = _MAX_NGRAM_ORDER,
    ) -> BLEUScore:
        """Compute BLEU from its statistics.

        Parameters
        ----------
        correct, total : sequence of int, or array of float32
            Matching n-grams and all n-grams, by order; they are left as they are. 32-bit floats stay such, as in
            sacrebleu's resamples.
        sys_len, ref_len : int
            Tokens of hypotheses and references.
        smooth_method, smooth_value, effective_order, max_ngram_order
            See `BLEU`.

        Returns
        -------
        BLEUScore

        Raises
        ------
        ValueError
            If `smooth_method` is unknown, or the counts have fewer than `max_ngram_order` orders.
        """
        check_integer(max_ngram_order, "max_ngram_order", 1, MAX_BLEU_ORDER)
        effective_order = check_flag(effective_order, "effective_order")
        # Indexed below, and with "add-k" changed: a copy of the same kind, so that arrays round as arrays do.
        counts: Any = correct.copy() if isinstance(correct, np.ndarray) else list(correct)
        totals: Any = total.copy() if isinstance(total, np.ndarray) else list(total)
        if smooth_value is None:
            smooth_value = BLEU.SMOOTH_DEFAULTS[_smooth_method(smooth_method)]
        if min(len(counts), len(totals)) < max_ngram_order:
            raise ValueError(f"`correct` and `total` must have {max_ngram_order} orders; found {len(counts)}")
        bp = 1.0
        if sys_len < ref_len:
            bp = math.exp(1 - ref_len / sys_len) if sys_len > 0 else 0.0
        precisions = [0.0] * max_ngram_order
        if not any(counts):
            return BLEUScore(0.0, counts, totals, precisions, bp, sys_len, ref_len)
        n_orders = max_ngram_order
        divisor = 1.0
        for index in range(max_ngram_order):
            if smooth_method == "add-k" and index > 0:
                counts[index] += smooth_value
                totals[index] += smooth_value
            if totals[index] == 0:
                break
            if effective_order:
                n_orders = index + 1
            if counts[index] != 0:
                precisions[index] = 100.0 * counts[index] / totals[index]
            elif smooth_method == "exp":
                divisor *= 2
                precisions[index] = 100.0 / (divisor * totals[index])
            elif smooth_method == "floor":
                precisions[index] = 100.0 * smooth_value / totals[index] if smooth_value is not None else 0.0
        logs = [_LOG_ZERO if p == 0.0 else math.log(p) for p in precisions[:n_orders]]
        # sum() and not a kernel: from Python 3.12 on it compensates for rounding, and scores move with it.
        score = bp * math.exp(sum(logs) / n_orders)
        return BLEUScore(score, counts, totals, precisions, bp, sys_len, ref_len)

    def score_from_statistics(self, sums: Sequence[float] | NDArray[np.float32]) -> BLEUScore:
        """See `Metric.score_from_statistics`; the columns are those of `evalsuite.kernels.bleu.bleu_statistics`."""
        return self.compute_bleu(
            sums[2 : 2 + self.max_ngram_order],
            sums[2 + self.max_ngram_order :],
            int(sums[0]),
            int(sums[1]),
            smooth_method=self.smooth_method,
            smooth_value=self.smooth_value,
            effective_order=self.effective_order,
            max_ngram_order=self.max_ngram_order,
        )

    def resampled_scores(self, sums: NDArray[np.float32] | Statistics, held: Held) -> NDArray[np.float64]:
        """See `Metric.resampled_scores`."""
        value = self.SMOOTH_DEFAULTS[self.smooth_method] if self.smooth_value is None else self.smooth_value
        return resampled_bleu(
            sums,
            held=held,
            smooth_method=self.smooth_method,
            smooth_value=value or 0.0,
            effective_order=self.effective_order,
        )

    def sentence_scores(self, hypotheses: Sequence[str], references: Sequence[Sequence[str | None]]) -> list[BLEUScore]:
        """See `Metric.sentence_scores`; without `effective_order`, short texts score 0, which is logged."""
        if not self.effective_order:
            _LOG.warning("BLEU of sentences: `effective_order` should be True, or texts of under 4 tokens score 0")
        return super().sentence_scores(hypotheses, references)

    def _statistics(self, hypotheses: Sequence[str], references: Sequence[Sequence[str | None]]) -> Statistics:
        self._look_for_tokenized(hypotheses)
        return self.tokenizer.statistics(
            hypotheses, references, lowercase=self.lowercase, max_order=self.max_ngram_order
        )

    def _stream_statistics(self, hypotheses: Sequence[str], streams: Sequence[Sequence[str | None]]) -> Statistics:
        self._look_for_tokenized(hypotheses)
        return self.tokenizer.stream_statistics(
            hypotheses, streams, lowercase=self.lowercase, max_order=self.max_ngram_order
        )

    def _look_for_tokenized(self, hypotheses: Sequence[str]) -> None:
        if self._force:
            return
        n_tokenized = sum([text.endswith(" .") for text in hypotheses])
        if n_tokenized >= _MANY_TOKENIZED:
            _LOG.warning(
                "%d hypotheses end in a full stop that stands alone: BLEU tokenizes texts itself, and those that are "
                "tokenized already may score wrongly; detokenize them, or silence this with `force`",
                n_tokenized,
            )

    def _signature_keys(self) -> Sequence[SignatureKey]:
        smooth = self.smooth_method
        default = self.SMOOTH_DEFAULTS[smooth]
        if default is not None:
            smooth += f"[{default if self.smooth_value is None else self.smooth_value:.2f}]"
        return (
            ("case", "c", "lc" if self.lowercase else "mixed"),
            ("eff", "e", "yes" if self.effective_order else "no"),
            ("tok", "tok", self.tokenizer_signature),
            ("smooth", "s", smooth),
        )


def corpus_bleu(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    smooth_method: str = "exp",
    smooth_value: float | None = None,
    force: bool = False,
    lowercase: bool = False,
    tokenize: str = BLEU.TOKENIZER_DEFAULT,
    use_effective_order: bool = False,
) -> BLEUScore:
    """Compute the BLEU of a corpus, as ``sacrebleu.corpus_bleu`` does.

    Parameters
    ----------
    hypotheses : sequence of str
        At least one.
    references : sequence of sequences of str or None
        Reference streams: ``references[k][i]`` is the k-th reference of hypothesis i, None where it has no k-th.
    smooth_method, smooth_value, force, lowercase, tokenize, use_effective_order
        See `BLEU`.

    Returns
    -------
    BLEUScore

    Raises
    ------
    TypeError, ValueError
        If an argument or an option is not as above. A stream that is not as long as `hypotheses` is refused; sacrebleu
        drops the rest without a word.

    Examples
    --------
    The example of sacrebleu's README:

    >>> references = [
    ...     ["The dog bit the man.", "It was not unexpected.", "The man bit him first."],
    ...     ["The dog had bit the man.", "No one was surprised.", "The man had bitten the dog."],
    ... ]
    >>> hypotheses = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
    >>> corpus_bleu(hypotheses, references)
    BLEU = 48.53 82.4/50.0/45.5/37.5 (BP = 0.943 ratio = 0.944 hyp_len = 17 ref_len = 18)
    """
    metric = BLEU(
        lowercase=lowercase,
        force=force,
        tokenize=tokenize,
        smooth_method=smooth_method,
        smooth_value=smooth_value,
        effective_order=use_effective_order,
    )
    return metric.corpus_score(hypotheses, references)


def raw_corpus_bleu(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    smooth_value: float | None = BLEU.SMOOTH_DEFAULTS["floor"],
) -> BLEUScore:
    """Compute the BLEU of texts that are tokenized already, as ``sacrebleu.raw_corpus_bleu`` does.

    Parameters
    ----------
    hypotheses, references
        See `corpus_bleu`.
    smooth_value : float, default 0.1
        The value of "floor" smoothing. Orders are effective, and words are what whitespace separates.

    Returns
    -------
    BLEUScore

    Raises
    ------
    TypeError, ValueError
        See `corpus_bleu`.
    """
    return corpus_bleu(
        hypotheses,
        references,
        smooth_method="floor",
        smooth_value=smooth_value,
        force=True,
        tokenize="none",
        use_effective_order=True,
    )


def sentence_bleu(
    hypothesis: str,
    references: Sequence[str | None],
    smooth_method: str = "exp",
    smooth_value: float | None = None,
    lowercase: bool = False,
    tokenize: str = BLEU.TOKENIZER_DEFAULT,
    use_effective_order: bool = True,
) -> BLEUScore:
    """Compute the BLEU of one text, as ``sacrebleu.sentence_bleu`` does.

    Parameters
    ----------
    hypothesis : str
    references : sequence of str or None
        Its references.
    smooth_method, smooth_value, lowercase, tokenize, use_effective_order
        See `BLEU`. BLEU was made for corpora; for many sentences, ``BLEU.sentence_scores`` takes them in one call.

    Returns
    -------
    BLEUScore

    Raises
    ------
    TypeError, ValueError
        If an argument or an option is not as above.
    """
    metric = BLEU(
        lowercase=lowercase,
        tokenize=tokenize,
        smooth_method=smooth_method,
        smooth_value=smooth_value,
        effective_order=use_effective_order,
    )
    return metric.sentence_score(hypothesis, references)


def _smooth_method(found: str) -> str:
    if found not in BLEU.SMOOTH_DEFAULTS:
        known = ", ".join(map(repr, BLEU.SMOOTH_DEFAULTS))
        raise ValueError(f"`smooth_method` must be one of {known}; found {found!r}")
    return found
