"""What metrics share that compare the outputs of a sample with one another."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.metrics._outputs import final_texts
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import FloatArray, Rows, SampleOutputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Outcome, Sample

__all__ = ["PathMetric"]


@dataclass(frozen=True)
class PathMetric(QuotientMetric):
    """Mean over samples of a number of all the texts of one; a row is [number, 1]. It takes two texts at least."""

    least_repeats = 2

    @abstractmethod
    def _numbers(self, groups: list[list[str]]) -> FloatArray:
        """Return the number of each group of texts, each of two at least: float64, shape (n,), NaN without one."""

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        del samples
        values = np.full((len(outputs), 2), np.nan)
        outcomes: list[Outcome] = []
        groups: list[list[str]] = []
        owners: list[int] = []
        for i, sample_outputs in enumerate(outputs):
            texts, outcome = final_texts(sample_outputs)
            if len(texts) > 1:
                groups.append(texts)
                owners.append(i)
            outcomes.append(outcome)
        if groups:
            values[owners, 0] = self._numbers(groups)
            values[owners, 1] = 1.0
        values[np.isnan(values).any(axis=1)] = np.nan
        known: list[Outcome] = [
            "undecided" if outcome == "scored" and np.isnan(row[0]) else outcome
            for outcome, row in zip(outcomes, values, strict=True)
        ]
        return Rows(values=values, outcomes=tuple(known))
