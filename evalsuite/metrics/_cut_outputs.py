"""What an output that the token budget cut says of the steps it stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.metrics._outputs import text_of
from evalsuite.metrics._steps import judge_steps, state_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Output, Sample

__all__ = ["CutVerdicts", "cut_verdicts", "step_depths"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CutVerdicts:
    """Outputs of one sample that were cut: how deep all of them came, how many were right there, how many not."""

    depth: int = 0
    right: int = 0
    wrong: int = 0


def cut_verdicts(sample: Sample, outputs: Sequence[Output]) -> CutVerdicts:
    """Judge outputs by the last step of the depth that the one which was cut first has come to.

    Outputs that state no step say nothing, and neither do those of a sample whose states are not known. A sample's
    repeats have one depth here, since they share a row.
    """
    states = sample.metadata.get("states")
    if not outputs or not isinstance(states, list) or not states:
        return CutVerdicts()
    depths = step_depths(sample, len(states))
    texts = state_texts("horizon", sample, states)
    judged: list[tuple[bool, ...]] = []
    for output in outputs:
        verdicts = judge_steps(output, text_of(output) or "", texts)
        if verdicts is not None:
            judged.append(verdicts.right)
    if not judged:
        return CutVerdicts()
    reached = min(max(depths[: len(right)]) for right in judged)
    last = [max(i for i in range(len(right)) if depths[i] == reached) for right in judged]
    n_right = sum(right[i] for right, i in zip(judged, last, strict=True))
    return CutVerdicts(depth=reached, right=n_right, wrong=len(judged) - n_right)


def step_depths(sample: Sample, n_steps: int) -> list[int]:
    """Return the length of the longest dependent chain that ends in each step.

    From ``metadata["parents"]``, for each step the numbers of the steps whose results it reads; without it every step
    reads the one before.

    Raises
    ------
    ValueError
        If parents do not name earlier steps, or not for each step.
    """
    parents = sample.metadata.get("parents")
    if parents is None:
        return list(range(1, n_steps + 1))
    message = f'sample "{sample.id}": metadata["parents"] must list, for each of {n_steps} steps, earlier steps'
    if not isinstance(parents, list) or len(parents) != n_steps:
        raise ValueError(message)
    depths: list[int] = []
    for step, read in enumerate(parents, 1):
        if not isinstance(read, list):
            raise ValueError(message)
        longest = 0
        for parent in read:
            if isinstance(parent, bool) or not isinstance(parent, int) or not 1 <= parent < step:
                raise ValueError(f"{message}; step {step} reads {parent!r}")
            longest = max(longest, depths[parent - 1])
        depths.append(longest + 1)
    return depths
