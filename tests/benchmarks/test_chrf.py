"""chrF of sentences and corpora: ours, sacrebleu and fastchrf on the same segments.

Run with ``RAYON_NUM_THREADS=1 pytest tests/benchmarks/test_chrf.py --benchmark-enable
--benchmark-timer=time.process_time`` for one thread.
"""

from __future__ import annotations

from typing import Any

import fastchrf
import pytest
from sacrebleu import metrics as peer

from evalsuite.text.chrf import CHRF
from tests.benchmarks.race import time_in_group
from tests.reference.texts import plain_segments

N_SEGMENTS = 3_000
HYPOTHESES, REFERENCES = plain_segments(N_SEGMENTS, seed=1)
NAMES = {0: "chrF2", 2: "chrF2++"}


@pytest.mark.parametrize("word_order", NAMES)
def test_corpus(benchmark: Any, word_order: int) -> None:
    def ours() -> float:
        return CHRF(word_order=word_order).corpus_score(HYPOTHESES, [REFERENCES]).score

    assert ours() == peer.CHRF(word_order=word_order).corpus_score(HYPOTHESES, [REFERENCES]).score
    time_in_group(benchmark, f"{NAMES[word_order]}, {N_SEGMENTS:,} segments", "evalsuite", ours, rounds=15)


@pytest.mark.parametrize("word_order", NAMES)
def test_corpus_sacrebleu(benchmark: Any, word_order: int) -> None:
    def theirs() -> float:
        score: float = peer.CHRF(word_order=word_order).corpus_score(HYPOTHESES, [REFERENCES]).score
        return score

    group = f"{NAMES[word_order]}, {N_SEGMENTS:,} segments"
    time_in_group(benchmark, group, "sacrebleu", theirs, rounds=3, target=50)


def test_sentences(benchmark: Any) -> None:
    groups = [[text] for text in REFERENCES]
    scores = CHRF().sentence_scores(HYPOTHESES, groups)
    theirs = fastchrf.pairwise_chrf([[text] for text in HYPOTHESES], groups)
    assert [score.score for score in scores] == pytest.approx([score[0][0] for score in theirs], rel=1e-6)
    group = f"chrF2 of sentences, {N_SEGMENTS:,} pairs"
    time_in_group(benchmark, group, "evalsuite", lambda: CHRF().sentence_scores(HYPOTHESES, groups), rounds=15)


def test_sentences_fastchrf(benchmark: Any) -> None:
    hypotheses, groups = [[text] for text in HYPOTHESES], [[text] for text in REFERENCES]
    group = f"chrF2 of sentences, {N_SEGMENTS:,} pairs"
    time_in_group(benchmark, group, "fastchrf", lambda: fastchrf.pairwise_chrf(hypotheses, groups), rounds=3, target=15)
