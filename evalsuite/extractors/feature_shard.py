"""A file of features: keys, rows of float32, and a checksum of each row and of the keys.

::

    magic         8 bytes
    rows          uint64
    dimension     uint64
    identity      32 bytes, of the extractor
    keys          rows x 32 bytes
    checksum      16 bytes, of all of the above
    features      rows x dimension x float32
    checksums     rows x 16 bytes, each of identity, key and features

Numbers are little-endian. Nothing in it is executed, and no length in it is believed that the file's size does not bear
out.
"""

from __future__ import annotations

import os
import struct
import time
from contextlib import contextmanager, suppress
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["SUFFIX", "ShardReader", "encode_shard"]

SUFFIX = ".features"

_MAGIC = b"EVSFEAT1"
_HEAD = struct.Struct("<8sQQ32s")
_KEY, _CHECK = 32, 16
_USED_SECONDS = 3600.0  # after which a shard that is read is marked as used again


def encode_shard(identity: bytes, keys: Sequence[bytes], rows: NDArray[np.float32]) -> bytes:
    """Return a shard's bytes.

    Parameters
    ----------
    identity : bytes
        32 of them, of the extractor.
    keys : sequence of bytes
        32 of each, of an image.
    rows : float32, shape (n, dimension)
    """
    head = _HEAD.pack(_MAGIC, *rows.shape, identity) + b"".join(keys)
    raw = [np.asarray(row, dtype="<f4").tobytes() for row in rows]
    checks = [_row_check(identity, key, row) for key, row in zip(keys, raw, strict=True)]
    return b"".join([head, _check(head), *raw, *checks])


class ShardReader:
    """A shard that was found sound so far; it is opened for each row that is read, as there may be thousands of them.

    Parameters
    ----------
    path : Path
    identity : bytes
    dimension : int
    keys : list of bytes
        Of its rows, in order.
    """

    def __init__(self, path: Path, identity: bytes, dimension: int, keys: list[bytes]) -> None:
        self.keys = keys
        self._path = path
        self._identity = identity
        self._row_bytes = 4 * dimension
        self._rows_at = _HEAD.size + _KEY * len(keys) + _CHECK
        self._checks_at = self._rows_at + self._row_bytes * len(keys)

    @classmethod
    def open(cls, path: Path, identity: bytes, dimension: int) -> ShardReader | None:
        """Read a shard's keys and mark it as used; None where it is gone, damaged, or of another extractor."""
        try:
            with _opened(path) as fd:
                state = os.fstat(fd)
                magic, n, d, whose = _HEAD.unpack(os.pread(fd, _HEAD.size, 0))
                size = _HEAD.size + _KEY * n + _CHECK + (4 * d + _CHECK) * n
                if (magic, d, whose) != (_MAGIC, dimension, identity) or state.st_size != size:
                    return None
                head = os.pread(fd, _HEAD.size + _KEY * n + _CHECK, 0)
                if _check(head[:-_CHECK]) != head[-_CHECK:]:
                    return None
                if time.time() - state.st_mtime > _USED_SECONDS:
                    with suppress(OSError):
                        os.utime(fd)
        except (OSError, struct.error):
            return None
        keys = [head[at : at + _KEY] for at in range(_HEAD.size, len(head) - _CHECK, _KEY)]
        return cls(path, identity, dimension, keys)

    def read(self, row: int) -> NDArray[np.float32] | None:
        """Return a row of features; None where its bytes are not those that were written. From any thread."""
        try:
            with _opened(self._path) as fd:
                raw = os.pread(fd, self._row_bytes, self._rows_at + row * self._row_bytes)
                check = os.pread(fd, _CHECK, self._checks_at + row * _CHECK)
        except OSError:
            return None
        if check != _row_check(self._identity, self.keys[row], raw):
            return None
        return np.frombuffer(raw, dtype="<f4").astype(np.float32)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        yield fd
    finally:
        os.close(fd)


def _check(data: bytes) -> bytes:
    return blake2b(data, digest_size=_CHECK).digest()


def _row_check(identity: bytes, key: bytes, raw: bytes) -> bytes:
    return _check(identity + key + raw)
