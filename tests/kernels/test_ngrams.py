"""Counts and hashes of n-grams against Python's own containers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.kernels.ngrams import (
    hashed_text_features,
    hashed_word_features,
    joint_ngram_counts,
    ngram_hashes,
)
from tests.reference.ngram_divergence import joint_counts
from tests.reference.texts import PIECES, nasty_segments

TEXTS = st.lists(
    st.lists(st.sampled_from(PIECES) | st.characters() | st.just("\udcff"), max_size=15).map("".join), max_size=4
)
UNITS: Any = ("words", "characters")
HASHES = [1540592403433539.0, 7085338614949380.0, 939311933852230.0]
PAIR = [7354225687920441.0]
TEXT_FEATURES = [[1.0, 0.0, -5.0, 1.0, 2.0, 3.0, 3.0, -1.0]]
WORD_FEATURES = [[1.0, 3.0, 0.0, 2.0, 2.0, 1.0, 1.0, 0.0]]


@settings(derandomize=True, deadline=None, max_examples=300)
@given(TEXTS, TEXTS, st.sampled_from(UNITS), st.integers(1, 5))
def test_counts_equal_the_twin(first: list[str], second: list[str], unit: Any, order: int) -> None:
    found, expected = (
        joint_ngram_counts(first, second, unit=unit, order=order),
        joint_counts(first, second, unit, order),
    )
    assert [side.tolist() for side in found] == [side.tolist() for side in expected]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("order", [1, 2, 4, 9])
def test_counts_of_many_texts_equal_the_twin(unit: Any, order: int) -> None:
    first, second = (nasty_segments(1500, seed=seed)[0] for seed in (1, 2))
    found, expected = (
        joint_ngram_counts(first, second, unit=unit, order=order),
        joint_counts(first, second, unit, order),
    )
    assert all(np.array_equal(*pair) for pair in zip(found, expected, strict=True))
    assert found[0].dtype == np.int64


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("order", [1, 2, 3])
def test_hashes_tell_ngrams_apart_as_counts_do(unit: Any, order: int) -> None:
    first, second = (nasty_segments(1000, seed=seed)[0] for seed in (3, 4))
    hashes, lengths = ngram_hashes([*first, *second], unit=unit, order=order)
    n = int(lengths[: len(first)].sum())
    assert len(hashes) == lengths.sum()
    assert ((hashes >= 0) & (hashes < 2**53) & (hashes == np.floor(hashes))).all()
    vocabulary, start, numbers = np.unique(hashes, return_index=True, return_inverse=True)
    by_appearance = np.argsort(start)
    for side, expected in zip((numbers[:n], numbers[n:]), joint_counts(first, second, unit, order), strict=True):
        assert np.bincount(side, minlength=len(vocabulary))[by_appearance].tolist() == expected.tolist()


def test_hashes_and_features_never_change() -> None:
    hashes, _ = ngram_hashes(["a b", "中文"], unit="words", order=1)
    assert hashes.tolist() == HASHES
    assert ngram_hashes(["a b"], order=2)[0].tolist() == PAIR
    features = hashed_text_features(["the lake, the hut"], n_features=8)
    assert features.tolist() == TEXT_FEATURES
    assert hashed_word_features(["lake"], n_features=8).tolist() == WORD_FEATURES


def test_features_of_a_text_do_not_depend_on_others() -> None:
    texts = nasty_segments(200, seed=5)[0]
    together = hashed_text_features(texts)
    assert np.array_equal(together, np.concatenate([hashed_text_features([text]) for text in texts]))
    words = [word for text in texts for word in text.split()]
    assert np.array_equal(hashed_word_features(words), np.concatenate([hashed_word_features([word]) for word in words]))
    assert (hashed_word_features(words).sum(axis=1) >= 1).all()
    assert not hashed_text_features([""]).any()


def test_a_text_of_a_million_characters() -> None:
    first, second = joint_ngram_counts(["a" * 1_000_000], ["ab" * 500_000], unit="characters", order=3)
    assert first.tolist() == [999_998, 0, 0]
    assert second.tolist() == [0, 499_999, 499_999]
    assert np.isfinite(hashed_text_features(["\ud800" * 1_000_000])).all()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda f: f("abc", ["a"]), TypeError, r"`first` must be a sequence of str; found one str"),
        (lambda f: f(["a"], [b"a"]), TypeError, r"`second\[0\]` must be a str; found bytes"),
        (lambda f: f(["a"], [None]), TypeError, r"`second\[0\]` must be a str; found NoneType"),
        (lambda f: f(["a"], ["a"], unit="bytes"), ValueError, r"`unit` must be one of"),
        (lambda f: f(["a"], ["a"], order=0), ValueError, r"`order` must be 1 to"),
        (lambda f: f(["a"], ["a"], order=1.0), TypeError, r"`order` must be an int"),
    ],
)
def test_refusals_name_the_argument(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call(joint_ngram_counts)


def test_other_sequences() -> None:
    counts = joint_ngram_counts((np.str_("a b"),), (text for text in ["b"]))  # type: ignore[arg-type]
    assert [side.tolist() for side in counts] == [[1, 1], [0, 1]]
    assert [len(side) for side in joint_ngram_counts([], [])] == [0, 0]
    assert hashed_text_features([]).shape == (0, 256)
    with pytest.raises(ValueError, match=r"`n_features` must be 1 to"):
        hashed_word_features(["a"], n_features=0)
