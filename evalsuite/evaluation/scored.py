"""Score a run's log, unless the report beside it says it all."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evalsuite.environment import release
from evalsuite.errors import EvalsuiteError, InputError
from evalsuite.report.report import Report, build_report, load_report, save_json
from evalsuite.runlog.reader import digest_outputs
from evalsuite.runner import ItemSelection, chosen_samples

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from evalsuite.runlog import RunLog
    from evalsuite.scoring import ComputeRows
    from evalsuite.task import Task

__all__ = ["score_log"]


def score_log(
    log: RunLog,
    task: Task,
    *,
    repeats: int,
    limit: int | None,
    sample_ids: frozenset[str] | None = None,
    selection: ItemSelection | None = None,
    compute: ComputeRows | None = None,
    write: bool = True,
) -> tuple[Report, bool]:
    """Score a run's outputs by the task's metrics.

    Parameters
    ----------
    log : RunLog
    task : Task
        Must be the one the log was made with.
    repeats, limit : int
        Which outputs to score.
    sample_ids : frozenset of str, optional
        The samples to score, of which the limit is; all by default.
    selection : ItemSelection, optional
        What chose the samples, of an adaptive run.
    compute : callable, optional
        Computes a metric's rows, some of which it may have already.
    write : bool, default True
        Whether to write ``report.json`` beside the log. Metrics' rows are kept there in any case.

    Returns
    -------
    tuple of (Report, bool)
        The report, and whether it was computed (False where the one that was there is current).

    Raises
    ------
    InputError
        If an output cannot be scored: a sample lacks what a metric needs, or an image is damaged.
    """
    path = log.path.parent / "report.json"
    samples = chosen_samples(task, sample_ids, limit) if selection is None else selection.samples(log.outputs)
    from evalsuite.scoring.outputs import ScoredOutputs

    outputs = ScoredOutputs(log, samples, repeats, task.turns)
    digest = digest_outputs(outputs)
    inputs: dict[str, Any] = {
        "outputs": digest,
        "metrics": [[spec.name, spec.primary, list(spec.by), dict(spec.options)] for spec in task.metrics],
        "release": release(),
        "repeats": repeats,
        "limit": limit,
    }
    if sample_ids is not None:
        inputs["samples"] = sorted(sample_ids)
    if selection is not None:
        inputs["adaptive"] = selection.record(log.outputs)
        if not samples:
            raise InputError(f'{log.path}: no batch of items is complete yet; the same "evalsuite run" goes on')
    current = _current_report(path, inputs)
    if current is not None and _is_of_sessions(current, log) and _has_current_files(task, current):
        return current, False

    from evalsuite.scoring import ScoringInput, score_all, task_metrics

    data = ScoringInput(task_name=task.name, samples=samples, outputs=outputs, no_steps=task.no_steps)
    folder = log.path.parent / "statistics"
    try:
        scores = score_all(data, task_metrics(task), cache_folder=folder, digest=digest, compute=compute)
    except (InputError, ValueError) as error:
        raise InputError(f'{log.path}: cannot be scored by task "{task.name}": {error}') from error
    if selection is not None:
        remarks = selection.remarks(inputs["adaptive"])
        scores = [replace(score, notes=(*score.notes, *remarks)) for score in scores]
    report = build_report(
        log.header,
        scores,
        outputs,
        task_summary=task.summary,
        repeats=repeats,
        limit=limit,
        inputs={**inputs, "signatures": [score.signature for score in scores]},
        sessions=log.sessions,
        n_logged=len(log.outputs),
    )
    if write:
        save_json(report.record, path)
    return report, True


def _current_report(path: Path, inputs: Mapping[str, Any]) -> Report | None:
    """Return the report that is there, if it was computed from the same inputs."""
    try:
        report = load_report(path)
    except InputError:
        return None
    found = report.record.get("inputs", {})
    return report if all(found.get(key) == value for key, value in inputs.items()) else None


def _is_of_sessions(report: Report, log: RunLog) -> bool:
    """Whether a report knows what generating took, of all processes that wrote the log."""
    sessions = report.record.get("efficiency", {}).get("sessions", {})
    return bool(sessions.get("n") == len(log.sessions))


def _has_current_files(task: Task, report: Report) -> bool:
    """Whether what metrics read beside the outputs, such as a reference set at a path, is what a report was made from.

    Where it is gone, the report is the last word on it.
    """
    from evalsuite.scoring import task_metrics

    metrics = task_metrics(task)
    if [spec.name for spec, _ in metrics] != [score.metric for score in report.scores]:
        return False
    for (_, metric), score in zip(metrics, report.scores, strict=True):
        if metric.reads_files:
            with suppress(EvalsuiteError):
                if not metric.is_of(score.signature):
                    return False
    return True
