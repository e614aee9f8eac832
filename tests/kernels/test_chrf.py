"""Statistics and scores of chrF against sacrebleu."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.chrf import CHRF

from evalsuite.kernels.chrf import chrf_scores, chrf_statistics
from tests.reference.texts import PIECES, plain_segments

TEXTS = st.lists(st.sampled_from(PIECES) | st.characters() | st.just("\ud9ab"), max_size=25).map("".join)
SEGMENTS = st.lists(st.tuples(TEXTS, st.lists(TEXTS, min_size=1, max_size=3)), min_size=1, max_size=4)
SCRIPTS = {
    "Latin": ("Der Käfer läuft über die Straße.", "Die Käfer liefen über Straßen."),
    "Cyrillic": ("Собака укусила почтальона вчера.", "Вчера собака кусала почтальона!"),
    "Greek": ("γάτα που κοιμάται στον ήλιο", "γάτες που κοιμούνται στον ήλιο"),
    "Arabic": ("القطة تنام في الشمس", "تنام القطط في الشمس."),
    "Hebrew": ("החתול ישן בשמש", "החתולים ישנים בשמש."),
    "Hindi": ("बिल्ली धूप में सोती है", "बिल्लियाँ धूप में सोती हैं।"),
    "Thai": ("แมวนอนกลางแดด", "แมวกำลังนอนกลางแดด"),
    "Chinese": ("猫在阳光下睡觉。", "那只猫正在太阳下睡觉。"),
    "Japanese": ("猫は日なたで寝ている。", "猫が日向で眠っています。"),
    "Korean": ("고양이가 햇볕에서 잔다.", "고양이는 햇볕 아래에서 자요."),
    "emoji": ("👩‍👩‍👧 🇫🇷 ok 👍🏽", "👩‍👧 🇫🇷 ok 👍"),
}


def peer_statistics(hypotheses: list[str], references: list[Any], **options: Any) -> list[list[int]]:
    streams: Any = list(itertools.zip_longest(*references))
    counted: list[list[int]] = CHRF(**options)._extract_corpus_statistics(hypotheses, streams)
    return counted


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    SEGMENTS,
    st.tuples(st.integers(0, 8), st.integers(0, 3)).filter(any),
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
    st.sampled_from([1, 2, 3, 0.5]),
)
def test_statistics_and_scores_equal_sacrebleu(
    segments: list[tuple[str, list[str]]], orders: tuple[int, int], flags: tuple[bool, bool, bool], beta: Any
) -> None:
    options: dict[str, Any] = {
        "char_order": orders[0],
        "word_order": orders[1],
        "lowercase": flags[0],
        "whitespace": flags[1],
        "eps_smoothing": flags[2],
        "beta": beta,
    }
    # One segment a call: sacrebleu pads groups with None only at their end, and counts what it is given.
    rows = chrf_statistics([h for h, _ in segments], [group for _, group in segments], **options)
    expected = [peer_statistics([h], [group], **options)[0] for h, group in segments]
    assert rows.tolist() == expected
    scores = chrf_scores(rows, beta=beta, eps_smoothing=flags[2])
    assert scores.tolist() == [CHRF(**options)._compute_f_score(row) for row in expected]


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_equal_sacrebleu(script: str) -> None:
    hypothesis, reference = SCRIPTS[script]
    for word_order in (0, 2):
        rows = chrf_statistics([hypothesis], [[reference]], word_order=word_order)
        assert rows.tolist() == peer_statistics([hypothesis], [[reference]], word_order=word_order)
        assert rows[0, 2] > 0


def test_plain_text_equals_sacrebleu() -> None:
    hypotheses, references = plain_segments(500, seed=3)
    groups = [[text] for text in references]
    rows = chrf_statistics(hypotheses, groups, word_order=2)
    assert rows.tolist() == peer_statistics(hypotheses, groups, word_order=2)


def test_more_characters_and_words_than_bytes_can_number() -> None:
    characters = "".join(map(chr, range(0x4E00, 0x4E00 + 400)))
    words = " ".join(f"w{i}" for i in range(400))
    for text, options in ((characters, {}), (words, {"char_order": 0, "word_order": 4})):
        other = text[40:] + text[:50]
        rows = chrf_statistics([text], [["x", other]], **options)  # type: ignore[arg-type]
        assert rows.tolist() == peer_statistics([text], [["x", other]], **options)


def test_long_lines() -> None:
    text = "The lake lies still. " * 100_000
    n = len(text) - text.count(" ")
    rows = chrf_statistics([text], [[text[: len(text) // 2]]])[0]
    assert rows.tolist() == [count for k in range(6) for count in (n - k, n // 2 - k, n // 2 - k)]


def test_a_high_order_costs_what_it_matches() -> None:
    rows = chrf_statistics(["abcabcabd"], [["abcabcabc"]], char_order=5000)
    assert rows.shape == (1, 15_000)
    assert rows[0, :27].tolist() == peer_statistics(["abcabcabd"], [["abcabcabc"]], char_order=9)[0]
    assert not rows[0, 27:].any()


def test_none_is_dropped_and_segments_may_be_none() -> None:
    assert chrf_statistics(["ab"], [[None, "ac"]], char_order=1).tolist() == [[2, 2, 1]]
    assert chrf_statistics([], []).shape == (0, 18)
    assert chrf_statistics((np.str_("a"),), ((np.str_("a"),),), char_order=1).tolist() == [[1, 1, 1]]


loose: Any = chrf_statistics
loose_scores: Any = chrf_scores


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: loose("a", [["a"]]), TypeError, r"`hypotheses` must be a sequence of str"),
        (lambda: loose([b"a"], [["a"]]), TypeError, r"`hypotheses\[0\]` must be a str; found bytes"),
        (lambda: loose(["a"], ["a"]), TypeError, r"`references` must be a sequence of sequences"),
        (lambda: loose(["a", "b"], [["a"]]), ValueError, r"one entry for each of the 2 `hypotheses`; found 1"),
        (lambda: loose(["a"], [[None]]), ValueError, r"`references\[0\]` has no reference"),
        (lambda: loose(["a"], [["a"]], char_order=0), ValueError, "`char_order` and `word_order` must not both be 0"),
        (lambda: loose(["a"], [["a"]], word_order=-1), ValueError, "`word_order` must be 0 to"),
        (lambda: loose(["a"], [["a"]], char_order=2.0), TypeError, "`char_order` must be an int"),
        (lambda: loose(["a"], [["a"]], beta="2"), TypeError, "`beta` must be a number"),
        (lambda: loose_scores(np.ones((1, 4))), ValueError, r"3 \* N columns, N at least 1; found 4"),
        (lambda: loose_scores(np.full((1, 3), -1.0)), ValueError, "found -1.0 in row 0, column 0"),
        (lambda: loose_scores([[1, 1, 1]]), TypeError, "`statistics` must be a numpy array"),
    ],
)
def test_refusals_name_the_argument(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_nan_is_nan_and_leaves_the_others() -> None:
    scores = chrf_scores(np.array([[np.nan, 1, 1], [2, 2, 2]]))
    assert np.isnan(scores[0])
    assert scores[1] == 100.0
