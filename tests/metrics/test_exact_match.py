"""Exact match: a table, and what becomes of outputs that do not match."""

from __future__ import annotations

import pytest

from evalsuite.metrics.exact_match import ExactMatch
from evalsuite.types import Output, Sample

SAMPLE = Sample(id="1", input={}, references=("Paris, France", "the capital"))


@pytest.mark.parametrize(
    ("text", "options", "right"),
    [
        ("Paris, France", {}, True),
        ("  the capital\n", {}, True),
        ("the  capital", {}, False),
        ("paris, france", {}, False),
        ("paris, FRANCE", {"ignore_case": True}, True),
        ("Paris France.", {}, False),
        ("Paris France.", {"ignore_punctuation": True}, True),
        ("paris france", {"ignore_punctuation": True}, False),
        ("paris france!", {"ignore_case": True, "ignore_punctuation": True}, True),
        ("Paris", {}, False),
        ("", {}, False),
    ],
)
def test_match(text: str, options: dict[str, bool], right: bool) -> None:
    rows = ExactMatch(**options).rows([SAMPLE], [[Output(text=text)]])
    assert rows.values.tolist() == [[float(right), 1.0]]
    assert rows.outcomes == ("right" if right else "wrong",)


@pytest.mark.parametrize(
    ("output", "row", "outcome"),
    [
        (Output(text="Paris, France", finish_reason="length"), [1, 1], "right"),
        (Output(text="Paris, Fr", finish_reason="length"), [0, 1], "truncated"),
        (Output(text="I cannot", finish_reason="refused"), [0, 1], "refused"),
        (Output(text="Paris, France", finish_reason="refused"), [0, 1], "refused"),
        (Output(text=None, finish_reason="refused"), [0, 1], "refused"),
    ],
)
def test_outcome(output: Output, row: list[float], outcome: str) -> None:
    rows = ExactMatch().rows([SAMPLE], [[output]])
    assert rows.values.tolist() == [row]
    assert rows.outcomes == (outcome,)


def test_repeats() -> None:
    right, wrong = Output(text="the capital"), Output(text="no", repeat=1)
    rows = ExactMatch().rows([SAMPLE] * 2, [[right, wrong], [wrong, Output(text="also no", repeat=2)]])
    assert rows.values.tolist() == [[1, 2], [0, 2]]
    assert rows.outcomes == ("scored", "wrong")
