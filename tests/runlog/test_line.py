"""Lines of a run log: whatever a model says survives, whatever changed is noticed."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.errors import RunLogError
from evalsuite.media import ArrayImage, StoredImage, StoredVideo
from evalsuite.runlog.line import decode_line, encode_line, output_from_record, output_record
from evalsuite.types import FINISH_REASONS, Output

TEXT = st.text(st.characters(), max_size=40)  # every code point, lone surrogates and controls among them
COUNT = st.none() | st.integers(0, (1 << 63) - 1)
HERE = Path("runs/x")
COUNTS = st.integers(0, 1 << 40)
DIGEST = st.text("0123456789abcdef", min_size=64, max_size=64)
PATHS = st.sampled_from(
    [HERE / "media" / "images-00003.tar", Path("/data/caf\udce9/a b.png"), Path("/images-00000.tar")]
)
LENGTHS = st.integers(1, 1 << 20)
IMAGES = st.builds(StoredImage, path=PATHS, offset=COUNTS, length=LENGTHS, sha256=DIGEST) | st.builds(
    ArrayImage, path=st.just(Path("/data/x.npz")), index=COUNTS, sha256=DIGEST
)
STRIPS = st.builds(StoredImage, path=PATHS, offset=COUNTS, length=LENGTHS, sha256=DIGEST)
VIDEOS = st.builds(StoredVideo, strip=STRIPS, n_frames=st.integers(1, 5 << 24))
OUTPUTS = st.builds(
    Output,
    text=st.none() | TEXT,
    finish_reason=st.sampled_from(FINISH_REASONS),
    tokens_in=COUNT,
    tokens_out=COUNT,
    error=st.none() | TEXT,
    sample_id=TEXT,
    repeat=st.integers(0, 1 << 40),
    turn=st.integers(0, 1 << 40),
    seed=st.integers(0, (1 << 64) - 1),
    seconds=st.none() | st.floats(0, allow_nan=False, allow_infinity=False),
    first_token_seconds=st.none() | st.floats(0, allow_nan=False, allow_infinity=False),
    peak_memory_bytes=COUNT,
)


MEDIA = {"shard": "images-00000.tar", "offset": 512, "length": 9, "sha256": "0" * 64}


def through_a_line(output: Output) -> Output:
    line, checksum = encode_line(output_record(output, HERE), 17)
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    record, found = decode_line(line[:-1], 17, "log:1")
    assert found == checksum
    return output_from_record(record, "log:1", HERE, files=True)


@given(OUTPUTS, st.none() | IMAGES | VIDEOS)
def test_any_output_survives(output: Output, media: StoredImage | ArrayImage | StoredVideo | None) -> None:
    if isinstance(media, StoredVideo):
        output = replace(output, text=None, video=media)
    elif media is not None:
        output = replace(output, text=None, image=media)
    assert through_a_line(output) == output


@pytest.mark.parametrize(
    "text", ["", "\ud800", "\udfff\ud800", "\0\n\r\x1b[2J\x7f\u2028", '"}\n{"crc32":"', "\U0010ffff", "é" * 2_000_000]
)
def test_hostile_texts_survive(text: str) -> None:
    assert through_a_line(Output(text=text, sample_id=text[:9])).text == text


def test_absent_fields_take_no_space() -> None:
    assert set(output_record(Output(text="x"), HERE)) == {
        "type",
        "text",
        "finish_reason",
        "sample_id",
        "repeat",
        "turn",
        "seed",
    }


def test_every_bit_that_flips_is_noticed() -> None:
    line = encode_line(output_record(Output(text="caf\xe9 ~ abc", sample_id="s1", error="x"), HERE), 0xABCDEF01)[0][:-1]
    for position in range(len(line)):
        for bit in range(8):
            damaged = bytearray(line)
            damaged[position] ^= 1 << bit
            with pytest.raises(RunLogError, match=r"^here:7: "):
                decode_line(bytes(damaged), 0xABCDEF01, "here:7")


def test_a_line_belongs_after_the_one_it_was_written_after() -> None:
    line, _ = encode_line({"type": "output"}, 5)
    assert decode_line(line[:-1], 5, "x")[0] == {"type": "output"}
    with pytest.raises(RunLogError, match="checksum differs"):
        decode_line(line[:-1], 6, "x")


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_there_is_no_nan_in_a_line(number: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        encode_line({"seconds": number}, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sample_id": None}, "sample_id is missing or not str"),
        ({"repeat": "0"}, "repeat is missing or not int"),
        ({"seed": 1.5}, "seed is missing or not int"),
        ({"repeat": True}, "repeat is missing or not int"),
        ({"finish_reason": "stopped"}, 'unknown finish_reason "stopped"'),
        ({"text": 5}, "text is missing or not str"),
        ({"error": ["x"]}, "error is missing or not str"),
        ({"seconds": "1"}, "seconds is missing or not a number"),
        ({"first_token_seconds": True}, "first_token_seconds is missing or not a number"),
        ({"tokens_out": 1.5}, "tokens_out is missing or not int"),
        ({"media": MEDIA}, "has both text and an image"),
        ({"media": {**MEDIA, "frames": 2}}, "has both text and a video"),
        ({"text": None, "media": {**MEDIA, "frames": 0}}, "frames must be a whole number from 1 to 83886080, found 0"),
        ({"text": None, "media": {**MEDIA, "frames": True}}, "frames must be a whole number"),
        ({"text": None, "media": {**MEDIA, "frames": 1 << 70}}, "frames must be a whole number"),
        ({"text": None, "media": {**MEDIA, "frames": "2"}}, "frames must be a whole number"),
        ({"text": None, "media": "x.png"}, "the output's media: expected an object, found str"),
        ({"text": None, "media": {**MEDIA, "shard": "../x.tar"}}, "the output's media: shard must be a name"),
        ({"text": None, "media": {"file": "/x.npz", "index": 0, "sha256": "0" * 64}}, "only outputs of a files: model"),
    ],
)
def test_fields_that_are_wrong_are_named(change: dict[str, object], message: str) -> None:
    record = {**output_record(replace(Output(text="x"), sample_id="a"), HERE), **change}
    with pytest.raises(RunLogError, match=f"^log:3: .*{message}"):
        output_from_record(json.loads(json.dumps(record)), "log:3", HERE)


def test_pixels_are_not_put_into_a_line() -> None:
    with pytest.raises(TypeError, match="must be stored before it is logged, got ndarray"):
        output_record(Output(image=np.zeros((2, 2, 1), np.uint8)), HERE)


def test_an_image_cannot_come_in_by_the_name_of_its_field() -> None:
    record = {**output_record(Output(text="x"), HERE), "image": [1, 2]}
    assert output_from_record(record, "log:2", HERE).image is None


def test_fields_of_later_releases_are_passed_over() -> None:
    record = {**output_record(Output(text="x"), HERE), "mood": "good"}
    assert output_from_record(record, "log:2", HERE) == Output(text="x")
