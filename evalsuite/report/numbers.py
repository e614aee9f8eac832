"""Scores as text."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalsuite.types import Score

__all__ = ["format_rank", "format_score", "format_value", "is_share"]

_MOST_DECIMALS = 6


def format_score(score: Score, *, interval: bool = True) -> str:
    """Return ``"87.3 [85.1, 89.2]"``, shares of one as percentages; a dash where there is no value."""
    if score.value is None:
        return "-"
    text = format_value(score, score.value)
    if interval and score.interval is not None:
        text += f" [{format_value(score, score.interval.low)}, {format_value(score, score.interval.high)}]"
    return text


def format_value(score: Score, value: float) -> str:
    """Return a value of the score's metric, with the decimals that show two digits of the score itself."""
    if is_share(score):
        return f"{100 * value:.1f} %"
    return f"{value:.{_decimals(score)}f}"


def is_share(score: Score) -> bool:
    """Whether the score is a share of one, by its metric's range."""
    from evalsuite.metrics import METRICS

    return score.metric in METRICS.names() and METRICS.get(score.metric).value_range == (0.0, 1.0)


def format_rank(rank: tuple[int, int] | None) -> str:
    """Return ``"2"`` or ``"2-3"``; a dash where there is none."""
    if rank is None:
        return "-"
    return str(rank[0]) if rank[0] == rank[1] else f"{rank[0]}-{rank[1]}"


def _decimals(score: Score) -> int:
    size = abs(score.value or 0.0)
    return 2 if size == 0.0 or size >= 0.1 else min(_MOST_DECIMALS, 1 - floor(log10(size)))
