"""ROUGE against rouge-score, and Porter's stemmer against nltk."""

from __future__ import annotations

import random
from typing import Any

from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer as Peer

from evalsuite.kernels.rouge_words import porter_stems
from evalsuite.text.rouge import RougeScorer
from tests.equality.comparison import Comparison, Difference, differences
from tests.reference.texts import nasty_segments, nasty_text

__all__ = ["COMPARISONS", "random_words", "summaries"]

TYPES = ["rouge1", "rouge2", "rouge5", "rougeL", "rougeLsum"]
FEW_WORDS = ["the", "cat", "cats", "sat", "sitting", "on", "mats", "generously", "skies", "a", "\n", "\n"]
SUFFIXES = (
    *("ational", "tional", "enci", "anci", "izer", "bli", "alli", "entli", "eli", "ousli", "ization", "ation", "ator"),
    *("alism", "iveness", "fulness", "ousness", "aliti", "iviti", "biliti", "fulli", "logi", "icate", "ative", "alize"),
    *("iciti", "ical", "ful", "ness", "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent"),
    *("ion", "sion", "tion", "ou", "ism", "ate", "iti", "ous", "ive", "ize", "e", "l", "ll", "ing", "ed", "eed", "ies"),
    *("ied", "sses", "s", "ss", "y", "at", "bl", "iz", "ly", "es"),
)


def summaries(n: int, seed: int) -> tuple[list[list[str]], list[str]]:
    """Targets, one to three a prediction, and predictions: nasty ones, and lines of few words, some of them long."""
    rng = random.Random(seed)
    predictions, groups = nasty_segments(n // 2, seed=seed, with_none=False)
    targets = [[text for text in group if text is not None] for group in groups]

    def lines() -> str:
        long = rng.random() < 0.01
        return " ".join(
            rng.choices(FEW_WORDS[: 10 if long else 12], k=rng.randint(66, 140) if long else rng.randint(0, 15))
        )

    for _ in range(n - len(predictions)):
        predictions.append(lines() if rng.random() < 0.8 else f"{nasty_text(rng)}\n{nasty_text(rng)}")
        targets.append([lines() if rng.random() < 0.8 else predictions[-1] for _ in range(rng.choice((1, 1, 2, 3)))])
    return targets, predictions


def random_words(n: int, seed: int) -> list[str]:
    """Words of the letters and suffixes that Porter's rules look at."""
    rng = random.Random(seed)
    return [
        "".join(
            [*rng.choices("aeiouyytslnrdbcz1xwé", k=rng.randint(0, 6)), *rng.choices(SUFFIXES, k=rng.randint(0, 3))]
        )
        for _ in range(n)
    ]


def scores(use_stemmer: bool, several: bool) -> Any:
    def run(n: int, seed: int) -> Difference:
        targets, predictions = summaries(n, seed)
        if not several:
            targets = [group[:1] for group in targets]
        peer = Peer(TYPES, use_stemmer=use_stemmer)
        theirs = [peer.score_multi(group, text) for group, text in zip(targets, predictions, strict=True)]
        found = RougeScorer(TYPES, use_stemmer=use_stemmer).score_batch(targets, predictions)
        ours = [found[name][i].tolist() for name in TYPES for i in range(n)]
        # Numbers one by one, so that the largest difference is known.
        flat = [number for name in TYPES for one in theirs for number in one[name]]
        return differences([number for row in ours for number in row], flat, n_pairs=n)

    return run


def stems(n: int, seed: int) -> Difference:
    words = random_words(n, seed)
    stem = PorterStemmer().stem
    return differences(porter_stems(words), [stem(word) for word in words])


COMPARISONS = [
    Comparison("ROUGE-1, 2, 5, L, Lsum", "rouge-score", scores(False, several=False), 7500),
    Comparison("ROUGE-1, 2, 5, L, Lsum, stems", "rouge-score", scores(True, several=False), 5500),
    Comparison("ROUGE of several targets, stems", "rouge-score", scores(True, several=True), 2500),
    Comparison("Porter stems, words", "nltk", stems, 20_000),
]
