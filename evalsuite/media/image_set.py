"""A user's set of images: those that can be scored, what was done to them, and what was left out for which reason."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalsuite.errors import InputError
from evalsuite.media.conversion import CONVERSION_RULE
from evalsuite.media.enlarged import is_enlarged
from evalsuite.media.facts import STORED_AS_PIXELS, pixel_digest
from evalsuite.media.listing import list_images
from evalsuite.media.refused import RefusedImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from evalsuite.media.facts import Decoded, ImageFacts
    from evalsuite.types import ImageSource

__all__ = ["ImageSet", "SetBuilder", "most_frequent", "read_image_set"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSet:
    """Images that can be scored.

    Parameters
    ----------
    path : Path
        Absolute; of images in memory, what they are called.
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
    facts : mapping of ImageFacts to int
        Images of each kind, by how they were stored and what was done to them.
    digests : sequence of bytes
        SHA-256 of each image's shape and pixels, in the order of `images`.
    n_enlarged : int
        Images that consist of equal blocks of pixels.
    """

    path: Path
    images: Sequence[ImageSource]
    names: Sequence[str]
    shapes: Mapping[tuple[int, int, int], int]
    excluded: Mapping[str, str]
    n_other: int
    sha256: str
    facts: Mapping[ImageFacts, int] = field(default_factory=dict)
    digests: Sequence[bytes] = ()
    n_enlarged: int = 0

    def __len__(self) -> int:
        return len(self.images)

    @property
    def reasons(self) -> dict[str, int]:
        """Images excluded for each reason, the most frequent first."""
        return most_frequent(Counter(self.excluded.values()))

    @property
    def conversions(self) -> dict[str, int]:
        """Images to which each conversion was applied, the most frequent first; an image may count for several."""
        return most_frequent(self.count(lambda facts: facts.conversions))

    @property
    def decoder(self) -> str:
        """What made pixels of the images: each decoder with its version, and the version of the rule of conversion."""
        names = list(most_frequent(self.count(lambda facts: (facts.decoder,)))) or [STORED_AS_PIXELS]
        if names == [STORED_AS_PIXELS] and not self.conversions:
            return STORED_AS_PIXELS
        return f"{', '.join(names)}; conversion rule {CONVERSION_RULE}"

    def count(self, keys: Callable[[ImageFacts], Iterable[str]]) -> Counter[str]:
        """Count images by what `keys` says of how they were stored."""
        found: Counter[str] = Counter()
        for facts, n in self.facts.items():
            for key in keys(facts):
                found[key] += n
        return found


class SetBuilder:
    """Collects the images of a set one after the other, without their pixels."""

    def __init__(self) -> None:
        self.images: list[ImageSource] = []
        self.excluded: dict[str, str] = {}
        self._names: list[str] = []
        self._shapes: Counter[tuple[int, int, int]] = Counter()
        self._facts: Counter[ImageFacts] = Counter()
        self._digests: list[bytes] = []
        self._n_enlarged = 0

    def add(self, name: str, image: ImageSource, decoded: Decoded) -> None:
        """Add an image that can be scored."""
        pixels = decoded.pixels
        height, width, channels = pixels.shape
        self.images.append(image)
        self._names.append(name)
        self._shapes[height, width, channels] += 1
        self._facts[decoded.facts] += 1
        self._digests.append(decoded.digest or pixel_digest(pixels))
        self._n_enlarged += is_enlarged(pixels)

    def finish(self, path: Path, n_other: int, *, shown: str) -> ImageSet:
        """Return the set; InputError if it is empty, with `shown` as its name and the reasons counted."""
        found = ImageSet(
            path=path,
            images=self.images,
            names=self._names,
            shapes=self._shapes,
            excluded=self.excluded,
            n_other=n_other,
            sha256=hashlib.sha256(b"".join(sorted(self._digests))).hexdigest(),
            facts=self._facts,
            digests=self._digests,
            n_enlarged=self._n_enlarged,
        )
        if not self.images:
            listed = "; ".join(f"{count} x {reason}" for reason, count in found.reasons.items())
            raise InputError(f"{shown}: none of its {len(self.excluded)} images can be scored: {listed}")
        return found


def read_image_set(path: str | Path, *, progress: Callable[[int, int], None] | None = None) -> ImageSet:
    """Read the images at a path, and decode each once to find out whether it can be scored.

    Parameters
    ----------
    path : str or Path
        See `evalsuite.media.listing.list_images`.
    progress : callable, optional
        Told how many images are done and wanted.

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
    builder = SetBuilder()
    for done, entry in enumerate(listing.entries, start=1):
        try:
            image, decoded = entry.read()
        except RefusedImageError as error:
            builder.excluded[entry.name] = error.reason
        else:
            builder.add(entry.name, image, decoded)
        if progress is not None:
            progress(done, len(listing.entries))
    return builder.finish(listing.path, listing.n_other, shown=str(path))


def most_frequent(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts, the largest first."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
