"""Lines of a run log: whatever a model says survives, whatever changed is noticed."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.errors import RunLogError
from evalsuite.runlog.line import decode_line, encode_line, output_from_record, output_record
from evalsuite.types import FINISH_REASONS, Output

TEXT = st.text(st.characters(), max_size=40)  # every code point, lone surrogates and controls among them
COUNT = st.none() | st.integers(0, (1 << 63) - 1)
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
    peak_memory_bytes=COUNT,
)


def through_a_line(output: Output) -> Output:
    line, checksum = encode_line(output_record(output), 17)
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    record, found = decode_line(line[:-1], 17, "log:1")
    assert found == checksum
    return output_from_record(record, "log:1")


@given(OUTPUTS)
def test_any_output_survives(output: Output) -> None:
    assert through_a_line(output) == output


@pytest.mark.parametrize(
    "text", ["", "\ud800", "\udfff\ud800", "\0\n\r\x1b[2J\x7f\u2028", '"}\n{"crc32":"', "\U0010ffff", "é" * 2_000_000]
)
def test_hostile_texts_survive(text: str) -> None:
    assert through_a_line(Output(text=text, sample_id=text[:9])).text == text


def test_absent_fields_take_no_space() -> None:
    assert set(output_record(Output(text="x"))) == {
        "type",
        "text",
        "finish_reason",
        "sample_id",
        "repeat",
        "turn",
        "seed",
    }


def test_every_bit_that_flips_is_noticed() -> None:
    line = encode_line(output_record(Output(text="caf\xe9 ~ abc", sample_id="s1", error="x")), 0xABCDEF01)[0][:-1]
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
        ({"finish_reason": "stopped"}, 'unknown finish_reason "stopped"'),
    ],
)
def test_fields_that_are_wrong_are_named(change: dict[str, object], message: str) -> None:
    record = {**output_record(replace(Output(text="x"), sample_id="a")), **change}
    with pytest.raises(RunLogError, match=f"^log:3: .*{message}"):
        output_from_record(json.loads(json.dumps(record)), "log:3")


def test_fields_of_later_releases_are_passed_over() -> None:
    record = {**output_record(Output(text="x")), "mood": "good"}
    assert output_from_record(record, "log:2") == Output(text="x")
