"""Format loss: how many outputs do not say what they mean in the form that was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from evalsuite.answers import extract_answer
from evalsuite.metrics._answers import MARKED
from evalsuite.metrics._options import check_flag
from evalsuite.metrics._outputs import Judgement, example_outputs
from evalsuite.metrics._ratio import RatioMetric
from evalsuite.metrics._steps import judge_steps, true_states
from evalsuite.metrics.base import Example
from evalsuite.types import Output, Sample

__all__ = ["FormatLoss"]


@dataclass(frozen=True)
class FormatLoss(RatioMetric[tuple[str, ...]]):
    r"""Format loss: share of finished outputs with no marked answer, or no steps, 0-1; lower is better.

    Parameters
    ----------
    steps : bool, default False
        Whether steps were asked for: an output that states none of the sample's steps is lost, too.

    Notes
    -----
    ``format loss = outputs out of form / finished outputs``. An output is in form if
    `evalsuite.answers.extract_answer` finds its answer by ``answer: X``, ``#### X`` or a box, and, with `steps`, if it
    states at least one step of ``metadata["states"]``. Range 0 to 1; lower is better. It needs no right answers.

    An output that the token budget cut off has no value (``truncated``; see
    `evalsuite.metrics.truncation_rate.TruncationRate`), nor has a refusal (``refused``).

    A row is [out of form, finished], summed over the repeats of a sample.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={})
    >>> FormatLoss().rows([sample] * 2, [[Output(text="answer: 18")], [Output(text="It is 18.")]]).values
    array([[0., 1.],
           [1., 1.]])
    """

    name = "format_loss"
    higher_is_better = False
    proportion = True

    steps: bool = False

    def __post_init__(self) -> None:
        check_flag(self.name, "steps", self.steps)

    @property
    def reads_steps(self) -> bool:
        """Whether steps are part of the form."""
        return self.steps

    def _target(self, sample: Sample) -> tuple[str, ...]:
        return true_states(self.name, sample) if self.steps else ()

    def _judge(self, output: Output, text: str, target: tuple[str, ...]) -> Judgement:
        if output.finish_reason == "refused":
            return "refused", None
        if output.finish_reason == "length":
            return "truncated", None
        in_form = extract_answer(text).rule in MARKED and (not self.steps or judge_steps(output, text, target))
        return "scored", (float(not in_form), 1.0)

    def example(self) -> Example:
        """Return marked answers, one that is not, and none."""
        samples = tuple(Sample(id=str(i), input={}, metadata={"states": [5, 8]}) for i in range(2))
        marked = "1: 5\n2: 8\nanswer: 8"
        return Example(
            samples=samples,
            best=example_outputs(samples, [marked, marked]),
            worse=example_outputs(samples, [marked, "So it is 8."]),
            worst=example_outputs(samples, ["", "So it is 8."]),
        )
