"""Merge runs into one table of models by task and metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError
from evalsuite.report.comparable import comparison_key
from evalsuite.report.efficiency import leaderboard_efficiency
from evalsuite.report.labels import run_labels, run_settings
from evalsuite.report.report import Report, load_report, score_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from evalsuite.types import Score

__all__ = ["SCHEMA_VERSION", "Leaderboard", "LeaderboardRun", "build_leaderboard", "load_leaderboard_runs"]

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class LeaderboardRun:
    """A report and the folder it stands in, where the rows are."""

    report: Report
    folder: Path


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """Runs by task, best first, and the whole as JSON.

    Parameters
    ----------
    tasks : dict of str to list of LeaderboardRun
        Ordered by the primary metric.
    ranks : dict of run id to tuple of int
        The lowest and highest place a run may take on its task's primary metric.
    record : dict
        What is written to ``leaderboard.json``.
    """

    tasks: dict[str, list[LeaderboardRun]]
    ranks: dict[str, tuple[int, int]]
    record: dict[str, Any]


def load_leaderboard_runs(
    folders: Iterable[Path], *, unsound: Callable[[InputError], None] | None = None
) -> list[LeaderboardRun]:
    """Read every ``report.json`` below the folders; of a run that stands in several, the one with most outputs.

    Parameters
    ----------
    folders : iterable of Path
    unsound : callable, optional
        Told of every report that cannot be read, which is then left out; by default that is an error.

    Raises
    ------
    InputError
        If a folder is missing or holds no report, or a report is unsound.
    """
    runs: dict[str, LeaderboardRun] = {}
    for folder in folders:
        if not folder.exists():
            raise InputError(f"{folder}: there is no such folder")
        paths = [folder] if folder.is_file() else sorted(folder.rglob("report.json"))
        if not paths:
            raise InputError(
                f'{folder}: there is no report.json in or below it; "evalsuite run" writes one for each run'
            )
        for path in paths:
            try:
                run = LeaderboardRun(load_report(path), path.parent)
            except InputError as error:
                if unsound is None:
                    raise
                unsound(error)
                continue
            run_id = str(run.report.record["id"])
            if run_id not in runs or run.report.n_outputs > runs[run_id].report.n_outputs:
                runs[run_id] = run
    return list(runs.values())


def build_leaderboard(runs: Sequence[LeaderboardRun]) -> Leaderboard:
    """Order runs by task and primary metric, and find which of them cannot be told apart."""
    from evalsuite.report.ranking import rank_models  # needs NumPy, which reading reports does not

    tasks: dict[str, list[LeaderboardRun]] = {}
    for run in runs:
        tasks.setdefault(str(run.report.task["name"]), []).append(run)
    ranks: dict[str, tuple[int, int]] = {}
    for name in tasks:
        tasks[name].sort(key=_order)
        for group in _comparable(tasks[name]):
            ranks.update(rank_models(name, [(run.report, run.folder) for run in group]))
    rows = [
        _row(run, score, label, ranks)
        for name in sorted(tasks)
        for run, label in zip(tasks[name], _labels(tasks[name]), strict=True)
        for score in run.report.scores
    ]
    record = {"schema_version": SCHEMA_VERSION, "kind": "leaderboard", "rows": rows}
    return Leaderboard({name: tasks[name] for name in sorted(tasks)}, ranks, record)


def _order(run: LeaderboardRun) -> tuple[bool, float, str, str]:
    score = run.report.primary
    value = score.value if score.value is not None else 0.0
    return (
        score.value is None,
        -value if score.higher_is_better else value,
        str(run.report.model["name"]),
        str(run.report.record["id"]),
    )


def _comparable(runs: Sequence[LeaderboardRun]) -> list[list[LeaderboardRun]]:
    """Group runs whose primary scores compare: one task version and content, one signature, the same samples."""
    groups: dict[tuple[object, ...], list[LeaderboardRun]] = {}
    for run in runs:
        groups.setdefault(comparison_key(run.report), []).append(run)
    return list(groups.values())


def _labels(runs: Sequence[LeaderboardRun]) -> list[str]:
    labels = run_labels(runs)
    return [labels[str(run.report.record["id"])] for run in runs]


def _row(run: LeaderboardRun, score: Score, label: str, ranks: dict[str, tuple[int, int]]) -> dict[str, Any]:
    record = run.report.record
    rank = ranks.get(str(record["id"])) if score.primary else None
    return {
        "model": run.report.model["name"],
        "model_spec": run.report.model["spec"],
        "label": label,
        "settings": run_settings(run.report),
        "task": run.report.task["name"],
        "task_version": run.report.task["version"],
        "run": record["id"],
        **{key: value for key, value in score_record(score).items() if key != "slices"},
        "rank": list(rank) if rank else None,
        "tokens_out": record["tokens"]["out"],
        "seconds": record["timing"]["seconds"],
        "efficiency": leaderboard_efficiency(record),
    }
