"""V1 and V9: intervals hold what was put in as often as they say, and the horizon is not off to one side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.honesty.claim import Claim, Figures, Verdict, column, is_covered
from evalsuite.honesty.design import Design, doubling
from evalsuite.honesty.solver import Solver, draws
from evalsuite.horizon import fit_horizon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.horizon import DepthTable

__all__ = ["CLUSTERED", "CONSTANT", "constant_figures", "judge_constant"]

_DEEPEST = {"0.003": 512, "0.01": 128, "0.03": 64, "0.1": 64}
_MOST_BIAS = 0.02
_CLUSTERED = Solver(error=0.03, template_spread=0.3)
_LEAST_LOSS = 0.05


def _constant(setting: str, seed: int) -> Figures:
    solver = Solver(error=float(setting))
    random = draws(1, int(1e6 * solver.error), seed)
    return constant_figures(solver, Design(depths=doubling(_DEEPEST[setting])).table(solver, random), seed)


def constant_figures(solver: Solver, table: DepthTable, seed: int) -> Figures:
    """Return whether a solver's error lies in its interval, and how far off the horizon is."""
    fit = fit_horizon(table, seed=seed)
    error, horizon, truth = fit.step_error.interval, fit.h50.value, solver.horizon()
    return {
        "covered": None if error is None else float(error.low <= solver.error <= error.high),
        "log ratio": None if horizon is None else float(np.log(horizon / truth)),
    }


def judge_constant(setting: str, trials: Sequence[Mapping[str, float | None]]) -> Verdict:
    """Say whether intervals held as often as they should, without bias."""
    covered = np.nan_to_num(column(trials, "covered"))
    logs = column(trials, "log ratio")
    share, bias = float(covered.mean()), float(logs.mean())
    noise = float(logs.std() / np.sqrt(len(logs)))
    return Verdict(
        passed=is_covered(share, len(trials)) and abs(bias) < _MOST_BIAS + 2.576 * max(noise - _MOST_BIAS / 4, 0.0),
        text=f"e = {setting}: in its interval in {share:.1%} of {len(trials)} runs (93 to 97 wanted); log H50 off by "
        f"{bias:+.2%} (standard error {noise:.2%}; below 2 % wanted)",
    )


def _clustered(setting: str, seed: int) -> Figures:
    fit = fit_horizon(
        Design(depths=doubling(64)).table(_CLUSTERED, draws(9, seed), clustered=setting == "by template"), seed=seed
    )
    interval, truth = fit.h50.interval, _CLUSTERED.horizon()
    return {"covered": None if interval is None else float(interval.low <= truth <= interval.high)}


def _judge_clustered(setting: str, trials: Sequence[Mapping[str, float | None]]) -> Verdict:
    share = float(np.nan_to_num(column(trials, "covered")).mean())
    if setting == "by template":
        return Verdict(
            passed=is_covered(share, len(trials)),
            text=f"templates differ (log sd 0.3), resampled by template: H50 in its interval in {share:.1%} of "
            f"{len(trials)} runs (93 to 97 wanted)",
        )
    return Verdict(
        passed=share < 0.95 - _LEAST_LOSS,
        text=f"the same as if items were independent: {share:.1%} (a control: it must be too few)",
    )


CONSTANT = Claim(
    name="V1",
    text="A constant error per step lies in its interval as often as it should, and H50 is not biased.",
    settings=tuple(_DEEPEST),
    trial=_constant,
    judge=judge_constant,
)
CLUSTERED = Claim(
    name="V9",
    text="Where templates differ, intervals by template hold, and intervals by item do not.",
    settings=("by template", "by item"),
    trial=_clustered,
    judge=_judge_clustered,
)
