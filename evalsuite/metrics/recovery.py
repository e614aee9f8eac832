"""Recovery: how often a step is right again after the one it builds on was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics._step_graph import StepGraph, StepGraphMetric
from evalsuite.metrics.base import Example
from evalsuite.types import Sample

if TYPE_CHECKING:
    from evalsuite.metrics._steps import StepVerdicts

__all__ = ["Recovery"]


@dataclass(frozen=True)
class Recovery(QuotientMetric, StepGraphMetric):
    r"""Recovery r: right steps among those that build on a wrong one, 0-1; higher is better.

    Notes
    -----
    ``r = right steps with a wrong parent / steps with a wrong parent``, both summed over the corpus; on a chain the
    chance to be back on the true track at the next step. Called restoration in [1]_. Range 0 to 1; higher is better. It
    has no value where nothing went wrong before the last step.

    A parent is wrong where the output states it wrong; steps all of whose parents are right, or not stated, are left
    out. A step that is not stated is not right. Which steps are due is as in
    `evalsuite.metrics.step_accuracy.StepAccuracy`.

    Right by coincidence counts, too: where a step maps several states to one, or there are few states, r is above 0
    without any insight. In a world whose steps are one-to-one, such as ``ledger``, a step worked out rightly from a
    wrong state is wrong, and r is the chance to notice.

    A row is [right, steps with a wrong parent], summed over the repeats of a sample. The interval is Wilson's, with the
    number of steps divided by the design effect of clusters.

    References
    ----------
    .. [1] Dziri et al., "Faith and Fate: limits of transformers on compositionality", NeurIPS 2023, arXiv:2305.18654.

    Examples
    --------
    Steps 2 and 3 are wrong; step 4 is right again.

    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, depth=4, metadata={"states": [5, 8, 16, 6]})
    >>> Recovery().rows([sample], [[Output(text="1: 5\n2: 9\n3: 18\n4: 6\nanswer: 6")]]).values
    array([[1., 2.]])
    """

    name = "recovery"
    proportion = True
    value_range = (0.0, 1.0)

    def _counts(self, verdicts: StepVerdicts, graph: StepGraph) -> tuple[float, ...]:
        due = range(1, len(verdicts.right) + 1)
        misled = [step for step in due if graph.parents_of(step, verdicts) == "wrong"]
        return float(sum(verdicts.right[step - 1] for step in misled)), float(len(misled))

    def example(self) -> Example:
        """Return errors that are made good at once, later, and never."""
        samples = tuple(Sample(id=str(i), input={}, depth=4, metadata={"states": [5, 8, 16, 6]}) for i in range(2))
        at_once, late, never = "1: 5\n2: 9\n3: 16\n4: 6\n", "1: 5\n2: 9\n3: 18\n4: 6\n", "1: 5\n2: 9\n3: 18\n4: 7\n"
        return Example(
            samples=samples,
            best=example_outputs(samples, [at_once, at_once]),
            worse=example_outputs(samples, [at_once, late]),
            worst=example_outputs(samples, [never, never]),
        )
