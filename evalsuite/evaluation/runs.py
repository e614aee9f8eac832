"""Carry out what was planned: generate, score, report, and merge the reports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalsuite.evaluation.scored import score_log
from evalsuite.report.cost import price_report
from evalsuite.report.leaderboard import Leaderboard, LeaderboardRun, build_leaderboard, load_leaderboard_runs
from evalsuite.report.report import Report, save_json
from evalsuite.runner import Progress, RunPlan, generate, is_complete, open_log

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from evalsuite.errors import InputError
    from evalsuite.report.prices import PriceTable
    from evalsuite.scoring import ComputeRows

__all__ = ["Evaluation", "priced", "run_plan", "write_leaderboard"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What one run came to.

    Parameters
    ----------
    report : Report
    folder : Path
        Where log, rows and report are.
    was_complete : bool
        Whether all of it was there already.
    """

    report: Report
    folder: Path
    was_complete: bool


def run_plan(plan: RunPlan, *, progress: Progress | None = None) -> Evaluation:
    """Generate what is missing, score, and write the run's ``report.json``."""
    log = open_log(plan)
    was_complete = log is not None and is_complete(plan, log)
    compute: ComputeRows | None = None
    if log is None or not was_complete:
        from evalsuite.scoring import RowsAhead, check_references, task_metrics

        check_references(plan.task)
        ahead = None
        if plan.selection is None:  # which says only in the end what is scored
            metrics = [metric for _, metric in task_metrics(plan.task)]
            n_outputs = plan.repeats * plan.task.turns
            ahead = RowsAhead(metrics, plan.samples, n_outputs, plan.executor.submit)
            compute = ahead.rows
        log = generate(plan, progress=progress, watcher=ahead)
    report, fresh = score_log(
        log,
        plan.task,
        repeats=plan.repeats,
        limit=plan.limit,
        sample_ids=plan.sample_ids,
        selection=plan.selection,
        compute=compute,
    )
    return Evaluation(report=report, folder=plan.folder, was_complete=was_complete and not fresh)


def priced(evaluation: Evaluation, prices: PriceTable | None) -> Evaluation:
    """Write into a run's report what it cost by a table; without one the report stays as it is."""
    if prices is None:
        return evaluation
    report = price_report(evaluation.report, prices)
    if report.record != evaluation.report.record:
        save_json(report.record, evaluation.folder / "report.json")
    return replace(evaluation, report=report)


def write_leaderboard(
    evaluations: Sequence[Evaluation], path: Path, *, unsound: Callable[[InputError], None] = lambda _: None
) -> Leaderboard:
    """Write the leaderboard of these runs and of all that stand below its folder already.

    A report there that cannot be read is left out, and `unsound` is told of it: it must not cost this run's result.
    """
    runs = {
        str(run.report.record["id"]): run
        for run in [
            *load_leaderboard_runs([path.parent], unsound=unsound),
            *(LeaderboardRun(evaluation.report, evaluation.folder) for evaluation in evaluations),
        ]
    }
    whole = build_leaderboard(list(runs.values()))
    save_json(whole.record, path)
    return whole
