"""A score by depth, or by whatever else divides the samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.figures.record import Curve, Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Score, Slice

__all__ = ["slice_figures"]

_UNITS = {"depth": "depth (dependent steps)"}


def slice_figures(score: Score, *, share: bool = False) -> list[Figure]:
    """Return a curve for each key that the score is divided by and that has at least two values.

    Parameters
    ----------
    score : Score
    share : bool
        Whether it is a share of one.

    Notes
    -----
    The band is the interval of each point on its own, as `Score.slices` has it.
    """
    figures: list[Figure] = []
    for key, parts in score.slices.items():
        if len(parts) < 2:
            continue
        level = next((part.interval.level for part in parts if part.interval), 0.95)
        curve = Curve(
            x=tuple(part.key for part in parts),
            y=tuple(part.value for part in parts),
            low=tuple(part.interval.low if part.interval else None for part in parts),
            high=tuple(part.interval.high if part.interval else None for part in parts),
            n=tuple(part.n for part in parts),
            x_label=_UNITS.get(key, key),
            y_label=score.metric,
            share=share,
        )
        caption = f"{score.metric} of the samples at each {key}; bands are {100 * level:g} % intervals, point by point."
        caption += _beyond(parts)
        figures.append(Figure(title=f"{score.metric} by {key}", caption=caption, content=curve))
    return figures


def _beyond(parts: Sequence[Slice]) -> str:
    """Name the slices whose value lies at an end of what their samples can tell of, or beyond."""
    told = []
    for part in parts:
        if part.value is not None and part.reach is not None:
            low, high = part.reach
            if high is not None and part.value >= high:
                told.append(f"{part.key}: > {high:g}")
            elif low is not None and part.value <= low:
                told.append(f"{part.key}: < {low:g}")
    return f" Where the samples tell of no more: {', '.join(told)}." if told else ""
