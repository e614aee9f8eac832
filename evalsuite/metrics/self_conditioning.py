"""Self-conditioning: whether errors a model has made make further errors likelier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics._step_graph import StepGraph, StepGraphMetric
from evalsuite.metrics.base import Example, FloatArray
from evalsuite.types import JSONValue, Sample

if TYPE_CHECKING:
    from evalsuite.metrics._steps import StepVerdicts

__all__ = ["SelfConditioning"]


@dataclass(frozen=True)
class SelfConditioning(StepGraphMetric):
    r"""Self-conditioning: risk of a new error with an own error in the text, over that without; lower is better.

    Notes
    -----
    Of the steps whose parents are all right, ``a`` of ``A`` go wrong that stand behind some step stated wrong, and
    ``b`` of ``B`` that do not, all summed over the corpus. The value is ``(a / A) / (b / B)``: above 1, errors breed
    errors [1]_, though nothing that the step builds on is wrong. From 0 up; lower is better, 1 is no such effect.

    A step that builds on a wrong state is left out, for what it ought to be then takes the rule of the step, which
    items do not carry. So on a chain the value is about steps after a recovery; it has none without a recovery, or
    without an error that has none before it. A graph of several branches tells more: an error in one, new ones in
    another.

    It is a ratio, not a cause: items that are harder than others have more errors before a step and at it, which raises
    the value without any effect of the text; compare at one depth and template.

    What counts as wrong, and what is left out, is as in `evalsuite.metrics.step_error.StepError`. A row is
    [a, A, b, B], summed over the repeats of a sample.

    References
    ----------
    .. [1] Sinha et al., "The illusion of diminishing returns: measuring long horizon execution in LLMs", 2025,
       arXiv:2509.09677.

    Examples
    --------
    Four steps that build on nothing. The first error is the second of two steps, then comes one of two.

    >>> from evalsuite.types import Output, Sample
    >>> steps = {"states": [5, 8, 16, 6], "parents": [[], [], [], []]}
    >>> sample = Sample(id="1", input={}, depth=1, metadata=steps)
    >>> rows = SelfConditioning().rows([sample], [[Output(text="1: 5\n2: 9\n3: 18\n4: 6\nanswer: 6")]])
    >>> rows.values
    array([[1., 2., 1., 2.]])
    >>> float(SelfConditioning().value(rows.values[0]))
    1.0
    """

    name = "self_conditioning"
    higher_is_better = False
    value_range = (0.0, float("inf"))

    @property
    def n_columns(self) -> int:
        """Errors and steps behind an own error, and errors and steps before any."""
        return 4

    def _value(self, sums: FloatArray) -> FloatArray:
        wrong_after, after, wrong_before, before = np.moveaxis(sums, -1, 0)
        known = (after > 0) & (wrong_before > 0)
        base = np.where(known, after * wrong_before, 1.0)
        return np.where(known, wrong_after * before / base, np.nan)

    def _counts(self, verdicts: StepVerdicts, graph: StepGraph) -> tuple[float, ...]:
        counts = [0, 0, 0, 0]
        erred = False
        for step, right in enumerate(verdicts.right, 1):
            if graph.parents_of(step, verdicts) == "right":
                at = 0 if erred else 2
                counts[at] += not right
                counts[at + 1] += 1
            erred = erred or verdicts.is_wrong(step)
        return tuple(map(float, counts))

    def example(self) -> Example:
        """Return one error and no other, two, and errors from the first one on."""
        steps: dict[str, JSONValue] = {"states": [5, 8, 16, 6], "parents": [[], [], [], []]}
        samples = tuple(Sample(id=str(i), input={}, depth=1, metadata=steps) for i in range(2))
        one, two, three = "1: 5\n2: 9\n3: 16\n4: 6\n", "1: 5\n2: 9\n3: 18\n4: 6\n", "1: 5\n2: 9\n3: 18\n4: 7\n"
        return Example(
            samples=samples,
            best=example_outputs(samples, [one, one]),
            worse=example_outputs(samples, [one, two]),
            worst=example_outputs(samples, [three, three]),
        )
