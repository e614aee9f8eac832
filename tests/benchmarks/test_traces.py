"""Traces: steps read, common subsequences, common 4-grams and repetition, beside the peers.

Run with ``RAYON_NUM_THREADS=1 pytest tests/benchmarks/test_traces.py --benchmark-enable`` for one thread.
"""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from rapidfuzz.distance import LCSseq
from rouge_score.rouge_scorer import _lcs_table

from evalsuite.answers import read_steps
from evalsuite.kernels.degeneration import ending_loops
from evalsuite.kernels.diversity import distinct_counts
from evalsuite.kernels.pairwise import pairwise_similarities, pairwise_token_similarities
from evalsuite.kernels.token_ids import token_ids
from tests.benchmarks.race import time_in_group
from tests.reference import steps as twin

DRAW = random.Random(1)
VOCABULARY = [f"w{i}" for i in range(400)]
WORDS = [DRAW.choices(VOCABULARY, k=1000) for _ in range(8)]
TEXTS = [" ".join(words) for words in WORDS]
IDS = token_ids(WORDS)
PAIRS = [(i, j) for i in range(8) for j in range(i)]
LONG = DRAW.choices(VOCABULARY, k=32_000)
LONG_IDS = token_ids([LONG])
TRACES = [
    "".join(f"{k}: {a} + {b} = {a + b}\n" for k, (a, b) in enumerate(pairwise(DRAW.choices(range(100), k=33)), 1))
    for _ in range(500)
]
LCS = "LCS of all 28 pairs of 8 texts of 1,000 words"
OVERLAP = "common 4-grams of all pairs of 8 texts of 1,000 words"
PAIR = "common 4-grams of two texts of 1,000 words"
REPETITION = "different n-grams of 1 to 4 of 32,000 tokens"
LOOPS = "loop at the end of 32,000 tokens"
STEPS = "steps of 500 traces of 32 lines"


def lcs_lengths() -> list[int]:
    (matrix,) = pairwise_similarities([TEXTS], "lcs_length")
    return [int(matrix[i, j]) for i, j in PAIRS]


def rapidfuzz_lengths() -> list[int]:
    return [LCSseq.similarity(WORDS[i], WORDS[j]) for i, j in PAIRS]


def rouge_score_lengths(pairs: list[tuple[int, int]]) -> list[int]:
    return [_lcs_table(WORDS[i], WORDS[j])[-1][-1] for i, j in pairs]


def grams(words: list[str]) -> list[tuple[str, ...]]:
    return list(zip(words, words[1:], words[2:], words[3:], strict=False))


def plain_distinct() -> list[int]:
    return [len(set(zip(*(LONG[i:] for i in range(n)), strict=False))) for n in (1, 2, 3, 4)]


def overlaps() -> list[float]:
    (matrix,) = pairwise_similarities([TEXTS], "overlap", order=4)
    return [float(matrix[i, j]) for i, j in PAIRS]


def plain_overlaps() -> list[float]:
    """Count each text once, which is the most that can be saved."""
    counted = [Counter(grams(words)) for words in WORDS]
    found = []
    for i, j in PAIRS:
        first, second = counted[i], counted[j]
        found.append(len(first.keys() & second.keys()) / min(len(first), len(second)))
    return found


def token_overlaps() -> list[float]:
    """As the peer has them: of words that are cut, and counted once."""
    (matrix,) = pairwise_token_similarities(IDS, "overlap", order=4)
    return [float(matrix[i, j]) for i, j in PAIRS]


def plain_pair() -> float:
    first, second = (Counter(grams(text.split())) for text in TEXTS[:2])
    return len(first.keys() & second.keys()) / min(len(first), len(second))


def pair_overlap() -> float:
    (matrix,) = pairwise_similarities([TEXTS[:2]], "overlap", order=4)
    return float(matrix[0, 1])


def plain_period(words: list[str]) -> int:
    """The longest suffix with a period, over all periods, as Python would scan for a loop: its length."""
    reverse, longest = words[::-1], 0
    z, left, right = [0] * len(words), 0, 0
    for i in range(1, len(words)):
        if i < right:
            z[i] = min(right - i, z[i - left])
        while i + z[i] < len(words) and reverse[z[i]] == reverse[i + z[i]]:
            z[i] += 1
        if i + z[i] > right:
            left, right = i, i + z[i]
        if z[i] + i >= 3 * i and z[i] + i >= 6:
            longest = max(longest, z[i] + i)
    return longest


def test_lcs(benchmark: Any) -> None:
    assert lcs_lengths() == rapidfuzz_lengths()
    time_in_group(benchmark, LCS, "evalsuite", lcs_lengths, rounds=50)


def test_lcs_of_rapidfuzz(benchmark: Any) -> None:
    time_in_group(benchmark, LCS, "rapidfuzz", rapidfuzz_lengths, rounds=20, target=1)


def test_lcs_of_rouge_score(benchmark: Any) -> None:
    """One pair: its time is to be taken 28 times."""
    assert rouge_score_lengths(PAIRS[:1]) == lcs_lengths()[:1]
    time_in_group(benchmark, LCS, "rouge-score", lambda: rouge_score_lengths(PAIRS[:1]), rounds=3, target=1000 / 28)


def test_overlap(benchmark: Any) -> None:
    assert overlaps() == token_overlaps() == plain_overlaps()
    time_in_group(benchmark, OVERLAP, "evalsuite", token_overlaps, rounds=50)


def test_overlap_of_texts(benchmark: Any) -> None:
    """With the words cut and numbered each time, which takes longer than the overlap."""
    time_in_group(benchmark, f"{OVERLAP}, as texts", "evalsuite", overlaps, rounds=50)


def test_overlap_by_counters(benchmark: Any) -> None:
    time_in_group(benchmark, OVERLAP, "plain Python", plain_overlaps, rounds=10, target=20)


def test_overlap_of_a_pair(benchmark: Any) -> None:
    assert pair_overlap() == plain_pair()
    time_in_group(benchmark, PAIR, "evalsuite", pair_overlap, rounds=100)


def test_overlap_of_a_pair_by_counters(benchmark: Any) -> None:
    time_in_group(benchmark, PAIR, "plain Python", plain_pair, rounds=50, target=20)


def test_repetition(benchmark: Any) -> None:
    assert distinct_counts(LONG_IDS)[1][0, :4].tolist() == plain_distinct()
    time_in_group(benchmark, REPETITION, "evalsuite", lambda: distinct_counts(LONG_IDS), rounds=50)


def test_repetition_by_sets(benchmark: Any) -> None:
    time_in_group(benchmark, REPETITION, "plain Python", plain_distinct, rounds=10, target=30)


def test_loops(benchmark: Any) -> None:
    assert plain_period(LONG) == 0 == int(ending_loops(LONG_IDS)[0, 0])
    looping = LONG[:31_000] + LONG[:10] * 100
    assert plain_period(looping) >= 1000 <= 32_000 - int(ending_loops(token_ids([looping]))[0, 2])
    time_in_group(benchmark, LOOPS, "evalsuite", lambda: ending_loops(LONG_IDS), rounds=50)


def test_loops_by_plain_python(benchmark: Any) -> None:
    time_in_group(benchmark, LOOPS, "plain Python", lambda: plain_period(LONG), rounds=10, target=30)


def test_steps(benchmark: Any) -> None:
    found = [{step: stated.number for step, stated in steps.items()} for steps in read_steps(TRACES)]
    assert found == [twin.numbers_of_steps(trace) for trace in TRACES]
    time_in_group(benchmark, STEPS, "evalsuite", lambda: read_steps(TRACES), rounds=20)


def test_steps_by_regular_expressions(benchmark: Any) -> None:
    time_in_group(benchmark, STEPS, "plain Python", lambda: [*map(twin.numbers_of_steps, TRACES)], rounds=5)


pytestmark = pytest.mark.benchmark(disable_gc=True)
