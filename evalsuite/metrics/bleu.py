"""BLEU, equal to sacrebleu's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from evalsuite import kernels
from evalsuite.errors import UsageError
from evalsuite.metrics._options import check_choice, check_flag, check_integer, check_positive
from evalsuite.metrics._outputs import example_outputs, final_texts, required_references
from evalsuite.metrics.base import Example, FloatArray, RowMetric, Rows, SampleOutputs
from evalsuite.text.bleu import BLEU
from evalsuite.text.signature import SACREBLEU_VERSION
from evalsuite.text.tokenizers import TOKENIZERS, load_tokenizer
from evalsuite.types import Outcome, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SMOOTH_METHODS", "TOKENIZERS", "Bleu", "Bleu1", "Bleu2", "Bleu3"]

SMOOTH_METHODS = BLEU.SMOOTH_DEFAULTS
"""Smoothing methods and their default values; None where they take no value."""


@dataclass(frozen=True)
class Bleu(RowMetric):
    """BLEU: clipped n-gram precision with a brevity penalty, over the corpus, 0-100.

    Parameters
    ----------
    max_order : int, default 4
        Longest n-gram, in [1, 16].
    lowercase : bool, default False
        Fold case first.
    tokenize : str, default "13a"
        ``"13a"`` is mteval-v13a's tokenisation, ``"intl"`` mteval-v14's for any script; ``"zh"`` sets Chinese
        characters apart, ``"char"`` all; ``"none"`` splits on whitespace only. ``"ja-mecab"`` and ``"ko-mecab"`` need
        sacrebleu's dictionaries; ``"flores101"``, ``"flores200"``, ``"spm"`` and ``"spBLEU-1K"`` a model in
        sacrebleu's folder: see `evalsuite.text.tokenizers.load_tokenizer`.
    smooth_method : {"exp", "floor", "add-k", "none"}, default "exp"
        What to do with an order without matches.
    smooth_value : float, optional
        For ``"floor"`` (0.1 by default) and ``"add-k"`` (1 by default) only.
    effective_order : bool, default False
        Leave out orders longer than the output.

    Notes
    -----
    ``BLEU = bp * exp(sum over n of log(p_n) / N)``, ``p_n = 100 * correct_n / total_n`` and ``bp = exp(1 - ref_len /
    hyp_len)`` where the outputs are shorter than the references, else 1 [1]_. Counts are clipped against the most any
    reference has, the reference length is the closest one's (the shorter on a tie), and both are summed over the
    corpus before dividing. Range 0 to 100 (a perfect match gives 100.00000000000004); higher is better.

    A row is [texts, hyp_len, ref_len, correct_1..N, total_1..N], summed over the repeats of a sample. Scores equal
    sacrebleu's [2]_ bit for bit, and the signature has its keys. ``nrefs`` is left out: the number of references is a
    property of the task, which a run names with its version and hash. ``order`` is added where `max_order` is not
    the name's.

    References
    ----------
    .. [1] Papineni, Roukos, Ward and Zhu, "BLEU: a method for automatic evaluation of machine translation", ACL 2002.
    .. [2] Post, "A call for clarity in reporting BLEU scores", WMT 2018.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("The dog bit the man.", "The dog had bit the man."))
    >>> metric = Bleu()
    >>> rows = metric.rows([sample], [[Output(text="The dog bit the man.")]])
    >>> metric.value(rows.values.sum(axis=0)).round(2)
    np.float64(100.0)
    >>> metric.signature()
    'bleu|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0'
    """

    name = "bleu"
    value_range = (0.0, 100.0)

    max_order: int = 4
    lowercase: bool = False
    tokenize: str = "13a"
    smooth_method: Literal["exp", "floor", "add-k", "none"] = "exp"
    smooth_value: float | None = None
    effective_order: bool = False

    def __post_init__(self) -> None:
        check_integer(self.name, "max_order", self.max_order, 1, 16)
        check_flag(self.name, "lowercase", self.lowercase)
        check_choice(self.name, "tokenize", self.tokenize, TOKENIZERS)
        check_choice(self.name, "smooth_method", self.smooth_method, list(SMOOTH_METHODS))
        check_flag(self.name, "effective_order", self.effective_order)
        if self.smooth_value is not None:
            if SMOOTH_METHODS[self.smooth_method] is None:
                raise UsageError(
                    f'{self.name}: `smooth_value` is for the smooth methods "floor" and "add-k", '
                    f'not "{self.smooth_method}"'
                )
            check_positive(self.name, "smooth_value", self.smooth_value)

    @property
    def n_columns(self) -> int:
        """Texts, two lengths, and two counts an order."""
        return 3 + 2 * self.max_order

    def check(self) -> None:
        """Find out whether the tokenizer's dictionary or model is there."""
        load_tokenizer(self.tokenize)

    def signature(self) -> str:
        """Return the name and sacrebleu's keys and values."""
        value = SMOOTH_METHODS[self.smooth_method] if self.smooth_value is None else self.smooth_value
        smooth: str = self.smooth_method
        if value is not None:
            short = f"{value:.2f}"
            smooth += f"[{short if float(short) == value else value}]"
        return "|".join(
            [
                self.name,
                *([f"order:{self.max_order}"] if self.max_order != type(self).max_order else []),
                f"case:{'lc' if self.lowercase else 'mixed'}",
                f"eff:{'yes' if self.effective_order else 'no'}",
                f"tok:{load_tokenizer(self.tokenize).signature()}",
                f"smooth:{smooth}",
                f"version:{SACREBLEU_VERSION}",
            ]
        )

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        hypotheses: list[str] = []
        references: list[Sequence[str | None]] = []
        owners: list[int] = []
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            texts, outcome = final_texts(sample_outputs)
            hypotheses += texts
            references += [required_references(self.name, sample)] * len(texts)
            owners += [i] * len(texts)
            outcomes.append(outcome)
        values = np.zeros((len(samples), self.n_columns), dtype=np.float64)
        np.add.at(values[:, 0], owners, 1.0)
        if hypotheses:
            statistics = load_tokenizer(self.tokenize).statistics(
                hypotheses, references, lowercase=self.lowercase, max_order=self.max_order
            )
            np.add.at(values[:, 1:], owners, statistics.astype(np.float64))
        values[values[:, 0] == 0] = np.nan
        return Rows(values=values, outcomes=tuple(outcomes))

    def _value(self, sums: FloatArray) -> FloatArray:
        flat = sums.reshape(-1, self.n_columns)
        known = flat[:, 0] > 0
        scores = np.full(len(flat), np.nan)
        scores[known] = kernels.bleu_scores(
            np.asarray(flat[known, 1:], dtype=np.float64),
            smooth_method=self.smooth_method,
            smooth_value=self.smooth_value,
            effective_order=self.effective_order,
        )
        return scores.reshape(sums.shape[:-1])

    def example(self) -> Example:
        """Return a match, a near match and nothing in common."""
        samples = (
            Sample(id="1", input={}, references=("The path leads to the lake, then up to a hut.",)),
            Sample(id="2", input={}, references=("Dogs are welcome here in winter.", "In winter dogs may come along.")),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, [sample.references[0] for sample in samples]),
            worse=example_outputs(samples, ["The path leads to a lake, then down.", "Dogs are welcome here."]),
            worst=example_outputs(samples, ["Nothing", "like it"]),
        )


@dataclass(frozen=True)
class Bleu1(Bleu):
    """BLEU-1: BLEU over single words, 0-100.

    Takes the options of `Bleu` but `max_order`, which is 1.
    """

    name = "bleu1"
    max_order: int = field(default=1, init=False)


@dataclass(frozen=True)
class Bleu2(Bleu):
    """BLEU-2: BLEU over n-grams of up to 2 words, 0-100.

    Takes the options of `Bleu` but `max_order`, which is 2.
    """

    name = "bleu2"
    max_order: int = field(default=2, init=False)


@dataclass(frozen=True)
class Bleu3(Bleu):
    """BLEU-3: BLEU over n-grams of up to 3 words, 0-100.

    Takes the options of `Bleu` but `max_order`, which is 3.
    """

    name = "bleu3"
    max_order: int = field(default=3, init=False)
