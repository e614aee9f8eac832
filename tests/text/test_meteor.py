"""METEOR's functions against nltk's, with words in many scripts and wrong arguments."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from nltk.stem.snowball import SnowballStemmer
from nltk.translate.meteor_score import meteor_score as peer_score
from nltk.translate.meteor_score import single_meteor_score as peer_single_score

from evalsuite.text.meteor import find_wordnet, meteor_score, meteor_scores, single_meteor_score
from tests.reference.texts import nasty_segments
from tests.reference.wordnet import NO_SYNONYMS, SOME_SYNONYMS

SENTENCES = {
    "Latin": ("Die Brücken führten über den Fluß.", "Die Brücke führt über einen Fluss."),
    "accents": ("À l'été, les élèves s'élèvent déjà.", "L'été, l'élève s'élève déjà."),
    "decomposed": ("Le cafe\u0301 e\u0301tait ferme\u0301.", "Le caf\u00e9 \u00e9tait ferm\u00e9."),
    "Turkish": ("İstanbul'da IŞIKLAR güzel", "istanbul'da ışıklar güzel"),  # noqa: RUF001
    "Cyrillic": ("Кошки сидели на старых стенах.", "Кошка сидела на старой стене."),
    "Greek": ("ΟΔΥΣΣΕΥΣ γύρισε στην Ιθάκη", "Οδυσσεύς γύρισε στην Ιθάκη"),
    "Arabic": ("ذهب الولد إلى المدرسة", "ذهبت البنت إلى المدرسة"),
    "Hebrew": ("הילד הלך אל הים", "הילדה הלכה אל הים"),
    "Hindi": ("बच्चे नदी के पास खेल रहे थे", "बच्चा नदी के पास खेल रहा था"),
    "Thai": ("เด็ก เล่น อยู่ ริม แม่น้ำ", "เด็กๆ เล่น ริม แม่น้ำ"),
    "Chinese": ("孩子 们 在 河边 玩", "孩子 在 河边 玩耍"),
    "Japanese": ("子供 が 川 で 遊ぶ", "子供 たち は 川 で 遊んだ"),
    "Korean": ("아이가 강가에서 논다", "아이들이 강가에서 논다"),
    "emoji": ("👩‍👩‍👧 went 🏃🏽 home 🇫🇷", "👩‍👩‍👧 goes 🏃 home 🇫🇷"),
    "English": ("The cats were running happily to the stations", "A cat runs happily, running to stations"),
}


@pytest.mark.parametrize("script", SENTENCES)
def test_scripts_equal_nltk(script: str) -> None:
    hypothesis, reference = (text.split() for text in SENTENCES[script])
    expected = peer_single_score(reference, hypothesis, wordnet=NO_SYNONYMS)
    assert single_meteor_score(reference, hypothesis, wordnet=None) == expected
    assert expected > 0


def test_nltks_own_examples() -> None:
    hypothesis = [
        "It",
        "is",
        "a",
        "guide",
        "to",
        "action",
        "which",
        "ensures",
        "that",
        "the",
        "military",
        "always",
        "obeys",
        "the",
        "commands",
        "of",
        "the",
        "party",
    ]
    references = [
        [
            "It",
            "is",
            "a",
            "guide",
            "to",
            "action",
            "that",
            "ensures",
            "that",
            "the",
            "military",
            "will",
            "forever",
            "heed",
            "Party",
            "commands",
        ],
        [
            "It",
            "is",
            "the",
            "guiding",
            "principle",
            "which",
            "guarantees",
            "the",
            "military",
            "forces",
            "always",
            "being",
            "under",
            "the",
            "command",
            "of",
            "the",
            "Party",
        ],
        [
            "It",
            "is",
            "the",
            "practical",
            "guide",
            "for",
            "the",
            "army",
            "always",
            "to",
            "heed",
            "the",
            "directions",
            "of",
            "the",
            "party",
        ],
    ]
    assert round(single_meteor_score(references[0], hypothesis, wordnet=None), 4) == 0.6944
    assert round(meteor_score(references, hypothesis, wordnet=None), 4) == 0.6944
    assert single_meteor_score(["this", "is", "a", "cat"], ["non", "matching", "hypothesis"], wordnet=None) == 0.0


@pytest.mark.parametrize("wordnet", [NO_SYNONYMS, SOME_SYNONYMS], ids=["none", "some"])
def test_one_at_a_time_equals_many_at_once(wordnet: Any) -> None:
    texts, groups = nasty_segments(300, seed=9, with_none=False)
    hypotheses = [text.split() for text in texts]
    references = [[str(text).split() for text in group] for group in groups]
    together = meteor_scores(references, hypotheses, wordnet=wordnet).tolist()
    alone = [meteor_score(group, text, wordnet=wordnet) for group, text in zip(references, hypotheses, strict=True)]
    assert alone == together
    assert together == [
        peer_score(group, text, wordnet=wordnet) for group, text in zip(references, hypotheses, strict=True)
    ]


def test_synonyms_change_scores() -> None:
    hypothesis, reference = ["the", "cat"], ["the", "mat"]
    without = single_meteor_score(reference, hypothesis, wordnet=None)
    assert single_meteor_score(reference, hypothesis, wordnet=NO_SYNONYMS) == without
    assert single_meteor_score(reference, hypothesis, wordnet=SOME_SYNONYMS) > without


def test_other_stemmers_and_preprocessing_equal_nltk() -> None:
    stemmer = SnowballStemmer("german")
    rng = random.Random(3)
    words = ["Haus", "Häuser", "Hauses", "haus", "laufen", "läuft", "LAUFEN", "gelaufen", "!", "schön", "schöne"]
    for _ in range(200):
        hypothesis, reference = (rng.choices(words, k=rng.randint(0, 8)) for _ in range(2))
        for preprocess in (str.lower, str.upper, str):
            expected = peer_single_score(reference, hypothesis, preprocess, stemmer, NO_SYNONYMS, 0.8, 2.0, 0.3)
            assert single_meteor_score(reference, hypothesis, preprocess, stemmer, None, 0.8, 2.0, 0.3) == expected
            expected = peer_single_score(reference, hypothesis, preprocess=preprocess, wordnet=NO_SYNONYMS)
            assert single_meteor_score(reference, hypothesis, preprocess=preprocess, wordnet=None) == expected


def test_odd_words_equal_nltk() -> None:
    words = ["", " ", "a b", "\0", "\x1c", "\ud800ing", "\ud800s", "x" * 300 + "ing", "running", "\u0301", "ﬁnes", "ĳs"]
    rng = random.Random(4)
    for _ in range(300):
        hypothesis, reference = (rng.choices(words, k=rng.randint(0, 6)) for _ in range(2))
        expected = peer_single_score(reference, hypothesis, wordnet=NO_SYNONYMS)
        assert single_meteor_score(reference, hypothesis, wordnet=None) == expected


def test_lemmas_of_several_words_are_no_synonyms_even_of_words_with_underscores() -> None:
    reference, hypothesis = ["the", "sit_down"], ["the", "cat"]
    found = single_meteor_score(reference, hypothesis, wordnet=SOME_SYNONYMS)
    assert found == peer_single_score(reference, hypothesis, wordnet=SOME_SYNONYMS)
    assert found < single_meteor_score(["the", "mat"], hypothesis, wordnet=SOME_SYNONYMS)


def test_any_iterable_of_words() -> None:
    hypothesis, reference = ["the", "cat", "sat"], ["the", "cats", "sat"]
    expected = single_meteor_score(reference, hypothesis, wordnet=None)
    assert single_meteor_score(iter(reference), tuple(hypothesis), wordnet=None) == expected
    assert single_meteor_score(np.array(reference), map(str, hypothesis), wordnet=None) == expected
    assert meteor_score(iter([reference]), hypothesis, wordnet=None) == expected
    assert meteor_scores([], [], wordnet=None).shape == (0,)


def test_without_wordnets_data_auto_is_none() -> None:
    if find_wordnet() is None:
        assert single_meteor_score(["the", "mat"], ["the", "cat"]) == single_meteor_score(
            ["the", "mat"], ["the", "cat"], wordnet=None
        )


loose: Any = meteor_scores


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: loose("a", [["a"]]), TypeError, r"`references` and `hypotheses` must be sequences of texts"),
        (lambda: loose([[["a"]]], ["a"]), TypeError, r"`hypotheses\[0\]` must be words, .* found one str: split it"),
        (lambda: loose([["a"]], [["a"]]), TypeError, r"`references\[0\]` must be words"),
        (lambda: loose(["a"], [["a"]]), TypeError, r"`references\[0\]` must be a sequence of references"),
        (lambda: loose([None], [["a"]]), TypeError, r"`references\[0\]` must be a sequence of references; found None"),
        (lambda: loose([[["a"]]], [None]), TypeError, r"`hypotheses\[0\]` must be words"),
        (lambda: loose([[["a"]]], [[b"a"]]), TypeError, r"`hypotheses\[0\]` must be words"),
        (lambda: loose([[["a"]]], [[None]]), TypeError, r"`hypotheses\[0\]` must be words"),
        (lambda: loose([[["a"]]], []), ValueError, r"`references` must have one entry for each of the 0"),
        (lambda: loose([[]], [["a"]]), ValueError, r"`references\[0\]` has no reference"),
        (lambda: loose([[["a"]]], [["a"]], gamma=-1), ValueError, r"`gamma` must be finite and at least 0"),
        (lambda: meteor_score("abc", ["a"]), TypeError, r"`references\[0\]` must be a sequence of references"),
    ],
)
def test_refusals_name_the_argument(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
