"""Surprise of n-grams against plain counters."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.kernels.surprise import ngram_surprise
from evalsuite.kernels.token_ids import TokenIds, token_ids
from tests.reference import surprise as twin

SEGMENTS = st.lists(st.sampled_from("abcd"), max_size=6)
GROUPS = st.lists(st.lists(st.lists(SEGMENTS, max_size=3), max_size=4), max_size=3)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(GROUPS, st.integers(1, 5), st.sampled_from([0.0, 0.5, 1.0]), st.booleans())
def test_equals_plain_counts(groups: list[list[list[list[str]]]], order: int, smoothing: float, own: bool) -> None:
    texts = list(chain.from_iterable(groups))
    segments = token_ids([*chain.from_iterable(texts)])
    if not sum(map(len, texts)):
        segments = TokenIds(np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.int64))
    sizes = [np.array([*map(len, part)], dtype=np.int64) for part in (texts, groups)]
    if not own and not smoothing:
        smoothing = 1.0
    found = ngram_surprise(segments, *sizes, order=order, smoothing=smoothing, own=own)
    expected = [row for group in groups for rows in twin.surprises(group, order, smoothing, own=own) for row in rows]
    np.testing.assert_allclose(found, np.array(expected).reshape(-1, 2), rtol=1e-12, atol=1e-12)


def test_what_nobody_else_says_is_infinitely_surprising() -> None:
    segments, one, two = token_ids(["a b", "a"]), np.array([1, 1]), np.array([2])
    found = ngram_surprise(segments, one, two, own=False)
    assert np.isinf(found[0]).all()
    assert found[1].tolist() == [np.log(2), np.log(2)]


def test_wrong_arguments_are_refused() -> None:
    segments, one = token_ids(["a"]), np.array([1])
    with pytest.raises(ValueError, match="`text_sizes` must add up to 1 elements; found 2"):
        ngram_surprise(segments, np.array([2]), one)
    with pytest.raises(ValueError, match="`group_sizes` must add up to 1 elements"):
        ngram_surprise(segments, one, np.array([3]))
    with pytest.raises(ValueError, match="`order` must be 1 to 64; found 0"):
        ngram_surprise(segments, one, one, order=0)
    with pytest.raises(ValueError, match="`smoothing` must be finite and at least 0; found -1"):
        ngram_surprise(segments, one, one, smoothing=-1)
    with pytest.raises(TypeError, match="`text_sizes` must have dtype int64"):
        ngram_surprise(segments, np.array([1.0]), one)  # type: ignore[arg-type]
