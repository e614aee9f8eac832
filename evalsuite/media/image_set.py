"""A user's set of images: those that can be scored, and what was left out for which reason."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.errors import InputError
from evalsuite.media.decode import RefusedImageError
from evalsuite.media.listing import list_images

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalsuite.types import ImageSource

__all__ = ["ImageSet", "read_image_set"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSet:
    """Images that can be scored.

    Parameters
    ----------
    path : Path
        Absolute.
    images : sequence of ImageSource
        In natural order of their names.
    names : sequence of str
        As long: path within the folder or archive, or number of the row.
    shapes : mapping of (height, width, channels) to int
        Images of each shape.
    excluded : mapping of str to str
        Name to reason of each image that cannot be scored.
    n_other : int
        Files that are no images by their names.
    sha256 : str
        Of the images' pixels as a set: whatever they are called, in whatever order, and however they are stored.
    """

    path: Path
    images: Sequence[ImageSource]
    names: Sequence[str]
    shapes: Mapping[tuple[int, int, int], int]
    excluded: Mapping[str, str]
    n_other: int
    sha256: str

    def __len__(self) -> int:
        return len(self.images)

    @property
    def reasons(self) -> dict[str, int]:
        """Images excluded for each reason, the most frequent first."""
        return dict(sorted(Counter(self.excluded.values()).items(), key=lambda item: (-item[1], item[0])))


def read_image_set(path: str | Path) -> ImageSet:
    """Read a folder, tar or npz of images, and decode each once to find out whether it can be scored.

    Parameters
    ----------
    path : str or Path
        See `evalsuite.media.listing.list_images`.

    Returns
    -------
    ImageSet
        At least one image. Pixels are not kept.

    Raises
    ------
    InputError
        If it cannot be read, there is no image in it, or none that can be scored; the reasons are counted.
    """
    listing = list_images(path)
    images: list[ImageSource] = []
    names: list[str] = []
    shapes: Counter[tuple[int, int, int]] = Counter()
    excluded: dict[str, str] = {}
    digests: list[bytes] = []
    for entry in listing.entries:
        try:
            image, pixels = entry.load()
        except RefusedImageError as error:
            excluded[entry.name] = error.reason
            continue
        height, width, channels = pixels.shape
        images.append(image)
        names.append(entry.name)
        shapes[height, width, channels] += 1
        digests.append(hashlib.sha256(f"{pixels.shape}".encode() + pixels.tobytes()).digest())
    found = ImageSet(
        path=listing.path,
        images=images,
        names=names,
        shapes=shapes,
        excluded=excluded,
        n_other=listing.n_other,
        sha256=hashlib.sha256(b"".join(sorted(digests))).hexdigest(),
    )
    if not images:
        listed = "; ".join(f"{count} x {reason}" for reason, count in found.reasons.items())
        raise InputError(f"{path}: none of its {len(excluded)} images can be scored: {listed}")
    return found
