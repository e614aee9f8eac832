"""Which tasks there are, by name: ours, those of plugins, and those of folders that the user names."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.errors import TaskError, did_you_mean
from evalsuite.registry import plugin_points
from evalsuite.task.toml_file import read_summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.task.included import Included

__all__ = ["find_task", "list_tasks", "list_with_problems", "task_files", "tasks_folder"]


def tasks_folder() -> Path:
    """Return the folder of the tasks that come with evalsuite."""
    return Path(__file__).resolve().parent.parent / "tasks"


def task_files() -> dict[str, Path]:
    """Return the task files by name: ours, and those of plugins (entry points that name a package with a task.toml)."""
    found: dict[str, Path] = {}
    for point in plugin_points("evalsuite.tasks"):
        from importlib.resources import files

        path = Path(str(files(point.module))) / "task.toml"
        if path.is_file():
            found[point.name] = path
    for path in sorted(tasks_folder().glob("*/task.toml")):
        found[path.parent.name] = path
    return found


def list_tasks(include: Sequence[Path] = ()) -> list[tuple[str, str]]:
    """Return the name and the one line of every task, without making its samples.

    Parameters
    ----------
    include : sequence of Path
        Folders whose tasks are listed, too. A name that several files have is listed as often.

    Raises
    ------
    TaskError
        If a folder is missing, or one of our task files cannot be read.
    """
    return list_with_problems(include)[0]


def list_with_problems(include: Sequence[Path] = ()) -> tuple[list[tuple[str, str]], list[str]]:
    """Return what `list_tasks` does, and what is wrong in the folders: files that cannot be read, names used twice."""
    ours = task_files()
    entries = [(name, read_summary(path)) for name, path in ours.items()]
    if not include:
        return sorted(entries), []
    included, problems = _included(include, ours)
    places: dict[str, list[str]] = {name: [str(path)] for name, path in ours.items()}
    for one in included:
        places.setdefault(one.name, []).append(one.path)
    problems += [_ambiguous(name, paths) for name, paths in sorted(places.items()) if len(paths) > 1]
    return sorted([*entries, *((one.name, one.summary) for one in included)]), problems


def find_task(name: str, include: Sequence[Path] = ()) -> tuple[Path, bool]:
    """Return the file of the task called `name`, and whether it is one of ours or of a plugin.

    Raises
    ------
    TaskError
        If there is none, several files have that name, or a folder is missing.
    """
    ours = task_files()
    included, problems = _included(include, ours) if include else ([], [])
    found = [*([str(ours[name])] if name in ours else []), *(one.path for one in included if one.name == name)]
    if len(found) == 1:
        return Path(found[0]), name in ours
    if found:
        raise TaskError(_ambiguous(name, found))
    hint = did_you_mean(name, [*ours, *(one.name for one in included)])
    where = "".join(f" --include-path {folder}" for folder in include)
    more = f"; and {len(problems) - 1} more" if len(problems) > 1 else ""
    unread = f" Not read: {problems[0]}{more}." if problems else ""
    raise TaskError(f'unknown task "{name}"{hint or "."} See "evalsuite list tasks{where}".{unread}')


def _included(include: Sequence[Path], ours: Mapping[str, Path]) -> tuple[list[Included], list[str]]:
    """Return the tasks of folders, each file once and ours not again, and what is wrong there."""
    from evalsuite.task.included import included_tasks

    found, problems = included_tasks(include)
    counts = Counter([*ours, *(one.name for one in found)])
    seen = {path.resolve() for name, path in ours.items() if counts[name] > 1}
    different: list[Included] = []
    for one in found:
        if counts[one.name] > 1:  # one file by way of several links is no clash
            place = Path(one.path).resolve()
            if place in seen:
                continue
            seen.add(place)
        different.append(one)
    return different, problems


def _ambiguous(name: str, paths: Sequence[str]) -> str:
    return (
        f'task "{name}": {len(paths)} files have that name: {", ".join(paths)}. '
        "Rename one of them, or give the path of the one you mean"
    )
