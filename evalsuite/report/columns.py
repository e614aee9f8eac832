"""Columns of a leaderboard's table: a metric each, and which scores in one compare."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeAlias

from evalsuite.report.comparable import compared_samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.report.leaderboard import LeaderboardRun
    from evalsuite.report.report import Report
    from evalsuite.types import Score

__all__ = ["Column", "column_scores", "column_titles", "other_columns", "stands_apart"]

_LONGEST_OPTION = 24
_SAYS_ENOUGH = re.compile(r"(?!(?:none|True|False)$)[a-z][a-z -]{3,}")  # without the option's name

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


def column_titles(runs: Sequence[LeaderboardRun]) -> tuple[str, dict[Column, str]]:
    """Return the titles of the primary column and of the others: the metric, and an option where it stands there again.

    The option is the first that is different in each score of that metric and is short enough for a title.
    """
    primary = runs[0].report.primary
    first: dict[Column, Score] = {}
    for run in runs:
        for column, score in column_scores(run.report).items():
            first.setdefault(column, score)
    same: defaultdict[str, list[Score]] = defaultdict(list)
    for score in (primary, *first.values()):
        same[score.metric].append(score)
    return _title(primary, same[primary.metric]), {
        column: _title(score, same[score.metric]) for column, score in first.items()
    }


def _title(score: Score, same: Sequence[Score]) -> str:
    if len(same) == 1:
        return score.metric
    options = [_options(other.signature) for other in same]
    for key, value in _options(score.signature).items():
        values = {each.get(key, "") for each in options}
        if len(values) == len(same) and all(len(one) <= _LONGEST_OPTION for one in values):
            told = value if _SAYS_ENOUGH.fullmatch(value) else f"{key}: {value}"
            return f"{score.metric} ({told})" if value else score.metric
    return score.metric


def _options(signature: str) -> dict[str, str]:
    return {key: value for key, _, value in (part.partition(":") for part in signature.split("|")[1:])}


def stands_apart(run: LeaderboardRun, runs: Sequence[LeaderboardRun]) -> bool:
    """Whether a run's primary score does not compare with most of its table's: another signature, or other samples."""
    kinds = [_kind(other) for other in runs]
    usual, _ = Counter(kinds).most_common(1)[0]  # of several, the first run's
    return _kind(run) != usual


def _kind(run: LeaderboardRun) -> tuple[str, int | None]:
    return run.report.primary.signature, compared_samples(run.report)
