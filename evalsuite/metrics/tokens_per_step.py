"""Tokens per step: how much a model writes for each step it states."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from evalsuite.metrics._options import check_choice
from evalsuite.metrics._outputs import Judgement, example_outputs
from evalsuite.metrics._ratio import RatioMetric
from evalsuite.metrics._steps import judge_steps, true_states
from evalsuite.metrics.base import Example
from evalsuite.types import Output, Sample

__all__ = ["TokensPerStep"]

_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class TokensPerStep(RatioMetric[tuple[str, ...]]):
    r"""Tokens per step: tokens written, over steps stated; from 3 up; lower is better.

    Parameters
    ----------
    tokens : {"text", "model"}, default "text"
        Runs of word characters and other signs one by one, the same for all models; or the model's own tokens, where
        the output says how many.

    Notes
    -----
    ``tokens per step = tokens of the whole output / steps of the sample it states``, both summed over the corpus. Three
    is a bare ``k: state`` in tokens of the text, the least there can be. Range 3 up, from 0 for a model's own tokens;
    lower is better: the same steps for less. A step counts once, right or wrong; of a cut-off output what is stated in
    full counts.

    An output that states no step has no value (``unextracted``; ``refused`` or ``truncated`` where that is why), nor
    has one without a count of its tokens, if that is asked for (``undecided``).

    A row is [tokens, steps], summed over the repeats of a sample.

    Examples
    --------
    >>> from evalsuite.types import Output, Sample
    >>> sample = Sample(id="1", input={}, metadata={"states": [5, 12]})
    >>> TokensPerStep().rows([sample], [[Output(text="1: 5\n2: 5 + 7 = 12\nanswer: 12")]]).values
    array([[13.,  2.]])
    """

    name = "tokens_per_step"
    higher_is_better = False
    value_range = (3.0, float("inf"))

    tokens: Literal["text", "model"] = "text"

    def __post_init__(self) -> None:
        check_choice(self.name, "tokens", self.tokens, ("text", "model"))
        if self.tokens == "model":
            object.__setattr__(self, "value_range", (0.0, float("inf")))

    @property
    def reads_steps(self) -> bool:
        """Yes."""
        return True

    def _target(self, sample: Sample) -> tuple[str, ...]:
        return true_states(self.name, sample)

    def _judge(self, output: Output, text: str, target: tuple[str, ...]) -> Judgement:
        verdicts = judge_steps(output, text, target)
        row = None
        if verdicts is not None:
            n_tokens = output.tokens_out
            if self.tokens == "text":
                n_tokens = sum(1 for _ in _TOKEN.finditer(text))
            elif n_tokens is None:
                return "undecided", None
            row = (float(n_tokens or 0), float(sum(verdicts.stated)))
        if output.finish_reason == "refused":
            return "refused", row
        if output.finish_reason == "length":
            return "truncated", row
        return ("unextracted" if row is None else "scored"), row

    def example(self) -> Example:
        """Return bare states, states with their working, and much talk."""
        samples = tuple(Sample(id=str(i), input={}, depth=2, metadata={"states": [5, 12]}) for i in range(2))
        bare, worked, talk = "1: 5\n2: 12", "1: 5\n2: 5 + 7 = 12", "Let us see, then.\n1: we start at 5\n2: so it is 12"
        return Example(
            samples=samples,
            best=example_outputs(samples, [bare, bare]),
            worse=example_outputs(samples, [bare, worked]),
            worst=example_outputs(samples, [talk, talk]),
        )
