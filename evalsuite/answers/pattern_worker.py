"""The process that matches patterns: reads a line of JSON for each text, and answers with a line.

Run as a script, in a process that may die of it: patterns come from task files and texts from models, and a pattern may
take longer on a text than anybody lives. It imports nothing of this package.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
from functools import lru_cache
from typing import Any

__all__ = ["find", "main", "remove"]


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


def remove(patterns: list[str], text: str) -> str:
    """Return the text without what the patterns match, one after the other."""
    for pattern in patterns:
        text = _compiled(pattern).sub("", text)
    return text


def main() -> None:
    """Answer requests until the input ends: ``["find", pattern, place, text]`` or ``["remove", patterns, text]``."""
    seconds, memory = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    for line in sys.stdin:
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (soft if most < 0 else min(soft, most), most))
        name, *arguments = json.loads(line)
        answer: Any = None
        try:
            answer = find(*arguments) if name == "find" else remove(*arguments)
        except MemoryError:
            os._exit(1)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
