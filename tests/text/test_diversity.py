"""Self-BLEU, distinct-n, entropy, Zipf, repetition and loops as functions of texts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from evalsuite.text.degeneration import (
    Loop,
    RepeatedSpan,
    find_loops,
    longest_repeats,
    loop_rate,
    rep_n,
    rep_n_scores,
    seq_rep_n,
)
from evalsuite.text.diversity import distinct_n, distinct_n_scores, ngram_entropy, zipf_coefficient
from evalsuite.text.selfbleu import self_bleu, self_bleu_scores
from tests.reference import diversity as twin
from tests.reference.texts import nasty_segments, plain_segments

# ruff: noqa: RUF001
REAL = [
    "Der Zug hält in Köln, und der Zug hält in Bonn.",
    "Поезд стоит на станции, а автобус стоит у реки.",
    "Το τρένο φτάνει στην πόλη και το τρένο φεύγει.",
    "القطار يصل إلى المدينة ثم القطار يغادر المدينة.",
    "הרכבת מגיעה לעיר והרכבת עוזבת.",
    "ट्रेन शहर में आती है और ट्रेन जाती है।",
    "รถไฟมาถึงเมือง รถไฟออกจากเมือง",
    "火车到了城里，火车又走了。",
    "電車が町に着く。電車が出る。",
    "기차가 도시에 도착하고 기차가 떠난다.",
    "🚂 → 🏙️ → 🚂 → 🏙️",
]


def test_self_bleu_of_real_text_in_many_scripts_equals_nltk() -> None:
    texts = [*REAL, *(text.replace(" ", "  ", 1) + " !" for text in REAL), *REAL[:3]]
    for method in (0, 1, 2, 3, 4):
        smoothing: Any = method
        by_words = self_bleu_scores(texts, smoothing=smoothing).tolist()
        assert by_words == twin.nltk_self_bleu([text.split() for text in texts], (0.25,) * 4, method)
        by_characters = self_bleu_scores(texts, smoothing=smoothing, tokenize="char").tolist()
        assert by_characters == twin.nltk_self_bleu([list(text) for text in texts], (0.25,) * 4, method)


def test_constants_of_smoothing_are_nltks() -> None:
    texts = [["a", "b", "c"], ["a", "c", "b", "d"], ["b"], ["d", "e"]]
    for method, constants in ((1, {"epsilon": 0.5}), (4, {"k": 3}), (7, {"k": 2})):
        ours = self_bleu_scores(texts, smoothing=method, **constants)  # type: ignore[arg-type]
        theirs = twin.nltk_self_bleu(texts, (0.25,) * 4, method, **constants)
        assert ours == pytest.approx(np.array(theirs), rel=1e-12)


def test_lists_of_tokens_and_texts_agree() -> None:
    texts = plain_segments(50, seed=3)[0]
    words = [text.split() for text in texts]
    numbers = {word: number for number, word in enumerate({word for text in words for word in text})}
    ids = [[numbers[word] for word in text] for text in words]
    assert self_bleu(texts) == self_bleu(words) == self_bleu(ids)
    assert ngram_entropy(texts) == ngram_entropy(ids)
    assert zipf_coefficient(texts) == zipf_coefficient(ids)


def test_self_bleu_of_extremes() -> None:
    assert self_bleu(["a b c d"] * 3) == 1.0
    assert self_bleu(["a b c d", "e f g h"]) == 0.0
    assert self_bleu(["", ""]) == 0.0


def test_self_bleu_grows_with_the_set() -> None:
    texts = plain_segments(400, seed=4)[0]
    values = [self_bleu(texts[:n]) for n in (25, 50, 100, 200, 400)]
    assert values == sorted(values)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"texts": ["a"]}, "`texts` must be at least two"),
        ({"weights": ()}, "`weights` must be one number or more"),
        ({"smoothing": 5, "average": "corpus"}, "`smoothing` must be 0 to 4"),
        ({"average": "micro"}, "`average` must be one of"),
    ],
)
def test_self_bleu_options_are_checked(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        self_bleu(**{"texts": ["a b", "b a"], **options})


def test_diversity_equals_the_twins() -> None:
    texts = nasty_segments(300, seed=9)[0]
    words = [text.split() for text in texts]
    for n in (1, 2, 3, 5):
        distinct, total = twin.distinct(words, n)
        assert distinct_n(texts, n) == distinct / total
        assert ngram_entropy(texts, n) == pytest.approx(twin.entropy(words, n), rel=1e-12)
        counted = [twin.distinct([text], n) for text in words]
        shares = [d / t if t else math.nan for d, t in counted]
        np.testing.assert_array_equal(distinct_n_scores(texts, n), shares)
        repeated = [(t - d) / t if t else math.nan for d, t in counted]
        np.testing.assert_array_equal(rep_n_scores(texts, n), repeated)
        assert rep_n(texts, n) == sum(t - d for d, t in counted) / total
        assert seq_rep_n(texts, n) == pytest.approx(np.nanmean(repeated), rel=1e-12)


@pytest.mark.parametrize("top", [2, 10, 5000])
def test_zipf_equals_scipys_line(top: int) -> None:
    texts = plain_segments(200, seed=6)[0]
    words = [text.split() for text in texts]
    assert zipf_coefficient(texts, top=top) == pytest.approx(twin.zipf(words, top), rel=1e-12)


def test_zipf_of_flat_and_of_exact_laws() -> None:
    assert zipf_coefficient(["a b c d"]) == 0.0
    assert zipf_coefficient([["a"] * 60 + ["b"] * 30 + ["c"] * 20 + ["d"] * 15]) == pytest.approx(1.0, rel=1e-12)


def test_nothing_has_no_value() -> None:
    for texts in ([], ["", " "], ["one"]):
        assert math.isnan(distinct_n(texts, 2))
        assert math.isnan(ngram_entropy(texts, 2))
        assert math.isnan(zipf_coefficient(texts))
        assert math.isnan(rep_n(texts))
        assert math.isnan(seq_rep_n(texts))
    assert math.isnan(loop_rate([]))
    assert loop_rate([""]) == 0.0


def test_spans_and_loops() -> None:
    texts = ["I said that I said that", "no, no, no, no, no, no, no,", "abc", ""]
    assert longest_repeats(texts) == [RepeatedSpan(3, 0, 3), RepeatedSpan(3, 0, 4), None, None]
    assert longest_repeats(["abcab"], tokenize="char") == [RepeatedSpan(2, 0, 3)]
    assert longest_repeats(["aaaa"], tokenize="char", overlap=True) == [RepeatedSpan(3, 0, 1)]
    assert find_loops(texts) == [None, Loop(1, 7, 0), None, None]
    assert find_loops(texts, min_repetitions=2) == [Loop(3, 2, 0), Loop(1, 7, 0), None, None]
    assert find_loops(["火车又走了" * 3], tokenize="char") == [Loop(5, 3, 0)]
    assert loop_rate(texts) == 0.25
