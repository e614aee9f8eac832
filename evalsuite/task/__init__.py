"""Tasks: what to generate, from which samples, scored how. A task file is data; no code runs from it."""

from evalsuite.task.load import list_tasks, load_task
from evalsuite.task.named_samples import check_task_names, named_samples, read_named_samples
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
