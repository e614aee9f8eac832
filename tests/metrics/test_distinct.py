"""Distinct-2 against a plain count."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.metrics.distinct import Distinct2
from evalsuite.types import Output, Sample

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
    assert rows.values.shape == (1, 2)
    assert score(["ab c", "a bc"]) == 1.0
    assert score(["ab c", "ab c"]) == 0.5


def test_hashes_are_exact_and_pinned() -> None:
    features = Distinct2().features([Sample(id="1", input={})] * 2, [[Output(text="the cat sat")], [Output(text="")]])
    # The first 8 bytes of BLAKE2b-64 of "the cat" and "cat sat", shifted right by 11 (hashlib, Python 3.11).
    assert features.values.tolist() == [[7627740541834119.0, 849804190510051.0], [-1.0, -1.0]]
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
    features = np.array([[3.0], [3.0]])
    padded = np.hstack([features, np.full((2, width), -1.0)])
    assert Distinct2().value(padded) == Distinct2().value(features) == 0.5
