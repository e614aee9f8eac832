"""What metrics share that score each output by itself and take the reference it does best with."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.metrics._outputs import final_texts, required_references
from evalsuite.metrics.base import FloatArray, RowMetric, Rows, SampleOutputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Outcome, Sample

__all__ = ["BestReferenceMetric"]


@dataclass(frozen=True)
class BestReferenceMetric(RowMetric):
    """Mean over samples; a row is [score, 1], the score averaged over the repeats of a sample."""

    value_range = (0.0, 1.0)

    @property
    def n_columns(self) -> int:
        """The score and 1."""
        return 2

    @abstractmethod
    def _scores(self, references: list[str], texts: list[str]) -> FloatArray:
        """Return the score of each pair: float64, shape (n,)."""

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        references: list[str] = []
        texts: list[str] = []
        # For each sample with texts: its index, its repeats, its references.
        shapes: list[tuple[int, int, int]] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            own = required_references(self.name, sample)
            found, outcome = final_texts(sample_outputs)
            outcomes.append(outcome)
            if found:
                shapes.append((i, len(found), len(own)))
            for text in found:
                references.extend(own)
                texts.extend([text] * len(own))
        scores = self._scores(references, texts)
        begin = 0
        for i, n_repeats, n_references in shapes:
            end = begin + n_repeats * n_references
            best = scores[begin:end].reshape(n_repeats, n_references).max(axis=1)
            values[i] = best.sum() / n_repeats, 1.0
            begin = end
        return Rows(values=values, outcomes=tuple(outcomes))

    def _value(self, sums: FloatArray) -> FloatArray:
        known = sums[..., 1] > 0
        return np.where(known, sums[..., 0] / np.where(known, sums[..., 1], 1.0), np.nan)
