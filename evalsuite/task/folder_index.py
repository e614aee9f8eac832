"""What stands in the files of a folder, kept from one time to the next: of files that have not changed none is read."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from evalsuite.errors import EvalsuiteError, TaskError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MOST_FOLDERS", "FolderIndex", "index_folder"]

MOST_FOLDERS = 100_000
_MOST_BYTES = 1 << 24
_FORMAT = 1
# A file written again within one tick of a file system's clock looks unchanged; the coarsest tick there is, is FAT's.
_TICK_NS = 2_000_000_000

Stamp: TypeAlias = list[int]
Entry: TypeAlias = tuple[str, str | None, str]


def index_folder() -> Path:
    """Return ``$XDG_CACHE_HOME/evalsuite/tasks``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "evalsuite" / "tasks"


class FolderIndex:
    """The files of a folder and all below it, each with a name and a line that were read from it.

    Parameters
    ----------
    root : Path
        Absolute. Links are followed, each folder is entered once; folders whose names begin with a dot are passed over.
    is_task : callable
        Whether a file is of interest, by its name.
    read : callable
        From a file's path and text the name and the line, or None where it is of no interest after all; ValueError
        says what is wrong with it.
    version : str
        Of `read`. What another one has read is not taken.

    Notes
    -----
    A file is read again where its inode, size, time of modification or time of change is another, or where it was
    changed so shortly before it was read that a later change might not show. A folder is listed again by the same rule.
    Where the index cannot be kept, all is read every time.
    """

    def __init__(
        self,
        root: Path,
        *,
        is_task: Callable[[str], bool],
        read: Callable[[str, str], tuple[str, str] | None],
        version: str,
    ) -> None:
        self._root = str(root)
        self._is_task = is_task
        self._read = read
        self._version = version
        self._fresh = False
        self._trusted_before = 0

    def entries(self) -> list[Entry]:
        """Return path, name and line of each file, sorted by path; without a name the line is a fault.

        Raises
        ------
        TaskError
            If there are more than `MOST_FOLDERS` folders.
        """
        try:
            return self._walk(self._load())
        except (AttributeError, LookupError, TypeError):  # the index is JSON, and not ours
            self._trusted_before = 0
            return self._walk({"folders": {}, "files": {}})

    def _walk(self, kept: dict[str, Any]) -> list[Entry]:
        started = time.time_ns()
        folders: dict[str, list[Any]] = {}
        files: dict[str, list[Any]] = {}
        entries: list[Entry] = []
        seen: set[tuple[int, int]] = set()
        stack = [self._root]
        while stack:
            folder = stack.pop()
            try:
                status = os.stat(folder)  # noqa: PTH116 (twice as fast, and there are thousands)
                if (status.st_dev, status.st_ino) in seen:
                    continue
                seen.add((status.st_dev, status.st_ino))
                if len(seen) > MOST_FOLDERS:
                    raise TaskError(
                        f"--include-path: {self._root}: more than {MOST_FOLDERS:,} folders; give the one of the tasks"
                    )
                below, names = self._listed(folder, _stamp(status), kept["folders"], folders)
            except OSError as error:
                self._fresh = True
                entries.append((folder, None, f"cannot be read: {error.strerror}"))
                continue
            stack += [f"{folder}/{name}" for name in below]
            for name in names:
                entries += self._entry(f"{folder}/{name}", kept["files"], files)
        if self._fresh or len(files) != len(kept["files"]) or len(folders) != len(kept["folders"]):
            self._save({"folders": folders, "files": files, "written": started})
        return sorted(entries)

    def _listed(
        self, folder: str, stamp: Stamp, kept: dict[str, list[Any]], now: dict[str, list[Any]]
    ) -> tuple[list[str], list[str]]:
        """Return the names of the folders and of the files of interest in a folder."""
        known = kept.get(folder)
        if known is None or known[0] != stamp or not self._is_trusted(stamp):
            self._fresh = True
            below: list[str] = []
            names: list[str] = []
            with os.scandir(folder) as found:
                for entry in found:
                    if entry.name.startswith("."):
                        continue
                    try:
                        is_folder = entry.is_dir()
                    except OSError:  # such as a link to itself
                        continue
                    if is_folder:
                        below.append(entry.name)
                    elif self._is_task(entry.name):
                        names.append(entry.name)
            known = [stamp, sorted(below), sorted(names)]
        now[folder] = known
        return known[1], known[2]

    def _entry(self, path: str, kept: dict[str, list[Any]], now: dict[str, list[Any]]) -> list[Entry]:
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError:  # a link to nowhere, or just removed
            return []
        if not stat.S_ISREG(status.st_mode):
            return []
        stamp = _stamp(status)
        known = kept.get(path)
        if known is None or known[0] != stamp or not self._is_trusted(stamp):
            self._fresh = True
            try:
                known = [stamp, *self._read_file(path, status.st_size)]
            except OSError as error:
                return [(path, None, f"cannot be read: {error.strerror}")]
            except Exception as error:  # one file must not hide the others
                what = str(error) if isinstance(error, EvalsuiteError) else f"{type(error).__name__}: {error}"
                return [(path, None, f"cannot be read: {what:.500}")]
        now[path] = known
        return [] if known[2] is None else [(path, known[1], known[2])]

    def _read_file(self, path: str, size: int) -> tuple[str | None, str | None]:
        """Return name and line; None and a fault; or None twice where the file is of no interest."""
        if size > _MOST_BYTES:
            return None, f"{size:,} bytes are too many for a task file"
        try:
            text = _read_bytes(path, size).decode("utf-8")
            head = self._read(path, text)
        except UnicodeDecodeError as error:
            return None, f"not UTF-8 at byte {error.start}"
        except ValueError as error:
            return None, str(error)
        return (None, None) if head is None else head

    def _is_trusted(self, stamp: Stamp) -> bool:
        return stamp[2] < self._trusted_before and stamp[3] < self._trusted_before

    def _path(self) -> Path:
        name = hashlib.sha256(os.fsencode(self._root)).hexdigest()[:32]
        return index_folder() / f"{name}.json"

    def _load(self) -> dict[str, Any]:
        nothing: dict[str, Any] = {"folders": {}, "files": {}}
        try:
            kept = json.loads(self._path().read_bytes())
            written = kept["written"]
            sound = kept["format"] == _FORMAT and kept["version"] == self._version and kept["root"] == self._root
            if not sound or not all(isinstance(kept[key], dict) for key in nothing) or not isinstance(written, int):
                return nothing
        except (OSError, ValueError, LookupError, TypeError, RuntimeError, RecursionError):
            return nothing
        self._trusted_before = written - _TICK_NS
        return kept  # type: ignore[no-any-return]

    def _save(self, index: dict[str, Any]) -> None:
        """Keep the index, whole or not at all; where that cannot be, the next time is as slow as this one."""
        with suppress(OSError, RuntimeError, ValueError):
            path = self._path()
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{path.name}.{os.getpid()}.part")
            try:
                record = {"format": _FORMAT, "version": self._version, "root": self._root, **index}
                part.write_text(json.dumps(record, separators=(",", ":")), "ascii")
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)


def _read_bytes(path: str, size: int) -> bytes:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.read(fd, size + 1)
        while len(data) < _MOST_BYTES and (more := os.read(fd, _MOST_BYTES)):
            data += more
        return data
    finally:
        os.close(fd)


def _stamp(status: os.stat_result) -> Stamp:
    return [status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]
