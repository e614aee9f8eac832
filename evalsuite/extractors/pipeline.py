"""From images to features: read and prepared on threads, computed in batches on devices, all at once and in order.

What comes out depends on the images and their order alone: batches are made of images in their canonical order,
features go to the image's own row, whoever computed it and whenever it was done, and everything after works on rows.
"""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite.errors import InputError, ModelError, UsageError
from evalsuite.extractors.base import BatchExtractor, DerivedExtractor
from evalsuite.extractors.devices import default_workers, resolve_devices
from evalsuite.extractors.feature_cache import pixel_key
from evalsuite.extractors.read_ahead import read_ahead
from evalsuite.extractors.settings import feature_settings
from evalsuite.extractors.stages import Stage, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from evalsuite.extractors.base import Extractor
    from evalsuite.extractors.settings import FeatureSettings

__all__ = ["WINDOW", "stream_features"]

WINDOW = 4096
"""Images whose features are handed on together."""

_AHEAD = 64  # images read ahead of the batch that grows
_QUEUED = 2  # batches a device has been given and not returned
_SECONDS = 0.1  # between what is said of progress


@dataclass(slots=True)
class _Prepared:
    """What a thread made of an image: for each stage a row that was kept, what is to be computed, or an InputError."""

    index: int
    n_bytes: int
    key: bytes
    rows: list[NDArray[np.float32] | None]
    parts: list[Any]


def stream_features(
    extractors: Sequence[Extractor], n: int, load: Callable[[int], NDArray[np.uint8]], *, tolerant: bool = False
) -> Iterator[tuple[int, list[NDArray[np.float32]]]]:
    """Yield features of images, window by window, by the settings in force.

    Parameters
    ----------
    extractors : sequence of Extractor
        Each image is read once for all of them; an extractor that goes on from another's features shares these.
    n : int
        Images.
    load : callable
        Returns the pixels of the i-th image; called from several threads, once for each.
    tolerant : bool, default False
        Give NaN for the features of an image that an extractor does not take.

    Yields
    ------
    start : int
        The window's first image.
    features : list of ndarray
        By extractor: float32, shape (images of the window, dimension). There are `WINDOW` of them but at the end.

    Raises
    ------
    InputError
        What `load` raises; and, unless `tolerant`, that of the first image of which an extractor does not take one.
    ModelError
        If a device is not there, or has not enough memory.
    UsageError
        If devices are of several kinds, or do not have the precision.
    """
    settings = feature_settings()
    sources: dict[str, Extractor] = {}
    for extractor in extractors:
        source = extractor.source if isinstance(extractor, DerivedExtractor) else extractor
        sources.setdefault(_identity(source), source)
    devices = _devices(list(sources.values()), settings)
    stages = [Stage(source, settings, devices) for source in sources.values()]
    with ExitStack() as stack:
        lanes = [stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix=device)) for device in devices]
        run = _Run(stages, list(zip(devices, lanes, strict=True)), n, settings, tolerant=tolerant)
        stack.callback(run.close)
        for start, rows in run.windows(load):
            by_source = dict(zip(sources, rows, strict=True))
            yield start, [_of(extractor, by_source) for extractor in extractors]


def _identity(extractor: Extractor) -> str:
    """Return what extractors with the same features have in common."""
    return extractor.cache_identity if isinstance(extractor, BatchExtractor) else f"object {id(extractor)}"


def _of(extractor: Extractor, by_source: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    if isinstance(extractor, DerivedExtractor):
        return extractor.derive(by_source[_identity(extractor.source)])
    return by_source[_identity(extractor)]


def _devices(extractors: Sequence[Extractor], settings: FeatureSettings) -> tuple[str, ...]:
    """Return the devices, or none where nothing computes on any."""
    if not any(isinstance(extractor, BatchExtractor) for extractor in extractors):
        return ()
    devices = resolve_devices(settings.devices, settings.precision)
    kinds = sorted({device.partition(":")[0] for device in devices})
    if len(kinds) > 1:
        raise UsageError(
            f"devices: expected all of one kind, found {' and '.join(kinds)}: their last bits would differ"
        )
    return devices


class _Run:
    """All images on their way."""

    def __init__(
        self,
        stages: Sequence[Stage],
        lanes: Sequence[tuple[str, ThreadPoolExecutor]],
        n: int,
        settings: FeatureSettings,
        *,
        tolerant: bool,
    ) -> None:
        self._stages = stages
        self._lanes = lanes
        self._n = n
        self._settings = settings
        self._tolerant = tolerant
        self._running: deque[tuple[Stage, list[Waiting], Future[Callable[[], NDArray[np.float32]]]]] = deque()
        self._n_batches = 0
        self._n_rows = 0
        self._said = 0.0
        self._start = 0
        self._rows: dict[int, NDArray[np.float32]] = {}

    def windows(self, load: Callable[[int], NDArray[np.uint8]]) -> Iterator[tuple[int, list[NDArray[np.float32]]]]:
        workers = self._settings.workers
        images = read_ahead(
            lambda i: self._prepare(load(i), i),
            self._n,
            workers=default_workers() if workers is None else workers,
            most=_AHEAD + 2 * max(stage.size for stage in self._stages),
        )
        if self._settings.progress is not None:
            self._settings.progress(0, self._n)
        with closing(images):
            for image in images:
                if image.index % WINDOW == 0:
                    self._begin_window(image.index)
                for k, stage in enumerate(self._stages):
                    self._place(stage, image, k)
                if image.index + 1 == self._n or (image.index + 1) % WINDOW == 0:
                    for stage in self._stages:
                        self._dispatch(stage)
                    self._collect(0)
                    yield self._start, [self._rows[id(stage)] for stage in self._stages]

    def close(self) -> None:
        """Give up what is on its way; keep what is done."""
        for *_, future in self._running:
            future.cancel()
        self._running.clear()
        for stage in self._stages:
            if stage.kept is not None:
                stage.kept.close()

    def _prepare(self, image: NDArray[np.uint8], index: int) -> _Prepared:
        """Make of an image what the stages need; on any thread."""
        key = pixel_key(image) if any(stage.kept is not None for stage in self._stages) else b""
        rows = [stage.kept.get(key) if stage.kept is not None else None for stage in self._stages]
        parts = [
            stage.prepare(image, index) if row is None else None for stage, row in zip(self._stages, rows, strict=True)
        ]
        n_bytes = max(image.nbytes, sum(getattr(part, "nbytes", 0) for part in parts))
        return _Prepared(index, n_bytes, key, rows, parts)

    def _begin_window(self, start: int) -> None:
        self._start = start
        n = min(WINDOW, self._n - start)
        self._rows = {id(stage): np.empty((n, stage.extractor.dimension), dtype=np.float32) for stage in self._stages}

    def _place(self, stage: Stage, image: _Prepared, k: int) -> None:
        row, part = image.rows[k], image.parts[k]
        if row is not None:
            self._put(stage, [image.index], row[None])
        elif isinstance(part, InputError):
            if not self._tolerant:
                raise part
            self._put(stage, [image.index], np.full((1, stage.extractor.dimension), np.nan, dtype=np.float32))
        elif stage.add(Waiting(image.index, image.key, part)):
            self._dispatch(stage)

    def _dispatch(self, stage: Stage) -> None:
        """Send the batch that grew to the next device in turn, or have it computed here."""
        batch = stage.take()
        if not batch:
            return
        if not stage.on_devices:
            self._put(stage, [one.index for one in batch], stage.compute(batch, tolerant=self._tolerant))
            return
        device, lane = self._lanes[self._n_batches % len(self._lanes)]
        self._n_batches += 1
        self._running.append((stage, batch, lane.submit(stage.begin, batch, device)))
        self._collect(_QUEUED * len(self._lanes))

    def _collect(self, most: int) -> None:
        """Wait for the oldest batches until no more than `most` are on their way."""
        while len(self._running) > most:
            stage, batch, future = self._running.popleft()
            try:
                rows = future.result()()
            except RuntimeError as error:
                if type(error).__name__ != "OutOfMemoryError":
                    raise
                raise ModelError(
                    f"features: a device has not enough memory for {stage.size} images at once: {str(error)[:200]}; "
                    "give a smaller --batch-size"
                ) from error
            self._put(stage, [one.index for one in batch], rows)
            if stage.kept is not None:
                stage.kept.put([one.key for one in batch], rows)

    def _put(self, stage: Stage, indices: list[int], rows: NDArray[np.float32]) -> None:
        self._rows[id(stage)][np.asarray(indices) - self._start] = rows
        self._n_rows += len(rows)
        self._say()

    def _say(self) -> None:
        done = self._n_rows // len(self._stages)
        if self._settings.progress is not None and (done == self._n or time.monotonic() - self._said >= _SECONDS):
            self._said = time.monotonic()
            self._settings.progress(done, self._n)
