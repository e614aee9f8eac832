"""What metrics share that compare each image with one of its own: where that is, and the two in one form."""

from __future__ import annotations

import base64
import binascii
import re
from abc import abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite.datasets import DATASETS
from evalsuite.errors import InputError
from evalsuite.media import decode_image
from evalsuite.media.decode import SUFFIXES
from evalsuite.metrics._image_scores import ImageScoreMetric
from evalsuite.metrics.references import ReferenceSet, check_image_set, find_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from dataclasses import Field

    from numpy.typing import NDArray

    from evalsuite.types import Sample

__all__ = ["ReferenceImageMetric", "data_uri"]

_URI = re.compile(r"data:image/[a-z]+;base64,", re.ASCII)
_SHOWN = 3


@dataclass(frozen=True)
class ReferenceImageMetric(ImageScoreMetric):
    """A metric of images beside a reference image each.

    Parameters
    ----------
    reference_set : str, optional
        A data set that comes with the package, or the path of a folder, tar or npz of images. An image's own one there
        has the name that the sample's metadata give as ``reference_image``, or else the sample's id; suffixes such as
        ``.png`` aside. Where None, a sample's references are images as data URIs.
    """

    reference_set: str | None = None

    def __post_init__(self) -> None:
        if self.reference_set is not None:
            check_image_set(self.name, "reference_set", self.reference_set, list(DATASETS))

    def signature(self) -> str:
        """Return name, reference set with its hash and size, options, version."""
        reference = ["reference:samples"]
        if self.reference_set is not None:
            found = find_reference(self.reference_set)
            reference = [f"reference:{found.identity}", f"m:{found.n}"]
        return "|".join([self.name, *reference, *self._option_parts(), f"version:{self.version}"])

    def _option_parts(self) -> list[str]:
        options: Mapping[str, Field[Any]] = type(self).__dataclass_fields__
        return [f"{name}:{getattr(self, name)}" for name in options if name != "reference_set"]

    @property
    def reads_files(self) -> bool:
        """Whether the reference set is files of the user's."""
        return self.reference_set is not None and self.reference_set not in DATASETS

    def check(self) -> None:
        """Find out whether there are reference images, and not statistics alone."""
        if self.reference_set is not None:
            find_reference(self.reference_set).images()

    def unused_references(self, names: Sequence[str]) -> int:
        """Return how many images of the reference set have none of these images beside them.

        Raises
        ------
        InputError
            If two of the names have one image of the reference set.
        """
        reference = find_reference(self.reference_set or "")
        unused = set(_index(reference.name, reference.state))
        of_stem: dict[str, str] = {}
        for name in names:
            stem = _stem(name)
            if stem in of_stem:
                raise InputError(
                    f"{self.name}: {of_stem[stem]} and {name} have one reference image, {stem} of {reference.name}, "
                    "and would count twice: leave one of them out"
                )
            of_stem[stem] = name
            unused.discard(stem)
        return len(unused)

    def _beside(self) -> Callable[[Sample], Sequence[Callable[[], NDArray[np.uint8]]]]:
        """Return a function of a sample to functions that read its reference images."""
        if self.reference_set is None:
            return lambda sample: (
                [self._inline(sample, i) for i in range(len(sample.references))] or self._lacking(sample)
            )
        reference = find_reference(self.reference_set)
        index = _index(reference.name, reference.state)
        unreadable = frozenset(map(_stem, reference.image_set.excluded if reference.image_set is not None else ()))
        return lambda sample: self._named(sample, reference, index, unreadable)

    def _named(
        self, sample: Sample, reference: ReferenceSet, index: Mapping[str, int], unreadable: frozenset[str]
    ) -> Sequence[Callable[[], NDArray[np.uint8]]]:
        wanted = _stem(str(sample.metadata.get("reference_image", sample.id)))
        if wanted in index:
            place = index[wanted]
            return [lambda: reference.pixels(place)]
        if wanted in unreadable:
            return []  # there, but no image that can be scored: counted where the set is described
        some = ", ".join(list(index)[:_SHOWN])
        raise ValueError(
            f'{self.name}: sample "{sample.id}" has no reference image: "{reference.name}" has none called "{wanted}"; '
            f"it has {some}{' and others' if len(index) > _SHOWN else ''}"
        )

    def _inline(self, sample: Sample, i: int) -> Callable[[], NDArray[np.uint8]]:
        text = sample.references[i]
        where = f'{self.name}: sample "{sample.id}": references[{i}]'
        if _URI.match(text[:64]) is None:
            raise ValueError(
                f'{where} must be an image as a data URI, "data:image/png;base64,...", or `reference_set` be given; '
                f"found {text[:40]!r}"
            )
        return lambda: _decode(text, where)

    def _lacking(self, sample: Sample) -> Sequence[Callable[[], NDArray[np.uint8]]]:
        raise ValueError(
            f'{self.name}: sample "{sample.id}" has no references: give it images as data URIs, or the metric a '
            "`reference_set`"
        )

    def _columns(self, pixels: NDArray[np.uint8], beside: object) -> tuple[float, float]:
        assert isinstance(beside, list)
        if not beside:
            raise InputError("its reference image cannot be read")
        return self._best([self._pair_columns(*alike(pixels, read())) for read in beside])

    @abstractmethod
    def _pair_columns(self, pixels: NDArray[np.uint8], reference: NDArray[np.uint8]) -> tuple[float, float]:
        """Return the two numbers of an image beside one reference."""

    def _best(self, found: list[tuple[float, float]]) -> tuple[float, float]:
        """Return the numbers beside the best of several references."""
        return (max if self.higher_is_better else min)(found)


def alike(image: NDArray[np.uint8], reference: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return two images with as many channels: grey beside colours is grey in all three."""
    channels = max(image.shape[2], reference.shape[2])
    if image.shape[2] == reference.shape[2]:
        return image, reference
    return np.repeat(image, channels // image.shape[2], axis=2), np.repeat(
        reference, channels // reference.shape[2], axis=2
    )


def data_uri(pixels: NDArray[np.uint8]) -> str:
    """Return an image, uint8 of shape (height, width, 1 or 3), as the data URI of a PNG."""
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).save(file, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


@lru_cache(maxsize=4)
def _index(name: str, state: str) -> dict[str, int]:
    """Return the place of each image of a reference set by its name without a suffix."""
    del state
    reference: ReferenceSet = find_reference(name)
    image_set = reference.image_set
    if image_set is None:
        return {str(i): i for i in range(len(reference.images()))}
    found: dict[str, int] = {}
    for i, each in enumerate(image_set.names):
        stem = _stem(each)
        if stem in found:
            raise InputError(
                f"{name}: {image_set.names[found[stem]]} and {each} have one name but for the suffix; which of them is "
                "the reference?"
            )
        found[stem] = i
    return found


def _stem(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    return name.removesuffix(suffix) if suffix.lower() in SUFFIXES else name


def _decode(uri: str, where: str) -> NDArray[np.uint8]:
    try:
        data = base64.b64decode(uri.partition(",")[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"{where}: not base64: {error}") from error
    return decode_image(data, where)
