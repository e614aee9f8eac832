"""What metrics of a set of images beside a reference set share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.datasets import DATASETS
from evalsuite.figures import Figure, FigureInput, feature_grids
from evalsuite.media import described_conversions
from evalsuite.metrics.image_features import ImageFeatureMetric, example_images
from evalsuite.metrics.references import check_image_set, find_reference, reference_features

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.media import ImageSet
    from evalsuite.metrics.base import FloatArray
    from evalsuite.types import Sample

__all__ = ["ImageSetMetric", "example_images", "notes_of_images"]


@dataclass(frozen=True)
class ImageSetMetric(ImageFeatureMetric):
    """A metric of the features of a set of images, beside those of a reference set.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features; see ``evalsuite.extractors``.
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images.
    """

    reference_set: str = "fashion_mnist/test"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_image_set(self.name, "reference_set", self.reference_set, list(DATASETS))

    def _signature_parts(self) -> list[str]:
        """Return extractor with its weights' hash, and reference set with its hash and size."""
        reference = find_reference(self.reference_set)
        return [*super()._signature_parts(), f"reference:{reference.identity}", f"m:{reference.n}"]

    @property
    def reads_files(self) -> bool:
        """Whether reference set or weights are files of the user's."""
        return self.reference_set not in DATASETS or super().reads_files

    def reference(self, samples: Sequence[Sample]) -> FloatArray | None:
        """Return the features of the reference set, float32 of shape (m, d)."""
        del samples
        return reference_features(self.extractor, self.reference_set)

    def notes(self, features: FloatArray, reference: FloatArray | None = None) -> tuple[str, ...]:
        """Say why there is no value, and what of the reference set could not be read."""
        if reference is None:
            return ()
        return (
            *super().notes(features, reference),
            *(_notes_of_equal(*self._pair(features, reference)) if len(features) else ()),
            *notes_of_images("reference set", self._image_set()),
        )

    def figures(self, data: FigureInput) -> Sequence[Figure]:
        """Return, where a task ranks by this metric, the images nearest to and farthest from those of the reference."""
        found = list(super().figures(data))
        if data.score.primary and find_reference(self.reference_set).has_images:
            features = reference_features(self.extractor, self.reference_set)
            found += feature_grids(data, features, find_reference(self.reference_set).pixels)
        return found

    def check(self) -> None:
        """Find out, besides, whether statistics in the place of reference images are by this extractor."""
        super().check()
        if not find_reference(self.reference_set).has_images:
            self.reference(())

    def _image_set(self) -> ImageSet | None:
        """Return the reference images that were found at a path."""
        return find_reference(self.reference_set).image_set

    def _given(self, reference: FloatArray | None) -> FloatArray:
        if reference is None:
            raise ValueError("the features of the reference set are missing")
        return reference


def _notes_of_equal(vectors: FloatArray, reference: FloatArray) -> list[str]:
    """Say where a side is one image over and over, of which an interval says nothing."""
    sides = (("generated", vectors), ("reference", reference))
    return [
        f"all {len(side)} {whose} images have the same features: an interval then says nothing of how sure the score is"
        for whose, side in sides
        if len(side) > 1 and (side == side[0]).all()
    ]


def notes_of_images(what: str, images: ImageSet | None) -> list[str]:
    """Say what of a set of images was left out, and what was converted."""
    found: list[str] = []
    if images is not None and images.excluded:
        reasons = ", ".join(f"{count} x {reason}" for reason, count in images.reasons.items())
        found.append(f"{what}: {len(images.excluded)} images left out ({reasons})")
    if images is not None and images.conversions:
        found.append(f"{what}: {described_conversions(images.conversions)}")
    return found
