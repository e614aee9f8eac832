"""Error location F1: whether a critic finds the first error of a solution, and leaves right ones alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.metrics._answers import judge_answer
from evalsuite.metrics._outputs import Judgement, example_outputs, judge_repeats
from evalsuite.metrics.base import Example, FloatArray, RowMetric, Rows, SampleOutputs
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Outcome, Output

__all__ = ["ErrorLocationF1"]


@dataclass(frozen=True)
class ErrorLocationF1(RowMetric):
    """Error location F1: harmonic mean of accuracy on solutions with an error and on those without, 0-1.

    Notes
    -----
    ``F1 = 2 a b / (a + b)`` with ``a`` the share of solutions with an error whose first one was named, and ``b`` the
    share of right solutions that were called right [1]_. A critic who always finds fault, or never does, has 0. The
    right answer is ``metadata["first_error"]`` of the sample: the index of the step, or -1. It is compared with the
    answer that `evalsuite.answers.extract_answer` finds, as in `evalsuite.metrics.accuracy.Accuracy`. Without solutions
    of both kinds there is no value. Range 0 to 1; higher is better.

    A row is [right, counted] of solutions with an error, and the same of those without, summed over repeats.

    References
    ----------
    .. [1] Zheng et al., "ProcessBench: identifying process errors in mathematical reasoning", 2024, arXiv:2412.06559.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> samples = [Sample(id=str(i), input={}, metadata={"first_error": k}) for i, k in enumerate((2, 0, -1, -1))]
    >>> said = [[Output(text=f"answer: {k}")] for k in (2, 1, -1, -1)]
    >>> metric = ErrorLocationF1()
    >>> metric.value(metric.rows(samples, said).values.sum(axis=0)).round(3)
    np.float64(0.667)
    """

    name = "error_location_f1"
    value_range = (0.0, 1.0)

    @property
    def n_columns(self) -> int:
        """Right ones and all, of solutions with an error and of those without."""
        return 4

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 4), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            target = self._target(sample)
            outcome, row = judge_repeats(sample_outputs, partial(_judge, target=target))
            outcomes.append(outcome)
            if row is not None:
                values[i] = (0.0, 0.0, *row) if target == -1 else (*row, 0.0, 0.0)
        return Rows(values=values, outcomes=tuple(outcomes))

    def _value(self, sums: FloatArray) -> FloatArray:
        known = (sums[..., 1] > 0) & (sums[..., 3] > 0)
        with_error = sums[..., 0] / np.where(known, sums[..., 1], 1.0)
        without = sums[..., 2] / np.where(known, sums[..., 3], 1.0)
        total = with_error + without
        mean = 2 * with_error * without / np.where(total > 0, total, 1.0)
        return np.where(known, mean, np.nan)

    def _target(self, sample: Sample) -> int:
        target = sample.metadata.get("first_error")
        if not isinstance(target, int) or isinstance(target, bool) or target < -1:
            raise ValueError(
                f'{self.name}: sample "{sample.id}": metadata["first_error"] must be the index of a step, or -1, found '
                f"{target!r}"
            )
        return target

    def example(self) -> Example:
        """Return all found, half of each kind, and nothing found."""
        samples = tuple(
            Sample(id=str(i), input={}, references=(f"answer: {k}",), metadata={"first_error": k})
            for i, k in enumerate((0, 3, -1, -1))
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["answer: 0", "answer: 3", "answer: -1", "answer: -1"]),
            worse=example_outputs(samples, ["answer: 0", "answer: 2", "answer: -1", "answer: 1"]),
            worst=example_outputs(samples, ["answer: 1", "answer: 2", "answer: 0", "answer: 1"]),
        )


def _judge(output: Output, text: str, target: int) -> Judgement:
    outcome = judge_answer(output, text, [str(target)]).outcome
    return outcome, None if outcome == "undecided" else (float(outcome == "right"), 1.0)
