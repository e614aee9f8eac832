"""Patterns of task files on texts of models, in a process that dies where matching takes too long."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evalsuite.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SECONDS", "PatternTooSlow", "check_pattern", "find_in_text", "remove_from_text"]

SECONDS: Final = 1
"""Processor time that one text may take, in seconds."""

_SCRIPT: Final = Path(__file__).with_name("pattern_worker.py")
_MEMORY_BYTES: Final = 2**30
_MOST_CHARACTERS: Final = 10_000
_MOST_SLOW: Final = 3
_MOST_SLOW_SHARE: Final = 0.01


class PatternTooSlow(Exception):  # noqa: N818 (no mistake of the caller's: the text is left undecided)
    """A pattern took too much time or memory on a text."""


def check_pattern(pattern: object) -> str:
    """Return a regular expression as it is.

    Raises
    ------
    ValueError
        If it is none, or takes too long to compile; the message says what is wrong and where.
    """
    if not isinstance(pattern, str):
        raise ValueError(f"a regular expression must be a string, found {pattern!r:.80}")
    if len(pattern) > _MOST_CHARACTERS:
        raise ValueError(f"a regular expression of {len(pattern):,} characters is too long ({_MOST_CHARACTERS:,})")
    answer = _SHARED.ask(["check", pattern])
    if answer is None:
        raise ValueError(f"a regular expression takes more than {_limits()} to compile: {pattern!r:.80}")
    if answer[0]:
        raise ValueError(f"not a regular expression: {pattern!r:.80}: {answer[0]}")
    return pattern


def find_in_text(pattern: str, place: int, text: str) -> str | None:
    """Return a match of `pattern`: that at `place` among all, counted from 0, or from the end below 0.

    Where the pattern has groups it is the first of the match's that is not empty; white space around it is removed.
    None where there is no such match.

    Raises
    ------
    PatternTooSlow
        If it takes more than `SECONDS`, or too much memory.
    InputError
        If that has happened with so many texts that the pattern is given up.
    """
    found = _SHARED.match("find", pattern, place, text)
    return found if isinstance(found, str) else None


def remove_from_text(patterns: Sequence[str], text: str) -> str:
    """Return `text` without what the patterns match, one after the other; raises as `find_in_text` does."""
    for pattern in patterns:
        text = str(_SHARED.match("remove", pattern, text))
    return text


def _limits() -> str:
    return f"{SECONDS} s of processor time or {_MEMORY_BYTES >> 20:,} MiB of memory"


@dataclass(slots=True)
class _Tally:
    """Texts on which a pattern was tried, and those of them on which it was too slow."""

    tried: int = 0
    slow: int = 0

    @property
    def is_given_up(self) -> bool:
        return self.slow >= _MOST_SLOW and self.slow > _MOST_SLOW_SHARE * self.tried


class _Matcher:
    """One process, started when first needed, and again by the next request where it has died."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._tallies: dict[str, _Tally] = {}

    def match(self, name: str, pattern: str, *rest: Any) -> Any:
        """Return what a pattern gives on a text; raises as `find_in_text` does."""
        tally = self._tallies.setdefault(pattern, _Tally())
        if tally.is_given_up:
            raise InputError(
                f"the regular expression {pattern!r:.200} takes more than {_limits()} on a text, on {tally.slow:,} of "
                f"the {tally.tried:,} it was tried on, and is given up; write one without repetitions of what is "
                "itself repeated, such as (a+)+"
            )
        answer = self.ask([name, pattern, *rest])
        tally.tried += 1
        if answer is None:
            tally.slow += 1
            raise PatternTooSlow(f"the regular expression {pattern!r:.200} takes more than {_limits()} on a text")
        return answer[0]

    def ask(self, request: Sequence[Any]) -> Any:
        """Return the answer to a request, alone in a list, None where the process has died of it; from any thread."""
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
