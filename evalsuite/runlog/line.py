"""One line of a run log: a JSON object, and a checksum of it and of all the lines before."""

from __future__ import annotations

import json
import math
import sys
import zlib
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from evalsuite.errors import RunLogError
from evalsuite.media import ArrayImage, StoredImage, StoredVideo, media_from_record, media_record
from evalsuite.runlog.identity import canonical_json
from evalsuite.types import FINISH_REASONS, Output

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = [
    "decode_line",
    "encode_line",
    "likelihoods_record",
    "line_data",
    "logprobs_record",
    "output_from_record",
    "output_record",
]

_PREFIX = b'{"crc32":"'
_MIDDLE = b'","data":'
_START = len(_PREFIX) + 8
# Field: (type, whether it must be there).
_KINDS: dict[str, tuple[type | tuple[type, ...], bool]] = {
    "sample_id": (str, True),
    "repeat": (int, True),
    "turn": (int, True),
    "seed": (int, True),
    "finish_reason": (str, True),
    "text": (str, False),
    "error": (str, False),
    "tokens_in": (int, False),
    "tokens_out": (int, False),
    "seconds": ((int, float), False),
    "first_token_seconds": ((int, float), False),
    "peak_memory_bytes": (int, False),
    "same_as": (list, False),
}
_LIKELIHOODS = ("logprobs", "choice_tokens", "greedy")
_RULED_OUT = "-inf"
_LEAST = -sys.float_info.max  # JSON has integers that no float holds


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


def line_data(line: bytes) -> dict[str, Any]:
    """Return the object of a line that has been checked before.

    Raises
    ------
    ValueError
        If it is not one.
    """
    data = json.loads(line[_START + len(_MIDDLE) : -1])
    if not isinstance(data, dict):
        raise ValueError("expected a JSON object")
    return data


def output_record(output: Output, folder: Path) -> dict[str, object]:
    """Return an output as the object of a line of the log in `folder`, absent fields left out.

    An image or video must be a reference (`StoredImage`, `ArrayImage`, `StoredVideo`); pixels are stored first.

    Raises
    ------
    ValueError
        If a log-probability is NaN or above 0.
    """
    record: dict[str, object] = {"type": "output"}
    for field in fields(Output):
        value = getattr(output, field.name)
        if value is None or field.name in (*_LIKELIHOODS, "token_logprobs"):
            continue
        if field.name in ("image", "video"):
            if not isinstance(value, StoredVideo if field.name == "video" else (StoredImage, ArrayImage)):
                raise TypeError(f"the {field.name} must be stored before it is logged, got {type(value).__name__}")
            record["media"] = media_record(value, folder)
        elif field.name == "same_as":
            record[field.name] = list(value)
        else:
            record[field.name] = value
    record.update(likelihoods_record(output))
    if output.token_logprobs:
        record["token_logprobs"] = logprobs_record(output.token_logprobs)
    return record


def likelihoods_record(output: Output) -> dict[str, object]:
    """Return the log-probabilities of an output and what belongs to them; empty where it has none.

    JSON has no infinity: ``-inf``, the logarithm of 0, is the string ``"-inf"``.

    Raises
    ------
    ValueError
        If one is NaN or above 0.
    """
    if not output.logprobs:
        return {}
    return {
        "logprobs": logprobs_record(output.logprobs),
        "choice_tokens": list(output.choice_tokens),
        "greedy": list(output.greedy),
    }


def logprobs_record(logprobs: tuple[float, ...]) -> list[float | str]:
    """Return log-probabilities for JSON, which has no infinity: ``-inf``, the logarithm of 0, is the string ``"-inf"``.

    Raises
    ------
    ValueError
        If one is NaN or above 0.
    """
    if not all(value <= 0.0 for value in logprobs):
        raise ValueError(f"log-probabilities must be at most 0, got {logprobs!s:.1000}")
    return [_RULED_OUT if math.isinf(value) else value for value in logprobs]


def output_from_record(record: dict[str, Any], where: str, folder: Path, *, files: bool = False) -> Output:
    """Return the output of a line's object.

    Parameters
    ----------
    record : dict
    where : str
        Named in messages.
    folder : Path
        The run's, in which its images and videos are.
    files : bool, default False
        Whether images may be elsewhere, as those of a ``files:`` model are.

    Raises
    ------
    RunLogError
        If a field is missing or wrong; the message says `where`.
    """
    values = {key: value for key, value in record.items() if key in _KINDS}
    for key, (kind, needed) in _KINDS.items():
        value = values.get(key)
        if (value is None and needed) or (value is not None and not isinstance(value, kind)) or isinstance(value, bool):
            name = kind.__name__ if isinstance(kind, type) else "a number"
            raise RunLogError(f"{where}: the output's {key} is missing or not {name}; {_ADVICE}")
    if values["finish_reason"] not in FINISH_REASONS:
        raise RunLogError(f'{where}: unknown finish_reason "{values["finish_reason"]}"; {_ADVICE}')
    values.update(_likelihoods(record, where))
    if "token_logprobs" in record:
        values["token_logprobs"] = _read(record["token_logprobs"], where)
    if "same_as" in values:
        values["same_as"] = _key(values["same_as"], where)
    if "media" not in record:
        return Output(**values)
    try:
        media = media_from_record(record["media"], folder, files=files)
    except ValueError as error:
        raise RunLogError(f"{where}: the output's media: {error}; {_ADVICE}") from error
    if values.get("text") is not None:
        called = "a video" if isinstance(media, StoredVideo) else "an image"
        raise RunLogError(f"{where}: the output has both text and {called}; {_ADVICE}")
    if isinstance(media, StoredVideo):
        return Output(**values, video=media)
    return Output(**values, image=media)


def _likelihoods(record: dict[str, Any], where: str) -> dict[str, tuple[Any, ...]]:
    """Return the log-probabilities of a line's object, and what belongs to them, as an output's fields."""
    found = {key: record[key] for key in _LIKELIHOODS if key in record}
    if not found:
        return {}
    kinds: dict[str, Callable[[Any], bool]] = {
        "logprobs": _is_logprob,
        "choice_tokens": lambda value: type(value) is int and value >= 0,
        "greedy": lambda value: type(value) is bool,
    }
    for key, is_sound in kinds.items():
        values = found.get(key)
        if not isinstance(values, list) or not values or not all(map(is_sound, values)):
            raise RunLogError(f"{where}: the output's {key} are missing or not what they should be; {_ADVICE}")
    if len({len(values) for values in found.values()}) > 1:
        raise RunLogError(f"{where}: the output's logprobs, choice_tokens and greedy differ in length; {_ADVICE}")
    return {**{key: tuple(found[key]) for key in _LIKELIHOODS}, "logprobs": tuple(map(float, found["logprobs"]))}


def _is_logprob(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value == _RULED_OUT
    return _LEAST <= value <= 0


def _read(values: object, where: str) -> tuple[float, ...]:
    if not isinstance(values, list) or not values or not all(map(_is_logprob, values)):
        raise RunLogError(f"{where}: the output's token_logprobs are not what they should be; {_ADVICE}")
    return tuple(map(float, values))


def _key(value: list[Any], where: str) -> tuple[str, int, int]:
    if [type(part) for part in value] != [str, int, int]:
        raise RunLogError(f"{where}: the output's same_as is not a sample id, a repeat and a turn; {_ADVICE}")
    return (value[0], value[1], value[2])
