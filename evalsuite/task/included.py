"""The tasks in folders that the user names: each file's name and line, by the kind of file that its suffix tells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from evalsuite.errors import TaskError
from evalsuite.task.folder_index import FolderIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

__all__ = ["KINDS", "Included", "TaskFileKind", "included_tasks", "is_task_file"]


class Included(NamedTuple):
    """A task in a folder that the user named. The path is text: there may be thousands."""

    name: str
    summary: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFileKind:
    """How task files of a suffix are told from other files, listed and loaded.

    Parameters
    ----------
    file_name : str
        What such a file is called; any name with the suffix where it is empty.
    head : str
        ``module:function``: from a file's text its name and line, None where it is no task; ValueError says what is
        wrong with it. Imported when there is a file to read.
    load : str
        ``module:function``: from a file's path, and by keyword ``where`` (for messages), ``source`` and
        ``prompt_format`` (or None), the task. Empty for the project's own TOML.
    version : int
        Goes up when `head` reads a file differently: what is kept of earlier readings is then forgotten.
    """

    file_name: str
    head: str
    load: str = ""
    version: int


_LM_EVAL = TaskFileKind(
    file_name="", head="evalsuite.task.lm_eval:lm_eval_head", load="evalsuite.task.lm_eval:load_lm_eval", version=1
)
KINDS = {
    ".toml": TaskFileKind(file_name="task.toml", head="evalsuite.task.toml_file:toml_head", version=2),
    ".yaml": _LM_EVAL,
    ".yml": _LM_EVAL,
}
"""Kinds of task files, by suffix."""


def is_task_file(name: str) -> bool:
    """Whether a file of this name in a folder is taken for a task's."""
    dot = name.rfind(".")
    kind = KINDS.get(name[dot:]) if dot > 0 else None
    return kind is not None and kind.file_name in ("", name)


def included_tasks(folders: Sequence[Path]) -> tuple[list[Included], list[str]]:
    """Return the tasks in folders and all below them, and what is wrong with files that are none.

    Raises
    ------
    TaskError
        If a folder is missing.
    """
    found: dict[str, Included] = {}
    problems: dict[str, None] = {}
    reader = cache(_reader)

    def read(path: str, text: str) -> tuple[str, str] | None:
        return reader(path[path.rindex(".") :])(text)

    for folder in folders:
        if not folder.is_dir():
            what = "is a file, not a folder" if folder.exists() else "there is no such folder"
            raise TaskError(f"--include-path: {folder}: {what}")
        index = FolderIndex(folder.resolve(), is_task=is_task_file, read=read, version=_version())
        for path, name, line in index.entries():
            if name is None:
                problems[f"{path}: {line}"] = None
            else:
                found.setdefault(path, Included(name, line, path))
    return list(found.values()), list(problems)


def _version() -> str:
    return ",".join(f"{suffix}{kind.version}" for suffix, kind in sorted(KINDS.items()))


def _reader(suffix: str) -> Callable[[str], tuple[str, str] | None]:
    module, _, function = KINDS[suffix].head.partition(":")
    read: Callable[[str], tuple[str, str] | None] = getattr(import_module(module), function)
    return read
