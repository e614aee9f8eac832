"""METEOR's alignments against a plain twin, and refusals."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.kernels.meteor import meteor_scores, meteor_statistics
from tests.reference.meteor import align

V = 8
NUMBERS = st.lists(st.integers(0, V - 1), max_size=10)
PAIRS = st.lists(st.tuples(NUMBERS, st.lists(NUMBERS, min_size=1, max_size=3)), max_size=4)
VOCABULARIES = st.tuples(
    st.lists(st.integers(0, V - 1), min_size=V, max_size=V),
    st.none() | st.lists(st.lists(st.integers(0, V - 1), max_size=3), min_size=V, max_size=V),
)


def run(pairs: list[tuple[list[int], list[list[int]]]], stems: list[int], synonyms: list[list[int]] | None) -> Any:
    references = [reference for _, group in pairs for reference in group]
    return meteor_statistics(
        np.array([word for text, _ in pairs for word in text], dtype=np.uint32),
        np.array([len(text) for text, _ in pairs], dtype=np.int64),
        np.array([word for text in references for word in text], dtype=np.uint32),
        np.array([len(text) for text in references], dtype=np.int64),
        np.array([len(group) for _, group in pairs], dtype=np.int64),
        np.array(stems, dtype=np.uint32),
        None
        if synonyms is None
        else (
            np.array([len(found) for found in synonyms], dtype=np.uint32),
            np.array([word for found in synonyms for word in found], dtype=np.uint32),
        ),
    )


@settings(derandomize=True, deadline=None, max_examples=1000)
@given(PAIRS, VOCABULARIES)
def test_alignments_equal_the_twin(pairs: Any, vocabulary: tuple[list[int], list[list[int]] | None]) -> None:
    stems, synonyms = vocabulary
    expected = [
        [len(text), len(reference), *align(text, reference, stems, synonyms)]
        for text, group in pairs
        for reference in group
    ]
    assert run(pairs, stems, synonyms).tolist() == expected


def test_scores_of_no_rows() -> None:
    assert meteor_scores(np.zeros((0, 4), dtype=np.int64)).shape == (0,)


def test_parameters_at_which_python_divides_by_zero() -> None:
    # alpha = 2 makes the denominator 2 P - R, which is 0 for P = R / 2.
    assert meteor_scores(np.array([[4, 2, 1, 1]]), alpha=2.0).tolist() == [0.0]
    assert meteor_scores(np.array([[2, 2, 2, 2]]), gamma=0.0).tolist() == [1.0]


CODE = """
import hashlib, sys
from evalsuite.text.meteor import meteor_scores
from tests.reference.texts import plain_segments
texts, references = plain_segments(2000, seed=37)
scores = meteor_scores([[text.split()] for text in references], [text.split() for text in texts], wordnet=None)
sys.stdout.write(hashlib.sha256(scores.tobytes()).hexdigest())
"""


def test_the_number_of_threads_changes_nothing() -> None:
    root = str(Path(__file__).resolve().parents[2])
    found = set()
    for n in (1, 3):
        environment = {**os.environ, "RAYON_NUM_THREADS": str(n), "PYTHONPATH": os.pathsep.join([*sys.path, root])}
        done = subprocess.run(
            [sys.executable, "-c", f"import sys, evalsuite; sys.path.insert(0, {root!r})\n" + CODE],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        found.add(done.stdout)
    assert len(found) == 1


WORDS, ONE = np.array([0, 1], dtype=np.uint32), np.array([1])
loose: Any = meteor_statistics


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: loose([0], ONE, WORDS[:1], ONE, ONE, WORDS), TypeError, r"`hypotheses` must be a numpy array"),
        (lambda: loose(WORDS, ONE, WORDS, ONE, ONE, WORDS), ValueError, r"`hypothesis_lengths` must add up to 2"),
        (lambda: loose(WORDS[:1], -ONE, WORDS[:1], ONE, ONE, WORDS), ValueError, r"`hypothesis_lengths`"),
        (lambda: loose(WORDS[:1], ONE, WORDS[:1], ONE, 0 * ONE, WORDS), ValueError, r"`references\[0\]` has no"),
        (lambda: loose(WORDS[:1], ONE, WORDS[:1], ONE, 2 * ONE, WORDS), ValueError, r"`references` must have 2"),
        (lambda: loose(WORDS[1:], ONE, WORDS[:1], ONE, ONE, WORDS[:1]), ValueError, r"`stems` must have 2 elements"),
        (
            lambda: loose(WORDS[:1], ONE, WORDS[:1], ONE, ONE, WORDS, (WORDS[:1], WORDS[:0])),
            ValueError,
            r"`synonym_counts` must have 2",
        ),
        (lambda: meteor_scores(np.zeros((1, 3), dtype=np.int64)), ValueError, r"`statistics` must have 4 columns"),
        (lambda: meteor_scores(-np.ones((1, 4), dtype=np.int64)), ValueError, r"`statistics` must be counts"),
        (lambda: meteor_scores(np.ones((1, 4), dtype=np.int64), beta=-1), ValueError, r"`beta` must be finite"),
        (lambda: meteor_scores(np.ones((1, 4), dtype=np.int64), alpha=np.nan), ValueError, r"`alpha` must be finite"),
    ],
)
def test_refusals_name_the_argument(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
