"""Append to a run log so that nothing written is lost."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from evalsuite.errors import SaveError
from evalsuite.runlog.line import encode_line, output_record
from evalsuite.runlog.reader import RunLog
from evalsuite.types import Output

__all__ = ["SYNC_RECORDS", "SYNC_SECONDS", "RunLogWriter", "probe_folder"]

SYNC_RECORDS = 64
SYNC_SECONDS = 1.0
_PROBE_BYTES = 1 << 20


class RunLogWriter:
    """Appends lines to a run log, each group in one write.

    A killed process loses nothing that `append` returned from: the lines are with the operating system. A power cut
    loses at most `SYNC_SECONDS` or `SYNC_RECORDS` records.

    Parameters
    ----------
    path : Path
        The log. Its folder must exist and be held by a `RunLock`.
    header : dict, optional
        Written as the first line of a new log.
    existing : RunLog, optional
        The log as read, to go on with; a torn tail is cut off.

    Raises
    ------
    SaveError
        Here and in `append`, if the disk is full or the file cannot be written. The log is then cut back to whole lines.
    """

    def __init__(self, path: Path, *, header: dict[str, object] | None = None, existing: RunLog | None = None) -> None:
        if (header is None) == (existing is None):
            raise ValueError("give either `header` or `existing`")
        self._path = path
        self._unsynced = 0
        self._synced_at = time.monotonic()
        flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
        try:
            self._fd = os.open(path, flags, 0o644)
            self._size = existing.whole_bytes if existing else 0
            self._checksum = existing.checksum if existing else 0
            os.ftruncate(self._fd, self._size)
            if header is not None:
                self._write([header])
                self.sync()
                _sync_folder(path.parent)
        except OSError as error:
            raise SaveError(f"{path}: cannot be written: {error.strerror}") from error

    def append(self, outputs: Sequence[Output]) -> None:
        """Append outputs; when this returns they survive the death of the process."""
        self._append_lines([output_record(output) for output in outputs])

    def append_session(self, session: dict[str, object]) -> None:
        """Append a line that says by what, and where, the run was continued."""
        self._append_lines([{"type": "session", **session}])

    def sync(self) -> None:
        """Wait until all that was appended is on the disk."""
        os.fsync(self._fd)
        self._unsynced = 0
        self._synced_at = time.monotonic()

    def close(self) -> None:
        """Sync and close."""
        if self._fd >= 0:
            try:
                self.sync()
            finally:
                os.close(self._fd)
                self._fd = -1

    def __enter__(self) -> RunLogWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _append_lines(self, records: list[dict[str, object]]) -> None:
        if not records:
            return
        try:
            self._write(records)
            self._unsynced += len(records)
            if self._unsynced >= SYNC_RECORDS or time.monotonic() - self._synced_at >= SYNC_SECONDS:
                self.sync()
        except OSError as error:
            os.ftruncate(self._fd, self._size)
            raise SaveError(
                f"{self._path}: cannot be written: {error.strerror}. What was finished is kept; "
                "make room and run the same command to continue."
            ) from error

    def _write(self, records: list[dict[str, object]]) -> None:
        lines: list[bytes] = []
        checksum = self._checksum
        for record in records:
            line, checksum = encode_line(record, checksum)
            lines.append(line)
        view = memoryview(b"".join(lines))
        offset = self._size
        while view:
            written = os.pwrite(self._fd, view, offset)
            offset += written
            view = view[written:]
        self._size, self._checksum = offset, checksum


def probe_folder(folder: Path) -> None:
    """Make `folder` and try to write a file of 1 MiB into it, before any work is done.

    Raises
    ------
    SaveError
        If the folder cannot be made or written to, or the disk is full. Nothing is left behind.
    """
    probe = folder / f".probe-{os.getpid()}"
    made = _make_folders(folder)
    try:
        with probe.open("wb") as file:
            file.write(b"\0" * _PROBE_BYTES)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        probe.unlink(missing_ok=True)
        for path in reversed(made):
            path.rmdir()
        raise SaveError(
            f"{folder}: cannot be written to: {error.strerror}. Nothing was run; choose another folder with --output."
        ) from error
    probe.unlink()


def _make_folders(folder: Path) -> list[Path]:
    made: list[Path] = []
    try:
        for path in [*reversed(folder.parents), folder]:
            if not path.exists():
                path.mkdir()
                made.append(path)
        if not folder.is_dir():
            raise NotADirectoryError(20, "it is a file, not a folder")
    except FileExistsError:  # another process made it first, which is as good
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        for path in reversed(made):
            path.rmdir()
        raise SaveError(
            f"{folder}: cannot be made: {error.strerror}. Nothing was run; choose another folder with --output."
        ) from error
    return made


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
