"""What metrics share that score each image by itself: sums of two columns over images that can be scored."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import InputError
from evalsuite.media import pixels_of
from evalsuite.metrics._final_images import final_images
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import Rows, SampleOutputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.types import Outcome, Sample

__all__ = ["ImageScoreMetric"]


@dataclass(frozen=True)
class ImageScoreMetric(QuotientMetric):
    """A quotient of two numbers that each image has, with its sample; rows are means over a sample's repeats.

    An image that cannot be scored leaves its sample without a value; where that is so of all images, the message of the
    first is raised.
    """

    modality = "image"

    @abstractmethod
    def _prepare(self, sample: Sample) -> object:
        """Return what images of a sample are compared with; ValueError, with the sample's id, where it is missing."""

    @abstractmethod
    def _columns(self, pixels: NDArray[np.uint8], beside: object) -> tuple[float, float]:
        """Return the two numbers of an image; InputError or ValueError if it cannot be scored."""

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        first: tuple[str, Exception] | None = None
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            beside = self._prepare(sample)
            images, outcome = final_images(sample_outputs)
            found = []
            for output in images:
                try:
                    found.append(self._columns(pixels_of(output), beside))
                except (InputError, ValueError) as error:
                    first = first or (sample.id, error)
            if found:
                values[i] = np.mean(found, axis=0)
            elif outcome not in ("error", "refused"):
                outcome = "error"
            outcomes.append(outcome)
        if first is not None and np.isnan(values).all():
            raise InputError(f'{self.name}: image of sample "{first[0]}": {first[1]}') from first[1]
        return Rows(values=values, outcomes=tuple(outcomes))
