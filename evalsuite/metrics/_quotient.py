"""What metrics share whose value is the sum of one count over the sum of another."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.metrics._outputs import final_texts
from evalsuite.metrics.base import FloatArray, RowMetric, Rows, SampleOutputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Outcome, Sample

__all__ = ["QuotientMetric", "TextQuotientMetric"]


@dataclass(frozen=True)
class QuotientMetric(RowMetric):
    """Sum of the first column over the sum of the second; NaN where that is 0."""

    @property
    def n_columns(self) -> int:
        """What is divided, and what it is divided by."""
        return 2

    def _value(self, sums: FloatArray) -> FloatArray:
        known = sums[..., 1] > 0
        return np.where(known, sums[..., 0] / np.where(known, sums[..., 1], 1.0), np.nan)


@dataclass(frozen=True)
class TextQuotientMetric(QuotientMetric):
    """Two numbers a text, whatever its sample; a row sums them over the repeats of a sample."""

    @abstractmethod
    def _columns(self, texts: list[str]) -> FloatArray:
        """Return the two numbers of each text: float64, shape (n, 2)."""

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        del samples
        texts: list[str] = []
        owners: list[int] = []
        outcomes: list[Outcome] = []
        for i, sample_outputs in enumerate(outputs):
            found, outcome = final_texts(sample_outputs)
            texts += found
            owners += [i] * len(found)
            outcomes.append(outcome)
        values = np.full((len(outputs), 2), np.nan)
        values[owners] = 0.0
        np.add.at(values, owners, self._columns(texts))
        return Rows(values=values, outcomes=tuple(outcomes))
