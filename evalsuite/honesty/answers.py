"""V5 to V7: outputs that were cut, guesses, and a grader who errs do not move the horizon unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import UsageError
from evalsuite.honesty.claim import Claim, Figures, Verdict, column, is_covered
from evalsuite.honesty.design import Design, doubling
from evalsuite.honesty.solver import Solver, draws
from evalsuite.horizon import count_records, fit_horizon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.horizon import DepthTable
    from evalsuite.types import Estimate

__all__ = ["CAPPED", "GRADED", "GUESSED"]

_CAP, _FLOOR, _NOISE = 40, 0.25, 0.02
_CAPPED = {"censored, H50 within": Solver(error=0.02), "censored, H50 beyond": Solver(error=0.01)}
_GUESSING, _GRADED = Solver(error=0.05), Solver(error=0.03)
_MOST_OFF = 0.05
_LEAST_BEYOND = 0.93


def _figures(solver: Solver, table: DepthTable, seed: int, floor: float = 0.0) -> Figures:
    fit = fit_horizon(table, floor=floor, seed=seed)
    ends = {"log ratio": fit.h50, "if passed": fit.band[0], "if failed": fit.band[1]}
    truth = solver.horizon()
    logs = {name: None if end.value is None else float(np.log(end.value / truth)) for name, end in ends.items()}
    return {"covered": _holds(fit.h50, truth), "e covered": _holds(fit.step_error, solver.error), **logs}


def _holds(estimate: Estimate, truth: float) -> float | None:
    """Say whether an interval holds the truth; one whose end is the deepest depth seen has no end there."""
    if estimate.interval is None:
        return None
    high = estimate.interval.high
    deepest = estimate.reach[1] if estimate.reach is not None else None
    if deepest is not None and high >= deepest:
        high = np.inf
    return float(estimate.interval.low <= truth <= high)


def _capped(setting: str, seed: int) -> Figures:
    if setting == "cut is wrong":
        try:
            count_records([64], [0], cut=[True], cut_counts_as="wrong")
        except UsageError:
            return {"refused": 1.0}
        return {"refused": 0.0}
    solver = _CAPPED[setting]
    return _figures(solver, Design(depths=doubling(128)).table(solver, draws(5, len(setting), seed), cap=_CAP), seed)


def _judge_capped(setting: str, trials: Sequence[Mapping[str, float | None]]) -> Verdict:
    if setting == "cut is wrong":
        refused = bool(column(trials, "refused").all())
        return Verdict(
            passed=refused, text=f"outputs that were cut, counted as wrong: {'refused' if refused else 'taken'}"
        )
    solver = _CAPPED[setting]
    error = float(np.nan_to_num(column(trials, "e covered")).mean())
    share = float(np.nan_to_num(column(trials, "covered")).mean())
    inside = solver.horizon() < _CAP
    return Verdict(
        passed=is_covered(error, len(trials))
        and (is_covered(share, len(trials)) if inside else share >= _LEAST_BEYOND),
        text=f"cut after {_CAP} steps: e = {solver.error} in its interval in {error:.1%} of {len(trials)} runs (93 to "
        f"97 wanted); H50, {solver.horizon():.0f}, in its own, which may be open above, in {share:.1%} "
        f"({'93 to 97' if inside else '93 or more'} wanted)",
    )


def _guessed(setting: str, seed: int) -> Figures:
    table = Design(depths=doubling(128)).table(_GUESSING, draws(6, seed), floor=_FLOOR)
    return _figures(_GUESSING, table, seed, floor=_FLOOR if setting == "floor known" else 0.0)


def _judge_guessed(setting: str, trials: Sequence[Mapping[str, float | None]]) -> Verdict:
    share = float(np.nan_to_num(column(trials, "covered")).mean())
    off = float(np.expm1(np.median(column(trials, "log ratio"))))
    if setting == "floor known":
        return Verdict(
            passed=is_covered(share, len(trials)),
            text=f"guesses right once in four, and known to be: H50 in its interval in {share:.1%} of {len(trials)} "
            f"runs (93 to 97 wanted), the median off by {off:+.1%}",
        )
    return Verdict(passed=off > 0.2, text=f"the same with the floor ignored: off by {off:+.1%} (a control: it must be)")


def _graded(setting: str, seed: int) -> Figures:
    failed, passed = (_NOISE, 0.0) if setting == "fails right ones" else (0.0, _NOISE)
    table = Design(depths=doubling(64)).table(
        _GRADED, draws(7, len(setting), seed), false_negatives=failed, false_positives=passed
    )
    return _figures(_GRADED, table, seed)


def _judge_graded(setting: str, trials: Sequence[Mapping[str, float | None]]) -> Verdict:
    off = float(np.expm1(np.median(column(trials, "log ratio"))))
    end = float(np.expm1(np.median(column(trials, "if failed" if setting == "fails right ones" else "if passed"))))
    return Verdict(
        passed=abs(end) < min(_MOST_OFF, abs(off)),
        text=f"a grader that {setting}, 2 in a hundred: H50 is off by {off:+.1%}, the end of the band that is printed "
        f"for it by {end:+.1%} (less than that, and than 5 %, wanted)",
    )


CAPPED = Claim(
    name="V5",
    text="A token budget is not mistaken for a horizon.",
    settings=(*_CAPPED, "cut is wrong"),
    trial=_capped,
    judge=_judge_capped,
)
GUESSED = Claim(
    name="V6",
    text="A known share of right guesses is not counted as reasoning.",
    settings=("floor known", "floor ignored"),
    trial=_guessed,
    judge=_judge_guessed,
)
GRADED = Claim(
    name="V7",
    text="What a grader that errs does to H50 is inside the band that is printed beside it.",
    settings=("fails right ones", "passes wrong ones"),
    trial=_graded,
    judge=_judge_graded,
)
