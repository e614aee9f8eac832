"""One horizon of several families: their geometric mean, resampled over families and within each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.horizon.estimate import N_RESAMPLES, HorizonFit, fit_horizon
from evalsuite.horizon.resamples import percentile_interval
from evalsuite.kernels import bootstrap_draws
from evalsuite.rng import derive_seed
from evalsuite.types import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.horizon.records import DepthTable

__all__ = ["CombinedHorizon", "combine_horizons", "geometric_mean", "mean_horizon"]

_SHIFT = 797  # prime: a family that is drawn twice in a resample is not drawn with the same clusters


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedHorizon:
    """Horizons of families, and what they come to.

    Parameters
    ----------
    h50 : Estimate
        Geometric mean. Where a family's horizon is above its deepest depth this is the least it can be, and its reach
        ends there; likewise below. Without a value where one family is above and another below, or has none.
    parts : tuple of HorizonFit
        By family.
    warnings : tuple of str
    """

    h50: Estimate
    parts: tuple[HorizonFit, ...]
    warnings: tuple[str, ...]


def combine_horizons(
    tables: Sequence[DepthTable],
    *,
    floors: Sequence[float] | None = None,
    seed: int,
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
) -> CombinedHorizon:
    """Combine families by the geometric mean of their H50; never by one fit to all their items.

    Parameters
    ----------
    tables : sequence of DepthTable
        One a family.
    floors : sequence of float, optional
        Guessing floors by family; 0 by default.
    seed, level, n_resamples
        As for `fit_horizon`.

    Returns
    -------
    CombinedHorizon

    Raises
    ------
    ValueError
        If there are no families, or not as many floors.

    Notes
    -----
    A resample draws as many families as there are, with replacement, and for each one of the refits to its resampled
    clusters. The interval is for families like these: with few of them it is wide, since it goes by Student's t of one
    less; with two it ends at the least and the greatest mean of all resamples. With one family it is that family's own.
    There is none where a family has none, as of one template alone; but one that is all right or all wrong counts as
    one that does not vary.
    """
    floors = [0.0] * len(tables) if floors is None else list(floors)
    if not tables or len(floors) != len(tables):
        raise ValueError(f"`tables` must not be empty, and have a floor each: got {len(tables)} and {len(floors)}")
    parts = tuple(
        fit_horizon(
            table,
            floor=floor,
            seed=seed if len(tables) == 1 else derive_seed("horizon family", seed, i),
            level=level,
            n_resamples=n_resamples,
        )
        for i, (table, floor) in enumerate(zip(tables, floors, strict=True))
    )
    if len(parts) == 1:
        return CombinedHorizon(h50=parts[0].h50, parts=parts, warnings=parts[0].warnings)
    warnings = [f"only {len(parts)} families: an interval over so few is rough"] if len(parts) < 5 else []
    mean, remark = mean_horizon([part.h50 for part in parts])
    if mean.value is None:
        return CombinedHorizon(h50=mean, parts=parts, warnings=(remark,))
    warnings += [remark] if remark else []
    unsure = sum(part.h50.interval is None and not _is_alike(part) for part in parts)
    if unsure:
        warnings.append(f"no interval: {unsure} of {len(parts)} families have none")
        return CombinedHorizon(h50=mean, parts=parts, warnings=tuple(warnings))
    spread = _resampled(parts, seed, n_resamples)
    method = "bootstrap over families and clusters"
    interval = percentile_interval(spread, level, n_units=len(parts), method=method)
    return CombinedHorizon(h50=replace(mean, interval=interval), parts=parts, warnings=tuple(warnings))


def mean_horizon(horizons: Sequence[Estimate]) -> tuple[Estimate, str]:
    """Return the geometric mean of families' horizons with its reach, without an interval, and what to know of it.

    Parameters
    ----------
    horizons : sequence of Estimate
        One a family, as `within_reach` tells it; of one alone that itself comes back.

    Returns
    -------
    Estimate
        Without a value where one family lies above its depths and another below, or has none. Where some lie above,
        its reach ends at the value: it is the least that the mean can be. Likewise below.
    str
        Why there is no value, or what it bounds; empty where it is neither.
    """
    if len(horizons) == 1:
        return replace(horizons[0], interval=None), ""
    known = [(one.value, one.reach) for one in horizons if one.value is not None and one.reach is not None]
    if len(known) < len(horizons) or not known:
        return Estimate(value=None), "a family has no horizon, so there is no mean"
    above = any(deepest is not None and value >= deepest for value, (_, deepest) in known)
    below = any(shallowest is not None and value <= shallowest for value, (shallowest, _) in known)
    if above and below:
        text = "one family's horizon is above its deepest depth and another's below its shallowest: no mean is known"
        return Estimate(value=None), text
    value = geometric_mean([value for value, _ in known])
    low, high = (_mean_end([reach[end] for _, reach in known]) for end in (0, 1))
    if above:
        text = "a family's horizon is above its deepest depth: the mean is at least this"
        return Estimate(value=value, reach=(low, value)), text
    if below:
        text = "a family's horizon is below its shallowest depth: the mean is at most this"
        return Estimate(value=value, reach=(value, high)), text
    return Estimate(value=value, reach=(low, high)), ""


def _is_alike(part: HorizonFit) -> bool:
    """Whether a family's answers are all right or all wrong, by several templates: it varies by nothing to be seen."""
    return part.resampled is None and part.n_clusters >= 2


def _resampled(parts: Sequence[HorizonFit], seed: int, n_resamples: int) -> NDArray[np.float64]:
    """Return the mean of each resample, where every family has an interval or answers that are all alike."""
    logs: list[NDArray[np.float64]] = []
    for part in parts:
        assert part.h50.value is not None
        assert part.h50.reach is not None
        if part.resampled is None:
            logs.append(np.full(n_resamples, np.log(part.h50.value)))
        else:
            low, high = part.h50.reach
            spread = _stretched(part) if part.is_profiled else part.resampled.horizon(0.5)
            logs.append(np.log(np.clip(spread, low or high, high or low)))
    table = np.stack(logs)
    draws = bootstrap_draws(len(parts), n_resamples=n_resamples, seed=derive_seed("horizon families", seed))
    places = (np.arange(n_resamples)[:, None] + _SHIFT * np.arange(len(parts))[None, :]) % n_resamples
    return np.array([_rounded(mean) for mean in np.exp(table[draws, places].mean(axis=1))], dtype=np.float64)


def _stretched(part: HorizonFit) -> NDArray[np.float64]:
    """Return draws that vary as the family's interval says, in the order of its resamples, which vary too little.

    Their logarithm is normal on either side of the value, with the interval's end at its quantile.
    """
    assert part.resampled is not None
    assert part.h50.value is not None
    ranks = np.argsort(np.argsort(part.resampled.log_scale, kind="stable"), kind="stable")
    interval = part.h50.interval
    if interval is None:
        return np.full(len(ranks), part.h50.value)
    normal = NormalDist()
    quantiles = np.array([normal.inv_cdf((rank + 0.5) / len(ranks)) for rank in ranks])
    end = normal.inv_cdf(0.5 + interval.level / 2)
    below, above = np.log(part.h50.value / interval.low) / end, np.log(interval.high / part.h50.value) / end
    return np.asarray(part.h50.value * np.exp(quantiles * np.where(quantiles < 0, below, above)), dtype=np.float64)


def geometric_mean(values: Sequence[float]) -> float:
    """Return the exponential of the mean logarithm, to 14 digits."""
    return _rounded(float(np.exp(np.mean(np.log(values)))))


def _mean_end(ends: Sequence[float | None]) -> float | None:
    """Return the mean of ends of what can be told; None where one family has no such end."""
    known = [end for end in ends if end is not None]
    return geometric_mean(known) if len(known) == len(ends) else None


def _rounded(value: float) -> float:
    """Drop what rounding adds: the mean of 16 and 16 is 16, and not just below what can be told."""
    return float(f"{value:.14g}")
