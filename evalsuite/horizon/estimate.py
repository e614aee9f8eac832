"""The reasoning horizon of one family: how many dependent steps a model survives, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.horizon.goodness import REJECTED, ChiSquare, likelihood_ratio, pearson_test
from evalsuite.horizon.law import DepthLaws, fit_laws
from evalsuite.horizon.profile import LEAST_INSIDE, Profile, hull
from evalsuite.horizon.reach import clipped, ends_within, within_reach
from evalsuite.horizon.remarks import warnings_of
from evalsuite.horizon.resamples import Resamples, percentile_interval
from evalsuite.horizon.sudden_fall import over_gap, told_horizon
from evalsuite.kernels.horizon import SHAPES
from evalsuite.types import Estimate, Interval

if TYPE_CHECKING:
    from evalsuite.horizon.records import DepthTable

__all__ = ["N_RESAMPLES", "HorizonFit", "fit_horizon"]

N_RESAMPLES = 2_000
_LEAST_RESAMPLES = 10
_NOISE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonFit:
    """What the depth law says of one model on one family.

    Parameters
    ----------
    h50, h80, h99 : Estimate
        Depths that half, 80 % and 99 % survive, with the depths tested as their reach; without a value where there
        are no records.
    shape : Estimate
        k: 1 where each step is as risky as any other, above 1 where later steps are riskier, below 1 where items differ
        or the model recovers.
    step_error : Estimate
        ``1 - exp(-1 / s)`` of the law with k = 1. An error rate only where `is_constant` is true.
    is_constant : bool, optional
        Whether neither the likelihood ratio nor the fit rejects constant hazard at 5 %; None where neither can tell.
    fit, constant_fit : ChiSquare
        Pearson's test of the law, and of that with k = 1.
    ratio : ChiSquare
        Likelihood ratio test of k = 1.
    band : tuple of Estimate
        H50 if the grader passed 2 % of wrong answers, and if it failed 2 % of right ones.
    warnings : tuple of str
        Why not to believe it, a sentence each.
    floor : float
    n_answered, n_cut : float
        Records that were answered, and those that the token budget cut.
    n_clusters : int
    laws : DepthLaws
        The fitted law, arrays of length 1.
    resampled : DepthLaws, optional
        Those of the resamples; None with fewer than two clusters, and where everything was right, or wrong.
    is_profiled : bool, default False
        Whether the intervals of k and of the horizons go at least as far as the profile likelihood, since too few
        depths lie where accuracy falls.
    """

    h50: Estimate
    h80: Estimate
    h99: Estimate
    shape: Estimate
    step_error: Estimate
    is_constant: bool | None
    fit: ChiSquare
    constant_fit: ChiSquare
    ratio: ChiSquare
    band: tuple[Estimate, Estimate]
    warnings: tuple[str, ...]
    floor: float
    n_answered: float
    n_cut: float
    n_clusters: int
    laws: DepthLaws
    resampled: DepthLaws | None
    is_profiled: bool = False

    def estimates(self) -> dict[str, Estimate]:
        """Return the numbers beside H50, by the symbols of the field; p-values as estimates without interval."""
        return {
            "H80": self.h80,
            "H99": self.h99,
            "k": self.shape,
            "e": self.step_error,
            "p fit": Estimate(value=self.fit.p),
            "p constant fit": Estimate(value=self.constant_fit.p),
            "p constant": Estimate(value=self.ratio.p),
            "H50 if 2 % of wrong answers passed": self.band[0],
            "H50 if 2 % of right answers failed": self.band[1],
        }


def fit_horizon(
    table: DepthTable, *, floor: float = 0.0, seed: int, level: float = 0.95, n_resamples: int = N_RESAMPLES
) -> HorizonFit:
    """Fit the depth law, with intervals by cluster bootstrap.

    Parameters
    ----------
    table : DepthTable
    floor : float, default 0
        Share of right answers among guesses, in [0, 1): 1/4 with four choices.
    seed : int
        Of the resamples, in [0, 2**64): the same seed and number of clusters draw the same ones.
    level : float, default 0.95
        In (0, 1).
    n_resamples : int, default 2,000
        At least 10.

    Returns
    -------
    HorizonFit

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    ``S(d) = c + (1 - c) R(d)`` with ``R(d) = exp(-(d / s)**k)`` [1]_, by maximum likelihood. The horizons solve
    ``R(H) = 1/2``, 0.8 and 0.99: guesses are no steps survived. Where c is 0, R is the accuracy itself. A horizon is
    never told beyond the depths tested: there it, or an end of its interval, is "below the shallowest" or "above the
    deepest"; of one depth alone it is known to be above or below (see `within_reach`). Where accuracy falls all at
    once, so that k is at its bound, horizons lie between depths whose own shares are above and below the one asked for
    (see `told_horizon`), and their intervals go at least from the last depth before the fall to the first after it.

    Intervals are expanded percentiles of refits to resampled clusters (see `expanded_ends`). Where fewer than three
    depths have right and wrong outputs, where every k above some or below some fits, or where resamples of k vary by
    less than the likelihood allows, the intervals of k and of the horizons go at least as far as the profile likelihood
    (see `Profile`): on a plateau of it refits tell where they stopped, and not what is known. Of k and of the step
    error those refits count that have one, and there is no interval where fewer than nine in ten do. There is none at
    all where everything was right, or everything wrong: resamples of such data are all alike, and say nothing of how
    sure it is.

    References
    ----------
    .. [1] Weibull, "A statistical distribution function of wide applicability", Journal of Applied Mechanics 18, 1951.
    """
    _check(level, n_resamples)
    totals = table.totals
    laws = fit_laws(table, totals[None], floor=floor)
    n_clusters = int((table.counts.sum(axis=(1, 2)) > 0).sum())
    resampled = None
    if n_clusters >= 2 and (totals.sum(axis=0) > 0).all():
        draws = Resamples(n_clusters=table.n_clusters, n=n_resamples, seed=seed)
        resampled = fit_laws(table, draws.counts(table), floor=floor)

    def horizon(share: float) -> Estimate:
        made = told_horizon(table, laws, share, floor=floor)
        if made.value is None or resampled is None or table.reach is None:
            return made
        interval = percentile_interval(clipped(resampled.horizon(share), table.reach), level, n_units=n_clusters)
        if profile is not None:
            interval = hull(interval, profile.horizon_interval(share), level)
        return ends_within(made, over_gap(interval, table, laws, share, floor=floor), table.reach)

    is_finite = bool(np.isfinite(laws.log_scale[0]))
    shape = Estimate(value=None if np.isnan(laws.shape[0]) else float(laws.shape[0]), reach=SHAPES)
    error = Estimate(value=float(laws.step_error()[0]) if is_finite else None)
    profile = None
    if resampled is not None:
        if shape.value is not None:
            spread = percentile_interval(resampled.shape, level, n_units=n_clusters)
            profile = _needed(Profile(table=table, laws=laws, floor=floor, level=level), spread)
            if profile is not None:
                spread = hull(spread, profile.shape_interval(), level)
            shape = replace(shape, interval=spread)
        if error.value is not None:
            error = replace(error, interval=percentile_interval(resampled.step_error(), level, n_units=n_clusters))
    fit, constant_fit = (pearson_test(table, laws, floor=floor, constant=constant) for constant in (False, True))
    ratio = likelihood_ratio(table, laws)
    answered = float(totals[table.answered].sum())
    made = HorizonFit(
        h50=horizon(0.5),
        h80=horizon(0.8),
        h99=horizon(0.99),
        shape=shape,
        step_error=error,
        is_constant=_is_constant(ratio.p, constant_fit.p),
        fit=fit,
        constant_fit=constant_fit,
        ratio=ratio,
        band=noise_band(table, floor=floor),
        warnings=(),
        floor=floor,
        n_answered=answered,
        n_cut=float(totals.sum()) - answered,
        n_clusters=n_clusters,
        laws=laws,
        resampled=resampled,
        is_profiled=profile is not None,
    )
    return replace(made, warnings=warnings_of(made))


def _check(level: float, n_resamples: int) -> None:
    if not 0.0 < level < 1.0:
        raise ValueError(f"`level` must lie between 0 and 1, got {level}")
    if isinstance(n_resamples, bool) or not isinstance(n_resamples, int) or n_resamples < _LEAST_RESAMPLES:
        raise ValueError(f"`n_resamples` must be an integer of at least {_LEAST_RESAMPLES}, got {n_resamples!r:.100}")


def _needed(profile: Profile, spread: Interval | None) -> Profile | None:
    """Return the profile where resamples of so few depths cannot say how sure the shape is; None where they can."""
    if spread is None or profile.n_inside < LEAST_INSIDE or profile.is_open() or profile.is_wider(spread):
        return profile
    return None


def noise_band(table: DepthTable, *, floor: float = 0.0, noise: float = _NOISE) -> tuple[Estimate, Estimate]:
    """Return H50 if the grader passed a share of wrong answers, and if it failed as large a share of right ones.

    Notes
    -----
    The law is fitted again as it would be seen through such a grader: ``S' = p + (1 - p) S`` where it passes a share p
    of wrong answers, ``S' = (1 - q) S`` where it fails a share q of right ones.
    """
    counts = table.totals[None]
    passed = fit_laws(table, counts, floor=floor, false_positives=noise).horizon(0.5)[0]
    failed = fit_laws(table, counts, floor=floor, false_negatives=noise).horizon(0.5)[0]
    return within_reach(passed, table.reach), within_reach(failed, table.reach)


def _is_constant(*ps: float | None) -> bool | None:
    known = [p for p in ps if p is not None]
    return min(known) >= REJECTED if known else None
