"""Self-BLEU against nltk's quadratic one; the other figures against plain counts."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from evalsuite.kernels.self_bleu import nltk_bleu_scores, self_bleu_statistics
from evalsuite.kernels.token_ids import token_ids
from evalsuite.text.selfbleu import self_bleu, self_bleu_scores
from tests.equality.comparison import Comparison, Difference, differences
from tests.reference import diversity as twin
from tests.reference.texts import edited, nasty_text

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["COMPARISONS", "text_sets"]


def text_sets(n: int, seed: int, size: int = 8) -> Iterator[list[str]]:
    """Sets of `size` or fewer nasty texts, some of which are like others, `n` texts or more in all."""
    rng = random.Random(seed)
    made = 0
    while made < n:
        texts: list[str] = []
        for _ in range(rng.randint(2, size)):
            like = texts and rng.random() < 0.5
            texts.append(edited(rng, rng.choice(texts)) if like else nasty_text(rng, 14))
        made += len(texts)
        yield texts


def sentence_scores(method: Any, weights: tuple[float, ...] = (0.25,) * 4) -> Any:
    def run(n: int, seed: int) -> Difference:
        ours: list[object] = []
        theirs: list[object] = []
        # nltk refuses some texts with method 6: more are made than compared.
        for texts in text_sets(n if method != 6 else 100 * n, seed):
            if len(theirs) >= n:
                break
            expected = twin.nltk_self_bleu([text.split() for text in texts], weights, method)
            if method == 6:
                kept = [i for i, score in enumerate(expected) if score is not None]
                rows = self_bleu_statistics(token_ids(texts), max_order=len(weights))
                ours += nltk_bleu_scores(rows[kept], weights, smoothing=6).tolist()
                theirs += [expected[i] for i in kept]
            else:
                ours += self_bleu_scores(texts, weights=weights, smoothing=method).tolist()
                theirs += expected
        return differences(ours, theirs)

    return run


def corpus_scores(n: int, seed: int) -> Difference:
    ours, theirs, n_texts = [], [], 0
    for number, texts in enumerate(text_sets(n, seed)):
        method: Any = number % 5
        ours.append(self_bleu(texts, smoothing=method, average="corpus"))
        theirs.append(twin.nltk_corpus_self_bleu([text.split() for text in texts], (0.25,) * 4, method))
        n_texts += len(texts)
    return differences(ours, theirs, n_pairs=n_texts)


COMPARISONS = [
    *(
        Comparison(
            f"self-BLEU-4, smoothing {method}", "nltk", sentence_scores(method), 1200, 0.0 if method < 5 else 1e-12
        )
        for method in range(8)
    ),
    *(
        Comparison(f"self-BLEU-{order}", "nltk", sentence_scores(1, (1 / order,) * order), 600)
        for order in (1, 2, 3, 5)
    ),
    Comparison("self-BLEU, weights 0.7 0 0.2", "nltk", sentence_scores(4, (0.7, 0.0, 0.2)), 600),
    Comparison("self-BLEU-4, corpus", "nltk", corpus_scores, 1200),
]
