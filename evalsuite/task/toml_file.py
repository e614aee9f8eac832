"""Task files and suites as TOML: the whole table, or only a task's name and line."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from evalsuite.errors import TaskError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["parse_toml", "read_summary", "read_toml", "toml_head"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")
_MOST_SUMMARY = 500
# A line that means the same whatever follows: an empty one, a comment, or a key with a plain string or number.
_PLAIN_LINE = re.compile(
    r"[ \t]*(?:#[^\x00-\x08\n-\x1f\x7f]*|([A-Za-z0-9_-]+)[ \t]*=[ \t]*"
    r'(?:"([^"\\\x00-\x08\n-\x1f\x7f]*)"|0|[1-9][0-9]{0,17})[ \t]*)?\r?\n'
)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; TaskError names the file, and the line where TOML itself is broken."""
    try:
        return parse_toml(_text(path))
    except ValueError as error:
        raise TaskError(f"{path}: {error}") from error


def read_summary(path: Path) -> str:
    """Return the line of a task's file; TaskError names the file where it is broken."""
    try:
        return toml_head(_text(path))[1]
    except ValueError as error:
        raise TaskError(f"{path}: {error}") from error


def parse_toml(text: str) -> dict[str, Any]:
    """Return the table of a TOML text; ValueError where it is none, or has integers beyond TOML's."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # not only TOMLDecodeError: a number may have too many digits
        raise ValueError(f"not TOML: {error}") from error
    stack: list[Any] = [table]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            stack += one.values()
        elif isinstance(one, list):
            stack += one
        elif isinstance(one, int) and not -(1 << 63) <= one < 1 << 63:
            raise ValueError(f"not TOML: an integer of {one.bit_length()} bits, where TOML has 64")
    return table


def toml_head(text: str) -> tuple[str, str]:
    """Return name and line of a task from its file's text; ValueError says what is wrong.

    Where both stand in the file's first lines, as in ours, what follows is not parsed, which takes a tenth of the time:
    a fault there is told when the task is used.
    """
    head = _first_lines(text)
    if "name" not in head or "summary" not in head:
        head = parse_toml(text)
    name, summary = head.get("name"), head.get("summary", "")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"name must be a string of letters, digits and _ . + -, found {name!r:.80}")
    return name, summary[:_MOST_SUMMARY] if isinstance(summary, str) else ""


def _first_lines(text: str) -> dict[str, Any]:
    """Return the keys of the plain lines that a TOML text begins with, a number as None; nothing where one is twice."""
    found: dict[str, Any] = {}
    at = 0
    while match := _PLAIN_LINE.match(text, at):
        at = match.end()
        key = match[1]
        if key in found:
            return {}
        if key is not None:
            found[key] = match[2]
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise TaskError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TaskError(f"{path}: not UTF-8 at byte {error.start}") from error
