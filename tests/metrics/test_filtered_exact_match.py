"""Exact match of filtered outputs: what counts, and what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.answers import patterns
from evalsuite.errors import InputError, UsageError
from evalsuite.metrics.filtered_exact_match import FilteredExactMatch
from evalsuite.types import Output, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalsuite.types import FinishReason

NUMBER: list[dict[str, Any]] = [{"function": "regex", "regex_pattern": "([0-9]+)"}]
VOTE: list[dict[str, Any]] = [*NUMBER, {"function": "majority_vote"}, {"function": "take_first"}]
PAIRS = (
    ("The Answer, 42.", "the answer 42"),
    ("  42", "42"),
    ("1,000", "1000"),
    ("Élan!", "élan"),
    ("room 7b", "room b"),
    ("a-b", "ab"),
    ("42", "42"),
)
# Which of PAIRS are equal by lm-eval 0.4.13: `exact_match_hf_evaluate` with these options, one pair at a time.
EQUAL: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [0, 0, 0, 0, 0, 0, 1]),
    ({"ignore_case": True}, [0, 0, 0, 0, 0, 0, 1]),
    ({"ignore_punctuation": True}, [0, 0, 1, 0, 0, 1, 1]),
    ({"ignore_numbers": True}, [0, 0, 0, 0, 1, 0, 1]),
    ({"ignore_case": True, "ignore_punctuation": True}, [1, 0, 1, 1, 0, 1, 1]),
    ({"regexes_to_ignore": [",", "\\s"]}, [0, 1, 1, 0, 0, 0, 1]),
    ({"regexes_to_ignore": ["[A-Z]"], "ignore_case": True}, [0, 0, 0, 0, 0, 0, 1]),
]


def judge(metric: FilteredExactMatch, texts: Sequence[str | None], reason: FinishReason = "stop") -> tuple[str, Any]:
    sample = Sample(id="1", input={}, references=("42", "7"))
    outputs = [
        Output(
            text=text, repeat=i, finish_reason="error" if text is None else reason, error="x" if text is None else None
        )
        for i, text in enumerate(texts)
    ]
    rows = metric.rows([sample], [outputs])
    return rows.outcomes[0], rows.values[0].tolist()


@pytest.mark.parametrize(("options", "equal"), EQUAL, ids=str)
def test_texts_are_equal_where_lm_evals_are(options: dict[str, Any], equal: list[int]) -> None:
    samples = [Sample(id=f"{i}", input={}, references=(gold,)) for i, (_, gold) in enumerate(PAIRS)]
    rows = FilteredExactMatch(**options).rows(samples, [[Output(text=text)] for text, _ in PAIRS])
    assert rows.values[:, 0].tolist() == equal


@pytest.mark.parametrize(
    ("text", "reason", "outcome", "right"),
    [
        ("so 42", "stop", "right", 1.0),
        ("so 7", "length", "right", 1.0),
        ("so 8", "stop", "wrong", 0.0),
        ("so 8", "length", "truncated", 0.0),
        ("none", "stop", "unextracted", 0.0),
        ("42", "refused", "refused", 0.0),
    ],
)
def test_outcomes(text: str, reason: FinishReason, outcome: str, right: float) -> None:
    assert judge(FilteredExactMatch(filters=NUMBER), [text], reason) == (outcome, [right, 1.0])


def test_repeats_are_judged_one_by_one_or_together() -> None:
    texts = ["8", "so 42", "42!", "none"]
    assert judge(FilteredExactMatch(filters=NUMBER), texts) == ("scored", [2.0, 4.0])
    assert judge(FilteredExactMatch(filters=VOTE, repeats=4), texts) == ("right", [1.0, 1.0])
    assert judge(FilteredExactMatch(filters=VOTE, repeats=2), texts) == ("scored", [1.0, 2.0])
    assert judge(FilteredExactMatch(filters=VOTE, repeats=3), texts) == ("right", [1.0, 1.0])  # the fourth is over
    outcome, row = judge(FilteredExactMatch(filters=VOTE, repeats=5), texts)
    assert outcome == "undecided"
    assert np.isnan(row).all()


def test_the_share_of_the_texts_that_are_left_counts() -> None:
    assert judge(FilteredExactMatch(filters=NUMBER, repeats=4), ["42", "7", "8", "x"]) == ("scored", [0.5, 1.0])


def test_errors_do_not_vote() -> None:
    assert judge(FilteredExactMatch(filters=VOTE, repeats=3), [None, "42", None]) == ("right", [1.0, 1.0])
    outcome, row = judge(FilteredExactMatch(filters=VOTE, repeats=2), [None, None])
    assert outcome == "error"
    assert np.isnan(row).all()


def test_the_signature_says_how_many_outputs_go_together() -> None:
    metric = FilteredExactMatch(pipeline="vote", filters=VOTE, repeats=6, regexes_to_ignore=["a|b"])
    assert FilteredExactMatch.repeats_needed(metric.signature()) == 6
    assert FilteredExactMatch.repeats_needed(FilteredExactMatch().signature()) == 1
    assert metric.signature().count("|") == FilteredExactMatch().signature().count("|")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pipeline": "a|b"}, r"`pipeline` must be a string without"),
        ({"filters": [{"function": "take_first_k", "k": 3}]}, "`repeats` must be at least 3, which take_first_k takes"),
        ({"regexes_to_ignore": ["("]}, "`regexes_to_ignore` must be a list of patterns: not a regular expression"),
        ({"repeats": 0}, "`repeats` must be an integer in"),
    ],
)
def test_wrong_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=f"filtered_exact_match: {message}"):
        FilteredExactMatch(**options)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Patterns get 20 ms for a text."""
    matcher = patterns._Matcher()
    monkeypatch.setattr(patterns, "SECONDS", 0.02)
    monkeypatch.setattr(patterns, "_SHARED", matcher)
    yield
    matcher.close()


SLOW: list[dict[str, Any]] = [{"function": "regex", "regex_pattern": "(a+)+$"}]


@pytest.mark.usefixtures("impatient")
def test_a_text_on_which_a_pattern_is_too_slow_is_undecided() -> None:
    samples = [Sample(id=f"{i}", input={}, references=("aa",)) for i in range(3)]
    outputs = [[Output(text=text)] for text in ("aa", "a" * 40 + "!", "b")]
    rows = FilteredExactMatch(filters=SLOW).rows(samples, outputs)
    assert rows.outcomes == ("right", "undecided", "unextracted")
    assert np.isnan(rows.values[:, 0]).tolist() == [False, True, False]
    slow_gold = [Sample(id="1", input={}, references=("a" * 40 + "!",))]
    rows = FilteredExactMatch(regexes_to_ignore=["(a+)+$"]).rows(slow_gold, [[Output(text="x")]])
    assert rows.outcomes == ("undecided",)


@pytest.mark.usefixtures("impatient")
def test_a_pattern_that_is_too_slow_ends_in_one_error() -> None:
    samples = [Sample(id=f"{i}", input={}, references=("aa",)) for i in range(300)]
    outputs = [[Output(text="a" * 40 + "!")]] * 300
    with pytest.raises(
        InputError, match=r"^filtered_exact_match: the regular expression '\(a\+\)\+\$' .* on 3 of the 3"
    ):
        FilteredExactMatch(filters=SLOW).rows(samples, outputs)
