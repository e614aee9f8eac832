"""chrF, equal to sacrebleu's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import UsageError
from evalsuite.kernels.chrf import chrf_scores, chrf_statistics
from evalsuite.metrics._options import check_flag, check_integer
from evalsuite.metrics._outputs import collect_texts, example_outputs
from evalsuite.metrics.base import Example, FloatArray, RowMetric, Rows, SampleOutputs
from evalsuite.text.signature import SACREBLEU_VERSION
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Chrf", "ChrfPlusPlus"]


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
        texts = collect_texts(self.name, samples, outputs)
        values = np.zeros((len(samples), self.n_columns), dtype=np.float64)
        np.add.at(values[:, 0], texts.owners, 1.0)
        if texts.hypotheses:
            statistics = chrf_statistics(
                texts.hypotheses,
                texts.references,
                char_order=self.char_order,
                word_order=self.word_order,
                beta=self.beta,
                lowercase=self.lowercase,
                whitespace=self.whitespace,
                eps_smoothing=self.eps_smoothing,
            )
            np.add.at(values[:, 1:], texts.owners, statistics.astype(np.float64))
        values[values[:, 0] == 0] = np.nan
        return Rows(values=values, outcomes=tuple(texts.outcomes))

    def _value(self, sums: FloatArray) -> FloatArray:
        flat = sums.reshape(-1, self.n_columns)
        known = flat[:, 0] > 0
        scores = np.full(len(flat), np.nan)
        scores[known] = chrf_scores(
            np.asarray(flat[known, 1:], dtype=np.float64), beta=self.beta, eps_smoothing=self.eps_smoothing
        )
        return scores.reshape(sums.shape[:-1])

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


@dataclass(frozen=True)
class ChrfPlusPlus(Chrf):
    """chrF++: F-score of character n-grams and of one and two words over the corpus, 0-100.

    Takes the options of `Chrf` but `word_order`, which is 2.
    """

    name = "chrf++"
    word_order: int = field(default=2, init=False)
