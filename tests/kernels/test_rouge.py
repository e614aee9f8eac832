# ruff: noqa: RUF001 (texts in other scripts are the point)
"""ROUGE's words, stems and counts, against rouge-score, nltk and the plain twin."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.stem.porter import PorterStemmer
from rouge_score.tokenizers import DefaultTokenizer as PeerTokenizer

from evalsuite.kernels import rouge as kernels
from evalsuite.kernels import rouge_words as words_kernels
from evalsuite.kernels.rouge_words import porter_stems, rouge_words
from tests.reference import rouge as twin
from tests.reference.texts import PIECES, nasty_segments

TYPES = [*(f"rouge{n}" for n in range(1, 10)), "rougeL", "rougeLsum"]
TEXTS = st.lists(
    st.sampled_from([*PIECES, "İ", "K", "aKb", "\n", " the", " skies"]) | st.characters(), max_size=25
).map("".join)
LINES = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "\n"]), max_size=90).map(" ".join)
# More than 64 words a line, so that the line takes several machine words.
LONG_LINES = st.lists(st.sampled_from(["a", "b", "c", "dd", "ee", "ff"]), min_size=60, max_size=200).map(" ".join)


def lines_of_words(text: str) -> list[list[str]]:
    return [re.findall("[a-z0-9]+", line) for line in text.lower().split("\n")]


@pytest.mark.parametrize("use_stemmer", [False, True])
def test_words_equal_rouge_score(use_stemmer: bool) -> None:
    hypotheses, references = nasty_segments(3000, seed=5, with_none=False)
    texts = [*hypotheses, *(text for group in references for text in group if text is not None)]
    texts += [
        f"Skies{chr(code)}dying{chr(code)}{chr(code)} x" for code in (*range(0x3000), *range(0x3000, 0x110000, 97))
    ]
    tokenize = PeerTokenizer(use_stemmer).tokenize
    assert rouge_words(texts, use_stemmer=use_stemmer) == [tokenize(text) for text in texts]


def test_words_of_real_text_in_many_scripts() -> None:
    texts = {
        "Le café d'été à Nîmes coûte 3,50 €.": ["le", "café", "d", "été", "à", "nîmes", "coûte", "3", "50"],
        "Тропа ведёт к ОЗЕРУ.": ["тропа", "ведёт", "к", "озеру"],
        "Ο ΔΡΟΜΟΣ — ο δρόμος": ["ο", "δρομοσ", "ο", "δρόμοσ"],
        "الطريق إلى البحيرة، ١٢ كم": ["الطريق", "إلى", "البحيرة", "١٢", "كم"],
        "השביל אל האגם.": ["השביל", "אל", "האגם"],
        "रास्ता झील तक जाता है।": ["रास्ता", "झील", "तक", "जाता", "है"],
        "ทางไป ทะเลสาบ": ["ทางไป", "ทะเลสาบ"],
        "小路通向湖边。": list("小路通向湖边"),
        "道はミズウミへ": list("道はミズウミへ"),
        "길은 호수로 이어진다.": ["길은", "호수로", "이어진다"],
        "Lake 👩‍👩‍👧 🇫🇷 ok": ["lake", "ok"],
    }
    assert rouge_words(list(texts), tokenize="unicode") == list(texts.values())


def test_unicode_words_of_ascii_are_rouge_scores() -> None:
    texts = [text.encode("ascii", "ignore").decode() for text in nasty_segments(1000, seed=11)[0]]
    for use_stemmer in (False, True):
        expected = rouge_words(texts, use_stemmer=use_stemmer)
        assert rouge_words(texts, tokenize="unicode", use_stemmer=use_stemmer) == expected


def test_stems_of_the_irregular_and_of_odd_words() -> None:
    words = [
        "Skies",
        "DYING",
        "news",
        "innings",
        "",
        "y",
        "yyyyyyyy",
        "caféed",
        "éé",
        "İe",
        "ΑΣ",
        "s" * 5000,
        "1111ing",
    ]
    stem = PorterStemmer().stem
    assert porter_stems(words) == [stem(word) for word in words]


@settings(derandomize=True, deadline=None, max_examples=400)
@given(TEXTS | LINES | LONG_LINES, TEXTS | LINES | LONG_LINES)
def test_counts_equal_the_twin(target: str, prediction: str) -> None:
    pair = lines_of_words(target), lines_of_words(prediction)
    expected = [twin.rouge_counts(kind, *pair) for kind in TYPES]
    assert kernels.rouge_statistics([target], [prediction], TYPES)[0].tolist() == expected
    of_words = kernels.rouge_statistics_of_words([pair[0]], np.array([1]), [pair[1]], TYPES)
    assert of_words[0].tolist() == expected


def test_very_long_texts() -> None:
    # One line of 3,000 words of 40: several machine words a column, and a walk back too long to keep whole.
    target = " ".join(f"w{i * i % 41}" for i in range(3000))
    prediction = " ".join(f"w{i % 37}" for i in range(3000))
    counts = kernels.rouge_statistics([target, f"{target}\nx"], [prediction] * 2, ["rougeL", "rougeLsum"])
    assert counts[0, 0].tolist() == counts[0, 1].tolist() == [counts[1, 0, 0], 3000, 3000]
    # With a second line the union is walked, and finds a subsequence of the same length.
    assert counts[1, 1].tolist() == [counts[1, 0, 0], 3000, 3001]
    million = kernels.rouge_statistics(["a" * 10_000_000 + " b\0" * 3], ["b " * 1_000_000], ["rouge1", "rougeL"])
    assert million[0].tolist() == [[3, 1_000_000, 4]] * 2


def test_neighbours_do_not_matter() -> None:
    hypotheses, references = nasty_segments(400, seed=3, with_none=False)
    groups = [[text for text in group if text is not None] for group in references]
    together = kernels.rouge_statistics(groups, hypotheses, TYPES, use_stemmer=True)
    for i in range(0, 400, 7):
        alone = kernels.rouge_statistics([groups[i]], [hypotheses[i]], TYPES, use_stemmer=True)
        assert alone[0].tolist() == together[i].tolist()


DIGEST = """
import hashlib, sys
from evalsuite.kernels.rouge import rouge_statistics
from tests.reference.texts import plain_segments
predictions, targets = plain_segments(2000, seed=37)
counts = rouge_statistics(targets, predictions, ["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=True)
sys.stdout.write(hashlib.sha256(counts.tobytes()).hexdigest())
"""


def test_the_number_of_threads_changes_nothing() -> None:
    root = str(Path(__file__).resolve().parents[2])
    digests = set()
    for n in (1, 3):
        environment = {**os.environ, "RAYON_NUM_THREADS": str(n), "PYTHONPATH": os.pathsep.join([*sys.path, root])}
        command = [sys.executable, "-c", f"import sys, evalsuite; sys.path.insert(0, {root!r})\n" + DIGEST]
        digests.add(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    assert len(digests) == 1


def test_nothing_to_count() -> None:
    assert kernels.rouge_statistics([], [], TYPES).shape == (0, 11, 3)
    assert kernels.rouge_statistics(["a"], ["a"], []).shape == (1, 0, 3)
    assert kernels.rouge_scores(np.empty((0, 3), dtype=np.int64)).shape == (0, 3)
    assert rouge_words([]) == []
    assert porter_stems([]) == []


def test_other_sequences_and_subclasses_of_str() -> None:
    targets: Any = ((np.str_("a b"),), (text for text in ["c", "b"]))
    counts = kernels.rouge_statistics(targets, (np.str_("a"), "b"), ["rouge1"])
    assert counts.tolist() == [[[1, 1, 2]], [[1, 1, 1]]]


# The same functions without their types, so that wrong arguments can be tried.
loose: Any = kernels
loose_words: Any = words_kernels


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: loose_words.porter_stems("abc"), TypeError, r"`words` must be a sequence of str; found one str"),
        (lambda: loose_words.porter_stems(["\ud800"]), ValueError, r"`words` must not hold lone surrogates"),
        (
            lambda: loose_words.rouge_words(["a"], tokenize="13a"),
            ValueError,
            r"`tokenize` must be one of 'rouge-score'",
        ),
        (lambda: loose_words.rouge_words([b"a"]), TypeError, r"`texts\[0\]` must be a str; found bytes"),
        (lambda: loose.rouge_statistics("a", ["a"], ["rouge1"]), TypeError, r"`targets` must be a sequence"),
        (lambda: loose.rouge_statistics(["a"], "a", ["rouge1"]), TypeError, r"`predictions` must be a sequence of str"),
        (lambda: loose.rouge_statistics(["a"], [None], ["rouge1"]), TypeError, r"`predictions\[0\]` must be a str"),
        (lambda: loose.rouge_statistics([None], ["a"], ["rouge1"]), TypeError, r"`targets\[0\]` must be a .*NoneType"),
        (lambda: loose.rouge_statistics(["a", ["b"]], ["a", "b"], ["rouge1"]), TypeError, r"`targets\[0\]` must be"),
        (
            lambda: loose.rouge_statistics([["a", 3]], ["a"], ["rouge1"]),
            TypeError,
            r"`targets\[0\]\[1\]` must be a str",
        ),
        (lambda: loose.rouge_statistics([[]], ["a"], ["rouge1"]), ValueError, r"`targets\[0\]` is empty"),
        (lambda: loose.rouge_statistics(["a"], ["a", "b"], ["rouge1"]), ValueError, r"the 2 `predictions`; found 1"),
        (lambda: loose.rouge_statistics(["a"], ["a"], "rouge1"), TypeError, r"`rouge_types` must be a sequence"),
        (lambda: loose.rouge_statistics(["a"], ["a"], ["rouge0"]), ValueError, r"Invalid rouge type: 'rouge0'"),
        (lambda: loose.rouge_statistics(["a"], ["a"], ["rouge10"]), ValueError, r"Invalid rouge type: 'rouge10'"),
        (lambda: loose.rouge_statistics(["a"], ["a"], [1]), ValueError, r"Invalid rouge type: 1"),
        (lambda: loose.rouge_statistics_of_words([[]], np.array([2]), [[]], ["rouge1"]), ValueError, r"`references`"),
        (
            lambda: loose.rouge_scores([[1, 1, 1]]),
            TypeError,
            r"`statistics` must be a numpy array of int64; found list",
        ),
        (lambda: loose.rouge_scores(np.ones((2, 2), dtype=np.int64)), ValueError, r"shape \(..., 3\)"),
        (lambda: loose.rouge_scores(np.full(3, -1)), ValueError, r"`statistics` must be counts"),
    ],
)
def test_refusals_name_the_argument(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
