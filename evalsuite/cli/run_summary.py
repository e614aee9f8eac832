"""What ``evalsuite run`` prints: a line a run, and tables at the end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evalsuite.evaluation import Evaluation
    from evalsuite.report.leaderboard import Leaderboard

__all__ = ["describe", "print_summary"]


def describe(evaluation: Evaluation) -> str:
    """Return what one run came to, in a line."""
    from evalsuite.report.numbers import format_score

    report = evaluation.report
    text = f"{report.primary.metric} {format_score(report.primary)}"
    if report.n_errors:
        text += f", {report.n_errors} of {report.n_outputs} outputs ended in error"
    return text + (", complete already" if evaluation.was_complete else "")


def print_summary(evaluations: Sequence[Evaluation], leaderboard: Leaderboard, *, board: Path, page: Path) -> None:
    """Print the tables of the tasks that were run, what went wrong, and where the files are."""
    from evalsuite.cli.error_lines import error_lines
    from evalsuite.report.labels import run_labels
    from evalsuite.report.leaderboard import Leaderboard
    from evalsuite.report.terminal import print_leaderboard

    shown = {str(evaluation.report.task["name"]) for evaluation in evaluations}
    tasks = {name: runs for name, runs in leaderboard.tasks.items() if name in shown}
    print_leaderboard(Leaderboard(tasks, leaderboard.ranks, leaderboard.record), sys.stdout)
    labels = {run_id: label for runs in tasks.values() for run_id, label in run_labels(runs).items()}
    for line in [*_adaptive_lines(evaluations), *error_lines(evaluations, labels)]:
        sys.stdout.write(line + "\n")
    if all(evaluation.was_complete for evaluation in evaluations):
        sys.stdout.write("All of this was complete already; nothing was generated.\n")
    if len(evaluations) == 1:
        sys.stdout.write(f"Run: {evaluations[0].folder}\n")
    sys.stdout.write(f"Leaderboard: {board}\n")
    sys.stdout.write(f"Report: {page}\n")


def _adaptive_lines(evaluations: Sequence[Evaluation]) -> list[str]:
    """Return why each adaptive run stopped, and after how many items."""
    from evalsuite.report.terminal import printable

    reports = [evaluation.report for evaluation in evaluations if "adaptive" in evaluation.report.record["inputs"]]
    return [f"{printable(str(report.task['name']))}: {report.primary.notes[-1]}" for report in reports]
