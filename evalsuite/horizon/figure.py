"""Accuracy against depth: what was seen, and the law that was fitted to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.figures import Curve, Figure
from evalsuite.horizon.law import accuracy_at
from evalsuite.horizon.remarks import described
from evalsuite.stats import expanded_ends, proportion_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.horizon.estimate import HorizonFit
    from evalsuite.horizon.records import DepthTable

__all__ = ["depth_curve_figure"]

_POINTS = 41
_LEVEL = 0.95


def depth_curve_figure(table: DepthTable, fit: HorizonFit) -> Figure | None:
    """Return shares of right answers by depth with their intervals, and the fitted law with its band.

    Parameters
    ----------
    table : DepthTable
    fit : HorizonFit
        Fitted to the table.

    Returns
    -------
    Figure, optional
        None where only one depth was answered.

    Notes
    -----
    The band is made of percentiles of the resampled laws at each depth, within the depths tested; outputs that the
    token budget cut count in the law and are not among the points. Where all was right, or all wrong, the law is a
    level, and there is no band.
    """
    marks = _marks(table)
    if len(marks.x) < 2 or table.reach is None:
        return None
    depths = _depths(table.reach, fit)
    laws = accuracy_at(fit.laws.survival(depths)[0], fit.floor)
    low = high = np.full(len(depths), np.nan)
    if fit.resampled is not None:
        ends = expanded_ends(_LEVEL, fit.n_clusters)
        low, high = np.quantile(accuracy_at(fit.resampled.survival(depths), fit.floor), ends, axis=0)
    curve = Curve(
        x=tuple(map(float, depths)),
        y=_numbers(laws),
        low=_numbers(low),
        high=_numbers(high),
        n=(int(fit.n_answered + fit.n_cut),) * len(depths),
        x_label="depth (dependent steps)",
        y_label="accuracy",
        share=True,
        marks=marks,
    )
    caption = (
        "Points: share of right answers at each depth, with 95 % intervals. Line: the Weibull law fitted to all of "
        "them, with a 95 % band of refits to resampled templates. H50 is where half survive; guesses are not counted "
        "as survival."
    )
    return Figure(title="Accuracy against depth", caption=caption, content=curve, note=f"H50 {described(fit.h50)}")


def _depths(reach: tuple[float, float], fit: HorizonFit) -> NDArray[np.float64]:
    """Return where the law is drawn: evenly, more densely where shallow, and at the horizons: these are read off."""
    horizons = [one.value for one in (fit.h50, fit.h80, fit.h99) if one.value is not None]
    depths = np.concatenate([np.linspace(*reach, _POINTS), np.geomspace(*reach, _POINTS), horizons])
    return np.unique(np.round(np.clip(depths, *reach), 4))


def _marks(table: DepthTable) -> Curve:
    shown: list[tuple[float, float, float | None, float | None, int]] = []
    for column in np.flatnonzero(table.answered):
        counts = table.counts[:, column]
        rows = np.column_stack([counts[:, 0], counts.sum(axis=1)])
        rows = np.ascontiguousarray(rows[rows[:, 1] > 0])
        trials = float(rows[:, 1].sum())
        if trials > 0:
            interval = proportion_interval(rows, np.arange(len(rows)), level=_LEVEL)
            ends = (None, None) if interval is None else (interval.low, interval.high)
            shown.append((float(table.depths[column]), float(rows[:, 0].sum()) / trials, *ends, round(trials)))
    x, y, low, high, n = zip(*shown, strict=True) if shown else ((),) * 5
    return Curve(x=x, y=y, low=low, high=high, n=n, x_label="depth (dependent steps)", y_label="accuracy", share=True)


def _numbers(values: NDArray[np.float64]) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(value) else float(value) for value in values)
