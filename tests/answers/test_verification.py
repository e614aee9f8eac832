"""Verdicts with their reasons: what is known to fool verifiers, and what is no answer at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.answers import AnswerPolicy, verify, verify_all
from evalsuite.answers.algebra_pool import is_installed
from evalsuite.answers.outcomes import OUTCOMES
from evalsuite.errors import UsageError
from evalsuite.kernels.answers import FINDINGS
from tests.answers.outputs import FRAGMENTS

needs_algebra = pytest.mark.skipif(not is_installed(), reason="math-verify is not installed (extra math)")

# Pairs on which verifiers are known to err; the verdicts that do no harm.
ADVERSARIAL = [
    # called equal by math-verify 0.9.0, and some by PRM800K's grader
    ("10", "10%", {"undecided"}),
    ("10%", "10", {"undecided"}),
    ("1/2^99", "1/2^98", {"wrong", "undecided"}),
    ("1/2^{99}", "1/2^{98}", {"wrong", "undecided"}),
    ("1/2004!", "1/2006!", {"wrong", "undecided"}),
    ("4\\sqrt(2)", "4", {"wrong", "undecided"}),
    ("4", "4\\sqrt(2)", {"wrong", "undecided"}),
    ("2x+3y=5", "3x+2y=5", {"wrong", "undecided"}),
    ("2x+3y=5", "2x-3y=5", {"wrong", "undecided"}),
    ("y=2x+3", "y=3x+2", {"wrong", "undecided"}),
    ("1e3", "1", {"wrong"}),
    ("2 1/2", "1", {"wrong", "undecided"}),
    ("(3,1)", "(2,1)", {"wrong", "undecided"}),
    # called different, or not read
    ("1e3", "1000", {"right"}),
    ("\u22125", "-5", {"right"}),
    ("(1,2)", "(1,2)", {"right"}),
    ("(1, 2)", "(1,2)", {"right"}),
    ("[0, 1)", "[0,1)", {"right"}),
    ("\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\begin{pmatrix}1\\\\2\\end{pmatrix}", {"right"}),
    ("2 1/2", "2.5", {"right", "undecided"}),
    ("$29.00", "29", {"right"}),
    ("29.00", "29", {"right"}),
    ("2/4", "1/2", {"right"}),
    # called different by readers of thousands
    ("0,111", "111", {"undecided"}),
    ("0,111", "0.111", {"right", "undecided"}),
]


@pytest.mark.parametrize(("answer", "gold", "harmless"), ADVERSARIAL)
@pytest.mark.parametrize("algebra", [False, pytest.param(True, marks=needs_algebra)])
def test_known_false_verdicts_are_not_repeated(answer: str, gold: str, harmless: set[str], algebra: bool) -> None:
    found = verify(answer, gold, extract=False, algebra=algebra)
    assert found.verdict in harmless, found
    boxed = verify(f"Thus $\\boxed{{{answer}}}$. I hope this helps.", f"\\boxed{{{gold}}}", algebra=algebra)
    assert boxed.verdict in harmless, boxed


@pytest.mark.parametrize(
    ("ending", "rule"),
    [
        ("#### {}", "marker"),
        ("A: {}", "last_number"),
        ("The final answer is ${}.", "sentence"),
        ("So the answer is `$\\boxed{{{}}}$`.", "boxed"),
        ("The answer is {}. (I checked this 3 times.)", "sentence"),
        ("answer: {}\nHope this helps!", "marker"),
        ("#### {}\nHope this helps... 100 times", "marker"),
        ("The answer is {}.\nQuestion: how many are 2 and 3?", "sentence"),
        ("#### 7\nNow the real question.\n#### {}", "marker"),
        ("Q: 1 + 1?\nA: the answer is 2.\nQ: and now?\nThe answer is {}.", "sentence"),
        ("**Final Answer**: \u200f{}\u200e", "marker"),
    ],
)
def test_extraction_survives_what_loses_answers_elsewhere(ending: str, rule: str) -> None:
    text = "There are 3 bags of 6, so 3 * 6 = <<3*6=18>>18.\n" + ending.format(18)
    right, wrong = verify(text, "3 * 6 = 18\n#### 18"), verify(text, "17")
    assert (right.verdict, right.rule, right.settled) == ("right", rule, "exact")
    assert (wrong.verdict, wrong.reason) == ("wrong", "other number")


@pytest.mark.parametrize(
    ("policy", "answer", "gold", "verdict"),
    [
        (AnswerPolicy(percent="ignored"), "10%", "10", "right"),
        (AnswerPolicy(percent="hundredths"), "10%", "0.1", "right"),
        (AnswerPolicy(percent="hundredths"), "10%", "10", "wrong"),
        (AnswerPolicy(units="ignored"), "18 eggs", "18 hens", "right"),
        (AnswerPolicy(units="same"), "18", "$18", "undecided"),
        (AnswerPolicy(units="same"), "18 dollars", "$18", "right"),
        (AnswerPolicy(mixed="sum"), "2 1/2", "2.5", "right"),
        (AnswerPolicy(mixed="sum"), "-2\\frac{1}{2}", "-5/2", "right"),
        (AnswerPolicy(mixed="sum"), "2 3/2", "3", "undecided"),
        (AnswerPolicy(scientific="undecided"), "1e3", "1000", "undecided"),
    ],
)
def test_policies(policy: AnswerPolicy, answer: str, gold: str, verdict: str) -> None:
    assert verify(answer, gold, policy=policy, extract=False).verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict", "reason"),
    [
        ("", "undecided", "no answer"),
        (" \n\t", "undecided", "no answer"),
        ("\x00\x01\x1b[m", "undecided", "no answer"),
        ("\ud800\udfff", "undecided", "no answer"),
        ("answer: " + "9" * 10_000_000, "undecided", "too long"),
        ("{" * 1_000_000 + "\\boxed{" * 500_000, "undecided", "no answer"),
        ("\\boxed{\\boxed{\\boxed{18}}}", "right", "same text"),
        ("\\boxed{18} \\boxed{18", "right", "same text"),
        ("}}\\boxed{1}}8}", "wrong", "other number"),
        ("answer: 10^10^8", "undecided", None),
        ("answer: 9^{9^{9^{9}}}", "undecided", None),
        ("answer: 1/0", "undecided", None),
        ("answer: 0/0", "undecided", None),
        ("answer: NaN", "wrong", "not a number"),
        ("answer: infinity", "undecided", None),
        ("answer: \\infty", "undecided", None),
        ("\u202eanswer: 18\u202c", "right", "same text"),
        ("\u0627\u0644\u062c\u0648\u0627\u0628 \u0661\u0668", "right", "same text"),
        ("answer: 17\nanswer: 18", "right", "same text"),
        ("answer: 18 or 19", "undecided", None),
        ("Say answer: X at the end. answer: 18", "right", "same text"),
    ],
)
def test_hostile_predictions(text: str, verdict: str, reason: str | None) -> None:
    found = verify(text, "18", deadline_seconds=2)
    assert found.verdict == verdict
    assert reason is None or found.reason == reason


@settings(max_examples=300, deadline=None)
@given(
    *[st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=4)), max_size=10).map("".join)] * 2, st.booleans()
)
def test_never_raises_and_columns_agree(text: str, gold: str, extract: bool) -> None:
    one = verify(text, gold, extract=extract, algebra=False)
    many = verify_all([text] * 3, [gold] * 3, extract=extract, algebra=False)
    assert list(many) == [one] * 3
    assert many[1:].verdicts == [one.verdict] * 2
    assert (one.settled == "none") == (one.verdict == "undecided")
    assert one.reason != "beyond"


def test_findings_come_first_among_outcomes() -> None:
    assert tuple(reason for _, _, reason in OUTCOMES)[: len(FINDINGS)] == FINDINGS


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="`deadline_seconds` must be above 0; found 0"):
        verify("1", "1", deadline_seconds=0)
    with pytest.raises(TypeError, match="`predictions` must be a sequence of str"):
        verify_all("18", ["18"])
    with pytest.raises(ValueError, match="`golds` must have 1 elements to fit the other arguments; found 2"):
        verify_all(["18"], ["18", "19"])
    with pytest.raises(UsageError, match='AnswerPolicy: `percent` must be one of "apart", "ignored", "hundredths"'):
        AnswerPolicy(percent="aprat")  # type: ignore[arg-type]
