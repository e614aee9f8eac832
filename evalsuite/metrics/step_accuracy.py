"""Step accuracy: how many of the steps are right."""

from __future__ import annotations

from dataclasses import dataclass

from evalsuite.metrics._outputs import Judgement, example_outputs
from evalsuite.metrics._ratio import RatioMetric
from evalsuite.metrics._steps import judge_steps, true_states
from evalsuite.metrics.base import Example
from evalsuite.types import Output, Sample

__all__ = ["StepAccuracy"]


@dataclass(frozen=True)
class StepAccuracy(RatioMetric[tuple[str, ...]]):
    r"""Step accuracy: steps stated right, over the steps due, 0-1.

    Notes
    -----
    ``step accuracy = right steps / steps due``, both summed over the corpus. A step is right where the state the output
    gives it, read by `evalsuite.answers.read_steps`, is that of ``metadata["states"]``. All steps of a
    sample are due, and one that is not stated is not right; of an output that the token budget cut off, only the
    steps up to the last one it stated in full. Range 0 to 1; higher is better.

    An output that states no step at all answers at once: it has no value here, and its outcome is ``unextracted``
    (``refused`` or ``truncated`` where that is why). Steps are judged by their state alone, so that one wrong step
    makes the steps that follow from it wrong too; `evalsuite.metrics.first_error.FirstError` looks at the first only.

    A row is [right, due], summed over the repeats of a sample that have a value. Steps of one output are not
    independent: the interval is Wilson's, with their number divided by the design effect of clusters.

    References
    ----------
    .. [1] Lightman et al., "Let's verify step by step", 2023, arXiv:2305.20050, for judging the steps.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, depth=3, metadata={"states": [5, 8, 16]})
    >>> StepAccuracy().rows([sample], [[Output(text="1: 5\n2: 9\n3: 18\nanswer: 18")]]).values
    array([[1., 3.]])
    """

    name = "step_accuracy"
    version = 2  # states may be words
    proportion = True

    @property
    def reads_steps(self) -> bool:
        """Yes."""
        return True

    def _target(self, sample: Sample) -> tuple[str, ...]:
        return true_states(self.name, sample)

    def _judge(self, output: Output, text: str, target: tuple[str, ...]) -> Judgement:
        verdicts = judge_steps(output, text, target)
        row = None if verdicts is None else (float(sum(verdicts.right)), float(len(verdicts.right)))
        if output.finish_reason == "refused":
            return "refused", row
        if output.finish_reason == "length":
            return "truncated", row
        return ("unextracted" if row is None else "scored"), row

    def example(self) -> Example:
        """Return all steps right, some, and none."""
        samples = (
            Sample(id="1", input={}, depth=3, metadata={"states": [5, 8, 16]}),
            Sample(id="2", input={}, depth=1, metadata={"states": [7]}),
        )
        return Example(
            samples=samples,
            best=example_outputs(samples, ["1: 5\n2: 8\n3: 16\nanswer: 16", "1: 7\nanswer: 7"]),
            worse=example_outputs(samples, ["1: 5\n2: 8\nanswer: 8", "1: 7\nanswer: 7"]),
            worst=example_outputs(samples, ["1: 6\n2: 9\n3: 18\nanswer: 18", "1: 70\nanswer: 70"]),
        )
