"""Suites: named lists of which model runs which task."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evalsuite.errors import TaskError, did_you_mean
from evalsuite.task.fields import check_keys, optional_field, required_field, type_name
from evalsuite.task.lookup import tasks_folder
from evalsuite.task.toml_file import read_toml

__all__ = ["Suite", "SuiteRun", "list_suites", "load_suite"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteRun:
    """One line of a suite: model spec, task name, number of samples (None: all), of outputs each (None: the task's)."""

    model: str
    task: str
    limit: int | None = None
    repeats: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A name, a line that says what it is for, and its runs in order."""

    name: str
    summary: str
    runs: tuple[SuiteRun, ...]


def suite_files() -> dict[str, Path]:
    """Return the suite files that come with evalsuite, by name."""
    return {path.stem: path for path in sorted((tasks_folder() / "suites").glob("*.toml"))}


def list_suites() -> list[tuple[str, str]]:
    """Return the name and the one line of every suite."""
    return [(name, str(read_toml(path).get("summary", ""))) for name, path in suite_files().items()]


def load_suite(name: str) -> Suite:
    """Load a suite by name, or by the path of its file.

    Raises
    ------
    TaskError
        If there is none, or its file is wrong.
    """
    known = suite_files()
    path = Path(name) if name.endswith(".toml") else known.get(name)
    if path is None:
        raise TaskError(f'unknown suite "{name}"{did_you_mean(name, known)} (known: {", ".join(known)})')
    table = read_toml(path)
    where = str(path) if name.endswith(".toml") else f"tasks/suites/{name}.toml"
    check_keys(table, ("summary", "runs"), where)
    runs: list[SuiteRun] = []
    for i, entry in enumerate(required_field(table, "runs", list, where)):
        place = f"{where}: runs[{i}]"
        if not isinstance(entry, dict):
            raise TaskError(f"{place} must be a table with model and task, found {type_name(entry)}")
        check_keys(entry, ("model", "task", "limit", "repeats"), place)
        limit = required_field(entry, "limit", int, place) if "limit" in entry else None
        repeats = required_field(entry, "repeats", int, place) if "repeats" in entry else None
        if (repeats is not None and repeats < 1) or (limit is not None and limit < 1):
            raise TaskError(f"{place}: limit and repeats must be at least 1, found {limit} and {repeats}")
        runs.append(
            SuiteRun(
                model=required_field(entry, "model", str, place),
                task=required_field(entry, "task", str, place),
                limit=limit,
                repeats=repeats,
            )
        )
    if not runs:
        raise TaskError(f"{where}: runs is empty")
    return Suite(name=path.stem, summary=optional_field(table, "summary", str, where, ""), runs=tuple(runs))
