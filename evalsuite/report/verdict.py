"""What a table comes to, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.report.comparable import comparison_key
from evalsuite.report.numbers import format_score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.report.leaderboard import LeaderboardRun

__all__ = ["is_control", "verdict"]

_NAMED = 3


def is_control(run: LeaderboardRun) -> bool:
    """Whether the run's model is one of the zoo's controls, which show how well or badly a model can do."""
    from evalsuite.zoo import CONTROLS, VIDEO_CONTROLS

    return str(run.report.model["spec"]) in {f"zoo:{name}" for name in (*CONTROLS, *VIDEO_CONTROLS)}


def verdict(runs: Sequence[LeaderboardRun], ranks: Mapping[str, tuple[int, int]], labels: Mapping[str, str]) -> str:
    """Say which model is best, by what, and whether that is sure. Controls are left out unless there is nothing else.

    Parameters
    ----------
    runs : sequence of LeaderboardRun
        Of one task, in order of the primary metric.
    ranks, labels : mapping
        By the runs' ids.
    """
    valued = [run for run in runs if run.report.primary.value is not None]
    if not valued:
        return f"No model has a value: none of {_count(len(runs), 'run')} could be scored."
    trained = [run for run in valued if not is_control(run)]
    aside = ", controls aside" if trained and len(trained) < len(valued) else ""
    valued = trained or valued
    first, score = valued[0], valued[0].report.primary
    name = labels[_id(first)]
    told = f"{score.metric} {format_score(score)}"
    comparable = [run for run in valued if comparison_key(run.report) == comparison_key(first.report)]
    others = comparable[1:]
    if not others:
        return f"{name} has {told}; there is nothing to compare it with."
    place = ranks.get(_id(first), (1, 1))
    rivals = [run for run in others if ranks.get(_id(run), (1, 1))[0] <= place[0]]
    if not rivals and all(ranks.get(_id(run), (1, 1))[0] > place[1] for run in others):
        rest = {1: "the other", 2: "both others"}.get(len(others), f"all {len(others)} others")
        return f"{name} is best, with {told}: surely ahead of {rest}{aside}."
    if not rivals:
        return f"{name} leads, with {told}; not every difference is sure."
    named = ", ".join(labels[_id(run)] for run in rivals[:_NAMED])
    if len(rivals) > _NAMED:
        named += f" and {len(rivals) - _NAMED} more"
    return f"{name} leads, with {told}, but cannot be told apart from {named}."


def _id(run: LeaderboardRun) -> str:
    return str(run.report.record["id"])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
