"""What a right answer takes: a total divided by the answers that are right, as sure as their share is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalsuite.report.numbers import is_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Score

__all__ = ["RightAnswers", "right_answers"]

_OF_OUTPUTS = ("accuracy", "exact_match")  # shares of all outputs, not of samples that have several


@dataclass(frozen=True, slots=True, kw_only=True)
class RightAnswers:
    """How many answers of a run are right.

    Parameters
    ----------
    n : float
    score : Score, optional
        The share of right ones, where a metric of the run is just that.
    """

    n: float
    score: Score | None

    def per_right(self, total: float) -> dict[str, Any]:
        """Return ``total / n``, and its interval, as a JSON object.

        Notes
        -----
        With the share ``p`` in [low, high] the figure is in ``[total / n * p / high, total / n * p / low]``: the total
        is known, the share is what is estimated. Where low is 0 there is no upper end.
        """
        value = total / self.n
        share = None if self.score is None else self.score.value
        interval = None if self.score is None else self.score.interval
        if share is None or interval is None:
            return {"value": value, "interval": None}
        return {
            "value": value,
            "interval": {
                "low": value * share / interval.high,
                "high": value * share / interval.low if interval.low > 0 else None,
                "level": interval.level,
                "method": interval.method,
            },
        }


def right_answers(scores: Sequence[Score], repeats: int) -> RightAnswers | str:
    """Return how many answers are right by the primary metric, or why that cannot be said."""
    primary = next(score for score in scores if score.primary)
    judged = [score for score in (primary, *scores) if _has_verdicts(score)]
    if not judged or (judged[0] is not primary and repeats == 1):
        return f"{primary.metric} does not call answers right or wrong"
    for score in judged:
        n = _right(score, repeats)
        if n is not None:
            return RightAnswers(n=n, score=score) if n else "no answer is right"
    if repeats > 1:
        return "of several outputs of a sample none of the metrics says how many are right"
    n_right = primary.outcomes.get("right", 0)
    return RightAnswers(n=n_right, score=None) if n_right else "no answer is right"


def _has_verdicts(score: Score) -> bool:
    return "right" in score.outcomes or "wrong" in score.outcomes


def _right(score: Score, repeats: int) -> float | None:
    """Return how many are right where the score is their share, else None."""
    without = score.outcomes.get("error", 0) + score.outcomes.get("undecided", 0)
    known = score.n - without
    if score.value is None or known <= 0 or not is_share(score):
        return None
    if repeats == 1:
        n_right = score.outcomes.get("right", 0)
        return n_right if abs(score.value - n_right / known) < 1e-9 else None
    return score.value * score.n * repeats if score.metric in _OF_OUTPUTS and not without else None
