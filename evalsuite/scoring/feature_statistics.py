"""Statistics of the features of a set of images, computed in one pass and in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import BLOCK, Moments, moments
from evalsuite.environment import release
from evalsuite.errors import InputError, ThresholdError
from evalsuite.extractors.opening import open_extractor
from evalsuite.extractors.pipeline import stream_features
from evalsuite.extractors.settings import feature_settings
from evalsuite.feature_stats import FeatureStatistics, make_statistics
from evalsuite.media.facts import STORED_AS_PIXELS
from evalsuite.metrics.references import find_reference
from evalsuite.scoring.image_reading import check_there
from evalsuite.scoring.image_specs import check_extractor
from evalsuite.scoring.precision_gate import PrecisionCheck, measure_between_halves, require_small
from evalsuite.scoring.scored_set import ScoredSet, describe_images

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.types import ImageSource

__all__ = ["FEATURE_TYPES", "StatisticsOfImages", "compute_statistics"]

FEATURE_TYPES = ("float16", "float32")
_LARGEST_FLOAT16 = 65504.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsOfImages:
    """Statistics, what they are of, and what a precision below float32 did to them."""

    images: ScoredSet
    statistics: FeatureStatistics
    precision: PrecisionCheck | None = None


def compute_statistics(
    images: str,
    extractor: str,
    *,
    features: str | None = None,
    accept_precision: bool = False,
) -> StatisticsOfImages:
    """Compute mean and covariance of the features of a set of images.

    Parameters
    ----------
    images : str
        Path of images, see `evalsuite.media.listing.list_images`; or the name of a data set of ours.
    extractor : str
        The network that computes features.
    features : {"float16", "float32"}, optional
        Keep the features, too, in this type.
    accept_precision : bool, default False
        Whatever a precision below float32 does; see ``evalsuite.scoring.precision_gate``. How features are computed is
        said by ``evalsuite.extractors.settings.use_settings``.

    Returns
    -------
    StatisticsOfImages
        The same bits as moments of all features at once; no more than 4,096 vectors are held unless they are kept.

    Raises
    ------
    UsageError
        If the extractor is unknown.
    InputError
        If the set cannot be read, has fewer than two images, or one that the extractor does not take.
    ThresholdError
        If the precision moves the distance between two halves of the images too far, and that is not accepted.
    """
    check_extractor("--extractor", extractor)
    check_there(images)
    reference = find_reference(images)
    if reference.n < 2:
        raise InputError(f"{images}: has 1 image, statistics take at least 2")
    network = open_extractor(extractor)
    network.features([])  # weights that do not fit are no fault of the images
    total = _Accumulator(network.dimension, keep=features)
    sources = reference.images()
    check = None
    if feature_settings().precision != "float32":
        check = _check_precision(extractor, sources, images, accept=accept_precision)

    def load(i: int) -> NDArray[np.uint8]:
        image = sources[i]
        return image if isinstance(image, np.ndarray) else image.pixels()

    try:
        for _, (rows,) in stream_features([network], len(sources), load):
            total.add(rows)
    except InputError as error:
        raise InputError(f"{images}: {error}") from error
    found, kept = total.result()
    described = describe_images(images, reference.image_set)
    statistics = make_statistics(
        images,
        found.mean,
        found.covariance,
        n=found.n,
        extractor=network.signature,
        decoder=STORED_AS_PIXELS if reference.image_set is None else reference.image_set.decoder,
        image_set=described.sha256,
        source=reference.identity,
        made_by=f"evalsuite {release()}",
        features=kept,
    )
    return StatisticsOfImages(images=described, statistics=statistics, precision=check)


def _check_precision(
    extractor: str, sources: Sequence[NDArray[np.uint8] | ImageSource], images: str, *, accept: bool
) -> PrecisionCheck | None:
    """Measure what the precision does before it is used; see ``evalsuite.scoring.precision_gate``."""
    check = measure_between_halves(extractor, sources)
    if check is None and not accept:
        raise ThresholdError(
            f"{images}: has too few images to measure what the precision does; compute in float32, or say "
            "--accept-precision"
        )
    if check is not None and not accept:
        require_small(check)
    return check


class _Accumulator:
    """Moments of features that come in parts, in the blocks in which `moments` adds them."""

    def __init__(self, dimension: int, *, keep: str | None) -> None:
        self._total: Moments | None = None
        self._waiting = np.empty((0, dimension), dtype=np.float32)
        self._keep = keep
        self._kept: list[NDArray[np.floating]] = []

    def add(self, features: NDArray[np.float32]) -> None:
        if self._keep is not None:
            if self._keep == "float16" and np.abs(features).max(initial=0.0) > _LARGEST_FLOAT16:
                raise InputError("features are too large for float16; keep them in float32")
            self._kept.append(features.astype(self._keep))
        self._waiting = np.concatenate([self._waiting, features])
        while len(self._waiting) >= BLOCK:
            self._merge(self._waiting[:BLOCK])
            self._waiting = self._waiting[BLOCK:]

    def result(self) -> tuple[Moments, NDArray[np.floating] | None]:
        if len(self._waiting):
            self._merge(self._waiting)
        assert self._total is not None
        return self._total, np.concatenate(self._kept) if self._kept else None

    def _merge(self, block: NDArray[np.float32]) -> None:
        try:
            part = moments(block)
        except ValueError as error:
            raise InputError(str(error)) from error
        self._total = part if self._total is None else self._total.merged(part)
