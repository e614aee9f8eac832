"""What a precision below float32 does to a score: measured on the user's own images, and refused where it matters."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.distances import Moments, frechet_distance, leave_out_frechet
from evalsuite.errors import ThresholdError
from evalsuite.extractors.opening import open_extractor
from evalsuite.extractors.pipeline import stream_features
from evalsuite.extractors.settings import feature_settings, use_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.types import ImageSource

__all__ = [
    "LARGEST_SHARE",
    "SUBSET",
    "PrecisionCheck",
    "choose_by_hash",
    "measure_between_halves",
    "measure_precision",
    "require_small",
]

SUBSET = 512
"""Images of each side on which a precision is measured."""

LARGEST_SHARE = 0.1
"""Of the half-width of the score's interval, how much of it a precision may move the distance by."""

_BLOCKS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionCheck:
    """What a precision did to the features of some images, and to their Fréchet distance.

    Parameters
    ----------
    precision : str
    extractor : str
        Signature.
    n_real, n_fake : int
        Images measured; 0 real ones where there are statistics in their place.
    distance : float
        Fréchet distance between these, by features of the precision.
    distance_float32 : float
        By features of float32.
    feature_error : float
        Root of the sum of squares of the features' differences, over that of the features.
    half_width : float, optional
        Of the interval of the score on all images; None where there is none.
    """

    precision: str
    extractor: str
    n_real: int
    n_fake: int
    distance: float
    distance_float32: float
    feature_error: float
    half_width: float | None

    @property
    def difference(self) -> float:
        """By how much the precision moved the distance."""
        return self.distance - self.distance_float32

    @property
    def share(self) -> float | None:
        """How much of the half-width that is; None where there is no interval."""
        if self.half_width is None:
            return None
        return abs(self.difference) / self.half_width if self.half_width else (np.inf if self.difference else 0.0)

    @property
    def is_small(self) -> bool:
        """Whether it is small beside the interval, which must be known."""
        return self.share is not None and self.share <= LARGEST_SHARE


def choose_by_hash(images: Sequence[NDArray[np.uint8] | ImageSource], n: int) -> list[int]:
    """Return the indices of the `n` images with the lowest hashes, or of all, lowest first.

    The same images whatever they are called and in whatever order they are.
    """
    keys = [
        hashlib.sha256(image.tobytes()).hexdigest() if isinstance(image, np.ndarray) else image.sha256
        for image in images
    ]
    return sorted(range(len(images)), key=lambda i: (keys[i], i))[:n]


def measure_precision(
    extractor: str,
    real: Sequence[NDArray[np.uint8] | ImageSource] | Moments,
    fake: Sequence[NDArray[np.uint8] | ImageSource],
    half_width: float | None,
) -> PrecisionCheck:
    """Measure what the precision of the settings in force does to a Fréchet distance.

    Parameters
    ----------
    extractor : str
        Name.
    real : sequence of images, or Moments
        All of them; `SUBSET` are chosen by their hashes. Or moments in their place.
    fake : sequence of images
    half_width : float, optional
        Of the interval of the distance between all images.

    Raises
    ------
    InputError
        If an image cannot be read any more.
    """
    low_fake, fake32 = _both(extractor, fake, SUBSET)
    pairs = [(low_fake, fake32)]
    if not isinstance(real, Moments):
        pairs.append(_both(extractor, real, SUBSET))
    low_real, real32 = (real, real) if isinstance(real, Moments) else pairs[1]
    return PrecisionCheck(
        precision=feature_settings().precision,
        extractor=open_extractor(extractor).signature,
        n_real=0 if isinstance(real32, Moments) else len(real32),
        n_fake=len(fake32),
        distance=frechet_distance(low_fake, low_real),
        distance_float32=frechet_distance(fake32, real32),
        feature_error=_relative_error(pairs),
        half_width=half_width,
    )


def measure_between_halves(extractor: str, images: Sequence[NDArray[np.uint8] | ImageSource]) -> PrecisionCheck | None:
    """Measure the same where there is one set of images only: between two halves of a part of it.

    The interval is then that of their distance, by features of float32. None of fewer than four images.
    """
    low, full = _both(extractor, images, 2 * SUBSET)
    first, second = full[::2], full[1::2]
    if len(second) < 2:
        return None
    distance = frechet_distance(first, second)
    blocks = stats.jackknife_blocks(np.arange(len(first)), _BLOCKS)
    interval = None
    if blocks is not None:
        left_out = leave_out_frechet(first, blocks, second)
        interval = stats.interval_of_left_out(distance, left_out, value_range=(0.0, float("inf")))
    return PrecisionCheck(
        precision=feature_settings().precision,
        extractor=open_extractor(extractor).signature,
        n_real=len(second),
        n_fake=len(first),
        distance=frechet_distance(low[::2], low[1::2]),
        distance_float32=distance,
        feature_error=_relative_error([(low, full)]),
        half_width=None if interval is None else interval.high - distance,  # below, it may end at 0
    )


def require_small(check: PrecisionCheck) -> None:
    """Raise ThresholdError, with the figures and how to go on, unless a precision's effect is small."""
    if check.is_small:
        return
    moved = (
        f"precision {check.precision} moves the Fréchet distance between {check.n_fake} and "
        f"{check.n_real or 'the reference'} of your images by {check.difference:+.3g} (from "
        f"{check.distance_float32:.6g} in float32; features by {check.feature_error:.2g} of their size)"
    )
    beside = (
        "and there is no interval to compare that with"
        if check.share is None
        else f"which is {check.share:.0%} of the half-width {check.half_width:.3g} of the score's interval; "
        f"{LARGEST_SHARE:.0%} is the most that is taken"
    )
    raise ThresholdError(f"{moved}, {beside}. Score by float32, or say --accept-precision")


def _both(
    extractor: str, images: Sequence[NDArray[np.uint8] | ImageSource], n: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return features of chosen images in the precision in force and in float32, but for those without any."""
    chosen = [images[i] for i in choose_by_hash(images, n)]
    settings = replace(feature_settings(), progress=None)
    found = []
    for precision in (settings.precision, "float32"):
        with use_settings(replace(settings, precision=precision)):
            found.append(_features(extractor, chosen))
    kept = ~(np.isnan(found[0]).any(axis=1) | np.isnan(found[1]).any(axis=1))
    return found[0][kept], found[1][kept]


def _features(extractor: str, images: Sequence[NDArray[np.uint8] | ImageSource]) -> NDArray[np.float32]:
    def load(i: int) -> NDArray[np.uint8]:
        image = images[i]
        return image if isinstance(image, np.ndarray) else image.pixels()

    opened = open_extractor(extractor)
    parts = [rows for _, (rows,) in stream_features([opened], len(images), load, tolerant=True)]
    return np.concatenate(parts) if parts else np.empty((0, opened.dimension), dtype=np.float32)


def _relative_error(pairs: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]]) -> float:
    wrong = sum(float(((low.astype(np.float64) - full) ** 2).sum()) for low, full in pairs)
    size = sum(float((full.astype(np.float64) ** 2).sum()) for _, full in pairs)
    return float(np.sqrt(wrong / size)) if size else 0.0
