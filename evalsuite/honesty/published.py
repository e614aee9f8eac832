"""V11: real verdicts of four models give the figures that were measured on them, and a wrong depth is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.honesty.claim import Claim, Figures, Verdict
from evalsuite.horizon import fit_horizon
from evalsuite.horizon.goodness import pearson_test
from evalsuite.horizon.gsm8k import DEPTH_LABELS, load_gsm8k_counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["PUBLISHED"]

_LINES, _MARKS = DEPTH_LABELS
# Error per step, shape, H50, likelihood ratio of k = 1, p of constant hazard and of the Weibull law, found once with
# scipy; depths 2 to 8 for p, each by itself.
_MEASURED = {
    "6b_finetuning": (0.378, 1.08, 1.56, 0.703, 0.422, 0.341),
    "175b_finetuning": (0.272, 1.12, 2.30, 1.53, 0.677, 0.733),
    "6b_verification": (0.247, 1.43, 2.74, 18.0, 0.000451, 0.222),
    "175b_verification": (0.156, 1.66, 3.96, 31.6, 0.0000255, 0.751),
}
_NAMES = ("e", "k", "H50", "LR", "p constant", "p Weibull")


def _trial(setting: str, seed: int) -> Figures:
    model, _, label = setting.partition(", ")
    table = load_gsm8k_counts(model, label)
    fit = fit_horizon(table, seed=seed)
    if label == _MARKS:
        return {"p": fit.fit.p, "warned": float(any("does not fit" in text for text in fit.warnings))}
    tests = [
        pearson_test(table, fit.laws, constant=constant, depths=(2, 8), least_expected=0).p
        for constant in (True, False)
    ]
    figures = (
        float(fit.laws.step_error()[0]),
        fit.shape.value,
        float(fit.laws.horizon(0.5)[0]),
        fit.ratio.statistic,
        *tests,
    )
    return dict(zip(_NAMES, figures, strict=True))


def _judge(setting: str, trials: Sequence[Mapping[str, float | None]]) -> Verdict:
    model, _, label = setting.partition(", ")
    (found,) = trials
    if label == _MARKS:
        return Verdict(
            passed=found["warned"] == 1.0,
            text=f"{model} with calculator marks for depth: p = {found['p']:.2g}, "
            f"{'refused' if found['warned'] else 'believed'}",
        )
    shown = [f"{found[name]:.3g}" for name in _NAMES]
    wanted = [f"{value:.3g}" for value in _MEASURED[model]]
    text = ", ".join(f"{name} {value}" for name, value in zip(_NAMES, shown, strict=True))
    return Verdict(
        passed=shown == wanted, text=f"{model}: {text}" + ("" if shown == wanted else f"; wanted {', '.join(wanted)}")
    )


PUBLISHED = Claim(
    name="V11",
    text="The four models of GSM8K's release have the figures measured on them, and a wrong label of depth is refused.",
    settings=tuple(f"{model}, {label}" for label in DEPTH_LABELS for model in _MEASURED),
    trial=_trial,
    judge=_judge,
    is_random=False,
)
