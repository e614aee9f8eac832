"""What metrics read of log-probabilities: those of a sample's choices and which are right, or of a whole text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.likelihood import choices_of
from evalsuite.metrics._outputs import judge_repeats, required_references
from evalsuite.types import Output, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalsuite.metrics._outputs import Judgement
    from evalsuite.metrics.base import SampleOutputs

__all__ = ["RatedChoices", "choice_outputs", "judge_choices", "rated_choices", "text_outputs", "unrated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedChoices:
    """The choices of a sample, which of them are right, and what an output says of each."""

    choices: tuple[str, ...]
    right: tuple[bool, ...]
    logprobs: tuple[float, ...]
    tokens: tuple[int, ...]
    greedy: tuple[bool, ...]


def rated_choices(metric: str, sample: Sample) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    """Return the choices of a sample and which are right.

    Raises
    ------
    ValueError
        If it has no choices or none of them is a reference; the message names the sample.
    """
    references = required_references(metric, sample)
    try:
        choices = choices_of(sample)
    except ValueError as error:
        raise ValueError(f"{metric}: {error}") from None
    right = tuple(choice in references for choice in choices)
    if not any(right):
        raise ValueError(f'{metric}: sample "{sample.id}": none of its references is one of its choices')
    return choices, right


def judge_choices(
    metric: str,
    sample: Sample,
    outputs: SampleOutputs,
    judge: Callable[[RatedChoices], Judgement],
) -> Judgement:
    """Judge each repeat by its last turn, and sum the rows; one without a log-probability for each choice is undecided.

    Raises
    ------
    ValueError
        As of `rated_choices`.
    """
    choices, right = rated_choices(metric, sample)

    def judge_one(output: Output, text: str) -> Judgement:
        del text
        if not len(output.logprobs) == len(output.choice_tokens) == len(output.greedy) == len(choices):
            return unrated(output)
        return judge(
            RatedChoices(
                choices=choices,
                right=right,
                logprobs=output.logprobs,
                tokens=output.choice_tokens,
                greedy=output.greedy,
            )
        )

    return judge_repeats(outputs, judge_one)


def unrated(output: Output) -> Judgement:
    """Judge an output without the log-probabilities that were asked for."""
    return ("refused" if output.finish_reason == "refused" else "undecided"), None


def choice_outputs(samples: Sequence[Sample], logprobs: Sequence[Sequence[float]]) -> tuple[SampleOutputs, ...]:
    """Return one output a sample, with these log-probabilities, for examples: one token a choice."""
    made = []
    for sample, values in zip(samples, logprobs, strict=True):
        best = list(values).index(max(values))
        made.append(
            (
                Output(
                    text=choices_of(sample)[best],
                    sample_id=sample.id,
                    logprobs=tuple(values),
                    choice_tokens=(1,) * len(values),
                    greedy=tuple(i == best for i in range(len(values))),
                ),
            )
        )
    return tuple(made)


def text_outputs(samples: Sequence[Sample], logprobs: Sequence[float]) -> tuple[SampleOutputs, ...]:
    """Return one output a sample, with the log-probability of its text, for examples: five tokens a text."""
    return tuple(
        (Output(text="", sample_id=sample.id, logprobs=(value,), choice_tokens=(5,), greedy=(value == 0.0,)),)
        for sample, value in zip(samples, logprobs, strict=True)
    )
