"""Many images go through an extractor in parts that memory holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.extractors import opening
from evalsuite.extractors.opening import compute_features, read_in_parts
from tests.media.images import noise
from tests.reference.extractors import PatchMeans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


@pytest.mark.parametrize(
    ("most_images", "most_bytes", "sizes"),
    [(1000, 1 << 28, [7]), (3, 1 << 28, [3, 3, 1]), (1000, 2 * 784, [2, 2, 2, 1]), (1000, 1, [1] * 7)],
)
def test_parts_are_bounded_in_images_and_bytes(
    most_images: int, most_bytes: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_MOST_IMAGES", most_images)
    monkeypatch.setattr(opening, "_MOST_BYTES", most_bytes)
    read = 0

    def images() -> Iterator[NDArray[np.uint8]]:
        nonlocal read
        for seed in range(7):
            read += 1
            yield noise(seed)

    found: list[NDArray[np.uint8]] = []
    lengths = []
    for part in read_in_parts(images()):
        found += part
        lengths.append(len(part))
        assert read == len(found)  # no further image is read before these are done with
    assert lengths == sizes
    assert [image.tobytes() for image in found] == [noise(seed).tobytes() for seed in range(7)]

    many = [noise(seed) for seed in range(7)]
    np.testing.assert_array_equal(compute_features(PatchMeans(), many), PatchMeans().features(many))
