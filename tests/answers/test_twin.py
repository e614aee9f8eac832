"""The kernels find, compare and write what their slow twins in Python do."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evalsuite.answers import AnswerPolicy, answer_key, answer_keys, extract_answer
from evalsuite.answers.comparison import compare_batch, find_slowly
from evalsuite.answers.keys import key_slowly
from evalsuite.kernels import answers as kernel
from evalsuite.kernels.answers import FINDINGS
from tests.answers.outputs import FRAGMENTS, grade_school_outputs
from tests.reference import answers as reference

# a character without a category yet may be a letter in a later version of Unicode
CHARACTERS = st.characters(exclude_categories=("Cn",))
NUMBERS = [
    *(
        "5",
        "10",
        "1/2",
        "^",
        "{-3}",
        "(3)",
        "-3",
        "\u22123",
        "e5",
        " ",
        "  ",
        "- ",
        "= ",
        ":",
        ".",
        ",",
        "\n",
        "%",
        "$",
    ),
    *(
        "million",
        "Dozens",
        "-hundred",
        "kg",
        "x",
        "th",
        "nd",
        "\u017f",
        "\u212a",
        "\u4e07",
        "\u767e",
        "\u00bd",
        "\u215e",
        "\u2044",
    ),
    *(
        "\u00b2",
        "\u207b\u00b3",
        "\u00d7",
        "\u00b7",
        "*",
        "\\times",
        "\\cdot ",
        "\\pi",
        "\\frac{1}{2}",
        "\uff1a",
        "a",
        "\u00e9",
    ),
    *("000", "123", "{,}", "\\,", "\\!", "\u00a0", "\u202f", "'", "_"),
]
TEXTS = st.one_of(
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(CHARACTERS, max_size=3)), max_size=14).map("".join),
    st.text(st.sampled_from("0123456789.,/%$ -+eE^:(){}\\ansrw#\n"), max_size=24),
    st.text(CHARACTERS, max_size=20),
    st.lists(st.sampled_from(NUMBERS), max_size=9).map("".join),
)
ANSWERS = st.one_of(
    TEXTS,
    st.from_regex(
        r"\A[-+]?[$\u20ac]? ?[0-9]{1,4}(,[0-9]{3})?(\.[0-9]{0,4}|/[0-9]{1,3})?(e-?[0-9])? ?%?( (m|eggs|pi))?\Z"
    ),
    st.from_regex(r"\A(not |the |seven |7 )?(north|blue|well-known|it's)( days|!|\?)?\Z"),
)
POLICIES = st.builds(
    AnswerPolicy,
    percent=st.sampled_from(("apart", "ignored", "hundredths")),
    units=st.sampled_from(("lenient", "ignored", "same")),
    mixed=st.sampled_from(("undecided", "sum")),
    scientific=st.sampled_from(("power", "undecided")),
)


@settings(max_examples=500, deadline=None)
@given(TEXTS)
@example("1,1,1st")
@example("\\frac{1}{2}\\sqrt{3}")
@example("An\u017fwer: 5")
@example("the answer is, then: 5 \\boxed{}")
@example("a (b) c (1 2).\n")
def test_extraction(text: str) -> None:
    assert extract_answer(text) == reference.extract_answer(text)


@settings(max_examples=800, deadline=None)
@given(ANSWERS, ANSWERS, POLICIES)
@example("0.66666666666666666667", "2/3", AnswerPolicy())
@example("5 percent/x", "5", AnswerPolicy())
@example("5 per cent of it", "5%", AnswerPolicy(percent="ignored"))
@example("2\\frac{1}{2}", "2.5", AnswerPolicy(mixed="sum"))
@example("-0", "0", AnswerPolicy())
@example("5 s", "5 h", AnswerPolicy())
def test_comparison(answer: str, gold: str, policy: AnswerPolicy) -> None:
    (found,) = kernel.compare_answers([answer], [gold], **policy.options())
    expected = find_slowly(answer, gold, policy)
    if FINDINGS[found] == "beyond":
        assert (
            not (answer + gold).isascii() or sum(map(str.isdigit, answer + gold)) > 15 or "e" in (answer + gold).lower()
        )
    else:
        assert FINDINGS[found] == expected
    assert FINDINGS[compare_batch([answer], [gold], policy)[0]] == expected


@settings(max_examples=500, deadline=None)
@given(ANSWERS, POLICIES)
@example("\u20ac5 (a)", AnswerPolicy())
@example("5" * 17, AnswerPolicy())
@example("0.00", AnswerPolicy())
def test_keys(answer: str, policy: AnswerPolicy) -> None:
    assert answer_key(answer, policy=policy) == key_slowly(answer, policy)


def test_generated_outputs() -> None:
    pairs = grade_school_outputs(6000, seed=1)
    texts, golds = zip(*pairs, strict=True)
    rules, answers = kernel.extract_answers(texts)
    expected = [reference.extract_answer(text) for text in texts]
    assert [kernel.RULES[rule] for rule in rules] == [one.rule for one in expected]
    assert answers == [one.text for one in expected]
    found = compare_batch(answers, golds)
    assert [FINDINGS[one] for one in found] == [find_slowly(*pair) for pair in zip(answers, golds, strict=True)]
    assert answer_keys(answers) == [key_slowly(answer) for answer in answers]
    together = kernel.verify_answers(texts, golds)
    assert (together[0], together[1]) == (rules, answers)
    assert together[2] == kernel.compare_answers(answers, golds)
    assert together[2].count(FINDINGS.index("beyond")) < 100


def test_digits_of_other_scripts_are_those_of_unicode() -> None:
    codes = [code for code in range(0x80, 0x110000) if unicodedata.category(chr(code)) == "Nd"]
    known = [code for code in codes if unicodedata.decimal(chr(code)) is not None]
    texts = [f"answer: {chr(code)}" for code in known]
    _, answers = kernel.extract_answers(texts)
    differ = [
        hex(code)
        for code, answer in zip(known, answers, strict=True)
        if answer != str(unicodedata.decimal(chr(code))) and code < 0x1F000 and unicodedata.unidata_version < "14.1"
    ]
    assert not differ


@pytest.mark.parametrize("n", [0, 1, 511, 513, 2000])
def test_batches_of_any_size(n: int) -> None:
    texts = [f"so {i} (or {i + 1})" for i in range(n)]
    _, answers = kernel.extract_answers(texts)
    assert answers == [str(i) for i in range(n)]
    assert set(kernel.compare_answers(answers, [str(i) for i in range(n)])) <= {0}


def test_arguments_are_checked() -> None:
    with pytest.raises(TypeError, match=r"`texts` must be a sequence of str; found one str: wrap it in a list"):
        kernel.extract_answers("18")
    with pytest.raises(TypeError, match=r"`answers\[1\]` must be a str or None; found int"):
        kernel.compare_answers(["1", 2], ["1", "2"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match=r"`golds` must have 2 elements to fit the other arguments; found 1"):
        kernel.compare_answers(["1", "2"], ["1"])
    with pytest.raises(ValueError, match="`percent` must be one of 'apart', 'ignored', 'hundredths'; found 'x'"):
        kernel.answer_keys(["1"], percent="x")
