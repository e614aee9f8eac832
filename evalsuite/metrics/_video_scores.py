"""What metrics share that score each video by itself: sums of two columns over videos that can be scored."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import InputError
from evalsuite.media import frames_of
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import Example, Rows, SampleOutputs, final_outputs
from evalsuite.types import Output, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.types import Outcome

__all__ = ["VideoScoreMetric", "example_videos"]


@dataclass(frozen=True)
class VideoScoreMetric(QuotientMetric):
    """A number that each video has by itself; a row is [its mean over a sample's repeats, 1].

    A video that cannot be scored leaves its sample without a value; where that is so of all videos, the message of the
    first is raised.
    """

    modality = "video"

    @abstractmethod
    def _score(self, frames: NDArray[np.uint8]) -> float:
        """Return the number of a video; InputError or ValueError if it cannot be scored."""

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        first: tuple[str, Exception] | None = None
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            videos, outcome = _final_videos(sample_outputs)
            found = []
            for output in videos:
                try:
                    found.append(self._score(frames_of(output)))
                except (InputError, ValueError) as error:
                    first = first or (sample.id, error)
            if found:
                values[i] = np.mean(found), 1.0
            elif outcome not in ("error", "refused"):
                outcome = "error"
            outcomes.append(outcome)
        if first is not None and np.isnan(values).all():
            raise InputError(f'{self.name}: video of sample "{first[0]}": {first[1]}') from first[1]
        return Rows(values=values, outcomes=tuple(outcomes))


def _final_videos(outputs: SampleOutputs) -> tuple[list[Output], Outcome]:
    """Return the outputs with a video to score, by repeat, and the outcome of the sample."""
    final = [output for output in final_outputs(outputs) if output.finish_reason != "error"]
    videos = [output for output in final if output.video is not None]
    if not videos:
        return [], "refused" if final and all(output.finish_reason == "refused" for output in final) else "error"
    reasons = {output.finish_reason for output in videos}
    if reasons == {"refused"}:
        return videos, "refused"
    return videos, "truncated" if reasons == {"length"} else "scored"


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
