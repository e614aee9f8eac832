"""What metrics share that judge each output by itself and divide two counts: right ones by those that count."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from evalsuite.metrics._outputs import Judgement, judge_repeats
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import Rows, SampleOutputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Outcome, Output, Sample

__all__ = ["RatioMetric"]

Target = TypeVar("Target")


@dataclass(frozen=True)
class RatioMetric(QuotientMetric, Generic[Target]):
    """Sum of the first column over the sum of the second; a row is what `_judge` says, summed over repeats."""

    value_range = (0.0, 1.0)

    @abstractmethod
    def _target(self, sample: Sample) -> Target:
        """Return what outputs of the sample are judged by; ValueError where the sample lacks it."""

    @abstractmethod
    def _judge(self, output: Output, text: str, target: Target) -> Judgement:
        """Judge one output."""

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            target = self._target(sample)
            outcome, row = judge_repeats(sample_outputs, partial(self._judge, target=target))
            outcomes.append(outcome)
            if row is not None:
                values[i] = row
        return Rows(values=values, outcomes=tuple(outcomes))
