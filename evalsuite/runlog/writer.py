"""Append to a run log so that nothing written is lost."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from evalsuite.errors import SaveError
from evalsuite.media import ShardWriter, StoredVideo, as_frames, as_pixels, film_strip, is_image
from evalsuite.media.shard import MEDIA, SHARD_BYTES
from evalsuite.runlog.identity import slug
from evalsuite.runlog.line import encode_line, output_record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

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
        The log as read, to go on with; a torn tail is cut off, and so are images that no line refers to.
    shard_bytes : int
        Size past which another shard of images and videos is begun.

    Raises
    ------
    SaveError
        Here and in `append`, if the disk is full or the file cannot be written. The log is cut back to whole lines.
    """

    def __init__(
        self,
        path: Path,
        *,
        header: dict[str, object] | None = None,
        existing: RunLog | None = None,
        shard_bytes: int = SHARD_BYTES,
    ) -> None:
        if (header is None) == (existing is None):
            raise ValueError("give either `header` or `existing`")
        self._path = path
        self._unsynced = 0
        self._synced_at = time.monotonic()
        self._size = existing.whole_bytes if existing else 0
        self._checksum = existing.checksum if existing else 0
        self._images = ShardWriter(path.parent, existing.media if existing else {}, shard_bytes=shard_bytes)
        self._fd = -1
        try:
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
            os.ftruncate(self._fd, self._size)
            if header is not None:
                self._write([header])
                self.sync()
                _sync_folder(path.parent)
        except OSError as error:
            if self._fd >= 0:
                self._abandon()
            raise SaveError(f"{path}: cannot be written: {error.strerror}") from error

    def append(self, outputs: Sequence[Output]) -> list[Output]:
        """Append outputs; when this returns they survive the death of the process.

        Images and videos are put into shards, and are on the disk before a line refers to them.

        Returns
        -------
        list of Output
            The outputs as they are read from the log: with references in place of pixels.
        """
        stored = self._store_media(outputs)
        self._append_lines([output_record(output, self._path.parent) for output in stored])
        return stored

    def append_session(self, session: dict[str, object]) -> None:
        """Append a line that says by what, and where, the run was continued."""
        self._append_lines([{"type": "session", **session}])

    def append_session_end(self, usage: dict[str, object]) -> None:
        """Append a line that says what generating took, of the header's session or the last one begun."""
        self._append_lines([{"type": "session_end", **usage}])

    def sync(self) -> None:
        """Wait until all that was appended is on the disk."""
        os.fsync(self._fd)
        self._unsynced = 0
        self._synced_at = time.monotonic()

    def close(self) -> None:
        """Sync and close.

        Raises
        ------
        SaveError
            If what was appended cannot be brought to the disk.
        """
        if self._fd < 0:
            return
        try:
            self._images.close()
            self.sync()
        except OSError as error:
            raise SaveError(f"{self._path}: cannot be written: {error.strerror}") from error
        finally:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> RunLogWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _store_media(self, outputs: Sequence[Output]) -> list[Output]:
        videos = {i: as_frames(output.video) for i, output in enumerate(outputs) if is_image(output.video)}
        new = {i: as_pixels(output.image) for i, output in enumerate(outputs) if is_image(output.image)}
        new.update((i, film_strip(frames)) for i, frames in videos.items())
        stored = list(outputs)
        try:
            images = self._images.append([(_image_name(outputs[i]), new[i]) for i in sorted(new)])
        except OSError as error:
            self._abandon()
            raise self._cannot_write(self._path.parent / MEDIA, error) from error
        for i, image in zip(sorted(new), images, strict=True):
            if i in videos:
                stored[i] = replace(outputs[i], video=StoredVideo(strip=image, n_frames=len(videos[i])))
            else:
                stored[i] = replace(outputs[i], image=image)
        return stored

    def _append_lines(self, records: list[dict[str, object]]) -> None:
        if not records:
            return
        try:
            self._write(records)
            self._unsynced += len(records)
            if self._unsynced >= SYNC_RECORDS or time.monotonic() - self._synced_at >= SYNC_SECONDS:
                self.sync()
        except OSError as error:
            self._abandon()
            raise self._cannot_write(self._path, error) from error

    @staticmethod
    def _cannot_write(path: Path, error: OSError) -> SaveError:
        return SaveError(
            f"{path}: cannot be written: {error.strerror}. What was finished is kept; make room and run the same "
            "command to continue."
        )

    def _abandon(self) -> None:
        """Cut the log back to whole lines and close it; if even that fails, the next reader finds a torn tail."""
        with suppress(OSError):
            os.ftruncate(self._fd, self._size)
        with suppress(OSError):
            os.close(self._fd)
        self._fd = -1

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


def _image_name(output: Output) -> str:
    """Return what an image is called in its shard; what stands before the dot is WebDataset's key."""
    return f"{slug(output.sample_id).replace('.', '-')}_{output.repeat}_{output.turn}.png"


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
        with probe.open("wb", buffering=0) as file:
            probe.unlink()  # at once: a process that is killed here leaves no file behind
            view = memoryview(b"\0" * _PROBE_BYTES)
            while view:
                view = view[file.write(view) :]
            os.fsync(file.fileno())
    except OSError as error:
        _remove_folders(made)
        raise SaveError(
            f"{folder}: cannot be written to: {error.strerror}. Nothing was run; choose another folder with --output."
        ) from error


def _make_folders(folder: Path) -> list[Path]:
    made: list[Path] = []
    try:
        for path in [*reversed(folder.parents), folder]:
            if path.exists():
                continue
            try:
                path.mkdir()
                made.append(path)
            except FileExistsError:
                if not path.is_dir():  # a link to nowhere; otherwise another process made it first, which is as good
                    raise
        if not folder.is_dir():
            raise NotADirectoryError(20, "it is a file, not a folder")
    except OSError as error:
        _remove_folders(made)
        raise SaveError(
            f"{folder}: cannot be made: {error.strerror}. Nothing was run; choose another folder with --output."
        ) from error
    return made


def _remove_folders(made: list[Path]) -> None:
    for path in reversed(made):
        with suppress(OSError):  # another process may have put something in it
            path.rmdir()


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
