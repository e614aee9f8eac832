"""Patterns of task files on texts of models, in a process that dies where matching takes too long."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SECONDS", "check_pattern", "find_in_text", "remove_from_text"]

SECONDS: Final = 5
"""Processor time that one text may take, in seconds."""

_SCRIPT: Final = Path(__file__).with_name("pattern_worker.py")
_MEMORY_BYTES: Final = 2**30
_MOST_CHARACTERS: Final = 10_000


def check_pattern(pattern: object) -> str:
    """Return a regular expression as it is.

    Raises
    ------
    ValueError
        If it is none; the message says what is wrong and where.
    """
    if not isinstance(pattern, str):
        raise ValueError(f"a regular expression must be a string, found {pattern!r:.80}")
    if len(pattern) > _MOST_CHARACTERS:
        raise ValueError(f"a regular expression of {len(pattern):,} characters is too long ({_MOST_CHARACTERS:,})")
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"not a regular expression: {pattern!r:.80}: {error}") from None
    return pattern


def find_in_text(pattern: str, place: int, text: str) -> str | None:
    """Return a match of `pattern`: that at `place` among all, counted from 0, or from the end below 0.

    Where the pattern has groups it is the first of the match's that is not empty; white space around it is removed.
    None where there is no such match, or finding it takes more than `SECONDS`.
    """
    found = _SHARED.ask(["find", pattern, place, text])
    return found if isinstance(found, str) else None


def remove_from_text(patterns: Sequence[str], text: str) -> str:
    """Return `text` without what the patterns match, one after the other; all of it where that takes too long."""
    left = _SHARED.ask(["remove", list(patterns), text])
    return left if isinstance(left, str) else text


class _Matcher:
    """One process, started when first needed, and again by the next request where it has died."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(self, request: Sequence[Any]) -> Any:
        """Return the answer to a request, None where the process has died of it; from any thread."""
        line = json.dumps(request).encode("ascii") + b"\n"
        with self._lock:
            process = self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(line)
                process.stdin.flush()
                reply = process.stdout.readline()
            except OSError:
                reply = b""
            except BaseException:  # an interrupt leaves an answer behind, which is not the next request's
                self._end()
                raise
            if not reply.endswith(b"\n"):
                self._end()
                return None
        return json.loads(reply)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._owner != os.getpid():
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(_SCRIPT), str(SECONDS), str(_MEMORY_BYTES)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # an interrupt of the user's is for us to handle
            )
            self._owner = os.getpid()
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            process.wait()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def renew(self) -> None:
        """Forget a lock that another thread may have held when this process was forked."""
        self._lock = threading.Lock()


_SHARED: Final = _Matcher()
atexit.register(_SHARED.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_SHARED.renew)
