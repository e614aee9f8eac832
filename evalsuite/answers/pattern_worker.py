"""The process that matches patterns: reads a line of JSON for each text, and answers with a line.

Run as a script, in a process that may die of it: patterns come from task files and texts from models, and a pattern may
take longer on a text than anybody lives. It imports nothing of this package.
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import sys
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["check", "find", "main", "remove"]


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def find(pattern: str, place: int, text: str) -> str | None:
    """Return a match by its place among all: its first group that is not empty, or the whole where it has none."""
    found = _compiled(pattern).findall(text)
    if not -len(found) <= place < len(found):
        return None
    match = found[place]
    if isinstance(match, tuple):
        match = next((group for group in match if group), None)
    return None if match is None else str(match).strip()


def remove(pattern: str, text: str) -> str:
    """Return the text without what the pattern matches."""
    return _compiled(pattern).sub("", text)


def check(pattern: str) -> str:
    """Return what is wrong with a pattern, nothing where it is one."""
    try:
        _compiled(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return str(error) or type(error).__name__
    return ""


_ANSWERS: dict[str, Callable[..., str | None]] = {"check": check, "find": find, "remove": remove}


def main() -> None:
    """Answer requests until the input ends: the name of a function here, and its arguments."""
    seconds, memory = float(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # it ends the process, which `re` would not hear of
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGPROF])
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            answer = _ANSWERS[name](*arguments)
        except MemoryError:
            os._exit(1)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.write(json.dumps([answer]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
