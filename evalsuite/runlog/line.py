"""One line of a run log: a JSON object, and a checksum of it and of all the lines before."""

from __future__ import annotations

import json
import zlib
from dataclasses import fields
from typing import Any

from evalsuite.errors import RunLogError
from evalsuite.runlog.identity import canonical_json
from evalsuite.types import FINISH_REASONS, Output

__all__ = ["decode_line", "encode_line", "output_from_record", "output_record"]

_PREFIX = b'{"crc32":"'
_MIDDLE = b'","data":'
_START = len(_PREFIX) + 8
_OUTPUT_FIELDS = frozenset(field.name for field in fields(Output))


def encode_line(data: dict[str, object], previous: int) -> tuple[bytes, int]:
    """Return `data` as a line, ``{"crc32":"xxxxxxxx","data":{...}}`` and a newline, and the line's checksum.

    The checksum is the CRC-32 of the bytes of ``data`` as they stand in the line, begun with that of the line before
    (0 for the first), so that a line that was taken out, doubled or moved is noticed like one that was changed. ASCII
    throughout: lone surrogates survive as escapes.
    """
    body = canonical_json(data).encode("ascii")
    checksum = zlib.crc32(body, previous)
    return b"%s%08x%s%s}\n" % (_PREFIX, checksum, _MIDDLE, body), checksum


def decode_line(line: bytes, previous: int, where: str) -> tuple[dict[str, Any], int]:
    """Return the object and the checksum of a line (without its newline), given the checksum of the line before.

    Raises
    ------
    RunLogError
        If the line is damaged; the message says `where`.
    """
    body = line[_START + len(_MIDDLE) : -1]
    if not (line.startswith(_PREFIX) and line[_START : _START + len(_MIDDLE)] == _MIDDLE and line.endswith(b"}")):
        raise RunLogError(f"{where}: not a line of a run log; {_ADVICE}")
    written = line[len(_PREFIX) : _START]
    found = zlib.crc32(body, previous)
    if written != b"%08x" % found:
        raise RunLogError(
            f"{where}: checksum differs (written {written.decode('ascii', 'backslashreplace')}, found {found:08x}): "
            f"this line, or one before it, was changed, doubled or taken out; {_ADVICE}"
        )
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RunLogError(f"{where}: not JSON: {error}; {_ADVICE}") from error
    if not isinstance(data, dict):
        raise RunLogError(f"{where}: expected a JSON object; {_ADVICE}")
    return data, found


_ADVICE = (
    "the log was changed after it was written. Restore it from a copy, or move the run's folder away to start over"
)


def output_record(output: Output) -> dict[str, object]:
    """Return an output as the object of a line, absent fields left out."""
    record: dict[str, object] = {"type": "output"}
    for field in fields(Output):
        value = getattr(output, field.name)
        if value is not None:
            record[field.name] = value
    return record


def output_from_record(record: dict[str, Any], where: str) -> Output:
    """Return the output of a line's object; RunLogError says `where` a field is missing or wrong."""
    values = {key: value for key, value in record.items() if key in _OUTPUT_FIELDS}
    kinds = {"sample_id": str, "repeat": int, "turn": int, "seed": int, "finish_reason": str}
    for key, kind in kinds.items():
        if not isinstance(values.get(key), kind):
            raise RunLogError(f"{where}: the output's {key} is missing or not {kind.__name__}")
    if values["finish_reason"] not in FINISH_REASONS:
        raise RunLogError(f'{where}: unknown finish_reason "{values["finish_reason"]}"')
    return Output(**values)
