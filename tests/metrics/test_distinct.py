"""Distinct-2 against a plain count."""

from __future__ import annotations

from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.metrics.distinct import Distinct1, Distinct2, Distinct3, Distinct4
from evalsuite.metrics.self_bleu import SelfBleu
from evalsuite.metrics.zipf import Zipf
from evalsuite.stats.jackknife import jackknife_interval
from evalsuite.text.selfbleu import self_bleu
from evalsuite.types import Output, Sample
from tests.reference.texts import plain_segments

if TYPE_CHECKING:
    from evalsuite.metrics._words import WordSetMetric

PIECES = [*"abAB.,中\u00a0\x1c\t\n\0\ud800 ", " a", " b", " the", " cat."]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


def score(texts: list[str], metric: Distinct2 | None = None) -> float:
    metric = metric or Distinct2()
    samples = [Sample(id=str(i), input={}) for i in range(len(texts))]
    return metric.value(metric.features(samples, [[Output(text=text)] for text in texts]).values)


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(TEXTS, max_size=5), lowercase=st.booleans())
def test_equals_a_plain_count(texts: list[str], lowercase: bool) -> None:
    words = [(text.lower() if lowercase else text).split() for text in texts]
    bigrams = [(a, b) for text in words for a, b in pairwise(text)]
    expected = len(set(bigrams)) / len(bigrams) if bigrams else float("nan")
    np.testing.assert_equal(score(texts, Distinct2(lowercase=lowercase)), expected)


def test_tokenisation_13a() -> None:
    assert score(["Yes. Yes. Yes."]) == 0.5  # "Yes. Yes." twice
    assert score(["Yes. Yes. Yes."], Distinct2(tokenize="13a")) == 2 / 5  # "Yes ." and ". Yes"
    assert score(["Yes. yes."], Distinct2(tokenize="13a", lowercase=True)) == 2 / 3


def test_bigrams_do_not_cross_texts_repeats_or_word_boundaries() -> None:
    assert score(["a b", "b c"]) == 1.0
    sample = Sample(id="1", input={})
    rows = Distinct2().features([sample], [[Output(text="a b"), Output(text="b a", repeat=1)]])
    assert rows.values.shape == (1, 5)  # two words, a separator, two words
    assert Distinct2().value(rows.values) == 1.0
    assert score(["ab c", "a bc"]) == 1.0
    assert score(["ab c", "ab c"]) == 0.5


def test_hashes_are_exact_and_pinned() -> None:
    sample = Sample(id="1", input={})
    outputs = [[Output(text="the cat"), Output(text="the", repeat=1)], [Output(text="")]]
    features = Distinct2().features([sample] * 2, outputs)
    # The first 8 bytes of BLAKE2b-64 of each word, shifted right by 11 (hashlib, Python 3.11).
    the, cat = (float(int.from_bytes(blake2b(word, digest_size=8).digest(), "big") >> 11) for word in (b"the", b"cat"))
    assert features.values.tolist() == [[the, cat, -2.0, the], [-1.0] * 4]
    assert all(value == int(value) < 2**53 for value in features.values[0])


def test_text_without_a_bigram_has_a_row_but_adds_nothing() -> None:
    rows = Distinct2().features([Sample(id="1", input={})], [[Output(text="one")]])
    assert rows.outcomes == ("scored",)
    assert rows.scored().all()
    assert np.isnan(Distinct2().value(rows.values))


def test_no_reference_set() -> None:
    assert Distinct2().reference([Sample(id="1", input={})]) is None


@pytest.mark.parametrize("width", [1, 5])
def test_padding_does_not_count(width: int) -> None:
    features = np.array([[3.0, 4.0], [3.0, 4.0]])
    padded = np.hstack([features, np.full((2, width), -1.0)])
    assert Distinct2().value(padded) == Distinct2().value(features) == 0.5


@pytest.mark.parametrize("metric", [Distinct1(), Distinct2(), Distinct3(), Distinct4(), SelfBleu(), Zipf(top=3)])
def test_interval_leaves_out_the_same_texts_as_a_plain_jackknife(metric: WordSetMetric) -> None:
    samples = [Sample(id=str(i), input={}) for i in range(60)]
    texts = plain_segments(120, seed=8)[0]
    outputs = [[Output(text=texts[i]), Output(text=texts[60 + i], repeat=1)] for i in range(60)]
    features = metric.features(samples, outputs).values
    clusters = np.arange(60) // 2
    expected = jackknife_interval(features, clusters, metric.value, value_range=metric.value_range)
    assert metric.interval(features, clusters) == expected


def test_a_separator_in_the_last_column_and_empty_repeats() -> None:
    sample = Sample(id="1", input={})
    said = [Output(text=text, repeat=i) for i, text in enumerate(("a b c d", "", "a b c d", ""))]
    metric = SelfBleu()
    rows = metric.features([sample], [said])
    assert rows.values[0, -1] == -2.0
    assert metric.value(rows.values) == self_bleu(["a b c d", "", "a b c d", ""]) == 0.5
