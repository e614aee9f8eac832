"""BLEU against sacrebleu."""

from __future__ import annotations

import itertools
from typing import Any

from sacrebleu.metrics.bleu import BLEU

from evalsuite import kernels
from tests.equality.comparison import Comparison, Difference, differences
from tests.reference.texts import nasty_segments

__all__ = ["COMPARISONS"]


def statistics(tokenize: Any) -> Any:
    def run(n: int, seed: int) -> Difference:
        hypotheses, references = nasty_segments(n, seed=seed)
        streams: Any = list(itertools.zip_longest(*references))
        theirs = BLEU(force=True, tokenize=tokenize)._extract_corpus_statistics(hypotheses, streams)
        return differences(kernels.bleu_statistics(hypotheses, references, tokenize=tokenize).tolist(), theirs)

    return run


COMPARISONS = [
    Comparison(f"BLEU statistics, {name}", "sacrebleu", statistics(name), 10_000) for name in ("13a", "none")
]
