"""What an audit counts is what was put into the sets, and each warning comes where its cause is, and only there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from evalsuite.media import ImageSet, audit_sets, read_image_set, read_images
from evalsuite.media.enlarged import is_enlarged
from evalsuite.media.jpeg_quality import estimate_quality
from tests.media.images import encode, noise, png, raw_png, write_folder

if TYPE_CHECKING:
    from pathlib import Path

N = 20


def photos(start: int, n: int = N, height: int = 32, width: int = 32, channels: int = 3) -> list[Any]:
    return [noise(start + i, height, width, channels) for i in range(n)]


def stored(
    root: Path, images: list[Any], kind: str = "PNG", more: dict[str, bytes] | None = None, **settings: Any
) -> ImageSet:
    encoded = [encode(Image.fromarray(image.squeeze()), kind, **settings) for image in images]
    files = {f"{i}.{kind.lower()}": data for i, data in enumerate(encoded)}
    return read_image_set(write_folder(root, {**files, **(more or {})}))


def codes(first: ImageSet, second: ImageSet, **more: Any) -> list[str]:
    return [warning.code for warning in audit_sets([("a", first), ("b", second)], **more).warnings]


def test_sets_that_are_alike_have_no_warning(tmp_path: Path) -> None:
    assert codes(stored(tmp_path / "a", photos(0)), stored(tmp_path / "b", photos(100))) == []


def test_what_is_counted(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.fromarray(noise(1, 24, 16, 3))
    found = audit_sets(
        [
            (
                "x",
                stored(
                    tmp_path / "x",
                    photos(0, 5),
                    more={
                        "a.jpg": encode(image, "JPEG", quality=70, exif=exif),
                        "b.jpg": encode(image, "JPEG", quality=90, icc_profile=b"profile"),
                        "c.jpg": encode(image, "JPEG", quality=95),
                        "d.png": png(noise(2, 9, 9, 4)),
                        "e.png": raw_png(noise(3, 9, 9, 1).astype(np.uint16) * 257),
                        "f.png": png(noise(0, 32, 32, 3)),
                        "g.png": b"",
                        "h.png": b"",
                        "i.png": b"text",
                        "j.txt": b"",
                    },
                ),
            )
        ]
    )  # fmt: skip
    (one,) = found.sets
    assert (one.name, one.n) == ("x", 11)
    assert one.formats == {"PNG": 8, "JPEG": 3}
    assert one.modes == {"RGB": 9, "I;16": 1, "RGBA": 1}
    assert one.bits == {"8": 10, "16": 1}
    assert (one.sizes, one.n_sizes) == ({"32 x 32": 6, "9 x 9": 2, "24 x 16": 2, "16 x 24": 1}, 4)
    assert one.jpeg_quality is not None
    assert (one.jpeg_quality.low, one.jpeg_quality.median, one.jpeg_quality.high) == (70, 90, 95)
    assert (one.alpha, one.turned, one.profiles, one.enlarged) == (1, 1, 1, 0)
    assert one.conversions == {"16-bit to 8-bit": 1, "EXIF orientation applied": 1, "alpha over white": 1}
    assert (one.duplicates.n, one.duplicates.examples) == (1, [("f.png", "0.png")])
    assert one.excluded == {"empty file": 2, "not an image that can be read": 1}
    assert one.excluded_examples == {"empty file": ["g.png", "h.png"], "not an image that can be read": ["i.png"]}
    assert one.n_other == 1
    assert found.shared is found.training is found.n_training is None
    assert [warning.code for warning in found.warnings] == ["duplicates"]
    assert found.warnings[0].message == "copies within a set: 1 of x's 11 images"


def test_images_in_both_sets_and_among_the_training_images(tmp_path: Path) -> None:
    first, second = stored(tmp_path / "a", photos(0)), stored(tmp_path / "b", photos(N - 3), "BMP")
    training = read_images(photos(N + 10, 4), "training")
    found = audit_sets([("a", first), ("b", second)], training)
    assert found.shared is not None
    assert found.training is not None
    assert (found.shared.n, found.shared.examples[0]) == (3, ("0.bmp", "17.png"))
    assert (found.training.n, found.n_training, found.training.examples[1]) == (4, 4, ("14.bmp", "1"))
    assert [warning.code for warning in found.warnings] == ["training_images", "shared"]
    assert codes(first, stored(tmp_path / "c", photos(0)[::-1], "BMP")) == ["same_set"]
    alone = audit_sets([("b", second)], training)
    assert [warning.message.split(";")[0] for warning in alone.warnings] == [
        "training images, pixel for pixel: 4 of b's 20 images"
    ]


JPEG = {"kind": "JPEG", "quality": 90}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (JPEG, {}, ["jpeg_on_one_side"]),
        ({}, JPEG, ["jpeg_on_one_side"]),
        (JPEG, {**JPEG, "quality": 94}, []),
        (JPEG, {**JPEG, "quality": 75}, ["jpeg_quality"]),
        ({"icc_profile": b"profile"}, {}, ["profiles_on_one_side"]),
        ({"height": 40, "width": 40}, {}, ["sizes"]),
        ({"height": 40}, {}, ["sizes", "aspect"]),
        ({"height": 300, "width": 300, "n": 3}, {"n": 3}, ["sizes", "upscaled"]),
        ({"channels": 1}, {}, ["grey"]),
        ({"channels": 4}, {}, ["converted_on_one_side"]),
        ({"channels": 4}, {"channels": 4}, []),
    ],
)
def test_each_warning_has_its_cause(
    tmp_path: Path, first: dict[str, Any], second: dict[str, Any], expected: list[str]
) -> None:
    shape = ("n", "height", "width", "channels")
    sets = []
    for i, made in enumerate((first, second)):
        images = photos(100 * i, **{key: value for key, value in made.items() if key in shape})
        settings = {key: value for key, value in made.items() if key not in shape}
        sets.append(stored(tmp_path / f"{i}", images, **settings))
    assert codes(*sets) == expected


def test_a_stray_image_is_no_difference_of_the_sets(tmp_path: Path) -> None:
    extra = {"x.png": png(noise(999, 50, 20, 4)), "y.jpg": encode(Image.fromarray(noise(998, 32, 32, 3)), "JPEG")}
    first = stored(tmp_path / "a", photos(0, 60), more=extra)
    assert codes(first, stored(tmp_path / "b", photos(100, 60))) == []


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_enlarged_by_repeating_pixels(factor: int) -> None:
    small = noise(1, 16, 24, 3)
    large = small.repeat(factor, axis=0).repeat(factor, axis=1)
    assert is_enlarged(large)
    assert not is_enlarged(small)
    changed = large.copy()
    changed[-1, -1] ^= 1
    assert not is_enlarged(changed)
    assert not is_enlarged(
        np.asarray(Image.fromarray(small).resize((24 * factor, 16 * factor), Image.Resampling.BICUBIC))
    )
    assert not is_enlarged(np.full((32, 32, 3), 7, np.uint8))  # of one colour
    assert not is_enlarged(noise(1, 2, 2, 1).repeat(2, axis=0).repeat(2, axis=1))  # tiny
    assert codes(read_images([large] * 1), read_images([noise(2, *large.shape)])) == ["enlarged"]


@pytest.mark.parametrize("quality", [1, 2, 10, 49, 50, 51, 75, 94, 95, 99, 100])
def test_the_quality_of_a_jpeg_is_the_one_it_was_saved_with(quality: int) -> None:
    from evalsuite.media import decode_file

    for kind in ("L", "RGB"):
        image = Image.fromarray(noise(1, 16, 16, 3)).convert(kind)
        assert decode_file(encode(image, "JPEG", quality=quality), "x").facts.quality == quality


def test_tables_of_another_scale_have_the_nearest_quality() -> None:
    with Image.open(
        __import__("io").BytesIO(encode(Image.fromarray(noise(1, 16, 16, 3)), "JPEG", quality=80))
    ) as image:
        table = list(image.quantization[0])
    assert estimate_quality({0: table}) == 80
    assert abs((estimate_quality({0: [entry + 1 for entry in table]}) or 0) - 80) <= 3
    assert estimate_quality({}) is None
    assert estimate_quality({0: [1] * 10}) is None


KEYS = [
    "name", "n", "sha256", "formats", "modes", "bits", "sizes", "n_sizes", "jpeg_quality", "alpha", "turned",
    "profiles", "enlarged", "conversions", "decoder", "duplicates", "excluded", "excluded_examples", "n_other",
]  # fmt: skip


def test_the_record_is_json_with_the_same_keys_always(tmp_path: Path) -> None:
    one = stored(tmp_path / "a", photos(0, 3))
    two = stored(tmp_path / "b", photos(0, 3), "JPEG", more={"x.png": b""})
    audits = (audit_sets([("a", one)]), audit_sets([("a", one), ("b", two)], one))
    records = [json.loads(json.dumps(audit.record())) for audit in audits]
    for record in records:
        assert list(record) == ["schema_version", "sets", "shared", "training", "n_training", "warnings"]
        assert record["schema_version"] == 1
        assert [list(each) for each in record["sets"]] == [KEYS] * len(record["sets"])
        assert all(list(warning) == ["code", "message"] for warning in record["warnings"])
    assert list(records[1]["sets"][1]["jpeg_quality"]) == ["low", "median", "high"]
    assert list(records[1]["shared"]) == ["n", "examples"]


def test_one_or_two_sets(tmp_path: Path) -> None:
    one = stored(tmp_path / "a", photos(0, 3))
    for sets in ([], [("a", one)] * 3):
        with pytest.raises(ValueError, match="`sets` must be one or two"):
            audit_sets(sets)


def test_an_image_is_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from evalsuite.media import folder

    decoded: list[str] = []
    real = folder.decode_file
    monkeypatch.setattr(folder, "decode_file", lambda data, where: decoded.append(where) or real(data, where))
    sets = [("a", stored(tmp_path / "a", photos(0, 7))), ("b", stored(tmp_path / "b", photos(50, 7), "JPEG"))]
    audit_sets(sets, sets[0][1])
    assert len(decoded) == 14


def test_no_pixels_are_kept(tmp_path: Path) -> None:
    import tracemalloc

    small = [noise(i, 16, 16, 3) for i in range(40)]
    folder = write_folder(
        tmp_path,
        {f"{i}.png": png(np.asarray(Image.fromarray(image).resize((512, 512), 2))) for i, image in enumerate(small)},
    )
    read_image_set(folder)
    tracemalloc.start()
    try:
        found = read_image_set(folder)
        audit_sets([("a", found), ("b", found)])
        assert tracemalloc.get_traced_memory()[1] < 8 << 20  # of 31 MB
    finally:
        tracemalloc.stop()
    assert len(found) == 40


def test_threads_decode_the_same_and_leave_warnings_as_they_were(tmp_path: Path) -> None:
    import warnings
    from concurrent.futures import ThreadPoolExecutor

    images = photos(0, 40)
    found = stored(tmp_path / "a", images, "JPEG", quality=90)
    expected = [image.pixels() for image in found.images]
    with ThreadPoolExecutor(4) as pool:
        for again in pool.map(lambda image: image.pixels(), [*found.images] * 5):
            assert any(np.array_equal(again, one) for one in expected)
    with pytest.warns(UserWarning, match="mine"):
        warnings.warn("mine", UserWarning, stacklevel=1)
