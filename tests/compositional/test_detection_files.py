"""Files of detections that are wrong: a message names file, line and field."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.compositional import read_detections
from evalsuite.errors import InputError
from tests.compositional.test_geneval import found, record, wants, write

if TYPE_CHECKING:
    from pathlib import Path

GOOD = record("colors", [wants("dog", color="red")], [found("dog", 0.9, colour="red")])


def changed(place: list[Any], value: Any) -> Any:
    copy = json.loads(json.dumps(GOOD))
    at = copy
    for key in place[:-1]:
        at = at[key]
    if value is None:
        del at[place[-1]]
    else:
        at[place[-1]] = value
    return copy


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (["metadata"], None, "metadata: expected GenEval's object with tag, prompt and include"),
        (["metadata", "tag"], "colour", r'metadata: tag: "colour" is none of single_object,.*did you mean "colors"\?'),
        (["metadata", "prompt"], None, "metadata: prompt: expected a string, found nothing"),
        (["metadata", "include"], {}, "metadata: include: expected an array, found an object"),
        (["metadata", "include"], [], "metadata: neither includes nor excludes anything"),
        (["metadata", "include", 0], "dog", r"include\[0\]: expected an object with class and count"),
        (
            ["metadata", "include", 0, "count"],
            0,
            r"include\[0\]: count: expected an integer of at least 1, found a num",
        ),
        (["metadata", "include", 0, "count"], True, r"count: expected an integer of at least 1, found true or false"),
        (["metadata", "include", 0, "color"], "rot", r"include\[0\]: color: expected one of red, orange,.*found 'rot'"),
        (["metadata", "include", 0, "position"], ["near", 0], r"position: expected \[relation, number of a clause\]"),
        (["metadata", "include", 0, "position"], ["above", 0], r"include\[0\].position: must name a clause before it"),
        (["detections"], None, "detections: expected an array, found nothing"),
        (["detections", 0], 3, r"detections\[0\]: expected an object with class, score and box"),
        (
            ["detections", 0, "score"],
            "high",
            r"detections\[0\]: score: expected a finite number, found a string: 'high'",
        ),
        (["detections", 0, "score"], 1.5, r"score: expected a confidence from 0 to 1, found 1.5"),
        (["detections", 0, "score"], 10**400, "score: expected a finite number"),
        (["detections", 0, "box"], [1, 2, 3], r"box: expected left, top, right and bottom, found 3 numbers"),
        (["detections", 0, "box"], [9, 2, 3, 4], r"box: expected left <= right and top <= bottom"),
        (["detections", 0, "box"], [1, 2, 3, float("nan")], r"box\[3\]: expected a finite number"),
        (["detections", 0, "box"], [1] * 9, "box: has 9 entries, more than 4"),
        (["detections", 0, "class"], "", "class: expected a string"),
        (["detections", 0, "color"], 7, "color: expected the name of a colour, or that it is left out"),
    ],
)
def test_a_wrong_line_is_named(place: list[Any], value: Any, message: str, tmp_path: Path) -> None:
    path = write(tmp_path / "d.jsonl", [GOOD, changed(place, value)])
    with pytest.raises(InputError, match=rf"d.jsonl:2: .*{message}"):
        read_detections(path)


def test_files_that_are_none(tmp_path: Path) -> None:
    cases: dict[bytes, str] = {
        b"": "d.jsonl: is empty; expected a JSON object a line",
        b"\n \n": "is empty",
        b"{": "d.jsonl:1: not JSON",
        b"\n[1]\n": "d.jsonl:2: expected a JSON object, found an array",
        b'{"a": "\xff"}': "d.jsonl:1: not UTF-8 at byte 7",
        b"[" * 200_000: "d.jsonl:1: not JSON",
        b" " * ((1 << 24) + 1): "d.jsonl:1: has more than 16 MiB",
    }
    for content, message in cases.items():
        (tmp_path / "d.jsonl").write_bytes(content)
        with pytest.raises(InputError, match=message):
            read_detections(tmp_path / "d.jsonl")
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_detections(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_detections(tmp_path)
