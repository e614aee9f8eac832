"""Steps as they are read: by the tables, by the regular expressions, and in hostile text."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite._rust import corpus_unicode_version
from evalsuite.answers import is_state, parse_steps, read_steps
from tests.reference import steps as twin


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("1: 5\n2: 12\n3: -4", {1: "5", 2: "12", 3: "-4"}),
        ("Step 1: 3 + 2 = 5\nSTEP 2: 5 + 7 = 12", {1: "5", 2: "12"}),
        ("1. start with 5\n2) 5 + 7 = 12.", {1: "5", 2: "12"}),
        ("- Step 1: 5\n**Step 2:** 12\n**2** : 13\n  3: 8", {1: "5", 2: "12", 3: "8"}),
        ("1: 5\n1: 6", {1: "5"}),
        ("1: nothing yet\n1: 6", {1: "6"}),
        ("1:5", {1: "5"}),
        ("1: 1,234 and \u22123", {1: "\u22123"}),
        ("2: 1/2\n1: 7", {2: "1/2", 1: "7"}),
        ("answer: 8", {}),
        ("1: 5\nAnswer: 8\n2: answer: 9", {1: "5"}),
        ("1.5 is not a step, nor 3", {}),
        ("In step 4: 5", {}),
        ("1", {}),
        ("1:", {}),
        ("1: x2", {}),
        ("1234567: 5", {}),
        ("\u0661: 5", {}),
        ("1: 5\r\n2: 6\r\n", {1: "5", 2: "6"}),
        ("1: 5\r2: 6\r3: 7", {1: "5", 2: "6", 3: "7"}),
        ("(1) 5\n(2): 6\n**(3)** 7\n4 : 8\n5\uff1a9\n(6 10\n7 ) 11", {1: "5", 2: "6", 3: "7", 4: "8", 5: "9"}),
        ("1: - 5\n2. - 5\n3: x = \u2212 5\n4: 9 - 4", {1: "- 5", 2: "5", 3: "\u2212 5", 4: "9 - 4"}),
        (
            "1: 5\u00bd\n2: 5 million\n3: 5 pears\n4: \u0661\u0668",
            {1: "5\u00bd", 2: "5 million", 3: "5", 4: "\u0661\u0668"},
        ),
        ("", {}),
    ],
)
def test_states(text: str, states: dict[int, str]) -> None:
    assert parse_steps(text) == states
    assert list(parse_steps(text)) == list(states)


PIECES = [
    *"0123456789 .,:;/^()[]{}-+*_#>=%$€£\\\n\r\teé",
    *("\u2212", "\u2013", "\uff1a", "\u0661", "²", "字", "\ud800", "\u0301"),
    *("1: ", "Step 2: ", "step 3) ", "2. ", "**1**:", "\n1: ", "\n12) ", "\n2:\t", "\n\u017ftep 4: "),
    *(
        "answer: ",
        "AN\u017fWER =",
        "answer **:",
        "####",
        "#####",
        "north gate",
        "1,234",
        "2 1/2",
        "10^10^8",
        "1e5",
        "e-3",
    ),
    *(
        "5 million",
        " dozens",
        "-hundred",
        "kg",
        "\u00bd",
        " \u215e",
        "\u2044",
        "\u00b2",
        "\u207b\u00b3",
        "\u4e07",
        "\u767e",
        " - ",
    ),
    *(
        " \\times 10^3",
        " x 10^{-3}",
        "\u00d710",
        "\u00b7",
        "^{3}",
        "^(-3)",
        "^-3",
        "(1) ",
        "**(2)**",
        "3 : ",
        "\r1: ",
        "= - 5",
    ),
    *("\\frac{1}{2}", "\\dfrac{", "sqrt{2}", "\\sqrt", " \\pi", "\\cdot", "th", "st ", "2nd", " %", "\\%", "\\$ "),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@settings(derandomize=True, deadline=None, max_examples=3000)
@given(st.lists(TEXTS, max_size=4))
def test_reading_equals_the_regular_expressions(texts: list[str]) -> None:
    for text, found in zip(texts, read_steps(texts), strict=True):
        said: dict[int, str] = {}
        for index, line, _ in twin.lines(text):
            said.setdefault(index, line)
        assert {index: step.text for index, step in found.items()} == said
        assert list(found) == list(said)
        expected = twin.numbers_of_steps(text)
        assert {index: step.number for index, step in found.items() if step.number is not None} == expected
        assert parse_steps(text) == expected
        assert list(parse_steps(text)) == list(expected)


def test_word_characters_are_pythons() -> None:
    """Of all code points that this Python's Unicode has, digits aside; a newer Unicode may have more of them."""
    codes = [code for code in range(0x80, 0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Nd")]
    steps = read_steps([f"1:{chr(code)}5" for code in codes])
    ours = {code for code, step in zip(codes, steps, strict=True) if step[1].number is None}
    pythons = {code for code in codes if re.match(r"\w", chr(code))}
    newer = [*map(int, unicodedata.unidata_version.split("."))] > [*map(int, corpus_unicode_version().split("."))]
    assert ours <= pythons if newer else ours == pythons


@pytest.mark.parametrize(
    ("line", "state", "right"),
    [
        ("1: north gate", "north gate", True),
        ("1: North gate.", "north gate", True),
        ("1: **north gate**", "north gate", True),
        ("Step 1: the cup is under B = B", "B", True),
        ("1: the cup is under B", "B", False),
        ("1: the cup is B", "B", True),
        ("1: the cup is under (B)", "under B", False),
        ("1: Anna -> wet", "wet", True),
        ("1: Anna is wet", "Anna is wet", True),
        ("1: Anna is not wet", "wet", False),
        ("1: not wet", "wet", False),
        ("1: is", "is", True),
        ("1: south", "north", False),
        ("1: it is 17", "17", True),
        ("1: 17, as it is north", "north", True),
        ("1: 17 = 34/2", "17", True),
        ("1: seventeen", "17", False),
        ("1: 17 pears", "17", True),
        ("1: 17 million", "17", False),
        ("1: 17\u00bd", "17", False),
        ("1: - 17", "-17", True),
        ("1: - 17", "17", False),
        ("1: C A B", "C A B", True),
        ("1: C, A, B", "C A B", False),
        ("1: room 3", "room 3", True),
        ("1: room 4", "room 3", False),
        ("1: B\n1: C", "C", False),
        ("1: hm\n1: 5", "5", True),
    ],
)
def test_a_state_is_compared_as_the_world_writes_it(line: str, state: str, right: bool) -> None:
    assert is_state(read_steps([line])[0][1], state) is right


def test_hostile_lines_take_linear_time() -> None:
    for text in (
        "1: " + "1," * 500_000 + "1th",
        "1: " + "#" * 1_000_000,
        "1: " + "answer" * 160_000,
        "1: " + "is " * 300_000,
        "1: " + "=" * 1_000_000,
        "\n".join(f"{i}:" for i in range(100_000)),
        "1: " + "1 " * 500_000,
        "1: " + "\\frac{1}{" * 100_000,
    ):
        for step in read_steps([text])[0].values():
            assert is_state(step, "north") is False
