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
    from collections.abc import Callable, Sequence

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
    def _beside(self) -> Callable[[Sample], object]:
        """Return a function of a sample to what its images are compared with.

        It raises ValueError, with the sample's id, where that is missing. Files are looked for here, once for all.
        """

    @abstractmethod
    def _columns(self, pixels: NDArray[np.uint8], beside: object) -> tuple[float, float]:
        """Return the two numbers of an image; InputError or ValueError if it cannot be scored."""

    def first_failure(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> str | None:
        """Return which image cannot be scored, the first of them, and why; None where all can."""
        beside = self._beside()
        for sample, sample_outputs in zip(samples, outputs, strict=True):
            for output in final_images(sample_outputs)[0]:
                try:
                    self._columns(pixels_of(output), beside(sample))
                except (InputError, ValueError) as error:
                    return f'image of sample "{sample.id}": {error}'
        return None

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = []
        first: tuple[str, Exception] | None = None
        of_sample = self._beside()
        for i, (sample, sample_outputs) in enumerate(zip(samples, outputs, strict=True)):
            beside = of_sample(sample)
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
