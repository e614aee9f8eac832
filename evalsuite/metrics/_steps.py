"""The steps an output states, judged against the states of its sample."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING

from evalsuite.answers import is_number, is_state, read_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import JSONValue, Output, Sample

__all__ = ["StepVerdicts", "checked_depth", "judge_steps", "state_texts", "true_states"]


@dataclass(frozen=True, slots=True)
class StepVerdicts:
    """Which of the steps that are due are right.

    Parameters
    ----------
    right : tuple of bool
        Step by step, the first step first. A step that is not stated is not right.
    stated : tuple of bool
        Which of them the output states.
    """

    right: tuple[bool, ...]
    stated: tuple[bool, ...]

    @property
    def first_error(self) -> int | None:
        """Number of the first step that is not right, from 1; None where all are."""
        return self.right.index(False) + 1 if False in self.right else None

    def is_wrong(self, step: int) -> bool:
        """Whether a step, from 1 on, is stated and not right."""
        return self.stated[step - 1] and not self.right[step - 1]


def true_states(metric: str, sample: Sample) -> tuple[str, ...]:
    """Return the state after each step, from ``metadata["states"]``.

    Raises
    ------
    ValueError
        If there are none, or fewer than the sample is deep.
    """
    states = sample.metadata.get("states")
    if not isinstance(states, list) or not states:
        raise ValueError(f'{metric}: sample "{sample.id}": metadata["states"] must list the state after each step')
    if sample.depth is not None and checked_depth(metric, sample) > len(states):
        raise ValueError(
            f'{metric}: sample "{sample.id}": metadata["states"] must hold one state for each step, '
            f"at least {sample.depth} for its depth, got {len(states)}"
        )
    return state_texts(metric, sample, states)


def state_texts(metric: str, sample: Sample, states: Sequence[JSONValue]) -> tuple[str, ...]:
    """Return states as text; ValueError where one is neither a text nor a finite number."""
    for step, state in enumerate(states, 1):
        if not isinstance(state, (str, int, float)) or (isinstance(state, float) and not math.isfinite(state)):
            raise ValueError(
                f'{metric}: sample "{sample.id}": metadata["states"] must hold texts and finite numbers; that of step '
                f"{step} is {state!r:.100}"
            )
    return tuple(str(state) for state in states)


def checked_depth(metric: str, sample: Sample) -> int:
    """Return the depth of a sample; ValueError where it is no integer of at least 1."""
    depth: object = sample.depth
    if isinstance(depth, bool) or not isinstance(depth, Integral) or depth < 1:
        raise ValueError(
            f'{metric}: sample "{sample.id}": its depth must be the number of dependent steps, an integer of at '
            f"least 1, got {depth!r:.100}"
        )
    return int(depth)


def judge_steps(output: Output, text: str, states: Sequence[str]) -> StepVerdicts | None:
    """Judge the steps `text` states; None where it states none of those the sample has.

    Of an output that the token budget cut off, the last line is left out, since its number may lack digits, and steps
    after the last one stated are not due. Of any other output every step is due. A state that cannot be compared is not
    right, and where a number is due a line without one states nothing.
    """
    cut = output.finish_reason == "length"
    if cut:
        text = text[: text.rfind("\n") + 1]
    read = read_steps([text])[0]
    verdicts = {
        step: is_state(stated, states[step - 1])
        for step, stated in read.items()
        if 1 <= step <= len(states) and (stated.number is not None or not is_number(states[step - 1]))
    }
    if not verdicts:
        return None
    due = range(1, (max(verdicts) if cut else len(states)) + 1)
    return StepVerdicts(
        right=tuple(verdicts.get(step, False) for step in due), stated=tuple(step in verdicts for step in due)
    )
