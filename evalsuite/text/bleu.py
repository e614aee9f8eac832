"""BLEU with sacrebleu's interface."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, ClassVar, Final

from evalsuite.kernels.arguments import check_finite, check_flag, check_integer
from evalsuite.kernels.bleu import MAX_BLEU_ORDER
from evalsuite.kernels.resampled_scores import resampled_bleu
from evalsuite.text.base import Metric, Statistics
from evalsuite.text.bleu_score import MAX_NGRAM_ORDER, SMOOTH_DEFAULTS, BLEUScore, check_smooth_method, score_counts
from evalsuite.text.tokenizers import TOKENIZERS, load_tokenizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.kernels.resampled_scores import Held
    from evalsuite.text.signature import SignatureKey

__all__ = ["BLEU"]

_LOG: Final = logging.getLogger("evalsuite")
# So many hypotheses that end in a full stop apart look like tokenized text.
_MANY_TOKENIZED: Final = 100


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

    SMOOTH_DEFAULTS: ClassVar[dict[str, float | None]] = SMOOTH_DEFAULTS
    TOKENIZERS: ClassVar[tuple[str, ...]] = TOKENIZERS
    TOKENIZER_DEFAULT: ClassVar[str] = "13a"
    _TOKENIZER_MAP: ClassVar[dict[str, str]] = {"zh": "zh", "ja": "ja-mecab", "ko": "ko-mecab"}

    compute_bleu = staticmethod(score_counts)

    def __init__(
        self,
        lowercase: bool = False,
        force: bool = False,
        tokenize: str | None = None,
        smooth_method: str = "exp",
        smooth_value: float | None = None,
        max_ngram_order: int = MAX_NGRAM_ORDER,
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
        self.smooth_method = check_smooth_method(smooth_method)
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

    @property
    def _kernel_checks_types(self) -> bool:
        return self.tokenizer.is_kernels

    def _stream_statistics(self, hypotheses: Sequence[str], streams: Sequence[Sequence[str | None]]) -> Statistics:
        rows = self.tokenizer.stream_statistics(
            hypotheses, streams, lowercase=self.lowercase, max_order=self.max_ngram_order
        )
        self._look_for_tokenized(hypotheses)
        return rows

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
