"""Columns of a leaderboard's table: a metric each, and which scores in one compare."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from evalsuite.report.comparable import compared_samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.report.leaderboard import LeaderboardRun
    from evalsuite.report.report import Report
    from evalsuite.types import Score

__all__ = ["Column", "column_scores", "other_columns", "stands_apart"]

Column: TypeAlias = tuple[str, int]
"""A metric's name, and which of the scores of that name in a report: it may stand there with other options again."""


def column_scores(report: Report) -> dict[Column, Score]:
    """Return a report's scores but the primary one, by column."""
    seen: Counter[str] = Counter()
    found: dict[Column, Score] = {}
    for score in report.scores:
        if not score.primary:
            found[score.metric, seen[score.metric]] = score
            seen[score.metric] += 1
    return found


def other_columns(runs: Sequence[LeaderboardRun]) -> list[Column]:
    """Return the columns of a table beside the primary metric's, in the order of the reports."""
    return list(dict.fromkeys(column for run in runs for column in column_scores(run.report)))


def stands_apart(run: LeaderboardRun, runs: Sequence[LeaderboardRun]) -> bool:
    """Whether a run's primary score does not compare with most of its table's: another signature, or other samples."""
    kinds = [_kind(other) for other in runs]
    usual, _ = Counter(kinds).most_common(1)[0]  # of several, the first run's
    return _kind(run) != usual


def _kind(run: LeaderboardRun) -> tuple[str, int | None]:
    return run.report.primary.signature, compared_samples(run.report)
