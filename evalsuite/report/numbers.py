"""Scores as text."""

from __future__ import annotations

from dataclasses import replace
from math import floor, inf, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Interval, Score

__all__ = [
    "MOST_DECIMALS",
    "decimals_that_tell_apart",
    "format_difference",
    "format_point",
    "format_rank",
    "format_score",
    "format_value",
    "is_share",
    "score_decimals",
]

MOST_DECIMALS = 6
_LARGE = 1e6  # from here on decimals, and digits beyond the fourth, are noise


def format_score(score: Score, *, interval: bool = True, decimals: int | None = None) -> str:
    """Return ``"87.3 [85.1, 89.2]"``, shares of one as percentages; a dash where there is no value."""
    if score.value is None:
        return "-"
    text = format_value(score, score.value, decimals)
    if interval and score.interval is not None:
        low, high = (format_value(score, end, decimals) for end in (score.interval.low, score.interval.high))
        text += f" [{low}, {high}]"
    return text


def format_value(score: Score, value: float, decimals: int | None = None) -> str:
    """Return a value of the score's metric, by default with the decimals of the score itself.

    A value of a million or more has four digits, ``"2.105e8"``, and one more for each decimal that is asked for beyond
    the score's own. What lies beyond the score's reach is ``"> 24"`` or ``"< 1"``.
    """
    least, greatest = score.reach or (None, None)
    if greatest is not None and value >= greatest:
        return f"> {greatest:g}"
    if least is not None and value <= least:
        return f"< {least:g}"
    places = score_decimals(score) if decimals is None else decimals
    if is_share(score):
        return f"{100 * value:.{places}f} %"
    if _LARGE <= abs(value) < inf:
        more = 0 if decimals is None else max(0, decimals - score_decimals(score))
        return _short_exponent(f"{value:.{3 + more}e}")
    return f"{value:.{places}f}"


def format_point(value: float) -> str:
    """Return a point of a curve, which is no share: three digits."""
    return _short_exponent(f"{value:.3g}")


def format_difference(score: Score, value: float, interval: Interval | None, decimals: int) -> str:
    """Return ``"+1.30 [0.45, 2.15]"``: by how much the score is above another, with at least so many decimals.

    Differences are smaller than scores: what shows two digits of the largest of these numbers, not of the score.
    """
    score = replace(score, reach=None)  # of scores, not of differences
    ends = () if interval is None else (interval.low, interval.high)
    places = max(decimals, score_decimals(replace(score, value=max(map(abs, (value, *ends))))))
    text = f"{'+' if value >= 0 else ''}{format_value(score, value, places)}"
    return text + (f" [{', '.join(format_value(score, end, places) for end in ends)}]" if ends else "")


def score_decimals(score: Score) -> int:
    """Return how many decimals show a score: one of percentages, else what shows two digits."""
    return 1 if is_share(score) else _decimals(score)


def decimals_that_tell_apart(pairs: Sequence[tuple[Score, Score]]) -> int:
    """Return the fewest decimals, up to 6, that show all scores as they are shown alone, and no two of a pair as equal.

    Pairs of scores that are equal, or have no value, ask for none.
    """
    decimals = max((score_decimals(score) for pair in pairs for score in pair), default=1)
    different = [
        (first, first.value, second.value)
        for first, second in pairs
        if first.value is not None and second.value is not None and first.value != second.value
    ]
    while decimals < MOST_DECIMALS and any(
        format_value(score, one, decimals) == format_value(score, other, decimals)
        or format_value(score, abs(other - one), decimals) == format_value(score, 0.0, decimals)
        for score, one, other in different
    ):
        decimals += 1
    return decimals


def is_share(score: Score) -> bool:
    """Whether the score is a share of one, by its metric's range."""
    from evalsuite.metrics import METRICS

    return score.metric in METRICS.names() and METRICS.get(score.metric).value_range == (0.0, 1.0)


def format_rank(rank: tuple[int, int] | None) -> str:
    """Return ``"2"`` or ``"2-3"``; a dash where there is none."""
    if rank is None:
        return "-"
    return str(rank[0]) if rank[0] == rank[1] else f"{rank[0]}-{rank[1]}"


def _short_exponent(text: str) -> str:
    return text.replace("e+0", "e").replace("e+", "e")


def _decimals(score: Score) -> int:
    size = abs(score.value or 0.0)
    return 2 if size == 0.0 or size >= 0.1 else min(MOST_DECIMALS, 1 - floor(log10(size)))
