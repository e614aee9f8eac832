"""METEOR against nltk, whose WordNet is stood in for: its data is not part of the package."""

from __future__ import annotations

from typing import Any

from nltk.translate.meteor_score import meteor_score as peer_score

from evalsuite.text.meteor import meteor_scores
from tests.equality.comparison import Comparison, Difference, differences
from tests.reference.texts import nasty_segments, plain_segments
from tests.reference.wordnet import NO_SYNONYMS, SOME_SYNONYMS

__all__ = ["COMPARISONS"]


def compare(wordnet: Any, plain: bool, **parameters: float) -> Any:
    def run(n: int, seed: int) -> Difference:
        if plain:
            texts, targets = plain_segments(n, seed=seed)
            groups: Any = [[text] for text in targets]
        else:
            texts, groups = nasty_segments(n, seed=seed, with_none=False)
        hypotheses = [text.split() for text in texts]
        references = [[text.split() for text in group] for group in groups]
        theirs = [
            peer_score(group, hypothesis, wordnet=wordnet, **parameters)
            for group, hypothesis in zip(references, hypotheses, strict=True)
        ]
        ours = meteor_scores(references, hypotheses, wordnet=wordnet, **parameters)
        return differences(ours.tolist(), theirs)

    return run


COMPARISONS = [
    Comparison("METEOR", "nltk", compare(NO_SYNONYMS, False), 6000),
    Comparison("METEOR, plain text", "nltk", compare(NO_SYNONYMS, True), 1000),
    Comparison("METEOR, some synonyms", "nltk", compare(SOME_SYNONYMS, False), 4000),
    Comparison("METEOR, other parameters", "nltk", compare(SOME_SYNONYMS, False, alpha=0.7, beta=1.4, gamma=0.9), 2000),
]
