"""TER against sacrebleu."""

from __future__ import annotations

import itertools
import random
from typing import Any

from sacrebleu.metrics.ter import TER

from evalsuite.kernels.ter import ter_statistics
from tests.equality.comparison import Comparison, Difference, differences
from tests.reference.texts import nasty_segments, shifted_segments

__all__ = ["COMPARISONS"]


def compare(hypotheses: list[str], references: list[list[str | None]], **options: Any) -> Difference:
    streams: Any = list(itertools.zip_longest(*references))
    theirs = TER(**options)._extract_corpus_statistics(hypotheses, streams)
    ours = ter_statistics(hypotheses, references, **options).tolist()
    return differences(ours, theirs)


def nasty(**options: Any) -> Any:
    return lambda n, seed: compare(*nasty_segments(n, seed=seed), **options)


def shifted(max_words: int) -> Any:
    def run(n: int, seed: int) -> Difference:
        hypotheses, references = shifted_segments(n, seed=seed, max_words=max_words)
        return compare(hypotheses, [[text] for text in references])

    return run


def every_short_pair(n: int, seed: int) -> Difference:
    """All pairs of up to four words of an alphabet of three, and random ones of up to nine."""
    rng = random.Random(seed)
    short = [" ".join(words) for size in range(5) for words in itertools.product("abc", repeat=size)]
    pairs = list(itertools.product(short, repeat=2))
    pairs = rng.sample(pairs, min(n // 2, len(pairs)))
    while len(pairs) < n:
        pairs.append((" ".join(rng.choices("abcd", k=rng.randint(5, 9))), " ".join(rng.choices("abcd", k=9))))
    return compare([hypothesis for hypothesis, _ in pairs], [[reference] for _, reference in pairs])


COMPARISONS = [
    Comparison("TER", "sacrebleu", nasty(), 5_000),
    Comparison("TER, normalized", "sacrebleu", nasty(normalized=True), 3_000),
    Comparison("TER, no punctuation, case", "sacrebleu", nasty(no_punct=True, case_sensitive=True), 3_000),
    Comparison("TER, normalized, Asian", "sacrebleu", nasty(normalized=True, asian_support=True), 3_000),
    Comparison(
        "TER, normalized, Asian, no punctuation",
        "sacrebleu",
        nasty(normalized=True, no_punct=True, asian_support=True),
        3_000,
    ),
    Comparison("TER of short pairs", "sacrebleu", every_short_pair, 5_000),
    Comparison("TER of shifted words", "sacrebleu", shifted(12), 1_000),
    Comparison("TER of long shifted texts", "sacrebleu", shifted(80), 20),
]
