"""One extractor in the pipeline: what threads make of an image for it, and how batches of that become features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite.errors import InputError
from evalsuite.extractors.base import BatchExtractor
from evalsuite.extractors.devices import describe_device

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from evalsuite.extractors.base import Extractor
    from evalsuite.extractors.feature_cache import CachedFeatures
    from evalsuite.extractors.settings import FeatureSettings

__all__ = ["BATCH_BYTES", "Stage", "Waiting"]

BATCH_BYTES = 1 << 28
_PLAIN_BATCH = 200  # images given at once to an extractor that makes batches of its own


@dataclass(slots=True)
class Waiting:
    """An image that waits to be computed.

    Parameters
    ----------
    index : int
    key : bytes
        By which its features are kept.
    prepared : object
        What the extractor made of it.
    """

    index: int
    key: bytes
    prepared: Any


class Stage:
    """An extractor with its batch that grows.

    Parameters
    ----------
    extractor : Extractor
    settings : FeatureSettings
    devices : tuple of str
        Where a `BatchExtractor` computes; all of one kind.

    Attributes
    ----------
    pending : list of Waiting
        The batch that grows.
    size : int
        Of a batch.
    kept : CachedFeatures, optional
        Where features are looked for and kept.
    """

    def __init__(self, extractor: Extractor, settings: FeatureSettings, devices: Sequence[str]) -> None:
        self.extractor = extractor
        self.pending: list[Waiting] = []
        self.kept: CachedFeatures | None = None
        self._pending_bytes = 0
        self._batches = extractor if isinstance(extractor, BatchExtractor) else None
        self.size = _PLAIN_BATCH
        if self._batches is not None:
            self._device = devices[0]
            self.size = settings.batch_size or self._batches.batch_size(devices[0])
            if settings.cache is not None:
                # Batches of another size, or another kind of device, may differ in last bits: they are kept apart.
                where = f"{describe_device(self._device)}|batch:{self.size}"
                self.kept = settings.cache.open(f"{self._batches.cache_identity}|{where}", extractor.dimension)

    @property
    def on_devices(self) -> bool:
        """Whether it computes on devices, and not by itself in the thread that calls it."""
        return self._batches is not None

    def prepare(self, image: NDArray[np.uint8], index: int) -> Any:
        """Return what of an image is to be computed, or the InputError that says why it cannot be; from any thread."""
        if self._batches is None:
            return image
        try:
            return self._batches.prepare(image, index, self._device)
        except InputError as error:
            return error

    def add(self, one: Waiting) -> bool:
        """Add an image to the batch that grows, and return whether it is full."""
        self.pending.append(one)
        self._pending_bytes += getattr(one.prepared, "nbytes", 0)
        return len(self.pending) == self.size or self._pending_bytes >= BATCH_BYTES

    def take(self) -> list[Waiting]:
        """Return the batch that grew, and begin another."""
        batch, self.pending, self._pending_bytes = self.pending, [], 0
        return batch

    def begin(self, batch: Sequence[Waiting], device: str) -> Callable[[], NDArray[np.float32]]:
        """Begin to compute a batch on a device; see ``BatchExtractor.begin``."""
        assert self._batches is not None
        return self._batches.begin([one.prepared for one in batch], device, self.size)

    def compute(self, batch: Sequence[Waiting], *, tolerant: bool) -> NDArray[np.float32]:
        """Compute a batch by the extractor's own means; NaN for an image that it does not take, where that may be.

        Raises
        ------
        InputError
            Of the first image that the extractor does not take, unless `tolerant`.
        """
        try:
            return self.extractor.features([one.prepared for one in batch])
        except InputError as error:
            if len(batch) == 1:
                if not tolerant:
                    # The extractor knows it as the only image it was given.
                    text = str(error).removeprefix("image 0: ")
                    raise InputError(f"image {batch[0].index}: {text}") from error
                return np.full((1, self.extractor.dimension), np.nan, dtype=np.float32)
        middle = len(batch) // 2
        halves = [self.compute(half, tolerant=tolerant) for half in (batch[:middle], batch[middle:])]
        return np.concatenate(halves)
