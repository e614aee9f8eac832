"""Step error: how often a step goes wrong that had all it needs."""

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

__all__ = ["StepError"]


@dataclass(frozen=True)
class StepError(QuotientMetric, StepGraphMetric):
    r"""Step error e: wrong steps among those that build on right ones alone, 0-1; lower is better.

    Notes
    -----
    ``e = errors / steps whose parents are all right``, both summed over the corpus. The parents of a step are the steps
    whose results it reads, ``metadata["parents"]`` of the sample, the step before where there are none; a step that
    reads given facts only counts, too. It is the local error of [1]_. Range 0 to 1; lower is better.

    An error is a step stated wrong, or passed over; an output that ends early errs at the first step it leaves out. A
    step with a parent that is not stated is left out, for nobody knows what it was built on. Which steps are due, and
    which outputs have no value, is as in `evalsuite.metrics.step_accuracy.StepAccuracy`.

    1 - accuracy is no such rate: at depth d it holds d chances to err, and a model that errs and recovers hides both.

    A row is [errors, steps with right parents], summed over the repeats of a sample. Steps of one output are not
    independent: the interval is Wilson's, with their number divided by the design effect of clusters.

    References
    ----------
    .. [1] Dziri et al., "Faith and Fate: limits of transformers on compositionality", NeurIPS 2023, arXiv:2305.18654.

    Examples
    --------
    Step 2 goes wrong, step 3 builds on it, step 4 builds on step 1 alone.

    >>> from evalsuite.types import Output, Sample
    >>> steps = {"states": [5, 8, 16, 6], "parents": [[], [1], [2], [1]]}
    >>> sample = Sample(id="1", input={}, depth=3, metadata=steps)
    >>> StepError().rows([sample], [[Output(text="1: 5\n2: 9\n3: 18\n4: 6\nanswer: 6")]]).values
    array([[1., 3.]])
    """

    name = "step_error"
    higher_is_better = False
    proportion = True
    value_range = (0.0, 1.0)

    def _counts(self, verdicts: StepVerdicts, graph: StepGraph) -> tuple[float, ...]:
        due = range(1, len(verdicts.right) + 1)
        known = [step for step in due if graph.parents_of(step, verdicts) == "right"]
        return float(sum(not verdicts.right[step - 1] for step in known)), float(len(known))

    def example(self) -> Example:
        """Return no error, some, and nothing but errors."""
        samples = (
            Sample(id="1", input={}, depth=3, metadata={"states": [5, 8, 16]}),
            Sample(id="2", input={}, depth=1, metadata={"states": ["B", "C"], "parents": [[], []]}),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["1: 5\n2: 8\n3: 16\nanswer: 16", "1: B\n2: C\nanswer: C"]),
            worse=example_outputs(samples, ["1: 5\n2: 9\n3: 18\nanswer: 18", "1: B\n2: C\nanswer: C"]),
            worst=example_outputs(samples, ["1: 6\n2: 9\n3: 18\nanswer: 18", "1: C\n2: B\nanswer: B"]),
        )
