"""What metrics share that score each output by itself, against its sample's references."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.metrics._outputs import collect_texts, pair_with_references
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import FloatArray, Rows, SampleOutputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Sample

__all__ = ["BestReferenceMetric", "MeanScoreMetric"]


@dataclass(frozen=True)
class MeanScoreMetric(QuotientMetric):
    """Mean over samples; a row is [score, 1], the score averaged over the repeats of a sample."""

    value_range = (0.0, 1.0)

    @abstractmethod
    def _scores(self, texts: list[str], references: list[tuple[str, ...]]) -> FloatArray:
        """Score texts, at least one, by the references of each: float64, shape (n,)."""

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        found = collect_texts(self.name, samples, outputs)
        sums = np.zeros((len(samples), 2))
        if found.hypotheses:
            scores = self._scores(found.hypotheses, found.references)
            np.add.at(sums, found.owners, np.column_stack([scores, np.ones(len(scores))]))
        values = np.full((len(samples), 2), np.nan)
        np.divide(sums, sums[:, 1:], out=values, where=sums[:, 1:] > 0)
        return Rows(values=values, outcomes=tuple(found.outcomes))


@dataclass(frozen=True)
class BestReferenceMetric(MeanScoreMetric):
    """A mean of scores of pairs: of several references the one that an output does best with counts."""

    @abstractmethod
    def _pair_scores(self, references: list[str], texts: list[str]) -> FloatArray:
        """Return the score of each pair: float64, shape (n,)."""

    def _scores(self, texts: list[str], references: list[tuple[str, ...]]) -> FloatArray:
        paired, repeated, pairs_of_text = pair_with_references(texts, references)
        scores = self._pair_scores(paired, repeated)
        return np.array([scores[pairs].max() for pairs in pairs_of_text])
