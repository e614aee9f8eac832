"""One process at a time on a run."""

from __future__ import annotations

import json
import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from evalsuite.errors import RunLogError, SaveError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

__all__ = ["RunLock"]


class RunLock:
    """Hold a run's folder for this process.

    The lock is the operating system's (``run.lock``), so it ends with the process, however that ends; who holds it
    stands beside it (``run.owner``).

    Parameters
    ----------
    folder : Path
        The run's folder, which must exist.

    Raises
    ------
    RunLogError
        On entry, if another process holds it; the message names the process and its host.
    SaveError
        On entry, if the folder cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(str(folder / "run.lock"), timeout=0)
        self._owner = folder / "run.owner"

    def __enter__(self) -> RunLock:
        try:
            self._lock.acquire()
        except Timeout as error:
            raise RunLogError(
                f"{self._folder}: another process is working on this run ({self._describe_owner()}). "
                "Wait for it, or end it; then the same command continues."
            ) from error
        except OSError as error:
            raise SaveError(f"{self._folder}: cannot be locked for writing: {error.strerror}") from error
        owner = {"pid": os.getpid(), "host": socket.gethostname()}
        with suppress(OSError):  # it only makes a message better; a full disk is reported where work would be lost
            self._owner.write_text(json.dumps(owner), encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._owner.unlink(missing_ok=True)
        self._lock.release()

    def _describe_owner(self) -> str:
        try:
            owner = json.loads(self._owner.read_text(encoding="utf-8"))
            return f"process {int(owner['pid'])} on {owner['host']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "its owner is unknown"
