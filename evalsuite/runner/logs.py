"""A run's log: opening it, whether it is complete, and what its header and sessions say."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from evalsuite.errors import RunLogError
from evalsuite.runlog import RunLog, read_log
from evalsuite.runlog.reader import SCHEMA_VERSION
from evalsuite.runner.done import Done
from evalsuite.runner.requests import request_of

if TYPE_CHECKING:
    from pathlib import Path

    from evalsuite.runner.plan import RunPlan
    from evalsuite.task import Task

__all__ = ["header_record", "is_complete", "open_log", "session_record"]


def open_log(plan: RunPlan) -> RunLog | None:
    """Read a run's log; None where there is none, or not even a whole header line.

    Raises
    ------
    RunLogError
        If it is damaged or belongs to another run.
    """
    if not plan.log_path.exists() or _has_no_line(plan.log_path):
        return None
    log = read_log(plan.log_path)
    if log.header.get("id") != plan.identity.id:
        raise RunLogError(
            f"{plan.log_path}: the log is of another run (id {log.header.get('id')}, expected {plan.identity.id}); "
            "move its folder away"
        )
    return log


def is_complete(plan: RunPlan, log: RunLog) -> bool:
    """Whether every output of the plan is in the log, none of them an error."""
    samples = [sample for part in plan.parts(log.outputs) for sample in part]
    turns = plan.task.turns
    done = Done(samples, plan.repeats, turns, log.outputs, keep=False)
    missing = (  # what a task does not ask of a sample, such as a later turn, is not missing
        not done.has((sample.id, repeat, turn)) and request_of(plan, done, sample, repeat, turn) is not None
        for turn in range(turns)
        for repeat in range(plan.repeats)
        for sample in samples
    )
    return done.count(samples) == len(samples) * plan.repeats * turns or not any(missing)


def header_record(
    plan: RunPlan, batch_size: int, order: str | None, device: str, environment: dict[str, object]
) -> dict[str, object]:
    """Return the first line of a new log."""
    return {
        "type": "header",
        "schema_version": SCHEMA_VERSION,
        "id": plan.identity.id,
        "identity": plan.identity.as_json(),
        "task": _task_record(plan.task),
        "model": {
            "name": plan.model.name,
            "spec": plan.model.spec,
            "fingerprint": plan.model.fingerprint,
            "dtype": plan.model.dtype,
            "device": device,
        },
        "batch_size": batch_size,
        **({"batch_order": order} if order else {}),
        **_asked(plan),
        "environment": environment,
        **_started(),
    }


def session_record(plan: RunPlan, log: RunLog, environment: dict[str, object]) -> dict[str, object]:
    """Return the line that says by what, and where, a run was continued."""
    return {"environment": environment, "torn_bytes": log.torn_bytes, **_asked(plan), **_started()}


def _task_record(task: Task) -> dict[str, object]:
    asked = {"prompt_format": task.prompt_format} if task.prompt_format else {}
    return {"name": task.name, "version": task.version, "source": task.source, **asked}


def _asked(plan: RunPlan) -> dict[str, object]:
    asked: dict[str, object] = {"repeats": plan.repeats, "limit": plan.limit}
    if plan.sample_ids is not None:
        asked["samples"] = sorted(plan.sample_ids)
    if plan.executor.name != "local":
        asked["executor"] = plan.executor.name
    return asked if plan.selection is None else {**asked, "precision": plan.selection.precision}


def _started() -> dict[str, object]:
    return {"started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}


def _has_no_line(path: Path) -> bool:
    with path.open("rb") as file:
        return not file.readline().endswith(b"\n")
