"""TER of a corpus: ours and sacrebleu on the same segments.

Run with ``RAYON_NUM_THREADS=1 pytest tests/benchmarks/test_ter.py --benchmark-enable
--benchmark-timer=time.process_time`` for one thread.
"""

from __future__ import annotations

from typing import Any

import pytest
from sacrebleu import metrics as peer

from evalsuite.text.ter import TER
from tests.benchmarks.race import time_in_group
from tests.reference.texts import plain_segments

N_SEGMENTS = 1_000
HYPOTHESES, REFERENCES = plain_segments(N_SEGMENTS, seed=1)


def group(normalized: bool) -> str:
    return f"TER{', normalized' if normalized else ''}, {N_SEGMENTS:,} segments"


@pytest.mark.parametrize("normalized", [False, True])
def test_corpus(benchmark: Any, normalized: bool) -> None:
    def ours() -> float:
        return TER(normalized=normalized).corpus_score(HYPOTHESES, [REFERENCES]).score

    assert ours() == peer.TER(normalized=normalized).corpus_score(HYPOTHESES, [REFERENCES]).score
    time_in_group(benchmark, group(normalized), "evalsuite", ours, rounds=15)


@pytest.mark.parametrize("normalized", [False, True])
def test_corpus_sacrebleu(benchmark: Any, normalized: bool) -> None:
    def theirs() -> float:
        # A new metric each time, since its tokenizer remembers the lines it has seen.
        score: float = peer.TER(normalized=normalized).corpus_score(HYPOTHESES, [REFERENCES]).score
        return score

    time_in_group(benchmark, group(normalized), "sacrebleu", theirs, rounds=2, target=100)
