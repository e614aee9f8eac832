"""The first error: how many steps go right before one goes wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.metrics._options import check_integer
from evalsuite.metrics._outputs import example_outputs, text_of
from evalsuite.metrics._steps import StepVerdicts, judge_steps, true_states
from evalsuite.metrics.base import CurveMetric, Example, FloatArray, Rows, SampleOutputs, final_outputs
from evalsuite.types import Outcome, Output, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FirstError"]


@dataclass(frozen=True)
class FirstError(CurveMetric):
    """First error: mean number of right steps before the first wrong one, up to a horizon.

    Parameters
    ----------
    horizon : int, default 24
        Steps to look at, in [1, 10000].

    Notes
    -----
    With ``d_j`` items whose first error is step j, of ``n_j`` that come to step j without one, the chance of k right
    steps in a row is the Kaplan-Meier estimate [1]_ ``S(k) = (1 - d_1 / n_1) * ... * (1 - d_k / n_k)``, and the value
    is the area under it, the restricted mean [2]_ ``S(1) + ... + S(horizon)``. Range 0 to `horizon`; higher is better.

    An item without an error counts as far as it goes and no further (it is censored): to its depth, or, where the
    token budget cut its output off, to the last step that is stated in full. A step that an output passes over, or
    ends without, is an error. Where no item comes to a step without an error because all have failed, S is 0 from
    there; where none does because the items left are not that deep, S is unknown there and adds nothing. So the value
    is never above the depth of the deepest item, and is compared between models on the same items only.

    A row is [time, event]: the number of the first wrong step and 1, or the number of the last right step and 0. It is
    NaN where no step is stated, since then nothing is known (``unextracted``; ``refused`` or ``truncated`` where that
    is why). Of several repeats the first that states a step is read.

    References
    ----------
    .. [1] Kaplan and Meier, "Nonparametric estimation from incomplete observations", JASA 53, 1958.
    .. [2] Royston and Parmar, "Restricted mean survival time: an alternative to the hazard ratio for the design and
       analysis of randomized trials with a time-to-event outcome", BMC Medical Research Methodology 13, 2013.

    Examples
    --------
    Four items of depth 3. One fails at step 2, one at step 3: S is 1, 3/4 and 1/2.

    >>> FirstError(horizon=3).value(np.array([[3.0, 0.0], [2.0, 1.0], [3.0, 1.0], [3.0, 0.0]]))
    2.25
    """

    name = "first_error"
    version = 2  # states may be words
    value_range = (0.0, 24.0)

    horizon: int = 24

    def __post_init__(self) -> None:
        check_integer(self.name, "horizon", self.horizon, 1, 10_000)
        object.__setattr__(self, "value_range", (0.0, float(self.horizon)))

    @property
    def reads_steps(self) -> bool:
        """Yes."""
        return True

    @property
    def n_columns(self) -> int:
        """Time and event."""
        return 2

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            outcome, verdicts = _first_stated(sample_outputs, true_states(self.name, sample))
            outcomes.append(outcome)
            if verdicts is not None:
                error = verdicts.first_error
                values[i] = (len(verdicts.right), 0.0) if error is None else (error, 1.0)
        return Rows(values=values, outcomes=tuple(outcomes))

    def _value(self, rows: FloatArray) -> float:
        times = np.minimum(rows[:, 0], self.horizon + 1).astype(np.int64)
        length = self.horizon + 2
        reached = np.bincount(times, minlength=length)[::-1].cumsum()[::-1][1 : self.horizon + 1]
        failed = np.bincount(times, weights=rows[:, 1], minlength=length)[1 : self.horizon + 1]
        known = reached > 0
        survival = np.cumprod(1.0 - failed[known] / reached[known])
        return float(survival.sum())

    def example(self) -> Example:
        """Return no error, a late one, and errors at once."""
        states = [(7 * k) % 100 for k in range(1, 25)]
        samples = tuple(Sample(id=str(i), input={}, depth=24, metadata={"states": [*states]}) for i in range(2))

        def trace(first_wrong: int) -> str:
            return "".join(f"{k}: {(state + (k >= first_wrong)) % 100}\n" for k, state in enumerate(states, 1))

        return Example(
            samples=samples,
            best=example_outputs(samples, [trace(25), trace(25)]),
            worse=example_outputs(samples, [trace(25), trace(12)]),
            worst=example_outputs(samples, [trace(1), trace(1)]),
        )


def _first_stated(outputs: SampleOutputs, states: Sequence[str]) -> tuple[Outcome, StepVerdicts | None]:
    """Return the outcome and the verdicts of the first repeat that states a step."""
    missed: list[Outcome] = []
    for output in final_outputs(outputs):
        text = text_of(output)
        if text is None:
            continue
        verdicts = judge_steps(output, text, states)
        if verdicts is not None:
            return _outcome(output, "scored"), verdicts
        missed.append(_outcome(output, "unextracted"))
    return (missed[0] if missed else "error"), None


def _outcome(output: Output, otherwise: Outcome) -> Outcome:
    if output.finish_reason == "refused":
        return "refused"
    return "truncated" if output.finish_reason == "length" else otherwise
