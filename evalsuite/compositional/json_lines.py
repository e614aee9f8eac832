"""Files of JSON objects, one a line, read with checks: a message names file, line and field."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

from evalsuite.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["MAX_LINES", "MAX_LINE_BYTES", "integer", "items", "number", "read_objects", "text"]

MAX_LINE_BYTES: Final = 1 << 24
MAX_LINES: Final = 4_000_000

_NAMES: Final[Mapping[type, str]] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def read_objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield where each line is, ``"FILE:LINE"``, and its object; blank lines are passed over.

    Raises
    ------
    InputError
        If the file cannot be read, has no object, a line of more than 16 MiB or more than 4,000,000 lines; or a line is
        no object in JSON and UTF-8.
    """
    n = 0
    try:
        with path.open("rb") as file:
            for line_number in range(1, MAX_LINES + 2):
                line = file.readline(MAX_LINE_BYTES + 1)
                if not line:
                    break
                where = f"{path}:{line_number}"
                if line_number > MAX_LINES:
                    raise InputError(f"{path}: has more than {MAX_LINES} lines")
                if len(line) > MAX_LINE_BYTES:
                    raise InputError(f"{where}: has more than {MAX_LINE_BYTES >> 20} MiB")
                if line.strip():
                    n += 1
                    yield where, _parse(line, where)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if not n:
        raise InputError(f"{path}: is empty; expected a JSON object a line, one for each image")


def text(record: Mapping[str, Any], key: str, where: str) -> str:
    """Return a field that must be a string with something in it."""
    found = record.get(key)
    if not isinstance(found, str) or not found:
        raise InputError(f"{where}: {key}: expected a string, found {_described(record, key)}")
    return found


def integer(record: Mapping[str, Any], key: str, where: str, least: int) -> int:
    """Return a field that must be an integer of at least `least`."""
    found = record.get(key)
    if isinstance(found, bool) or not isinstance(found, int) or found < least:
        raise InputError(f"{where}: {key}: expected an integer of at least {least}, found {_described(record, key)}")
    return found


def number(value: object, where: str) -> float:
    """Return what must be a finite number."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    except OverflowError:  # an integer beyond float64
        pass
    raise InputError(f"{where}: expected a finite number, found {_shown(value)}")


def items(record: Mapping[str, Any], key: str, where: str, most: int, *, optional: bool = False) -> Sequence[Any]:
    """Return a field that must be an array of at most so many; an empty one where it may be left out and is."""
    if optional and key not in record:
        return ()
    found = record.get(key)
    if not isinstance(found, list):
        raise InputError(f"{where}: {key}: expected an array, found {_described(record, key)}")
    if len(found) > most:
        raise InputError(f"{where}: {key}: has {len(found)} entries, more than {most}")
    return found


def _parse(line: bytes, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: not UTF-8 at byte {error.start} of the line") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not JSON: {error}") from error
    if not isinstance(record, dict):
        raise InputError(f"{where}: expected a JSON object, found {_NAMES.get(type(record), 'something else')}")
    return record


def _described(record: Mapping[str, Any], key: str) -> str:
    return _shown(record[key]) if key in record else "nothing"


def _shown(value: object) -> str:
    name = _NAMES.get(type(value), "something else")
    return name if isinstance(value, (dict, list)) else f"{name}: {str(value)[:40]!r}"
