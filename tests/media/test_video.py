"""Videos: exact frames, or a message that says what was expected; film strips give back every frame."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from evalsuite.errors import InputError
from evalsuite.media import (
    ShardWriter,
    StoredImage,
    StoredVideo,
    as_frames,
    decode_image,
    film_strip,
    frames_of,
    media_from_record,
    media_record,
)
from evalsuite.media.video import MAX_VIDEO_PIXELS
from evalsuite.types import Output
from tests.media.images import bomb, noise, png


@pytest.mark.parametrize("shape", [(4, 5, 7, 3), (1, 5, 7, 1), (9, 1, 1, 3), (3, 3, 3, 3)])
def test_arrays_and_tensors(shape: tuple[int, ...]) -> None:
    array = noise(1, *shape)
    for value in (array, torch.from_numpy(array), np.asfortranarray(array), array[::-1][::-1]):
        found = as_frames(value)
        assert found.dtype == np.uint8
        assert found.flags.c_contiguous
        assert np.array_equal(found, array)
    found = as_frames(array)
    array[...] = 0  # a model may use its buffer again
    assert np.array_equal(found, noise(1, *shape))


FLOATS = np.linspace(0, 1, 96, dtype=np.float32).reshape(2, 4, 4, 3)
HUGE = np.broadcast_to(np.uint8(0), (1000, 1080, 1920, 3))


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        (FLOATS, TypeError, r"the video is of float32 from 0 to 1; convert it to uint8, as by \(video \* 255\)\.round"),
        (np.where(FLOATS > 0.5, np.nan, FLOATS), ValueError, "the video is of float32 and holds NaN; expected a uint8"),
        (torch.full((2, 4, 4, 3), float("inf")), ValueError, "holds infinity"),
        (np.zeros((2, 4, 4, 3), np.int64), TypeError, "of int64; convert it"),
        (np.zeros((2, 4, 4, 3), object), TypeError, "of object; expected"),
        (np.zeros((0, 4, 4, 3), np.uint8), ValueError, r"has no frames, its shape is \(0, 4, 4, 3\)"),
        (np.zeros((2, 0, 4, 3), np.uint8), ValueError, "has no pixels"),
        (np.zeros((2, 4, 4), np.uint8), ValueError, r"has shape \(2, 4, 4\); expected"),
        (np.zeros((2, 4, 4, 4), np.uint8), ValueError, r"has shape \(2, 4, 4, 4\); expected"),
        (np.zeros((1, 2, 4, 4, 3), np.uint8), ValueError, "return one video a request"),
        (np.zeros((8, 3, 4, 4), np.uint8), ValueError, r"channels not last; .* as by video\.transpose\(0, 2, 3, 1\)"),
        (np.zeros((3, 8, 4, 4), np.uint8), ValueError, r"channels not last; .* as by video\.transpose\(1, 2, 3, 0\)"),
        (HUGE, ValueError, "is too large: 1000 frames of 1080 x 1920 pixels are 2073600000 pixels; expected at most"),
        ([noise(1, 4, 4, 3)], TypeError, "the video is a list; expected a uint8 array of shape"),
        (b"RIFF", TypeError, "the video is a bytes"),
        (Image.new("RGB", (2, 2)), TypeError, "the video is a Image"),
    ],
)
def test_what_is_no_video_is_refused(value: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        as_frames(value)


def test_usual_sizes_are_within_the_limits() -> None:
    for frames, height, width in ((49, 480, 720), (81, 720, 1280), (121, 704, 480)):
        assert frames * height * (width + 1) <= MAX_VIDEO_PIXELS


SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 5), st.integers(1, 5), st.sampled_from((1, 3)))


@settings(max_examples=40)
@given(st.lists(st.tuples(SHAPES, st.integers(0, 99), st.booleans()), min_size=1, max_size=3))
def test_storage_gives_back_every_frame(videos: list[tuple[tuple[int, int, int, int], int, bool]]) -> None:
    made = [noise(seed, *shape) for shape, seed, _ in videos]
    for frames, (_, _, is_still) in zip(made, videos, strict=True):
        if is_still:
            frames[:] = frames[0]  # equal frames stay as many
    with TemporaryDirectory() as name:
        folder = Path(name)
        with_names = [(f"v{i}.png", film_strip(frames)) for i, frames in enumerate(made)]
        writer = ShardWriter(folder, {})
        strips = writer.append(with_names)
        writer.close()
        for frames, strip in zip(made, strips, strict=True):
            video = StoredVideo(strip=strip, n_frames=len(frames))
            again = media_from_record(media_record(video, folder), folder, files=False)
            assert again == video
            found = frames_of(Output(video=again))  # type: ignore[arg-type]
            assert found.dtype == np.uint8
            assert np.array_equal(found, frames)


def stored(path: Path, data: bytes, n_frames: int) -> StoredVideo:
    path.write_bytes(data)
    strip = StoredImage(path=path, offset=0, length=len(data), sha256=hashlib.sha256(data).hexdigest())
    return StoredVideo(strip=strip, n_frames=n_frames)


def test_what_is_read_is_trusted_in_nothing(tmp_path: Path) -> None:
    strip = png(noise(1, 12, 5, 3))
    video = stored(tmp_path / "a.png", strip, 4)
    assert video.frames().shape == (4, 3, 5, 3)
    with pytest.raises(InputError, match="height 12 is said to hold 5 frames, which do not divide it"):
        replace(video, n_frames=5).frames()
    with pytest.raises(InputError, match="height 12 is said to hold 24 frames"):
        replace(video, n_frames=24).frames()
    (tmp_path / "a.png").write_bytes(png(noise(2, 12, 5, 3)))
    with pytest.raises(InputError, match="SHA-256 differs"):
        video.frames()
    with pytest.raises(InputError, match=f"more than {MAX_VIDEO_PIXELS} pixels"):
        stored(tmp_path / "b.png", bomb(png(noise(3, 4, 4, 1)), 10_000, 10_000), 4).frames()
    with pytest.raises(InputError, match="damaged or cut off"):
        stored(tmp_path / "c.png", strip[:100], 4).frames()


def test_a_strip_may_be_larger_than_an_image() -> None:
    wide = png(np.zeros((8193, 8192, 1), np.uint8))
    with pytest.raises(InputError, match="more than 67108864 pixels"):
        decode_image(wide, "x")
    assert decode_image(wide, "x", max_pixels=MAX_VIDEO_PIXELS).shape == (8193, 8192, 1)


def test_an_output_without_a_video_is_named() -> None:
    with pytest.raises(InputError, match='the output of sample "s1" has no video'):
        frames_of(Output(sample_id="s1"))
    with pytest.raises(InputError, match='the output of sample "s1": the video has shape'):
        frames_of(Output(sample_id="s1", video=np.zeros((2, 2), np.uint8)))
