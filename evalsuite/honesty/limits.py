"""V8 and V10: two copies of one solver do not differ, and nothing is told of depths that were not tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.honesty.claim import Claim, Figures, Verdict, column
from evalsuite.honesty.design import Design, doubling
from evalsuite.honesty.solver import Solver, draws
from evalsuite.horizon import fit_horizon
from evalsuite.horizon.remarks import described

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["COPIES", "OUTSIDE"]

_COPIED = Solver(error=0.03, template_spread=0.3)
_MOST_FLAGGED = 0.05
_OUTSIDE = {"deep": (Solver(error=0.0005), doubling(64), "> 64"), "shallow": (Solver(error=0.9), (4, 8, 16), "< 4")}


def _copies(setting: str, seed: int) -> Figures:
    """Compare two runs on the same items by the resampled differences of their log H50."""
    del setting
    design = Design(depths=doubling(64))
    depths, templates = design.items()
    random = draws(8, seed)
    # A template is as hard for the one as for the other.
    factors = np.exp(_COPIED.template_spread * random.standard_normal(design.templates))
    logs = []
    for _ in range(2):
        right = random.random(len(depths)) < (1 - np.minimum(_COPIED.error * factors[templates], 1)) ** depths
        fit = fit_horizon(design.counted(right), seed=seed)
        if fit.resampled is None:
            return {"flagged": None}
        logs.append(np.log(fit.resampled.horizon(0.5)))
    low, high = np.quantile(logs[0] - logs[1], [0.025, 0.975])
    return {"flagged": float(low > 0 or high < 0)}


def _judge_copies(setting: str, trials: Sequence[Mapping[str, float | None]]) -> Verdict:
    del setting
    share = float(np.nan_to_num(column(trials, "flagged")).mean())
    noise = 2.576 * float(np.sqrt(_MOST_FLAGGED * (1 - _MOST_FLAGGED) / len(trials)))
    return Verdict(
        passed=share <= _MOST_FLAGGED + noise,
        text=f"two copies of one solver are called different in {share:.1%} of {len(trials)} runs (5 % at most, "
        f"give or take {noise:.1%})",
    )


def _outside(setting: str, seed: int) -> Figures:
    solver, depths, expected = _OUTSIDE[setting]
    fit = fit_horizon(Design(depths=depths).table(solver, draws(10, len(setting), seed)), seed=seed)
    shown = described(fit.h50)
    inside = fit.h50.interval is not None and not all(
        depths[0] <= end <= depths[-1] for end in (fit.h50.interval.low, fit.h50.interval.high)
    )
    return {"told": float(not shown.startswith(expected) or inside)}


def _judge_outside(setting: str, trials: Sequence[Mapping[str, float | None]]) -> Verdict:
    told = int(column(trials, "told").sum())
    return Verdict(
        passed=told == 0,
        text=f"a horizon far {'below' if setting == 'shallow' else 'above'} the depths tested is printed as "
        f'"{_OUTSIDE[setting][2]}" in {len(trials) - told} of {len(trials)} runs',
    )


COPIES = Claim(
    name="V8",
    text="Two runs of one solver are called different no oftener than the level says.",
    settings=("copies",),
    trial=_copies,
    judge=_judge_copies,
)
OUTSIDE = Claim(
    name="V10",
    text="No horizon is told beyond the depths tested.",
    settings=tuple(_OUTSIDE),
    trial=_outside,
    judge=_judge_outside,
)
