"""Distances, similarities and matrices of all pairs, as people call them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from evalsuite.text import edit_distances, pairwise

PAIRS: list[tuple[Any, Any]] = [
    ("kitten", "sitting"),
    ("", ""),
    ("", "ab"),
    ("\ud83d\ude00", "😀"),
    (["new", "york"], ["new", "castle"]),
    ([1, 2, 3], (2, 3)),
    ("ab", ["a", "c"]),
]


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_one_pair_equals_rapidfuzz(a: Any, b: Any) -> None:
    assert edit_distances.levenshtein(a, b) == Levenshtein.distance(a, b)
    assert edit_distances.normalized_similarity(a, b) == Levenshtein.normalized_similarity(a, b)
    found = Levenshtein.opcodes(a, b)
    expected = [(op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end) for op in found]
    assert edit_distances.levenshtein_opcodes(a, b) == expected
    for cutoff in range(4):
        assert edit_distances.levenshtein(a, b, score_cutoff=cutoff) == Levenshtein.distance(a, b, score_cutoff=cutoff)


def test_batches_equal_single_pairs() -> None:
    first, second = [a for a, _ in PAIRS], [b for _, b in PAIRS]
    expected = [edit_distances.levenshtein(*pair) for pair in PAIRS]
    assert edit_distances.levenshtein_batch(first, iter(second)).tolist() == expected
    similar = edit_distances.normalized_similarity_batch(first, second)
    assert similar.tolist() == [edit_distances.normalized_similarity(*pair) for pair in PAIRS]
    assert edit_distances.levenshtein_batch([np.str_("a b")], ["a c"], unit="words").tolist() == [1]
    assert edit_distances.levenshtein_batch([], []).tolist() == []


def test_all_pairs() -> None:
    texts = ["a b c d", "a c d e", ""]
    assert pairwise.pairwise_similarity(texts)[0].tolist() == [1.0, 0.75, 0.0]
    batch = pairwise.pairwise_similarity_batch([texts, texts[:1]], "edit")
    assert [matrix.shape for matrix in batch] == [(3, 3), (1, 1)]
    assert np.array_equal(batch[0], pairwise.pairwise_similarity(texts, "edit"))


loose: Any = edit_distances


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: loose.levenshtein(b"a", "a"),
            TypeError,
            "`a` must be str or a sequence of .*; found bytes",
        ),
        (
            lambda: loose.levenshtein("a", None),
            TypeError,
            "`b` must be str or a sequence of .*; found None",
        ),
        (lambda: loose.levenshtein("a", "b", score_cutoff=-1), ValueError, "`score_cutoff` must be at least 0"),
        (lambda: loose.levenshtein("a", "b", score_cutoff=0.5), TypeError, "`score_cutoff` must be an int or None"),
        (lambda: loose.levenshtein([[1]], [[2]]), TypeError, "unhashable"),
        (lambda: loose.levenshtein_batch(["a"], []), ValueError, "`second` must have one entry for each of the 1"),
        (lambda: loose.levenshtein_batch(["a"], ["a"], unit="x"), ValueError, '`unit` must be "characters" or "words"'),
        (lambda: pairwise.pairwise_similarity("ab"), TypeError, "`texts` must be a sequence of str; found one str"),
    ],
)
def test_refusals(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
