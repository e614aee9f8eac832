"""Accuracy: each outcome, and what it counts for."""

from __future__ import annotations

import numpy as np
import pytest

from evalsuite.metrics.accuracy import Accuracy
from evalsuite.types import FinishReason, Output, Sample

SAMPLE = Sample(id="1", input={}, references=("1: 9\n2: 18\nanswer: 18",))
NAN = float("nan")


@pytest.mark.parametrize(
    ("text", "finish", "row", "outcome"),
    [
        ("answer: 18", "stop", [1, 1], "right"),
        ("Reasoning: 3 + 15.\nanswer: 18.0", "stop", [1, 1], "right"),
        ("so $\\boxed{18}$", "stop", [1, 1], "right"),
        ("That leaves 18", "stop", [1, 1], "right"),
        ("answer: 17", "stop", [0, 1], "wrong"),
        ("answer: 18 / 1 + x", "stop", [NAN, NAN], "undecided"),
        ("answer: 18%", "stop", [NAN, NAN], "undecided"),
        ("I do not know.", "stop", [0, 1], "unextracted"),
        ("", "stop", [0, 1], "unextracted"),
        # cut off by the token budget: only a marked answer counts, not a number on the way
        ("1: 9\n2: 18", "length", [0, 1], "truncated"),
        ("I do not", "length", [0, 1], "truncated"),
        ("so the answer is 18, since", "length", [0, 1], "truncated"),
        ("answer: 18\nLet me check: 9 +", "length", [1, 1], "right"),
        ("so \\boxed{18}. Let me check: 9 +", "length", [1, 1], "right"),
        ("answer: 17\nLet me check: 9 +", "length", [0, 1], "wrong"),
        ("answer: 18", "refused", [0, 1], "refused"),
        (None, "refused", [0, 1], "refused"),
        (None, "error", [NAN, NAN], "error"),
        ("answer: 18", "error", [NAN, NAN], "error"),
    ],
)
def test_outcome(text: str | None, finish: FinishReason, row: list[float], outcome: str) -> None:
    rows = Accuracy().rows([SAMPLE], [[Output(text=text, finish_reason=finish)]])
    assert rows.outcomes == (outcome,)
    np.testing.assert_array_equal(rows.values, [row])


def test_error_and_undecided_are_not_in_the_denominator() -> None:
    texts = ["answer: 18", "answer: 17", "no number", "answer: 18%", None]
    outputs = [[Output(text=text, finish_reason="stop" if text else "error")] for text in texts]
    rows = Accuracy().rows([SAMPLE] * 5, outputs)
    assert rows.outcomes == ("right", "wrong", "unextracted", "undecided", "error")
    assert Accuracy().value(rows.values[rows.scored()].sum(axis=0)) == pytest.approx(1 / 3)


def test_any_reference_will_do() -> None:
    sample = Sample(id="1", input={}, references=("answer: 3", "answer: 4"))
    texts = ["answer: 4", "answer: 5", "answer: 4%"]
    rows = Accuracy().rows([sample] * 3, [[Output(text=text)] for text in texts])
    assert rows.outcomes == ("right", "wrong", "undecided")


@pytest.mark.parametrize(
    ("texts", "row", "outcome"),
    [
        (["answer: 18", "answer: 18"], [2, 2], "right"),
        (["answer: 18", "answer: 17"], [1, 2], "scored"),
        (["answer: 17", "none"], [0, 2], "scored"),
        (["answer: 18", "answer: 18%"], [1, 1], "scored"),
        (["answer: 18", None], [1, 1], "scored"),
        (["answer: 18%", None], [NAN, NAN], "undecided"),
        ([None, "answer: 18%"], [NAN, NAN], "undecided"),
        ([None, None], [NAN, NAN], "error"),
    ],
)
def test_repeats(texts: list[str | None], row: list[float], outcome: str) -> None:
    outputs = [
        Output(text=text, repeat=i, finish_reason="stop" if text is not None else "error")
        for i, text in enumerate(texts)
    ]
    rows = Accuracy().rows([SAMPLE], [outputs])
    np.testing.assert_array_equal(rows.values, [row])
    assert rows.outcomes == (outcome,)


def test_an_empty_reference_is_named() -> None:
    with pytest.raises(ValueError, match='accuracy: sample "x": the reference is empty'):
        Accuracy().rows([Sample(id="x", input={}, references=(" ",))], [[Output(text="answer: 1")]])


@pytest.mark.parametrize(
    ("reference", "text", "outcome"),
    [
        ("Paris", "It is on the Seine.\nanswer: paris", "right"),
        ("Paris", "answer: Lyon", "wrong"),
        ("Apollo 11", "answer: Apollo 11", "right"),
        ("18", "answer: 18.0", "right"),
        ("9 + 9 = 18\n#### 18", "answer: 18", "right"),
    ],
)
def test_a_reference_may_be_the_answer_itself(reference: str, text: str, outcome: str) -> None:
    rows = Accuracy().rows([Sample(id="x", input={}, references=(reference,))], [[Output(text=text)]])
    assert rows.outcomes == (outcome,)
