"""Arrays, tensors, Pillow images, data loaders: the same images as in files, or a message that names the argument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from PIL import Image

from evalsuite.errors import InputError
from evalsuite.media import kept_images, named_images, read_image_set, read_images
from tests.media.images import encode, noise, raw_png

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

N = 10
ARRAY = np.stack([noise(i, 6, 9, 3) for i in range(N)])
GREY = np.stack([noise(i, 6, 9) for i in range(N)])
TENSOR = torch.from_numpy(ARRAY).permute(0, 3, 1, 2)


class Labelled(torch.utils.data.Dataset):  # type: ignore[type-arg]
    def __len__(self) -> int:
        return N

    def __getitem__(self, index: int) -> Any:
        return TENSOR[index].float() / 255, index


def loader(**settings: Any) -> Any:
    return torch.utils.data.DataLoader(Labelled(), batch_size=4, **settings)


def generator() -> Iterator[Any]:
    yield TENSOR[:3]
    yield ARRAY[3:4]
    yield from TENSOR[4:6]
    yield [Image.fromarray(image) for image in ARRAY[6:]]


GIVEN: dict[str, Callable[[], Any]] = {
    "array": lambda: ARRAY,
    "array by columns": lambda: np.asfortranarray(ARRAY),
    "tensor": lambda: TENSOR,
    "channels last": lambda: TENSOR.contiguous(memory_format=torch.channels_last),
    "float32 tensor": lambda: TENSOR.float() / 255,
    "float64 array": lambda: ARRAY / 255,
    "half precision": lambda: TENSOR.half() / 255,
    "list of arrays": lambda: list(ARRAY),
    "list of batches": lambda: [TENSOR[:7], TENSOR[7:]],
    "Pillow images": lambda: [Image.fromarray(image) for image in ARRAY],
    "data set": lambda: [(TENSOR[i], i) for i in range(N)],
    "data loader": loader,
    "data loader of mappings": lambda: [{"image": images, "label": 1} for images, _ in loader()],
    "generator": generator,
}


@pytest.mark.parametrize("given", GIVEN)
def test_they_are_the_images_of_files(tmp_path: Path, given: str) -> None:
    np.save(tmp_path / "x.npy", ARRAY)
    expected = read_image_set(tmp_path / "x.npy")
    found = read_images(GIVEN[given]())
    assert found.sha256 == expected.sha256
    np.testing.assert_array_equal(np.stack([image.pixels() for image in found.images]), ARRAY)
    is_float = any(word in given for word in ("float", "half", "loader"))
    assert found.conversions == ({"float in [0, 1] to 8-bit": N} if is_float else {})
    assert list(found.names) == [str(i) for i in range(N)]


def test_grey_images() -> None:
    for given in (GREY, GREY[..., None], torch.from_numpy(GREY)[:, None], list(GREY), list(GREY[:, None])):
        found = read_images(given)
        np.testing.assert_array_equal(np.stack([image.pixels() for image in found.images])[..., 0], GREY)


def test_floats_are_rounded_half_up_and_every_grey_level_returns() -> None:
    levels = np.arange(256, dtype=np.uint8)
    for kind in (np.float16, np.float32, np.float64):
        floats = (levels / 255).astype(kind).reshape(1, 16, 16)
        assert read_images(floats).images[0].pixels().ravel().tolist() == levels.tolist()
    # 127.5 is 128, which torchmetrics' (x * 255).byte() takes for 127.
    assert read_images(np.full((1, 2, 2), 0.5)).images[0].pixels().ravel().tolist() == [128] * 4


def test_pillow_images_are_converted_as_files_are_and_counted() -> None:
    alpha = Image.fromarray(np.dstack([ARRAY[0], np.zeros((6, 9), np.uint8)]))
    sixteen = Image.fromarray(np.full((6, 9), 257 * 3, np.uint16))
    found = read_images([alpha, sixteen, Image.new("F", (3, 3)), Image.new("LAB", (3, 3))], "x")
    assert (found.images[0].pixels() == 255).all()
    assert (found.images[1].pixels() == 3).all()
    assert found.conversions == {"16-bit to 8-bit": 1, "alpha over white": 1}
    assert found.excluded == {"2": "floating-point pixels", "3": "LAB colours"}


def test_a_lazy_pillow_image_of_16_bits_in_colour_is_not_halved(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(raw_png(np.zeros((4, 4, 3), np.uint16)))
    with Image.open(path) as lazy:
        found = read_images([lazy, Image.fromarray(ARRAY[0])])
    assert found.excluded == {"0": "16-bit pixels that Pillow reads as 8"}


def test_a_lazy_pillow_image_that_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(encode(Image.fromarray(ARRAY[0]))[:90])
    with Image.open(path) as lazy:
        assert read_images([lazy, Image.fromarray(ARRAY[0])]).excluded == {"0": "damaged or cut off"}


FLOATS = (ARRAY / 255).astype(np.float32)


def spoilt(value: float) -> Any:
    found = FLOATS.copy()
    found[3, 2, 1, 0] = value
    return found


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        (spoilt(np.nan), ValueError, r"^`real\[3\]` holds NaN; expected uint8, or floats from 0 to 1"),
        (spoilt(np.inf), ValueError, r"^`real\[3\]` holds infinity"),
        ([FLOATS[:2], spoilt(1.5)[2:]], ValueError, r"^`real\[1\]\[1\]` has values from .* to 1\.5; expected"),
        (FLOATS * 2 - 1, ValueError, r"^`real\[0\]` .*; from -1 to 1, give \(images \+ 1\) / 2"),
        (FLOATS * 255, ValueError, r"^`real\[0\]` .*; from 0 to 255, give images\.round\(\) as uint8"),
        (spoilt(-1e-6), ValueError, r"^`real\[3\]` has values from -1e-06"),
        (torch.full((2, 3, 4, 4), float("nan"), dtype=torch.bfloat16), ValueError, r"^`real\[0\]` holds NaN"),
        (ARRAY.astype(np.int64), TypeError, r"^`real` is of int64; .* convert them to uint8"),
        (ARRAY.astype(np.uint16), TypeError, r"^`real` is of uint16; .* images / 65535"),
        (ARRAY > 9, TypeError, r"^`real` is of bool; .*astype\('uint8'\) \* 255"),
        (ARRAY.astype(object), TypeError, r"^`real` is of object"),
        (np.zeros((2, 4, 4, 4), np.uint8), ValueError, r"^`real` has shape \(2, 4, 4, 4\); expected"),
        (np.zeros((2, 3, 9, 3), np.uint8), ValueError, r"^`real` has shape .* either the first or the last axis"),
        (np.zeros((2, 0, 9, 3), np.uint8), ValueError, r"^`real` has shape .* images of 1 to"),
        (np.zeros(9, np.uint8), ValueError, r"^`real` has shape \(9,\)"),
        ([GREY], ValueError, r"^`real\[0\]` has shape .*; a batch in grey within an iterable needs shape \(n, h"),
        ([np.zeros((2, 9, 9, 9, 3), np.uint8)], ValueError, r"^`real\[0\]` has shape"),
        ("folder", TypeError, "^`real` is a str; expected"),
        (7, TypeError, "^`real` is a int; expected"),
        ({"image": ARRAY}, TypeError, "^`real` is a dict"),
        ([{"picture": ARRAY}], TypeError, r"^`real\[0\]` is a mapping; expected one of the keys .* found picture"),
        (["a.png"], TypeError, r"^`real\[0\]` is a str; expected an image or a batch"),
        (Image.new("L", (4, 4)), TypeError, "^`real` is one Pillow image; expected several"),
        ([], InputError, "^real: there is no image in it"),
        (np.zeros((0, 4, 4), np.uint8), InputError, "^real: there is no image in it"),
        ([Image.new("F", (4, 4))], InputError, "^real: none of its 1 images can be scored: 1 x floating-point"),
    ],
)  # fmt: skip
def test_what_is_refused(given: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        read_images(given, "real")


def test_a_set_has_a_name_for_a_while() -> None:
    found = read_images(ARRAY, "real")
    with named_images(found) as name, named_images(found) as other:
        assert name != other
        assert kept_images(name) is kept_images(other) is found
    assert kept_images(name) is None


def test_no_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    found = read_images(ARRAY)
    assert list(tmp_path.iterdir()) == []
    np.testing.assert_array_equal(found.images[-1].pixels(), ARRAY[-1])
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with pytest.raises(InputError, match=r"images: cannot be kept in a temporary file in .* set TMPDIR"):
        read_images(ARRAY)


def test_an_iterables_images_are_not_held_in_memory() -> None:
    import tracemalloc

    def many() -> Iterator[Any]:
        for i in range(200):
            yield np.full((256, 256, 3), i, np.uint8)

    tracemalloc.start()
    try:
        found = read_images(many())
        assert tracemalloc.get_traced_memory()[1] < 8 << 20  # of 39 MB
    finally:
        tracemalloc.stop()
    assert (found.images[123].pixels() == 123).all()
