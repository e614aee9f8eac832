"""One line of a run log: a JSON object and its checksum."""

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


def encode_line(data: dict[str, object]) -> bytes:
    """Return `data` as a line: ``{"crc32":"xxxxxxxx","data":{...}}`` and a newline.

    The checksum is the CRC-32 of the bytes of ``data`` as they stand in the line. ASCII throughout: lone surrogates
    survive as escapes.
    """
    body = canonical_json(data).encode("ascii")
    return b"%s%08x%s%s}\n" % (_PREFIX, zlib.crc32(body), _MIDDLE, body)


def decode_line(line: bytes, where: str) -> dict[str, Any]:
    """Return the object of a line (without its newline) after checking it; RunLogError says `where` it is damaged."""
    body = line[_START + len(_MIDDLE) : -1]
    if not (line.startswith(_PREFIX) and line[_START : _START + len(_MIDDLE)] == _MIDDLE and line.endswith(b"}")):
        raise RunLogError(f"{where}: not a line of a run log; {_ADVICE}")
    try:
        expected = int(line[len(_PREFIX) : _START], 16)
    except ValueError:
        expected = -1
    found = zlib.crc32(body)
    if found != expected:
        raise RunLogError(f"{where}: checksum differs (written {expected:08x}, found {found:08x}); {_ADVICE}")
    try:
        data = json.loads(body)
    except ValueError as error:
        raise RunLogError(f"{where}: not JSON: {error}; {_ADVICE}") from error
    if not isinstance(data, dict):
        raise RunLogError(f"{where}: expected a JSON object; {_ADVICE}")
    return data


_ADVICE = "the log was changed after it was written. Restore it from a copy, or move the run's folder away to start over"


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
