"""Tasks that ask how likely given texts are: what their samples must have, and what rates them best."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from evalsuite.errors import TaskError
from evalsuite.likelihood import choices_of
from evalsuite.types import ASKS, Output

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalsuite.types import Ask, Sample

__all__ = ["check_likelihood_samples", "perfect_output"]


def check_likelihood_samples(ask: Ask, samples: Iterable[Sample], where: str) -> None:
    """Check that every sample has what a task with this `ask` needs.

    Raises
    ------
    TaskError
        At the first that has not: the message begins with `where`.
    """
    if ask not in ASKS:
        raise TaskError(f'{where}: ask must be one of {", ".join(ASKS)}, found "{ask}"')
    for sample in samples:
        if ask == "text":
            return
        if not sample.references:
            wanted = "the right choice" if ask == "choices" else "the text to rate"
            raise TaskError(f'{where}: sample "{sample.id}" has no reference, which is {wanted}')
        if ask == "rolling":
            if not sample.references[0]:
                raise TaskError(f'{where}: sample "{sample.id}": references[0] is the text to rate, and is empty')
            continue
        try:
            choices = choices_of(sample)
        except ValueError as error:
            raise TaskError(f"{where}: {error}") from error
        strange = [reference for reference in sample.references if reference not in choices]
        if strange:
            raise TaskError(
                f'{where}: sample "{sample.id}": its reference {strange[0]!r:.80} is none of its choices: '
                f"{', '.join(f'{choice!r:.40}' for choice in choices)}"
            )


def perfect_output(sample: Sample, ask: Ask, reference: str) -> Output:
    """Return what a model would give that is sure of `reference`: all the probability there is."""
    if ask == "text":
        return Output(text=reference)
    if ask == "rolling":
        return Output(text="", logprobs=(0.0,), choice_tokens=(1,), greedy=(True,))
    right = [choice == reference for choice in choices_of(sample)]
    return Output(
        text=reference,
        logprobs=tuple(0.0 if one else -math.inf for one in right),
        choice_tokens=(1,) * len(right),
        greedy=tuple(right),
    )
