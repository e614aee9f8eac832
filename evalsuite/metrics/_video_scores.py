"""What metrics share that score each video by itself: sums of two columns over videos that can be scored."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import InputError
from evalsuite.media import frames_of
from evalsuite.metrics._final_images import final_videos
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import Example, FloatArray, Rows, SampleOutputs
from evalsuite.types import Output, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.types import Outcome

__all__ = ["VideoScoreMetric", "example_videos"]


@dataclass(frozen=True)
class VideoScoreMetric(QuotientMetric):
    """A number that each video has by itself; a row is [its mean over a sample's repeats, 1].

    A video that is too short or too small has no value, and so has its sample if none of its repeats has one: what a
    model makes ends no run. A damaged file raises; so does an extractor that takes none of the videos.
    """

    modality = "video"

    @abstractmethod
    def _least(self) -> str:
        """Return what a video must have for a value, as it follows "a video of"."""

    @abstractmethod
    def _score(self, frames: NDArray[np.uint8]) -> float:
        """Return the number of a video.

        ValueError if a video like that has none, InputError if an extractor does not take its frames.
        """

    def notes(self, features: FloatArray, reference: FloatArray | None = None) -> tuple[str, ...]:
        """Say why there is no value, where there is none."""
        del reference
        return () if len(features) else (f"no value: no output is a video of {self._least()}",)

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        refused: tuple[str, InputError] | None = None
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            videos, outcome = final_videos(sample_outputs)
            found = []
            for output in videos:
                frames = self._frames(sample, output)
                try:
                    found.append(self._score(frames))
                except InputError as error:
                    refused = refused or (sample.id, error)
                except ValueError:
                    continue
            if found:
                values[i] = np.mean(found), 1.0
            elif outcome not in ("error", "refused"):
                outcome = "error"
            outcomes.append(outcome)
        if refused is not None and np.isnan(values).all():
            raise InputError(f'{self.name}: video of sample "{refused[0]}": {refused[1]}') from refused[1]
        return Rows(values=values, outcomes=tuple(outcomes))

    def _frames(self, sample: Sample, output: Output) -> NDArray[np.uint8]:
        try:
            return frames_of(output)
        except InputError as error:
            raise InputError(f'{self.name}: video of sample "{sample.id}": {error}') from error


def example_videos(
    best: Sequence[NDArray[np.uint8]], worse: Sequence[NDArray[np.uint8]], worst: Sequence[NDArray[np.uint8]]
) -> Example:
    """Return an example of samples without fields, one output each, with these videos."""
    return Example(
        samples=tuple(Sample(id=str(i), input={}) for i in range(len(best))),
        best=tuple((Output(video=frames),) for frames in best),
        worse=tuple((Output(video=frames),) for frames in worse),
        worst=tuple((Output(video=frames),) for frames in worst),
    )
