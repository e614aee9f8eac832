"""Tasks: what to generate, from which samples, scored how. A task file is data; no code runs from it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalsuite.task.load import load_task
    from evalsuite.task.lookup import list_tasks
    from evalsuite.task.sample_names import check_task_names, named_samples, read_named_samples
    from evalsuite.task.suite import Suite, SuiteRun, list_suites, load_suite
    from evalsuite.task.task import MetricSpec, Task

__all__ = [
    "MetricSpec",
    "Suite",
    "SuiteRun",
    "Task",
    "check_task_names",
    "list_suites",
    "list_tasks",
    "load_suite",
    "load_task",
    "named_samples",
    "read_named_samples",
]

_WHERE = {
    "MetricSpec": "task",
    "Suite": "suite",
    "SuiteRun": "suite",
    "Task": "task",
    "check_task_names": "sample_names",
    "list_suites": "suite",
    "list_tasks": "lookup",
    "load_suite": "suite",
    "load_task": "load",
    "named_samples": "sample_names",
    "read_named_samples": "sample_names",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: what lists tasks does not load any."""
    if name in _WHERE:
        return getattr(import_module(f"evalsuite.task.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'evalsuite.task' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
