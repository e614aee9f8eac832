"""Resampling against numpy, and paired tests against sacrebleu."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np
import sacrebleu.significance
from sacrebleu.metrics.bleu import BLEU as THEIR_BLEU
from sacrebleu.metrics.chrf import CHRF as THEIR_CHRF
from sacrebleu.metrics.ter import TER as THEIR_TER

from evalsuite.kernels.numpy_bootstrap import numpy_bootstrap_sums, numpy_choices
from evalsuite.kernels.paired_trials import numpy_coins
from evalsuite.text.bleu import BLEU
from evalsuite.text.chrf import CHRF
from evalsuite.text.significance import PairedTest
from evalsuite.text.ter import TER
from tests.equality.comparison import Comparison, Difference, differences
from tests.reference.systems import make_systems

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["COMPARISONS"]


def draws(n: int, seed: int) -> Difference:
    """Resamples and trials of random sizes under random seeds, after one another."""
    rng = random.Random(seed)
    ours: list[object] = []
    theirs: list[object] = []
    while len(ours) < n:
        size = rng.choice([1, 2, 3, 10, 1000, 65_536, rng.randrange(1, 3000)])
        count = min(rng.randrange(1, 40), 1 + 100_000 // size)
        key = rng.choice([0, 12345, 2**32, 2**64 - 1, rng.getrandbits(rng.randrange(1, 300))])
        generator = np.random.default_rng(key)
        coins = generator.integers(2, size=(count, size), dtype=bool)
        ours += [row.tobytes() for row in numpy_coins(size, count, seed=key)]
        theirs += [row.tobytes() for row in coins]
        indices = generator.choice(size, size=(count, size), replace=True)
        ours += [row.tobytes() for row in numpy_choices(size, count, seed=key, n_flips=coins.size)]
        theirs += [row.tobytes() for row in indices]
    return differences(ours, theirs)


def sums(n: int, seed: int) -> Difference:
    """Sums of fractions in 32 bits, whose last bit depends on the order of additions."""
    rng = np.random.default_rng(seed)
    ours: list[object] = []
    theirs: list[object] = []
    while len(ours) < n:
        rows = rng.random((int(rng.integers(1, 400)), int(rng.integers(2, 60)))).astype(np.float32)
        key = int(rng.integers(2**62))
        indices = np.random.default_rng(key).choice(len(rows), size=(20, len(rows)), replace=True)
        ours += numpy_bootstrap_sums(rows, n_resamples=20, seed=key).tolist()
        theirs += [chosen.sum(0).tolist() for chosen in rows[indices]]
    return differences(ours, theirs)


def paired(ours: Callable[..., Any], theirs: Callable[..., Any], variants: list[dict[str, Any]]) -> Any:
    """Every number of every system's result, and the signature; pairs are resamples or trials behind them."""

    def run(n: int, seed: int) -> Difference:
        rng = random.Random(seed)
        found: list[object] = []
        expected: list[object] = []
        n_samples, n_pairs = 60, 0
        while n_pairs < n:
            options = rng.choice(variants)
            systems, streams = make_systems(
                rng.choice([1, 2, 7, 30]), 3, rng.randrange(10**9), nasty=rng.random() < 0.5
            )
            test, confidence = rng.choice([("bs", -1), ("ar", -1), ("ar", 40)])
            arguments: dict[str, Any] = {"test_type": test, "n_samples": n_samples, "n_ar_confidence": confidence}
            signatures, scores = PairedTest(systems, {"m": ours(**options)}, streams, **arguments)()
            their_test = sacrebleu.significance.PairedTest(systems, {"m": theirs(**options)}, streams, **arguments)
            their_signatures, their_scores = their_test()
            found.append({name: str(signature) for name, signature in signatures.items()})
            expected.append({name: str(signature) for name, signature in their_signatures.items()})
            for name, results in their_scores.items():
                found += [result if isinstance(result, str) else str(result) for result in scores[name]]
                expected += [result if isinstance(result, str) else str(result) for result in results]
            n_pairs += n_samples * (len(systems) - 1)
        return differences(found, expected, n_pairs=n_pairs)

    return run


COMPARISONS = [
    Comparison("indices and coins of numpy's generator, a resample or trial each", "numpy", draws, 10_000),
    Comparison("bootstrap sums in 32 bits, a resample each", "numpy", sums, 4_000),
    Comparison(
        "paired tests, BLEU, a resample or trial each",
        "sacrebleu",
        paired(
            lambda **options: BLEU(force=True, **options),
            lambda **options: THEIR_BLEU(force=True, **options),
            [
                {},
                {"smooth_method": "floor"},
                {"smooth_method": "add-k"},
                {"smooth_method": "add-k", "smooth_value": 0.5},
                {"smooth_method": "none"},
                {"effective_order": True},
                {"max_ngram_order": 2, "lowercase": True},
            ],
        ),
        2_400,
    ),
    Comparison(
        "paired tests, chrF, a resample or trial each",
        "sacrebleu",
        paired(
            CHRF,
            THEIR_CHRF,
            [{}, {"word_order": 2}, {"eps_smoothing": True}, {"beta": 1, "whitespace": True}, {"char_order": 2}],
        ),
        1_800,
    ),
    Comparison(
        "paired tests, TER, a resample or trial each",
        "sacrebleu",
        paired(TER, THEIR_TER, [{}, {"normalized": True}, {"case_sensitive": True, "no_punct": True}]),
        600,
    ),
]
