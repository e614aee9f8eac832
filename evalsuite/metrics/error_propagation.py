"""Error propagation: how much likelier a step goes wrong when one it builds on is wrong."""

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

__all__ = ["ErrorPropagation"]


@dataclass(frozen=True)
class ErrorPropagation(StepGraphMetric):
    r"""Error propagation: how much likelier an error is after one than without, -1 to 1; lower is better.

    Notes
    -----
    With ``a`` of ``A`` steps wrong that have a wrong parent, and ``b`` of ``B`` that have none, all summed over the
    corpus, the value is ``a / A - b / B``: what a wrong parent adds to the risk. The second term is
    `evalsuite.metrics.step_error.StepError`, the first 1 less `evalsuite.metrics.recovery.Recovery`. 1: errors spread
    to all that builds on them, and arise nowhere else; 0: a wrong parent makes no difference. Below 0 a step would go
    wrong less often after an error than without. It has no value where no step has a wrong parent.

    What counts as wrong, and what is left out, is as in these two. Faith and Fate [1]_ counts a step as propagated only
    where it is worked out rightly from its wrong parents; that takes the rule of each step, which items do not carry.

    A row is [a, A, b, B], summed over the repeats of a sample.

    References
    ----------
    .. [1] Dziri et al., "Faith and Fate: limits of transformers on compositionality", NeurIPS 2023, arXiv:2305.18654.

    Examples
    --------
    Step 2 goes wrong; step 3, which builds on it, is wrong; step 4 builds on step 1.

    >>> from evalsuite.types import Output, Sample
    >>> steps = {"states": [5, 8, 16, 6], "parents": [[], [1], [2], [1]]}
    >>> sample = Sample(id="1", input={}, depth=3, metadata=steps)
    >>> rows = ErrorPropagation().rows([sample], [[Output(text="1: 5\n2: 9\n3: 18\n4: 6\nanswer: 6")]])
    >>> rows.values
    array([[1., 1., 1., 3.]])
    >>> ErrorPropagation().value(rows.values[0]).round(3)
    np.float64(0.667)
    """

    name = "error_propagation"
    higher_is_better = False
    value_range = (-1.0, 1.0)

    @property
    def n_columns(self) -> int:
        """Wrong and all steps with a wrong parent, and wrong and all with none."""
        return 4

    def _value(self, sums: FloatArray) -> FloatArray:
        wrong, steps = sums[..., 0::2], sums[..., 1::2]
        shares = np.where(steps > 0, wrong / np.where(steps > 0, steps, 1.0), np.nan)
        return np.asarray(shares[..., 0] - shares[..., 1])

    def _counts(self, verdicts: StepVerdicts, graph: StepGraph) -> tuple[float, ...]:
        counts = {"wrong": [0, 0], "right": [0, 0], "unknown": [0, 0]}
        for step, right in enumerate(verdicts.right, 1):
            of_parents = counts[graph.parents_of(step, verdicts)]
            of_parents[0] += not right
            of_parents[1] += 1
        return tuple(map(float, counts["wrong"] + counts["right"]))

    def example(self) -> Example:
        """Return errors that spread to nothing, to some, and to all that builds on them."""
        steps: dict[str, JSONValue] = {"states": [5, 8, 16, 6], "parents": [[], [1], [], [3]]}
        samples = tuple(Sample(id=str(i), input={}, depth=2, metadata=steps) for i in range(2))
        contained, spread = "1: 6\n2: 8\n3: 17\n4: 6\n", "1: 6\n2: 9\n3: 16\n4: 6\n"
        return Example(
            samples=samples,
            best=example_outputs(samples, [contained, contained]),
            worse=example_outputs(samples, [contained, spread]),
            worst=example_outputs(samples, [spread, spread]),
        )
