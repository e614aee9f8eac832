"""Wrong path: how many right answers come with a wrong step."""

from __future__ import annotations

from dataclasses import dataclass

from evalsuite.metrics._answers import gold_answers, judge_answer
from evalsuite.metrics._outputs import Judgement, example_outputs
from evalsuite.metrics._ratio import RatioMetric
from evalsuite.metrics._steps import judge_steps, true_states
from evalsuite.metrics.base import Example
from evalsuite.types import Output, Sample

__all__ = ["WrongPath"]


@dataclass(frozen=True)
class WrongPath(RatioMetric[tuple[list[str], tuple[str, ...]]]):
    r"""Wrong path: right answers with a wrong step, over right answers with steps, 0-1; lower is better.

    Notes
    -----
    ``wrong path = right answers with a wrong step / right answers that state a step`` [1]_. Whether the answer is right
    is as in `evalsuite.metrics.accuracy.Accuracy`; a step is wrong where the output states it and it is not
    ``metadata["states"]``. A step that is passed over is not wrong here. Range 0 to 1; lower is better.

    A share of right answers, not of all: a model that is seldom right has a value of few outputs, whose interval shows
    it. Outputs whose answer is wrong count for nothing; a right answer without any step has no value (``unextracted``).

    A row is [right with a wrong step, right with steps], summed over the repeats of a sample.

    References
    ----------
    .. [1] Lightman et al., "Let's verify step by step", 2023, arXiv:2305.20050, for right answers by wrong steps.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("answer: 16",), metadata={"states": [5, 8, 16]})
    >>> WrongPath().rows([sample], [[Output(text="1: 5\n2: 9\n3: 16\nanswer: 16")]]).values
    array([[1., 1.]])
    """

    name = "wrong_path"
    higher_is_better = False
    proportion = True

    @property
    def reads_steps(self) -> bool:
        """Yes."""
        return True

    def _target(self, sample: Sample) -> tuple[list[str], tuple[str, ...]]:
        return gold_answers(self.name, sample), true_states(self.name, sample)

    def _judge(self, output: Output, text: str, target: tuple[list[str], tuple[str, ...]]) -> Judgement:
        golds, states = target
        outcome = judge_answer(output, text, golds).outcome
        if outcome == "wrong":
            return outcome, (0.0, 0.0)
        if outcome != "right":
            return outcome, None
        verdicts = judge_steps(output, text, states)
        if verdicts is None:
            return "unextracted", None
        wrong = any(verdicts.is_wrong(step) for step in range(1, len(verdicts.right) + 1))
        return "right", (float(wrong), 1.0)

    def example(self) -> Example:
        """Return right answers by right steps, one by a wrong step, and none by right ones."""
        samples = tuple(
            Sample(id=str(i), input={}, references=("answer: 16",), depth=3, metadata={"states": [5, 8, 16]})
            for i in range(2)
        )
        right, wrong = "1: 5\n2: 8\n3: 16\nanswer: 16", "1: 5\n2: 9\n3: 16\nanswer: 16"
        return Example(
            samples=samples,
            best=example_outputs(samples, [right, right]),
            worse=example_outputs(samples, [right, wrong]),
            worst=example_outputs(samples, [wrong, wrong]),
        )
