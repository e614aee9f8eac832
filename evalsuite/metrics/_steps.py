"""The steps an output states, judged against the states of its sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.answers import compare_answers, parse_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Output, Sample

__all__ = ["StepVerdicts", "judge_steps", "true_states"]


@dataclass(frozen=True, slots=True)
class StepVerdicts:
    """Which of the steps that are due are right.

    Parameters
    ----------
    right : tuple of bool
        Step by step, the first step first. A step that is not stated is not right.
    """

    right: tuple[bool, ...]

    @property
    def first_error(self) -> int | None:
        """Number of the first step that is not right, from 1; None where all are."""
        return self.right.index(False) + 1 if False in self.right else None


def true_states(metric: str, sample: Sample) -> tuple[str, ...]:
    """Return the state after each step, from ``metadata["states"]``.

    Raises
    ------
    ValueError
        If there are none, or not as many as the sample's depth.
    """
    states = sample.metadata.get("states")
    if not isinstance(states, list) or not states:
        raise ValueError(f'{metric}: sample "{sample.id}": metadata["states"] must list the state after each step')
    if sample.depth is not None and sample.depth != len(states):
        raise ValueError(
            f'{metric}: sample "{sample.id}": metadata["states"] must hold one state for each step, '
            f"expected {sample.depth}, got {len(states)}"
        )
    return tuple(str(state) for state in states)


def judge_steps(output: Output, text: str, states: Sequence[str]) -> StepVerdicts | None:
    """Judge the steps `text` states; None where it states none of those the sample has.

    Of an output that the token budget cut off, the last line is left out, since its number may lack digits, and steps
    after the last one stated are not due. Of any other output every step is due. A state that cannot be compared is not
    right.
    """
    cut = output.finish_reason == "length"
    if cut:
        text = text[: text.rfind("\n") + 1]
    stated = {step: state for step, state in parse_steps(text).items() if 1 <= step <= len(states)}
    if not stated:
        return None
    due = max(stated) if cut else len(states)
    return StepVerdicts(
        right=tuple(
            step in stated and compare_answers(stated[step], states[step - 1]) == "right" for step in range(1, due + 1)
        )
    )
