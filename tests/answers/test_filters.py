"""Pipelines of filters, and patterns that take too long."""

from __future__ import annotations

import random
import re
import threading
from typing import TYPE_CHECKING

import pytest

from evalsuite.answers import patterns
from evalsuite.answers.filters import Filtered, Filters
from evalsuite.answers.patterns import PatternTooSlow, find_in_text, remove_from_text
from evalsuite.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

# What lm-eval 0.4.13 leaves of TEXTS, by `build_filter_ensemble(name, pipeline).filters` applied one after the other.
TEXTS = ["A: 12, B: -3.5", "nothing", "(b) or (C)", "  x = 7  ", ""]
PIPELINES: list[tuple[list[dict[str, object]], list[str]]] = [
    ([{"function": "regex", "regex_pattern": "(-?[0-9.]+)"}], ["12", "[invalid]", "[invalid]", "7", "[invalid]"]),
    (
        [{"fallback": "none", "function": "regex", "group_select": -1, "regex_pattern": "(-?[0-9.]+)"}],
        ["-3.5", "none", "none", "7", "none"],
    ),
    (
        [{"function": "regex", "group_select": 0, "regex_pattern": "([0-9]+)|\\(([a-zA-Z])\\)"}],
        ["12", "[invalid]", "b", "7", "[invalid]"],
    ),
    ([{"function": "regex", "regex_pattern": "[a-z ]{2,}"}], ["[invalid]", "nothing", "or", "x", "[invalid]"]),
    (
        [{"function": "remove_whitespace"}, {"function": "uppercase"}],
        ["A: 12, B: -3.5", "NOTHING", "(B) OR (C)", "X = 7", ""],
    ),
    (
        [
            {"function": "lowercase"},
            {"default_value": "other", "function": "map", "mapping_dict": {"": "empty", "nothing": "0"}},
        ],
        ["other", "0", "other", "other", "empty"],
    ),
    ([{"function": "regex", "regex_pattern": "([a-z])"}, {"function": "majority_vote"}], ["[invalid]"]),
    ([{"function": "take_first_k", "k": 2}], ["A: 12, B: -3.5", "nothing"]),
    ([{"function": "regex"}], ["[invalid]", "[invalid]", "[invalid]", "[invalid]", "[invalid]"]),
]


@pytest.mark.parametrize(("pipeline", "left"), PIPELINES)
def test_each_filter_leaves_what_lm_evals_leaves(pipeline: list[dict[str, object]], left: list[str]) -> None:
    assert [one.text for one in Filters.of(pipeline).apply(TEXTS)] == left


def test_what_was_not_found_is_told_from_what_says_invalid() -> None:
    pipeline = Filters.of([{"function": "regex", "regex_pattern": r"\[(\w+)\]", "fallback": "invalid"}])
    assert pipeline.apply(["[invalid]", "x"]) == [Filtered("invalid", True), Filtered("invalid", False)]


def test_texts_without_an_answer_vote_too() -> None:
    pipeline = Filters.of([{"function": "regex", "regex_pattern": "([0-9])"}, {"function": "majority_vote"}])
    assert pipeline.apply(["a", "1", "b"]) == [Filtered("[invalid]", False)]
    assert pipeline.apply(["2", "1", "b"]) == [Filtered("2", True)]


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ("regex", "filters must be a list of tables, found 'regex'"),
        ([{"function": "regexp"}], r'filters\[0\]: there is no filter "regexp"; did you mean "regex"'),
        ([{"name": "regex"}], r"filters\[0\] must be a table such as"),
        ([{"function": "lowercase", "k": 1}], 'filters.0.: "lowercase" has no argument "k"'),
        (
            [{"function": "regex", "regex_pattern": "("}],
            "filters.0.: regex_pattern: not a regular expression: .*missing",
        ),
        ([{"function": "regex", "regex_pattern": "a" * 10_001}], "10,001 characters is too long"),
        ([{"function": "regex", "group_select": 1.5}], "group_select must be an integer, found 1.5"),
        ([{"function": "map", "mapping_dict": [1]}], "mapping_dict must be a table"),
        ([{"function": "map", "mapping_dict": {"a": [1]}}], "mapping_dict.a must be a string or a number"),
        ([{"function": "take_first_k"}], "k must be an integer, found None"),
        ([{"function": "take_first_k", "k": 0}], "k must be at least 1, found 0"),
    ],
)
def test_wrong_filters_are_named(tables: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Filters.of(tables)


def test_equal_pipelines_are_equal_and_fit_a_signature() -> None:
    one = Filters.of([{"function": "regex", "regex_pattern": "a|b"}])
    assert one == Filters.of([{"regex_pattern": "a|b", "function": "regex"}])
    assert hash(one) == hash(Filters.of(one))
    assert "|" not in str(one)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A matcher of its own, which gives a text 20 ms."""
    matcher = patterns._Matcher()
    monkeypatch.setattr(patterns, "SECONDS", 0.02)
    monkeypatch.setattr(patterns, "_SHARED", matcher)
    yield
    matcher.close()


SLOW_TEXT = "a" * 40 + "b"


@pytest.mark.usefixtures("impatient")
def test_a_pattern_without_end_is_ended_and_the_next_one_is_served() -> None:
    with pytest.raises(PatternTooSlow, match=r"'\(a\+\)\+\$' takes more than 0.02 s"):
        find_in_text("(a+)+$", 0, SLOW_TEXT)
    with pytest.raises(PatternTooSlow):
        remove_from_text(["x", "(a+)+$"], SLOW_TEXT)
    assert find_in_text("(b)", 0, SLOW_TEXT) == "b"


@pytest.mark.usefixtures("impatient")
def test_a_pattern_that_is_often_too_slow_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        with pytest.raises(PatternTooSlow):
            find_in_text("(a+)+$", 0, SLOW_TEXT)
    monkeypatch.setattr(patterns._SHARED, "ask", None)  # nothing is asked any more
    with pytest.raises(InputError, match=r"'\(a\+\)\+\$' takes .* on 3 of the 3 it was tried on, and is given up"):
        find_in_text("(a+)+$", 0, "a")


@pytest.mark.usefixtures("impatient")
def test_a_pattern_that_is_seldom_too_slow_is_kept() -> None:
    for _ in range(400):
        assert find_in_text("(a+)+$", 0, "aaa") == "aaa"
    for _ in range(4):
        with pytest.raises(PatternTooSlow):
            find_in_text("(a+)+$", 0, SLOW_TEXT)
    assert find_in_text("(a+)+$", 0, "aaa") == "aaa"


@pytest.mark.usefixtures("impatient")
def test_a_pattern_that_takes_long_to_compile_is_none() -> None:
    with pytest.raises(ValueError, match=r"takes more than 0.02 s .* to compile"):
        Filters.of([{"function": "regex", "regex_pattern": "(?i)" + "[\\x01-\U0010ffff]" * 100}])


def test_large_texts_are_served() -> None:
    assert find_in_text("(y)z", -1, "y" * 1_000_000 + "z") == "y"
    assert remove_from_text(["y"], "y" * 1_000_000 + "z") == "z"


def test_threads_get_their_own_answers() -> None:
    wrong: list[int] = []

    def ask(number: int) -> None:
        wrong.extend(i for i in range(50) if find_in_text("([0-9]+)", 0, f"{number}{i}") != f"{number}{i}")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_random_texts_are_found_as_the_standard_library_finds_them() -> None:
    generator = random.Random(3)
    for _ in range(200):
        pattern = generator.choice(["a", "(a)", "(a)|(b)", "a*", "(b?)(c?)", "[ab]+c", "^a", r"\s+(c)"])
        text = "".join(generator.choices("abc \n", k=generator.randrange(12)))
        place = generator.randrange(-3, 3)
        found = re.findall(pattern, text)
        wanted = None
        if -len(found) <= place < len(found):
            match = found[place]
            match = next((group for group in match if group), None) if isinstance(match, tuple) else match
            wanted = None if match is None else match.strip()
        assert find_in_text(pattern, place, text) == wanted
        assert remove_from_text([pattern], text) == re.sub(pattern, "", text)
