"""All pairs of a group against one pair at a time."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.kernels.pairwise import Similarity, pairwise_similarities, pairwise_token_similarities
from evalsuite.kernels.token_ids import TokenIds, token_ids
from tests.reference import edit as twin
from tests.reference.texts import PIECES

WORDS = st.lists(st.sampled_from(["a", "b", "the", "naïve", "字", "\ud800", "extraordinarily"]), max_size=30).map(
    " ".join
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | WORDS
GROUPS = st.lists(st.lists(TEXTS, max_size=5), max_size=4)


def plain(a: list[str], b: list[str], similarity: str, order: int) -> float:
    if similarity == "jaccard":
        return twin.jaccard(a, b, order)
    if similarity == "overlap":
        sets = [{tuple(words[i : i + order]) for i in range(len(words) - order + 1)} for words in (a, b)]
        least = min(map(len, sets))
        return len(sets[0] & sets[1]) / least if least else float("nan")
    if similarity in ("edit", "distance"):
        cost = twin.distance(a, b)
        return cost if similarity == "distance" else 1 - cost / (max(len(a), len(b)) or 1)
    return twin.lcs_f(a, b) if similarity == "lcs" else twin.lcs_length(a, b)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(GROUPS, st.sampled_from(["jaccard", "overlap", "lcs", "edit", "lcs_length", "distance"]), st.integers(1, 4))
def test_matrices_equal_single_pairs(groups: list[list[str]], similarity: Similarity, order: int) -> None:
    found = pairwise_similarities(groups, similarity, order=order)
    assert len(found) == len(groups)
    for texts, matrix in zip(groups, found, strict=True):
        words = [text.split() for text in texts]
        expected = [[plain(a, b, similarity, order) for b in words] for a in words]
        np.testing.assert_array_equal(matrix, np.array(expected).reshape(len(texts), len(texts)))


@settings(derandomize=True, deadline=None, max_examples=100)
@given(GROUPS, st.sampled_from(["jaccard", "overlap", "lcs", "edit", "lcs_length", "distance"]), st.integers(1, 4))
def test_numbers_are_compared_as_the_words_they_stand_for(
    groups: list[list[str]], similarity: Similarity, order: int
) -> None:
    tokens = token_ids([text.split() for group in groups for text in group])
    spread = TokenIds(tokens.ids * np.uint32(4001), tokens.ends)  # beyond what a table would hold
    expected = pairwise_similarities(groups, similarity, order=order)
    for numbered in (tokens, spread):
        found = pairwise_token_similarities(numbered, similarity, order=order, group_sizes=list(map(len, groups)))
        assert len(found) == len(expected)
        for matrix, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(matrix, other)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"similarity": "cosine"}, ValueError, "similarity"),
        ({"order": 0}, ValueError, "order"),
        ({"tokens": ["a b"]}, TypeError, "must be TokenIds"),
        ({"group_sizes": [1, 2]}, ValueError, "must add up to the 2 texts; found 3"),
        ({"group_sizes": [-1, 3]}, ValueError, r"group_sizes\[0\]"),
        ({"group_sizes": [2.0]}, TypeError, r"group_sizes\[0\]"),
        ({"tokens": TokenIds(np.zeros(3, np.uint32), np.array([2], np.int64))}, ValueError, "ids"),
        ({"tokens": TokenIds(np.full(2, 2**31, np.uint32), np.array([1, 2], np.int64))}, ValueError, "token"),
    ],
)
def test_wrong_numbers_are_refused(changes: dict[str, Any], error: type[Exception], message: str) -> None:
    arguments: dict[str, Any] = {"tokens": token_ids([[1, 2], [1]]), "similarity": "edit", **changes}
    with pytest.raises(error, match=message):
        pairwise_token_similarities(**arguments)


@pytest.mark.parametrize("similarity", ["jaccard", "overlap", "lcs", "edit"])
def test_long_texts_and_large_groups(similarity: Any) -> None:
    rng = random.Random(2)
    texts = [
        " ".join(rng.choices("abcdefgh", k=rng.choice((0, 1, 63, 64, 65, 128, 129, 256, 257, 700)))) for _ in range(40)
    ]
    (matrix,) = pairwise_similarities([texts], similarity)
    assert np.array_equal(matrix, matrix.T, equal_nan=True)
    for _ in range(40):
        i, j = rng.randrange(40), rng.randrange(40)
        np.testing.assert_equal(matrix[i, j], plain(texts[i].split(), texts[j].split(), similarity, 2))


DIGEST = """
import hashlib, sys
from evalsuite.kernels.pairwise import pairwise_similarities
from tests.reference.texts import plain_segments
texts = plain_segments(400, seed=37)[0]
digest = hashlib.sha256()
for similarity in ("jaccard", "lcs", "edit"):
    for matrix in pairwise_similarities([texts[:300], *([text] * 3 for text in texts)], similarity):
        digest.update(matrix.tobytes())
sys.stdout.write(digest.hexdigest())
"""


def test_the_number_of_threads_changes_nothing() -> None:
    root = str(Path(__file__).resolve().parents[2])
    found = set()
    for n in (1, 3):
        environment = {**os.environ, "RAYON_NUM_THREADS": str(n), "PYTHONPATH": os.pathsep.join([*sys.path, root])}
        done = subprocess.run(
            [sys.executable, "-c", f"import sys, evalsuite; sys.path.insert(0, {root!r})\n" + DIGEST],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        found.add(done.stdout)
    assert len(found) == 1


def test_no_groups_and_empty_groups() -> None:
    assert pairwise_similarities([], "edit") == []
    assert [matrix.shape for matrix in pairwise_similarities([[], ["a"], []], "lcs")] == [(0, 0), (1, 1), (0, 0)]


loose: Any = pairwise_similarities


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("ab", "edit"), TypeError, r"`groups` must be a sequence of sequences of str; found one str"),
        ((["ab"], "edit"), TypeError, r"`groups\[0\]` must be a sequence of str; found one str"),
        (([["a", None]], "edit"), TypeError, r"`groups\[0\]\[1\]` must be a str; found NoneType"),
        (([["a"]], "cosine"), ValueError, r"`similarity` must be one of 'jaccard'"),
        (([["a"]], "jaccard", 0), ValueError, r"`order` must be 1 to"),
    ],
)
def test_refusals(arguments: tuple[Any, ...], error: type[Exception], message: str) -> None:
    groups, similarity, *order = arguments
    with pytest.raises(error, match=message):
        loose(groups, similarity, order=order[0] if order else 2)
