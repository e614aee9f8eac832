"""chrF against sacrebleu and fastchrf."""

from __future__ import annotations

import itertools
from typing import Any

import fastchrf
from sacrebleu.metrics.chrf import CHRF

from evalsuite.kernels.chrf import chrf_scores, chrf_statistics
from tests.equality.comparison import Comparison, Difference, differences
from tests.reference.texts import nasty_segments

__all__ = ["COMPARISONS"]


def statistics(**options: Any) -> Any:
    """Compare the counts of every segment and, as one more pair of numbers each, its score."""

    def run(n: int, seed: int) -> Difference:
        hypotheses, references = nasty_segments(n, seed=seed)
        streams: Any = list(itertools.zip_longest(*references))
        peer = CHRF(**options)
        theirs = peer._extract_corpus_statistics(hypotheses, streams)
        ours = chrf_statistics(hypotheses, references, **options)
        score_options = {key: options[key] for key in ("beta", "eps_smoothing") if key in options}
        scores = chrf_scores(ours, **score_options).tolist()
        return differences(
            [*ours.tolist(), *scores],
            [*theirs, *(peer._compute_f_score(row) for row in theirs)],
            n_pairs=n,
        )

    return run


def sentence_scores(n: int, seed: int) -> Difference:
    # fastchrf knows no whitespace beyond Rust's, and no surrogates.
    hypotheses, references = nasty_segments(2 * n, seed=seed, with_none=False)
    known = [
        (hypothesis, str(group[0]))
        for hypothesis, group in zip(hypotheses, references, strict=True)
        if not any(0x1C <= ord(c) <= 0x1F or 0xD800 <= ord(c) <= 0xDFFF for c in hypothesis + str(group[0]))
    ]
    pairs = known[:n]
    theirs = [fastchrf.pairwise_chrf([[hypothesis]], [[reference]])[0][0][0] for hypothesis, reference in pairs]
    ours = chrf_scores(chrf_statistics([h for h, _ in pairs], [[r] for _, r in pairs]))
    return differences(ours.tolist(), theirs)


COMPARISONS = [
    Comparison("chrF2 statistics and scores", "sacrebleu", statistics(), 5_000),
    Comparison("chrF2++ statistics and scores", "sacrebleu", statistics(word_order=2), 5_000),
    Comparison(
        "chrF3+ with whitespace, lowercase and smoothing",
        "sacrebleu",
        statistics(char_order=4, word_order=1, beta=3, lowercase=True, whitespace=True, eps_smoothing=True),
        4_000,
    ),
    Comparison("chrF2 of sentences", "fastchrf", sentence_scores, 3_000, 1e-12),
    Comparison("chrF of words only", "sacrebleu", statistics(char_order=0, word_order=3), 2_000),
    Comparison("chrF of 9 orders", "sacrebleu", statistics(char_order=9, lowercase=True), 2_000),
]
