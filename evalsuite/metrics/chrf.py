"""chrF, equal to sacrebleu's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import UsageError
from evalsuite.metrics._options import check_flag, check_integer
from evalsuite.metrics._outputs import example_outputs, final_texts, required_references
from evalsuite.metrics._sacrebleu import SACREBLEU_VERSION
from evalsuite.metrics.base import Example, FloatArray, RowMetric, Rows, SampleOutputs
from evalsuite.types import Outcome, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Chrf"]

_EPS = 1e-16


@dataclass(frozen=True)
class Chrf(RowMetric):
    """chrF: F-score of character n-grams over the corpus, 0-100.

    Parameters
    ----------
    char_order : int, default 6
        Longest character n-gram, in [0, 32].
    word_order : int, default 0
        Longest word n-gram, in [0, 32]; 2 makes it chrF++.
    beta : int, default 2
        How many times as important recall is as precision, in [1, 100].
    lowercase : bool, default False
        Fold case first.
    whitespace : bool, default False
        Keep whitespace in character n-grams.
    eps_smoothing : bool, default False
        Average the F of all orders, as the author's script does, not only of those that occur in both texts.

    Notes
    -----
    ``chrF = 100 * (1 + b^2) * P * R / (b^2 * P + R)`` [1]_, where P and R are means over the orders of matching
    n-grams divided by those of the outputs and of the references, each summed over the corpus first. Of several
    references the one with the best F counts, sample by sample. Range 0 to 100; higher is better.

    A row is [texts, then outputs', references' and matching n-grams for each order], summed over the repeats of a
    sample. The statistics are sacrebleu's own and scores equal its [2]_ bit for bit. The signature has its keys;
    ``nrefs`` is left out, as in `evalsuite.metrics.bleu.Bleu`, and ``beta`` added where it is not 2.

    References
    ----------
    .. [1] Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015.
    .. [2] Post, "A call for clarity in reporting BLEU scores", WMT 2018.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> metric = Chrf(word_order=2)
    >>> rows = metric.rows([Sample(id="1", input={}, references=("north face",))], [[Output(text="north side")]])
    >>> metric.value(rows.values.sum(axis=0)).round(2)
    np.float64(32.86)
    """

    name = "chrf"
    value_range = (0.0, 100.0)

    char_order: int = 6
    word_order: int = 0
    beta: int = 2
    lowercase: bool = False
    whitespace: bool = False
    eps_smoothing: bool = False

    def __post_init__(self) -> None:
        check_integer(self.name, "char_order", self.char_order, 0, 32)
        check_integer(self.name, "word_order", self.word_order, 0, 32)
        check_integer(self.name, "beta", self.beta, 1, 100)
        check_flag(self.name, "lowercase", self.lowercase)
        check_flag(self.name, "whitespace", self.whitespace)
        check_flag(self.name, "eps_smoothing", self.eps_smoothing)
        if self.char_order + self.word_order == 0:
            raise UsageError(f"{self.name}: `char_order` and `word_order` must not both be 0")

    @property
    def n_columns(self) -> int:
        """Texts, and three counts an order."""
        return 1 + 3 * (self.char_order + self.word_order)

    def signature(self) -> str:
        """Return the name and sacrebleu's keys and values."""
        return "|".join(
            [
                self.name,
                *([f"beta:{self.beta}"] if self.beta != type(self).beta else []),
                f"case:{'lc' if self.lowercase else 'mixed'}",
                f"eff:{'no' if self.eps_smoothing else 'yes'}",
                f"nc:{self.char_order}",
                f"nw:{self.word_order}",
                f"space:{'yes' if self.whitespace else 'no'}",
                f"version:{SACREBLEU_VERSION}",
            ]
        )

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        from sacrebleu.metrics.chrf import CHRF

        reference = CHRF(
            char_order=self.char_order,
            word_order=self.word_order,
            beta=self.beta,
            lowercase=self.lowercase,
            whitespace=self.whitespace,
            eps_smoothing=self.eps_smoothing,
        )
        values = np.full((len(samples), self.n_columns), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            streams = [[text] for text in required_references(self.name, sample)]
            texts, outcome = final_texts(sample_outputs)
            outcomes.append(outcome)
            if texts:
                statistics = reference._extract_corpus_statistics(texts, [stream * len(texts) for stream in streams])
                values[i] = [len(texts), *np.sum(statistics, axis=0)]
        return Rows(values=values, outcomes=tuple(outcomes))

    def _value(self, sums: FloatArray) -> FloatArray:
        """Follow sacrebleu's operations one by one, so that not even the last bit differs."""
        known = sums[..., 0] > 0
        factor = self.beta**2
        order = self.char_order + self.word_order
        zeros = np.zeros(known.shape)
        score, precision, recall, effective = zeros.copy(), zeros.copy(), zeros.copy(), zeros.copy()
        with np.errstate(divide="ignore", invalid="ignore"):
            for i in range(order):
                n_hyp, n_ref, n_match = (sums[..., 1 + 3 * i + j] for j in range(3))
                p = np.where(n_hyp > 0, n_match / n_hyp, _EPS)
                r = np.where(n_ref > 0, n_match / n_ref, _EPS)
                denominator = factor * p + r
                score += np.where(denominator > 0, (1 + factor) * p * r / denominator, _EPS)
                both = (n_hyp > 0) & (n_ref > 0)
                precision += np.where(both, p, 0.0)
                recall += np.where(both, r, 0.0)
                effective += both
            if self.eps_smoothing:
                return np.where(known, 100 * score / order, np.nan)
            precision = np.where(effective > 0, precision / effective, 0.0)
            recall = np.where(effective > 0, recall / effective, 0.0)
            score = (1 + factor) * precision * recall / ((factor * precision) + recall)
            score = np.where(precision + recall > 0, 100 * score, 0.0)
        return np.where(known, score, np.nan)

    def example(self) -> Example:
        """Return a match, a near match and nothing in common."""
        samples = (
            Sample(id="1", input={}, references=("The path leads to the lake.",)),
            Sample(id="2", input={}, references=("Dogs are welcome.", "Dogs may come along.")),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["The path leads to the lake.", "Dogs may come along."]),
            worse=example_outputs(samples, ["The paths led to lakes.", "Dogs may come."]),
            worst=example_outputs(samples, ["", "??"]),
        )
