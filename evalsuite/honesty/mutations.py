"""V12: where depths or states are wrong, the other claims fail: a gate that lets everything through says nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.honesty.claim import Claim, Figures, Verdict, column, is_covered
from evalsuite.honesty.coverage import constant_figures, judge_constant
from evalsuite.honesty.design import Design, doubling
from evalsuite.honesty.paths import score_traces, written
from evalsuite.honesty.solver import Solver, draws

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.types import JSONValue, Sample

__all__ = ["MUTATED"]

_SOLVER = Solver(error=0.03)
_SHUFFLED, _DROPPED, _SHIFTED = "depths shuffled", "a step dropped", "states one off"


def _trial(setting: str, seed: int) -> Figures:
    if setting == _SHUFFLED:
        random = draws(12, seed)
        design = Design(depths=doubling(64))
        depths, templates = design.items()
        paths = _SOLVER.paths(depths, templates, random)
        right = paths[np.arange(len(depths)), depths - 1]
        return constant_figures(_SOLVER, design.counted(random.permutation(right)), seed)
    samples, outputs = written(_SOLVER, len(setting), seed)
    changed = [_without_a_step(sample) if setting == _DROPPED else _shifted(sample) for sample in samples]
    interval = score_traces(changed, outputs)["step_error"].interval
    return {"covered": None if interval is None else float(interval.low <= _SOLVER.error <= interval.high)}


def _without_a_step(sample: Sample) -> Sample:
    """Return the item as if its middle step were none, and it one less deep; one of a single step stays.

    With its depth as it was, metrics refuse it.
    """
    states = _states(sample)
    if len(states) < 2 or sample.depth is None:
        return sample
    middle = len(states) // 2
    return replace(_with_states(sample, states[:middle] + states[middle + 1 :]), depth=sample.depth - 1)


def _shifted(sample: Sample) -> Sample:
    """Return the item with each step's state said to be that of the step before."""
    states = _states(sample)
    return _with_states(sample, [states[0], *states[:-1]])


def _states(sample: Sample) -> list[JSONValue]:
    states = sample.metadata["states"]
    assert isinstance(states, list)
    return states


def _with_states(sample: Sample, states: list[JSONValue]) -> Sample:
    return replace(sample, metadata={**sample.metadata, "states": states})


def _judge(setting: str, trials: Sequence[Mapping[str, float | None]]) -> Verdict:
    if setting == _SHUFFLED:
        found = judge_constant(str(_SOLVER.error), trials)
        share = float(np.nan_to_num(column(trials, "covered")).mean())
        failed = not found.passed
    else:
        share = float(np.nan_to_num(column(trials, "covered")).mean())
        failed = not is_covered(share, len(trials))
    return Verdict(
        passed=failed,
        text=f"{setting}: e in its interval in {share:.1%} of {len(trials)} runs, so the claim "
        f"{'fails, as it must' if failed else 'still holds'}",
    )


MUTATED = Claim(
    name="V12",
    text="Wrong depths, and wrong or missing states, make the claims above fail.",
    settings=(_SHUFFLED, _DROPPED, _SHIFTED),
    trial=_trial,
    judge=_judge,
)
