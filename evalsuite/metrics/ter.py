"""TER, equal to sacrebleu's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.kernels.ter import ter_statistics
from evalsuite.metrics._options import check_flag
from evalsuite.metrics._outputs import collect_texts, example_outputs
from evalsuite.metrics.base import Example, FloatArray, RowMetric, Rows, SampleOutputs
from evalsuite.text.signature import SACREBLEU_VERSION
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Ter"]


@dataclass(frozen=True)
class Ter(RowMetric):
    """TER: edits, shifts of blocks among them, divided by reference words, over the corpus, in percent.

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

    Notes
    -----
    ``TER = 100 * edits / reference words`` [1]_, both summed over the corpus; edits are those to the nearest
    reference, found by tercom's greedy search, and words the mean over the references. 0 or more; lower is better.
    Without reference words, 100 if there are edits and 0 if there are none.

    A row is [texts, edits, reference words], summed over the repeats of a sample. Scores equal sacrebleu's [2]_ bit for
    bit. The signature has its keys; ``nrefs`` is left out, as in `evalsuite.metrics.bleu.Bleu`.

    References
    ----------
    .. [1] Snover, Dorr, Schwartz, Micciulla and Makhoul, "A Study of Translation Edit Rate with Targeted Human
       Annotation", AMTA 2006.
    .. [2] Post, "A call for clarity in reporting BLEU scores", WMT 2018.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> metric = Ter()
    >>> rows = metric.rows([Sample(id="1", input={}, references=("north face of it",))], [[Output(text="face north")]])
    >>> rows.values
    array([[1., 3., 4.]])
    >>> float(metric.value(rows.values.sum(axis=0)))
    75.0
    """

    name = "ter"
    higher_is_better = False
    value_range = (0.0, math.inf)
    n_columns = 3

    normalized: bool = False
    no_punct: bool = False
    asian_support: bool = False
    case_sensitive: bool = False

    def __post_init__(self) -> None:
        check_flag(self.name, "normalized", self.normalized)
        check_flag(self.name, "no_punct", self.no_punct)
        check_flag(self.name, "asian_support", self.asian_support)
        check_flag(self.name, "case_sensitive", self.case_sensitive)

    def signature(self) -> str:
        """Return the name and sacrebleu's keys and values."""
        return "|".join(
            [
                self.name,
                f"case:{'mixed' if self.case_sensitive else 'lc'}",
                "tok:tercom",
                f"norm:{'yes' if self.normalized else 'no'}",
                f"punct:{'no' if self.no_punct else 'yes'}",
                f"asian:{'yes' if self.asian_support else 'no'}",
                f"version:{SACREBLEU_VERSION}",
            ]
        )

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        texts = collect_texts(self.name, samples, outputs)
        values = np.zeros((len(samples), self.n_columns), dtype=np.float64)
        np.add.at(values[:, 0], texts.owners, 1.0)
        if texts.hypotheses:
            statistics = ter_statistics(
                texts.hypotheses,
                texts.references,
                normalized=self.normalized,
                no_punct=self.no_punct,
                asian_support=self.asian_support,
                case_sensitive=self.case_sensitive,
            )
            np.add.at(values[:, 1:], texts.owners, statistics)
        values[values[:, 0] == 0] = np.nan
        return Rows(values=values, outcomes=tuple(texts.outcomes))

    def _value(self, sums: FloatArray) -> FloatArray:
        n_texts, n_edits, n_words = sums[..., 0], sums[..., 1], sums[..., 2]
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(n_words > 0, n_edits / n_words, np.where(n_edits > 0, 1.0, 0.0))
        return np.where(n_texts > 0, 100 * rate, np.nan)

    def example(self) -> Example:
        """Return a match, a near match and nothing in common."""
        samples = (
            Sample(id="1", input={}, references=("The path leads to the lake.",)),
            Sample(id="2", input={}, references=("Dogs are welcome here.", "Dogs may come along.")),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["The path leads to the lake.", "Dogs may come along."]),
            worse=example_outputs(samples, ["The path to the lake leads.", "Dogs may."]),
            worst=example_outputs(samples, ["", "??"]),
        )
