"""Temporal consistency: how alike neighbouring frames are."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import UsageError
from evalsuite.extractors import EMBEDDED
from evalsuite.extractors.naming import parse_extractor
from evalsuite.extractors.opening import open_extractor
from evalsuite.images.structural_similarity import ssim
from evalsuite.images.windows import WINDOW
from evalsuite.metrics._video_scores import VideoScoreMetric, example_videos

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.metrics.base import Example

__all__ = ["TemporalConsistency"]


@dataclass(frozen=True)
class TemporalConsistency(VideoScoreMetric):
    """Temporal consistency: likeness of neighbouring frames, mean over videos, -1 to 1.

    Parameters
    ----------
    extractor : str, optional
        A network, see ``evalsuite.extractors``: likeness is the cosine of two frames' features. With ``hf:FOLDER`` of a
        CLIP model it is what papers call frame consistency [1]_. Where None, no weights are needed: likeness is the
        frames' SSIM [2]_, of at least 11 by 11 pixels.

    Notes
    -----
    ``mean over t of likeness(frame[t], frame[t + 1])``, then the mean over a sample's repeats and over samples. Range
    -1 to 1; higher is better. SSIM is of pixels in their places: it falls with flicker and with fast movement alike.
    Features of a network stay alike while the same things are seen, wherever they are.

    A video that stands still is perfect, whatever it shows. So this tells what comes apart from frame to frame, and
    neither whether it moves nor whether it is what was asked for; read it beside a score that does. Values with
    different extractors do not compare. A video of one frame, or one too small for SSIM, has no value, its outcome is
    ``error``. A row is [consistency, 1], averaged over the repeats of a sample.

    References
    ----------
    .. [1] Esser, Chiu, Atighehchian, Granskog and Germanidis, "Structure and content-guided video synthesis with
       diffusion models", ICCV 2023.
    .. [2] Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: From error visibility to structural
       similarity", IEEE Transactions on Image Processing 13, 2004.

    Examples
    --------
    >>> import numpy as np
    >>> from evalsuite.types import Output, Sample
    >>> frames = np.repeat(np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1), 3, axis=0)
    >>> TemporalConsistency().rows([Sample(id="a", input={})], [[Output(video=frames)]]).values.tolist()
    [[1.0, 1.0]]
    """

    name = "temporal_consistency"
    value_range = (-1.0, 1.0)

    extractor: str | None = None

    def __post_init__(self) -> None:
        if self.extractor is None:
            return
        try:
            parse_extractor(self.extractor)
        except UsageError as error:
            raise UsageError(f"{self.name}: `extractor` must be the name of a network, or none: {error}") from error

    def signature(self) -> str:
        """Return name, SSIM or the extractor with its weights' hash, and version."""
        likeness = "ssim" if self.extractor is None else f"extractor:{open_extractor(self.extractor).signature}"
        return f"{self.name}|{likeness}|version:{self.version}"

    @property
    def reads_files(self) -> bool:
        """Whether weights are files of the user's."""
        return self.extractor is not None and self.extractor not in EMBEDDED

    def check(self) -> None:
        """Open the extractor and load its weights; see ``Metric.check``."""
        if self.extractor is not None:
            open_extractor(self.extractor).features([])

    def _least(self) -> str:
        if self.extractor is None:
            return f"two frames or more, of at least {WINDOW} by {WINDOW} pixels"
        return "two frames or more, each with a feature of the extractor above or below 0"

    def _score(self, frames: NDArray[np.uint8]) -> float:
        if len(frames) < 2:
            raise ValueError("it has one frame, and so no neighbouring ones")
        if self.extractor is None:
            return float(np.mean([ssim(a, b) for a, b in pairwise(frames)]))
        features = open_extractor(self.extractor).features(list(frames)).astype(np.float64)
        norms = np.linalg.norm(features, axis=1)
        if not (norms > 0).all():
            raise ValueError("the extractor gives a frame no feature above or below 0, and so no angle")
        cosines = (features[1:] * features[:-1]).sum(axis=1) / (norms[1:] * norms[:-1])
        return float(np.clip(cosines, -1.0, 1.0).mean())

    def example(self) -> Example:
        """Return a still video, one that moves, and one whose frames are negatives of one another in turn."""
        rng = np.random.default_rng(0)
        pictures = [rng.integers(0, 256, (16, 16, 1), dtype=np.uint8) for _ in range(4)]
        still = [np.stack([picture] * 4) for picture in pictures]
        noisy = [np.stack([np.roll(picture, t, axis=0) // 2 + picture // 2 for t in range(4)]) for picture in pictures]
        turning = [np.stack([picture, 255 - picture] * 2) for picture in pictures]
        return example_videos(still, noisy, turning)
