"""How a run's log refers to an image or a video: in one of the run's own shards, or in a file of the user's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.media.decode import MAX_BYTES
from evalsuite.media.npz import ArrayImage
from evalsuite.media.shard import MEDIA, is_shard_name
from evalsuite.media.stored import StoredImage
from evalsuite.media.video import MAX_VIDEO_PIXELS, StoredVideo

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["image_from_record", "image_record", "media_from_record", "media_record"]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PARTS = {"offset", "length", "sha256"}
_LARGEST = (1 << 63) - 1


def media_record(media: StoredImage | ArrayImage | StoredVideo, folder: Path) -> dict[str, object]:
    """Return a reference to an image or a video as a JSON object, for the log of the run in `folder`.

    That of a video is that of its film strip, see `image_record`, and ``"frames"``, how many it holds.
    """
    if isinstance(media, StoredVideo):
        return {**image_record(media.strip, folder), "frames": media.n_frames}
    return image_record(media, folder)


def media_from_record(record: object, folder: Path, *, files: bool) -> StoredImage | ArrayImage | StoredVideo:
    """Return the image or video that an object of a log refers to; see `image_from_record`."""
    if not isinstance(record, dict) or "frames" not in record:
        return image_from_record(record, folder, files=files)
    n_frames = _number(record, "frames", 1, MAX_VIDEO_PIXELS)
    strip = image_from_record({key: value for key, value in record.items() if key != "frames"}, folder, files=files)
    if isinstance(strip, ArrayImage):
        raise ValueError("frames: an image in an array is no film strip")
    return StoredVideo(strip=strip, n_frames=n_frames)


def image_record(image: StoredImage | ArrayImage, folder: Path) -> dict[str, object]:
    """Return a reference to an image as a JSON object, for the log of the run in `folder`.

    ``{"shard", "offset", "length", "sha256"}`` for an image in the run's media folder, ``{"file", "offset", "length",
    "sha256"}`` for one elsewhere, ``{"file", "index", "sha256"}`` for a row of an npz.
    """
    if isinstance(image, ArrayImage):
        return {"file": str(image.path), "index": image.index, "sha256": image.sha256}
    own = image.path.parent == folder / MEDIA and is_shard_name(image.path.name)
    place = {"shard": image.path.name} if own else {"file": str(image.path)}
    return {**place, "offset": image.offset, "length": image.length, "sha256": image.sha256}


def image_from_record(record: object, folder: Path, *, files: bool) -> StoredImage | ArrayImage:
    """Return the image that an object of a log refers to.

    Parameters
    ----------
    record : object
        As read from JSON, trusted in nothing.
    folder : Path
        The run's; a shard is nowhere else.
    files : bool
        Whether files elsewhere may be referred to, as by the log of a ``files:`` model.

    Raises
    ------
    ValueError
        If it is not such an object.
    """
    if not isinstance(record, dict):
        raise ValueError(f"expected an object, found {type(record).__name__}")
    keys = set(record)
    if keys != {"shard", *_PARTS} and keys != {"file", *_PARTS} and keys != {"file", "index", "sha256"}:
        raise ValueError(f"unexpected fields: {', '.join(sorted(map(str, keys)))[:200] or 'none'}")
    digest = record["sha256"]
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise ValueError("sha256 must be 64 hexadecimal digits")
    if "shard" in record:
        if not is_shard_name(record["shard"]):
            raise ValueError(f"shard must be a name such as images-00000.tar, found {record['shard']!r:.200}")
        path = folder / MEDIA / record["shard"]
    else:
        path = _file(record["file"], allowed=files)
    if "index" in record:
        return ArrayImage(path=path, index=_number(record, "index", 0, _LARGEST), sha256=digest)
    offset, length = _number(record, "offset", 0, _LARGEST - MAX_BYTES), _number(record, "length", 1, MAX_BYTES)
    return StoredImage(path=path, offset=offset, length=length, sha256=digest)


def _file(name: object, *, allowed: bool) -> Path:
    if not allowed:
        raise ValueError("file: only outputs of a files: model may be elsewhere than in the run's media folder")
    if not isinstance(name, str) or not Path(name).is_absolute() or "\0" in name:
        raise ValueError(f"file must be an absolute path, found {name!r:.200}")
    return Path(name)


def _number(record: Mapping[str, Any], key: str, low: int, high: int) -> int:
    value = record[key]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{key} must be a whole number from {low} to {high}, found {value!r:.40}")
    return value
