"""Read a run log, in whatever order it was written, and find out whether its end was torn off."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evalsuite.errors import RunLogError
from evalsuite.media import StoredImage, StoredVideo, check_shards, frames_of, pixels_of, shard_end
from evalsuite.media.shard import MEDIA
from evalsuite.runlog.identity import canonical_json
from evalsuite.runlog.indexed import Key, OutputIndex
from evalsuite.runlog.line import decode_line, likelihoods_record, logprobs_record, output_from_record
from evalsuite.runlog.session import Session, SessionCounter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from evalsuite.types import Output

__all__ = ["SCHEMA_VERSION", "Key", "RunLog", "read_log"]

SCHEMA_VERSION = 1

IN_MEMORY_BYTES = 128 << 20
"""Size of a log above which its outputs are read again when they are wanted, and not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLog:
    """A run log as read.

    Parameters
    ----------
    path : Path
    header : dict
        The first line: schema version, identity, task, model, environment.
    outputs : mapping of (sample id, repeat, turn) to Output
        One output a key: the first that is not an error, or else the last. Of a log of more than `IN_MEMORY_BYTES`
        they are read from the file each time.
    whole_bytes, torn_bytes : int
        Bytes up to the last whole line, and of the unfinished line after it.
    checksum : int
        The last whole line's, with which the next one's begins.
    media : dict of str to int
        For each shard of images in the run's media folder, up to which byte the log refers to it.
    asked : tuple of (int or None, int)
        Limit and repeats that the last process to write it was asked for.
    precision : float, optional
        What the last process was asked for, of a run that chooses its items; None where all are asked.
    sample_ids : frozenset of str, optional
        The samples that the last process was asked for, of which the limit is; None for all.
    sessions : tuple of Session
        The processes that wrote it, in order.
    """

    path: Path
    header: dict[str, Any]
    outputs: Mapping[Key, Output]
    whole_bytes: int
    torn_bytes: int
    checksum: int
    media: dict[str, int] = field(default_factory=dict)
    asked: tuple[int | None, int] = (None, 1)
    precision: float | None = None
    sample_ids: frozenset[str] | None = None
    sessions: tuple[Session, ...] = ()

    def sample_outputs(self, sample_id: str, repeats: int, turns: int) -> tuple[Output, ...]:
        """Return a sample's outputs in canonical order (repeat, turn), those that are there."""
        keys = ((sample_id, repeat, turn) for repeat in range(repeats) for turn in range(turns))
        found = (self.outputs.get(key) for key in keys)
        return tuple(output for output in found if output is not None)


def read_log(path: Path) -> RunLog:
    """Read and check a whole log.

    An unfinished last line, or NUL bytes after the last whole line, are what a power cut leaves: they are counted and
    left out. Any other damage is an error.

    Raises
    ------
    RunLogError
        If the file is missing or empty, or a line is damaged; the line is named. Also if a shard of images that it
        refers to is missing or too short; the shard is named. Its images are checked when they are read.
    """
    outputs: dict[Key, Output] = {}
    index: OutputIndex | None = None
    header: dict[str, Any] | None = None
    media: dict[str, int] = {}
    asked: tuple[int | None, int] = (None, 1)
    precision: float | None = None
    sample_ids: frozenset[str] | None = None
    counter = SessionCounter()
    files = False
    whole = torn = checksum = 0
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > IN_MEMORY_BYTES:
                index = OutputIndex()
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    torn = len(line)
                    break
                where = f"{path}:{number}"
                data, checksum = decode_line(line[:-1], checksum, where)
                if header is None:
                    header = _check_header(data, where)
                    asked, precision, sample_ids = _asked(data, asked), _precision(data, None), _sample_ids(data)
                    files = str(header["model"].get("spec", "")).startswith("files:")
                elif data.get("type") == "output":
                    output = output_from_record(data, where, path.parent, files=files)
                    _note_shard(output, path.parent, media)
                    counter.add(output)
                    key = (output.sample_id, output.repeat, output.turn)
                    if index is not None:
                        index.add(output, whole, len(line) - 1)
                    elif key not in outputs or outputs[key].finish_reason == "error":
                        outputs[key] = output
                elif data.get("type") == "session":
                    asked, precision, sample_ids = _asked(data, asked), _precision(data, precision), _sample_ids(data)
                    counter.begin()
                elif data.get("type") == "session_end":
                    counter.end(data, where)
                else:
                    raise RunLogError(f'{where}: unknown line type "{data.get("type")}"')
                whole += len(line)
    except OSError as error:
        raise RunLogError(f"{path}: cannot be read: {error.strerror}") from error
    if header is None:
        raise RunLogError(f"{path}: there is no header line, so this is not a run log")
    check_shards(path.parent, media)
    return RunLog(
        path=path,
        header=header,
        outputs=outputs if index is None else index.outputs(path, files=files),
        whole_bytes=whole,
        torn_bytes=torn,
        checksum=checksum,
        media=media,
        asked=asked,
        precision=precision,
        sample_ids=sample_ids,
        sessions=counter.sessions(),
    )


def digest_outputs(samples: Iterable[tuple[Output, ...]]) -> str:
    """Return the SHA-256 of outputs in the order given, of all that a score or a report's list of errors depends on.

    Times are left out, so that two runs that produced the same have the same digest.
    """
    digest = hashlib.sha256()
    for output in _flat(samples):
        parts = [output.sample_id, output.repeat, output.turn, output.finish_reason, output.text, output.error]
        if output.image is not None:
            parts.append(_digest_image(output))
        if output.video is not None:
            parts.append(_digest_video(output))
        if output.logprobs:
            parts.append(likelihoods_record(output))
        if output.token_logprobs:
            parts.append(logprobs_record(output.token_logprobs))
        digest.update(canonical_json(parts).encode("ascii") + b"\n")
    return digest.hexdigest()


def _digest_image(output: Output) -> str:
    known = getattr(output.image, "sha256", None)
    return str(known) if known is not None else hashlib.sha256(pixels_of(output).tobytes()).hexdigest()


def _digest_video(output: Output) -> list[object]:
    video = output.video
    if isinstance(video, StoredVideo):
        return [video.sha256, video.n_frames]
    frames = frames_of(output)
    return [hashlib.sha256(frames.tobytes()).hexdigest(), len(frames)]


def _note_shard(output: Output, folder: Path, ends: dict[str, int]) -> None:
    image = output.video.strip if isinstance(output.video, StoredVideo) else output.image
    if isinstance(image, StoredImage) and image.path.parent == folder / MEDIA:
        ends[image.path.name] = max(shard_end(image), ends.get(image.path.name, 0))


def _flat(samples: Iterable[tuple[Output, ...]]) -> Iterator[Output]:
    for outputs in samples:
        yield from outputs


def _asked(data: dict[str, Any], before: tuple[int | None, int]) -> tuple[int | None, int]:
    """Return limit and repeats of a header or session line; they were once in the header only."""
    limit, repeats = data.get("limit"), data.get("repeats")
    sound = isinstance(repeats, int) and (limit is None or isinstance(limit, int))
    return (limit, repeats) if sound else before  # type: ignore[return-value]


def _precision(data: dict[str, Any], before: float | None) -> float | None:
    precision = data.get("precision")
    return float(precision) if isinstance(precision, float) and 0.0 < precision < 1.0 else before


def _sample_ids(data: dict[str, Any]) -> frozenset[str] | None:
    ids = data.get("samples")
    return frozenset(ids) if isinstance(ids, list) and all(isinstance(one, str) for one in ids) else None


def _check_header(data: dict[str, Any], where: str) -> dict[str, Any]:
    if data.get("type") != "header":
        raise RunLogError(f"{where}: the first line must be the header")
    version = data.get("schema_version")
    if version != SCHEMA_VERSION:
        raise RunLogError(
            f"{where}: schema version {version}, this release reads {SCHEMA_VERSION}; use the release that wrote it"
        )
    for key, kind in {"id": str, "identity": dict, "task": dict, "model": dict}.items():
        if not isinstance(data.get(key), kind):
            raise RunLogError(f"{where}: the header's {key} is missing or not {kind.__name__}")
    return data
