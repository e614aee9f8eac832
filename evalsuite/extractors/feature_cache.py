"""Features kept on disk by what they are of: the image's pixels, the network's weights, all that could change a bit.

A folder for each extractor and way of computing, in it shards: files that are written once, under another name first,
and never changed. So processes need not know of each other, and one that is killed leaves nothing half written behind.
A row is read only if its checksum, over key and features, is right; otherwise it is as if it were not there.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.extractors.feature_shard import SUFFIX, ShardReader, encode_shard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["DEFAULT_LIMIT", "CachedFeatures", "FeatureCache", "pixel_key"]

DEFAULT_LIMIT = 4 << 30
"""Bytes that a cache may take: some 500,000 images' features of 2,048."""

# Of computing, a process that is killed loses a tenth, but at least what it did in a second and at most in ten.
_LEAST_SECONDS, _MOST_SECONDS = 1.0, 10.0
_MOST_ROWS = 4096  # of a shard
_STALE_SECONDS = 3600  # after which what a killed process was writing is cleared away


def pixel_key(image: NDArray[np.uint8]) -> bytes:
    """Return the SHA-256 of an image's shape and pixels: 32 bytes, the same however the image was stored."""
    digest = hashlib.sha256(f"{image.shape}".encode("ascii"))
    digest.update(np.ascontiguousarray(image).data)
    return digest.digest()


class FeatureCache:
    """Features of images by any number of extractors.

    Parameters
    ----------
    folder : Path
        Made when something is kept.
    limit : int, default 4 GiB
        Bytes; when they are exceeded, shards that were not used for longest go. A process that reads them finds them
        gone and computes.

    Attributes
    ----------
    problem : str
        Why something could not be kept; empty while all is well. A full disk costs the cache and not the score.
    """

    def __init__(self, folder: Path, *, limit: int = DEFAULT_LIMIT) -> None:
        self.folder = folder
        self.limit = limit
        self.problem = ""

    def open(self, identity: str, dimension: int) -> CachedFeatures:
        """Return what is kept of one extractor.

        Parameters
        ----------
        identity : str
            All that could change a bit of a feature.
        dimension : int
        """
        return CachedFeatures(self, hashlib.sha256(identity.encode("utf-8")).digest(), dimension)

    def shrink(self) -> None:
        """Remove shards, the ones that were used longest ago first, until the rest are within the limit."""
        found: list[tuple[float, int, Path]] = []
        for path in self.folder.glob("*/*"):
            with suppress(OSError):
                state = path.stat()
                if path.suffix == SUFFIX:
                    found.append((state.st_mtime, state.st_size, path))
                elif path.suffix == ".part" and time.time() - state.st_mtime > _STALE_SECONDS:
                    path.unlink()
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self.limit:
                return
            with suppress(OSError):
                path.unlink()
            total -= size


class CachedFeatures:
    """What is kept of one extractor: read by any thread, added to by one.

    Parameters
    ----------
    cache : FeatureCache
    identity : bytes
        SHA-256 of all that could change a bit.
    dimension : int
    """

    def __init__(self, cache: FeatureCache, identity: bytes, dimension: int) -> None:
        self._cache = cache
        self._identity = identity
        self._dimension = dimension
        self._folder = cache.folder / identity.hex()[:32]
        self._lock = threading.Lock()
        self._where: dict[bytes, tuple[ShardReader, int]] = {}
        self._waiting: dict[bytes, NDArray[np.float32]] = {}
        self._began = self._written = time.monotonic()
        with suppress(OSError):  # a folder that cannot be listed is an empty one
            for path in sorted(self._folder.glob(f"*{SUFFIX}")):
                shard = ShardReader.open(path, identity, dimension)
                if shard is not None:
                    self._where.update((key, (shard, row)) for row, key in enumerate(shard.keys))

    def __len__(self) -> int:
        return len(self._where.keys() | self._waiting.keys())

    def get(self, key: bytes) -> NDArray[np.float32] | None:
        """Return the features of an image, float32 of shape (dimension,); None where there are none that are sound."""
        with self._lock:
            waiting, place = self._waiting.get(key), self._where.get(key)
        if waiting is not None or place is None:
            return waiting
        shard, row = place
        return shard.read(row)

    def put(self, keys: Sequence[bytes], rows: NDArray[np.float32]) -> None:
        """Keep features; they are written several batches at a time."""
        with self._lock:
            self._waiting.update((key, np.array(row)) for key, row in zip(keys, rows, strict=True))
        now = time.monotonic()
        patience = min(max(_LEAST_SECONDS, (now - self._began) / 10), _MOST_SECONDS)
        if now - self._written >= patience or len(self._waiting) >= _MOST_ROWS:
            self._write()

    def close(self) -> None:
        """Write what waits."""
        self._write()

    def _write(self) -> None:
        self._written = time.monotonic()
        if not self._waiting:
            return
        waiting = dict(self._waiting)
        content = encode_shard(self._identity, list(waiting), np.stack(list(waiting.values())))
        path = self._folder / f"{time.time_ns():020}-{os.getpid()}-{os.urandom(4).hex()}{SUFFIX}"
        part = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(content)
            part.replace(path)
        except OSError as error:
            self._cache.problem = f"{self._folder}: features cannot be kept: {error.strerror or error}"
            with suppress(OSError):
                part.unlink(missing_ok=True)
            with self._lock:  # neither memory nor time for what cannot be kept
                self._waiting.clear()
            return
        shard = ShardReader.open(path, self._identity, self._dimension)
        with self._lock:
            if shard is not None:
                self._where.update((key, (shard, row)) for row, key in enumerate(shard.keys))
            self._waiting.clear()
        self._cache.shrink()
