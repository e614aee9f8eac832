"""Accuracy of the likeliest choice, and of greedy decoding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

import numpy as np

from evalsuite.metrics._likelihoods import choice_outputs, judge_choices
from evalsuite.metrics._options import check_choice
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import Example, Rows, SampleOutputs
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalsuite.metrics._likelihoods import RatedChoices
    from evalsuite.metrics._outputs import Judgement
    from evalsuite.types import Ask, Outcome

__all__ = ["ChoiceAccuracy", "GreedyAccuracy", "Normalise"]

Normalise: TypeAlias = Literal["none", "characters", "bytes", "tokens"]

_LENGTHS: dict[str, Callable[[RatedChoices], list[float]]] = {
    "none": lambda rated: [1.0] * len(rated.choices),
    "characters": lambda rated: [float(len(choice)) for choice in rated.choices],
    "bytes": lambda rated: [float(len(choice.encode("utf-8", "surrogatepass"))) for choice in rated.choices],
    "tokens": lambda rated: [float(max(n, 1)) for n in rated.tokens],
}


@dataclass(frozen=True)
class _ShareOfChoices(QuotientMetric):
    """Share of samples, or of their repeats, that are right by the log-probabilities of their choices."""

    asks: ClassVar[tuple[Ask, ...]] = ("choices",)
    proportion = True
    value_range = (0.0, 1.0)

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            outcome, row = judge_choices(self.name, sample, sample_outputs, self._judge)
            outcomes.append(outcome)
            if row is not None:
                values[i] = row
        return Rows(values=values, outcomes=tuple(outcomes))

    def _judge(self, rated: RatedChoices) -> Judgement:
        right = self._is_right(rated)
        return ("right" if right else "wrong"), (float(right), 1.0)

    def _is_right(self, rated: RatedChoices) -> bool:
        raise NotImplementedError

    def example(self) -> Example:
        """Return two right choices, one, and none."""
        samples = (
            Sample(id="1", input={}, references=("Paris",), metadata={"choices": ["Paris", "Lyon"]}),
            Sample(id="2", input={}, references=("seven",), metadata={"choices": ["three", "seven"]}),
        )
        return Example(
            samples=samples,
            best=choice_outputs(samples, [(-0.5, -2.0), (-3.0, -1.0)]),
            worse=choice_outputs(samples, [(-0.5, -2.0), (-1.0, -3.0)]),
            worst=choice_outputs(samples, [(-2.0, -0.5), (-1.0, -3.0)]),
        )


@dataclass(frozen=True)
class ChoiceAccuracy(_ShareOfChoices):
    """Choice accuracy: share of samples whose likeliest choice is a right one, 0-1.

    Parameters
    ----------
    normalise : {"none", "characters", "bytes", "tokens"}, default "none"
        What the log-probability of a choice is divided by before choices are compared: nothing, or its length.
        Without, longer choices are less likely as they are longer.

    Notes
    -----
    ``argmax_i log P(choice_i | prompt) / length_i``; the first of equals is taken. The length is that of the choice
    without what stands between it and the prompt. With ``none`` this is ``acc``, with ``characters`` ``acc_norm`` and
    with ``bytes`` ``acc_bytes`` of lm-evaluation-harness [1]_; a length in ``tokens`` is in the model's own, delimiter
    included, so that models differ in it. Range 0 to 1; higher is better.

    Outcomes: ``right``; ``wrong``; ``undecided`` (an output without a log-probability for each choice: no value);
    ``error`` (no value). A row is [right, counted], summed over the repeats of a sample.

    References
    ----------
    .. [1] Gao et al., "A framework for few-shot language model evaluation", 2021, doi:10.5281/zenodo.5371628.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("a long one",), metadata={"choices": ["no", "a long one"]})
    >>> output = Output(text="no", logprobs=(-3.0, -6.0), choice_tokens=(1, 3), greedy=(False, False))
    >>> ChoiceAccuracy().rows([sample], [[output]]).outcomes
    ('wrong',)
    >>> ChoiceAccuracy(normalise="characters").rows([sample], [[output]]).outcomes
    ('right',)
    """

    name = "choice_accuracy"

    normalise: Normalise = "none"

    def __post_init__(self) -> None:
        check_choice(self.name, "normalise", self.normalise, tuple(_LENGTHS))

    def _is_right(self, rated: RatedChoices) -> bool:
        lengths = _LENGTHS[self.normalise](rated)
        scores = [value / length for value, length in zip(rated.logprobs, lengths, strict=True)]
        return rated.right[scores.index(max(scores))]


@dataclass(frozen=True)
class GreedyAccuracy(_ShareOfChoices):
    """Greedy accuracy: share of samples of which greedy decoding would write a right choice, 0-1.

    Notes
    -----
    A choice would be written if each of its tokens is the likeliest after those before it: ``acc`` of tasks with one
    continuation, such as LAMBADA [1]_, in lm-evaluation-harness (``is_greedy``). What the model would write after it
    does not matter. Range 0 to 1; higher is better.

    Outcomes and rows are those of `evalsuite.metrics.choice_accuracy.ChoiceAccuracy`.

    References
    ----------
    .. [1] Paperno et al., "The LAMBADA dataset: word prediction requiring a broad discourse context", ACL 2016.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, references=("Ada",), metadata={"choices": ["Ada"]})
    >>> output = Output(text="Ada", logprobs=(-0.4,), choice_tokens=(2,), greedy=(True,))
    >>> GreedyAccuracy().rows([sample], [[output]]).outcomes
    ('right',)
    """

    name = "greedy_accuracy"

    def _is_right(self, rated: RatedChoices) -> bool:
        return any(right and greedy for right, greedy in zip(rated.right, rated.greedy, strict=True))
