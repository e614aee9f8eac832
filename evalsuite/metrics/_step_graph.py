"""Steps judged along the graph of what each one reads: right, wrong, and what its parents were."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from evalsuite.metrics._outputs import Judgement, judge_repeats
from evalsuite.metrics._steps import StepVerdicts, judge_steps, true_states
from evalsuite.metrics.base import RowMetric, Rows, SampleOutputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Outcome, Output, Sample

__all__ = ["Parents", "StepGraph", "StepGraphMetric", "step_graph"]

Parents = Literal["right", "wrong", "unknown"]


@dataclass(frozen=True, slots=True)
class StepGraph:
    """The true state after each step, and the steps each one reads, by number from 1."""

    states: tuple[str, ...]
    parents: tuple[tuple[int, ...], ...]

    def parents_of(self, step: int, verdicts: StepVerdicts) -> Parents:
        """Say what a step could build on.

        ``right`` where every parent is right, as where there is none; ``wrong`` where one is stated and wrong; else
        ``unknown``, since one is not stated.
        """
        read = self.parents[step - 1]
        if all(verdicts.right[parent - 1] for parent in read):
            return "right"
        return "wrong" if any(verdicts.is_wrong(parent) for parent in read) else "unknown"


def step_graph(metric: str, sample: Sample) -> StepGraph:
    """Return the graph of a sample's steps: ``metadata["states"]`` and ``metadata["parents"]``, a chain without these.

    Raises
    ------
    ValueError
        If there are no states, or `parents` are not lists of the numbers of earlier steps, one a step.
    """
    states = true_states(metric, sample)
    if "parents" not in sample.metadata:
        return StepGraph(states, tuple((step,) if step else () for step in range(len(states))))
    parents = sample.metadata["parents"]
    where = f'{metric}: sample "{sample.id}": metadata["parents"]'
    if not isinstance(parents, list) or len(parents) != len(states):
        found = len(parents) if isinstance(parents, list) else type(parents).__name__
        raise ValueError(f"{where} must list the parents of each step, expected {len(states)} lists, got {found}")
    read: list[tuple[int, ...]] = []
    for step, listed in enumerate(parents, 1):
        numbers = listed if isinstance(listed, list) else [None]
        found_numbers = [n for n in numbers if isinstance(n, int) and not isinstance(n, bool) and 1 <= n < step]
        if len(found_numbers) != len(numbers):
            raise ValueError(f"{where}: step {step} must list numbers of steps before it, from 1, got {listed!r}")
        read.append(tuple(found_numbers))
    return StepGraph(states, tuple(read))


@dataclass(frozen=True)
class StepGraphMetric(RowMetric):
    """Counts over the steps of each output, summed over the repeats of a sample that state a step."""

    @property
    def reads_steps(self) -> bool:
        """Yes."""
        return True

    @abstractmethod
    def _counts(self, verdicts: StepVerdicts, graph: StepGraph) -> tuple[float, ...]:
        """Return the row of one output."""

    def _judge(self, output: Output, text: str, graph: StepGraph) -> Judgement:
        verdicts = judge_steps(output, text, graph.states)
        row = None if verdicts is None else self._counts(verdicts, graph)
        if output.finish_reason == "refused":
            return "refused", row
        if output.finish_reason == "length":
            return "truncated", row
        return ("unextracted" if row is None else "scored"), row

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), self.n_columns), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            graph = step_graph(self.name, sample)
            outcome, row = judge_repeats(sample_outputs, partial(self._judge, graph=graph))
            outcomes.append(outcome)
            if row is not None:
                values[i] = row
        return Rows(values=values, outcomes=tuple(outcomes))
