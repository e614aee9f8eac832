"""V2 and V3: where hazard rises, or items differ, the shape says so, and H50 stays near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.honesty.claim import Claim, Figures, Verdict, column
from evalsuite.honesty.design import Design, doubling
from evalsuite.honesty.solver import Solver, draws
from evalsuite.horizon import fit_horizon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["MIXED", "RISING"]

# True H50: 13.7 and 34.4.
_SOLVERS = {"rising": Solver(error=0.03, rise=0.1), "mixed": Solver(error=0.02, spread=1.0)}
_LEAST_POWER, _MOST_WRONG, _MOST_OFF = 0.8, 0.025, 0.10


def _trial(setting: str, seed: int) -> Figures:
    solver = _SOLVERS[setting]
    fit = fit_horizon(Design(depths=doubling(64)).table(solver, draws(2, len(setting), seed)), seed=seed)
    shape = fit.shape.interval
    horizon = fit.h50.value
    return {
        "above": None if shape is None else float(shape.low > 1),
        "below": None if shape is None else float(shape.high < 1),
        "log ratio": None if horizon is None else float(np.log(horizon / solver.horizon())),
    }


def _judge(setting: str, trials: Sequence[Mapping[str, float | None]]) -> Verdict:
    right, wrong = ("above", "below") if setting == "rising" else ("below", "above")
    found, missed = (float(np.nan_to_num(column(trials, side)).mean()) for side in (right, wrong))
    off = float(np.expm1(np.median(column(trials, "log ratio"))))
    return Verdict(
        passed=found >= _LEAST_POWER and missed <= _MOST_WRONG and abs(off) <= _MOST_OFF,
        text=f"the interval of k lies {right} 1 in {found:.1%} of {len(trials)} runs (80 or more wanted), {wrong} it "
        f"in {missed:.1%}; the median H50 is off by {off:+.1%} (10 at most)",
    )


RISING = Claim(
    name="V2",
    text="Where the risk of a step rises by a tenth of the first one's with each, k is above 1.",
    settings=("rising",),
    trial=_trial,
    judge=_judge,
)
MIXED = Claim(
    name="V3",
    text="Where some items are harder than others, k is below 1.",
    settings=("mixed",),
    trial=_trial,
    judge=_judge,
)
