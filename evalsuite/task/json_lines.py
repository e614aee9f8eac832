"""Read records from lines of JSON, with messages that name the line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evalsuite.errors import TaskError
from evalsuite.task.fields import type_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["json_lines", "json_object"]


def json_lines(lines: bytes | Iterable[bytes], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place (``name:line``) and the object of each line that is not blank.

    `lines` are a file's bytes, or its lines, which need not be in memory at once.

    Raises
    ------
    TaskError
        At the first line that is no JSON object.
    """
    for number, line in enumerate(lines.split(b"\n") if isinstance(lines, bytes) else lines, start=1):
        if line.strip():
            where = f"{name}:{number}"
            yield where, json_object(line, where, "of the line")


def json_object(text: bytes, where: str, unit: str) -> dict[str, Any]:
    """Return a JSON object; `unit` says of what bytes are counted in the message.

    Raises
    ------
    TaskError
        If it is something else.
    """
    try:
        record = json.loads(text.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise TaskError(f"{where}: not UTF-8 at byte {error.start} {unit}") from error
    except (ValueError, RecursionError) as error:
        raise TaskError(f"{where}: not a JSON object: {error}") from error
    if not isinstance(record, dict):
        raise TaskError(f"{where}: expected a JSON object, found {type_name(record)}")
    return record


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
