"""What a reader of a horizon must know beside it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.horizon.goodness import REJECTED
from evalsuite.kernels.horizon import SHAPES

if TYPE_CHECKING:
    from evalsuite.horizon.estimate import HorizonFit
    from evalsuite.types import Estimate

__all__ = ["described", "is_open_above", "sentences_of", "shape_described", "warnings_of"]

_FEW_CLUSTERS = 20
_MANY_CUT = 0.1


def described(estimate: Estimate, *, percent: bool = False) -> str:
    """Return ``"12.3 [10.1, 14.8]"``, with ``<`` and ``>`` where a number lies outside what was tested."""
    least, greatest = estimate.reach or (None, None)

    def shown(value: float) -> str:
        if greatest is not None and value >= greatest:
            return f"> {greatest:g}"
        if least is not None and value <= least:
            return f"< {least:g}"
        return f"{100 * value:.3g} %" if percent else f"{value:.3g}"

    if estimate.value is None:
        return "unknown"
    interval = estimate.interval
    return shown(estimate.value) + (f" [{shown(interval.low)}, {shown(interval.high)}]" if interval else "")


def is_open_above(shape: Estimate) -> bool:
    """Whether the interval of a shape goes as far up as a fit does: the data allow any greater one, too."""
    return shape.interval is not None and shape.interval.high >= SHAPES[1]


def shape_described(shape: Estimate) -> str:
    """Return ``"1.2 [0.9, 1.5]"``, or ``"> 2.1"`` where the data say no more than that."""
    if shape.interval is None:
        return described(shape)
    above, below = is_open_above(shape), shape.interval.low <= SHAPES[0]
    if above and below:
        return "unknown"
    if above:
        return f"> {shape.interval.low:.3g}"
    return f"< {shape.interval.high:.3g}" if below else described(shape)


def warnings_of(fit: HorizonFit) -> tuple[str, ...]:
    """Return why not to believe a horizon, the gravest first; empty where nothing speaks against it."""
    found: list[str] = []
    if fit.h50.value is None:
        if fit.n_answered + fit.n_cut:
            return ("no horizon: one depth alone was asked, and just half survive it",)
        return ("no horizon: there are no answers to fit",)
    if fit.fit.p is not None and fit.fit.p < REJECTED:
        found.append(
            f"the depth law does not fit (p = {fit.fit.p:.2g}): do not trust this horizon, and look at how depth was "
            "counted"
        )
    if fit.floor > 0 and np.isneginf(fit.laws.log_scale[0]):
        found.append(f"no more is right than guesses explain, of which {100 * fit.floor:.3g} % are right by chance")
    if fit.shape.value is not None and fit.shape.value <= SHAPES[0]:
        found.append("accuracy does not fall with depth: what is called depth does not make these items harder")
    if fit.shape.value is not None and fit.shape.value >= SHAPES[1]:
        steep = f" (the law falls no faster than k = {SHAPES[1]:g}: H80 and H99 are told by the shares at each depth)"
        text = "accuracy falls all at once between two of the depths tested: where between them is not known"
        found.append(text + (steep if _is_steeper(fit) else ""))
    elif is_open_above(fit.shape) and fit.shape.interval is not None:
        found.append(
            f"too few depths lie where accuracy falls: any shape k above {fit.shape.interval.low:.3g} is possible, so "
            f"that horizons are no surer than their intervals; ask depths around {fit.h50.value:.3g}"
        )
    if fit.fit.p is None:
        found.append("too few depths have answers of both kinds to test whether the depth law fits")
    if fit.h50.interval is None:
        found.append(f"no interval: {_why_no_interval(fit)}")
    elif fit.n_clusters < _FEW_CLUSTERS:
        found.append(f"only {fit.n_clusters} templates: intervals of so few are too narrow")
    total = fit.n_answered + fit.n_cut
    if fit.n_cut > _MANY_CUT * total:
        found.append(
            f"the token budget cut {100 * fit.n_cut / total:.0f} % of the outputs, which count as far as they went: "
            "raise max_new_tokens"
        )
    return tuple(found)


def _is_steeper(fit: HorizonFit) -> bool:
    """Whether the answers fall faster than a law can, so that a horizon was moved (see `told_horizon`)."""
    told = ((fit.h50, 0.5), (fit.h80, 0.8), (fit.h99, 0.99))
    return any(
        one.reach is not None and one.value != float(np.clip(fit.laws.horizon(share)[0], *one.reach))
        for one, share in told
    )


def _why_no_interval(fit: HorizonFit) -> str:
    if fit.n_clusters < 2:
        return "one template says nothing of how others differ"
    if fit.resampled is None:
        return "all answers are alike"
    return "one depth alone was asked, and its accuracy is too near half to be sure on which side H50 lies"


def sentences_of(fit: HorizonFit) -> tuple[str, ...]:
    """Return what the fit says beside H50, a sentence each, warnings first."""
    if fit.h50.value is None:
        return fit.warnings
    parts = [f"warning: {text}" for text in fit.warnings]
    parts.append(
        f"H80 {described(fit.h80)}, H99 {described(fit.h99)}, shape k {shape_described(fit.shape)}; fit p "
        f"{_p(fit.fit.p)} (constant hazard {_p(fit.constant_fit.p)}, likelihood ratio {_p(fit.ratio.p)})"
    )
    error = described(fit.step_error, percent=True)
    if fit.step_error.value is None:
        pass
    elif fit.is_constant:
        parts.append(f"error per step {error}: a constant rate is not rejected")
    elif fit.is_constant is None:
        parts.append(f"whether the error per step is constant cannot be tested; if it is, it is {error}")
    else:
        parts.append(
            "the error per step is not constant: no single rate describes it, and the answer-only figure "
            f"1 - exp(-1/s) = {error} is not an error rate"
        )
    passed, failed = (described(one) for one in fit.band)
    parts.append(f"if the grader passed 2 % of wrong answers H50 is {passed}, if it failed 2 % of right ones {failed}")
    if fit.n_cut:
        parts.append(f"{fit.n_cut:g} outputs that the token budget cut count as far as they stated steps")
    return tuple(parts)


def _p(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2g}"
