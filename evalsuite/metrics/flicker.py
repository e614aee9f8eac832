"""Flicker: how much a video changes from each frame to the next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.metrics._video_scores import VideoScoreMetric, example_videos

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.metrics.base import Example

__all__ = ["Flicker"]

_WHITE = 255


@dataclass(frozen=True)
class Flicker(VideoScoreMetric):
    """Flicker: mean absolute difference of neighbouring frames, mean over videos, 0-1; lower is steadier.

    Notes
    -----
    ``mean over t of mean |frame[t + 1] - frame[t]| / 255``, over all pixels and channels, exact in whole numbers but
    for the last division. VBench's temporal flickering [1]_ is 1 less this, as a share; it takes it of videos alone
    that are asked to stand still, since what moves changes as well. Range 0 to 1; lower is better.

    It sees neither what is shown nor whether it moves as it should: frames that stand still have none, noise has 1/3.
    Beside a score of content, and of prompts alike, it tells unrest from rest. A video of one frame has no value,
    its outcome is ``error``. A row is [flicker, 1], averaged over the repeats of a sample.

    References
    ----------
    .. [1] Huang et al., "VBench: Comprehensive benchmark suite for video generative models", CVPR 2024.

    Examples
    --------
    >>> import numpy as np
    >>> from evalsuite.types import Output, Sample
    >>> frames = np.array([0, 51, 0], dtype=np.uint8).reshape(3, 1, 1, 1)
    >>> Flicker().rows([Sample(id="a", input={})], [[Output(video=frames)]]).values.tolist()
    [[0.2, 1.0]]
    """

    name = "flicker"
    higher_is_better = False
    value_range = (0.0, 1.0)

    def _least(self) -> str:
        return "two frames or more"

    def _score(self, frames: NDArray[np.uint8]) -> float:
        if len(frames) < 2:
            raise ValueError("it has one frame, and so no neighbouring ones")
        total = sum(
            int(np.maximum(a, b).sum(dtype=np.int64) - np.minimum(a, b).sum(dtype=np.int64))
            for a, b in pairwise(frames)
        )
        return total / (_WHITE * (frames.size - frames.size // len(frames)))

    def example(self) -> Example:
        """Return a still video, one with noise from frame to frame, and black and white in turn."""
        rng = np.random.default_rng(0)
        still = [np.repeat(rng.integers(0, 200, (1, 12, 12, 3), dtype=np.uint8), 4, axis=0) for _ in range(4)]
        noisy = [frames + rng.integers(0, 40, frames.shape, dtype=np.uint8) for frames in still]
        blinking = np.zeros((4, 12, 12, 3), dtype=np.uint8)
        blinking[1::2] = _WHITE
        return example_videos(still, noisy, [blinking] * 4)
