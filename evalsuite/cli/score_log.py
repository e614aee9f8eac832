"""``evalsuite score LOG``: score a run again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalsuite.adaptive import DepthSelection
    from evalsuite.report.prices import PriceTable
    from evalsuite.report.report import Report
    from evalsuite.runlog import RunLog
    from evalsuite.task import MetricSpec, Task

__all__ = ["find_log", "score_run"]

_SHOWN_LOGS = 10
_TEXTS = (".txt", ".text", ".gz", ".zst")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """What a log holds: the samples up to the last that has an output, and the outputs that are missing among all."""

    limit: int | None
    repeats: int
    missing: int
    wanted: int
    sample_ids: frozenset[str] | None = None


def score_run(
    path: Path,
    task_name: str | None,
    extra: Sequence[str],
    options: Mapping[str, Mapping[str, Any]] | None = None,
    include: Sequence[Path] = (),
    prices: PriceTable | None = None,
) -> tuple[Report, str | None]:
    """Score all that a run's log holds.

    ``report.json`` beside it is what ``evalsuite run`` reported: it is written where there is none, and made anew
    where it is of these samples and metrics; otherwise it is left alone.

    Parameters
    ----------
    path : Path
        A ``run.jsonl``, or the folder it is in.
    task_name : str, optional
        The task, where it is not found by the name in the log.
    extra : sequence of str
        Metrics beside the task's own.
    options : mapping of str to mapping, optional
        Of the extra metrics. One that the task has, too, is then scored a second time, with these.
    include : sequence of Path
        Folders whose tasks `task_name` may name, too.
    prices : PriceTable, optional
        What to say of the run's cost, in the report too.

    Returns
    -------
    tuple of (Report, str or None)
        The report, and a warning where the run is not complete.

    Raises
    ------
    EvalsuiteError
        If there is no log, it is damaged, its task is not found or is another, or it cannot be scored.
    """
    from evalsuite.evaluation import score_log
    from evalsuite.report import save_json
    from evalsuite.report.cost import price_report
    from evalsuite.runlog import RunLock, read_log
    from evalsuite.task import MetricSpec

    log = read_log(find_log(path))
    task = _find_task(log, task_name, include)
    known = [spec.name for spec in task.metrics]
    given = options or {}
    added = tuple(
        MetricSpec(name=name, options=dict(given.get(name, {})))
        for name in dict.fromkeys(extra)
        if name not in known or given.get(name)
    )
    _check_metrics(added, task)
    selection = _selection(log, task)
    if selection is not None and added:
        raise UsageError(
            f'--metric: {log.path} is of an adaptive run, whose depths the answers have chosen: "{added[0].name}" over '
            "them would compare with nothing. Run the task without --adaptive"
        )
    held = _held(log, task) if selection is None else _chosen(log, selection)
    write = not added and not held.missing and _is_report_of(log, held)
    with RunLock(log.path.parent):
        report, _ = score_log(
            log,
            replace(task, metrics=(*task.metrics, *added)),
            repeats=held.repeats,
            limit=held.limit,
            sample_ids=held.sample_ids,
            selection=selection,
            write=write,
        )
        if prices is not None:
            report = price_report(report, prices)
            if write:
                save_json(report.record, log.path.parent / "report.json")
    if not held.missing:
        return report, None
    which = "first" if selection is None else "batches that are complete, of"
    return report, (
        f"{log.path}: the run is not complete: {held.missing} of the {held.wanted} outputs it was to have are missing. "
        f'Scored are the {which} {report.n_samples} samples; the same "evalsuite run" completes it.'
    )


def find_log(path: Path) -> Path:
    """Return the run log that `path` is, or is the folder of.

    Raises
    ------
    InputError
        If it is neither; logs that lie deeper in the folder are listed.
    """
    if path.is_dir():
        log = path / "run.jsonl"
        if log.exists():
            return log
        below = sorted(path.rglob("run.jsonl"))
        if not below:
            raise InputError(f"{path}: there is no run.jsonl in or below it")
        shown = "".join(f"\n  {found.parent}" for found in below[:_SHOWN_LOGS])
        more = f"\n  and {len(below) - _SHOWN_LOGS} more" if len(below) > _SHOWN_LOGS else ""
        raise InputError(f"{path}: is not a run's folder; give one of the {len(below)} below it:{shown}{more}")
    if path.suffix in _TEXTS and path.exists():
        raise InputError(
            f"{path}: is not a run log (run.jsonl); to score lines of text: --hyp FILE --ref FILE --metric NAME"
        )
    if path.suffix in (".json", ".html") and path.exists():
        beside = f"; the log is {path.parent / 'run.jsonl'}" if (path.parent / "run.jsonl").exists() else ""
        raise InputError(f"{path}: is a report, made from run logs; score a run.jsonl or its folder{beside}")
    return path


def _find_task(log: RunLog, name: str | None, include: Sequence[Path]) -> Task:
    from evalsuite.task import load_task
    from evalsuite.task.adaptive import adaptive_task

    identity = log.header["identity"]
    source = name or str(log.header["task"].get("source", ""))
    if not source:
        raise InputError(f"{log.path}: its task was made in Python, not loaded; give its task file by --task")
    task = load_task(source, include)
    if log.precision is not None:
        task = adaptive_task(task)
    if task.content_hash != identity.get("task_hash"):
        raise InputError(
            f'{log.path}: was made with task "{identity["task_name"]}" version {identity["task_version"]} of another '
            f'content than "{task.source}" (hash {task.content_hash[:16]}, in the log {identity["task_hash"][:16]}); '
            "give the task file it was made with by --task"
        )
    return task


def _check_metrics(added: Sequence[MetricSpec], task: Task) -> None:
    from evalsuite.scoring import make_metric

    for spec in added:
        metric = make_metric(spec, "--metric")
        if metric.modality != task.modality:
            raise UsageError(
                f'--metric: "{spec.name}" reads {metric.modality}, task "{task.name}" generates {task.modality}'
            )
        if task.ask not in metric.asks:
            raise UsageError(
                f'--metric: "{spec.name}" is for tasks with ask = {" or ".join(map(repr, metric.asks))}, '
                f'task "{task.name}" has ask = "{task.ask}"'
            )


def _selection(log: RunLog, task: Task) -> DepthSelection | None:
    """Return what chose the items of an adaptive run, with what it was asked for last."""
    from evalsuite.adaptive import DepthSelection
    from evalsuite.task.adaptive import AdaptiveTask

    if not isinstance(task, AdaptiveTask) or log.precision is None:
        return None
    seed = log.header["identity"].get("run_seed")
    limit, _ = log.asked
    if not isinstance(seed, int):
        raise InputError(f"{log.path}: the header's identity has no run_seed; its items cannot be found again")
    return DepthSelection(task, run_seed=seed, precision=log.precision, most_items=limit)


def _chosen(log: RunLog, selection: DepthSelection) -> _Held:
    """Return what the log of an adaptive run holds: of the batches that were chosen, all but the last are complete."""
    wanted = [sample.id for batch in selection.batches(log.outputs) for sample in batch]
    found = sum((sample_id, 0, 0) in log.outputs for sample_id in wanted)
    return _Held(limit=log.asked[0], repeats=1, missing=len(wanted) - found, wanted=len(wanted))


def _held(log: RunLog, task: Task) -> _Held:
    from evalsuite.runner import chosen_samples

    asked_limit, asked_repeats = log.asked
    sample_ids = log.sample_ids
    if sample_ids is not None:  # those asked for last, and whatever is there besides
        sample_ids |= {sample_id for sample_id, _, _ in log.outputs} & {sample.id for sample in task.samples}
        sample_ids = None if len(sample_ids) == len(task.samples) else sample_ids
    samples = chosen_samples(task, sample_ids, None)
    present = [i for i, sample in enumerate(samples) if (sample.id, 0, 0) in log.outputs]
    n = present[-1] + 1 if present else 0
    repeats = max(asked_repeats, 1 + max((repeat for _, repeat, _ in log.outputs), default=0))
    wanted = max(n, len(samples[:asked_limit]))
    found = sum((sample.id, r, 0) in log.outputs for sample in samples[:wanted] for r in range(repeats))
    return _Held(
        limit=n if 0 < n < len(samples) else None,
        repeats=repeats,
        missing=wanted * repeats - found,
        wanted=wanted * repeats,
        sample_ids=sample_ids,
    )


def _is_report_of(log: RunLog, held: _Held) -> bool:
    """Whether the report beside a log, if there is one, is of the samples that the log holds."""
    from evalsuite.report.report import load_report

    try:
        record = load_report(log.path.parent / "report.json").record
    except InputError:
        return True
    named = record.get("inputs", {}).get("samples")
    same = named == (None if held.sample_ids is None else sorted(held.sample_ids))
    return same and (record.get("limit"), record.get("repeats")) == (held.limit, held.repeats)
