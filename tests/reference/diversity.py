"""Plain twins of self-BLEU, diversity and degeneration: quadratic, by the definitions."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Tokens = list[Any]


def ngrams(tokens: Sequence[Any], n: int) -> list[tuple[Any, ...]]:
    """Return all n-grams of one text."""
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


def nltk_self_bleu(
    texts: list[Tokens], weights: Sequence[float], smoothing: int, **constants: float
) -> list[float | None]:
    """Each text against all others by nltk itself; None where method 6 refuses a text."""
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    method = getattr(SmoothingFunction(**constants), f"method{smoothing}")
    scores: list[float | None] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for i, text in enumerate(texts):
            try:
                scores.append(sentence_bleu(texts[:i] + texts[i + 1 :], text, tuple(weights), method))
            except AssertionError:
                scores.append(None)
    return scores


def nltk_corpus_self_bleu(texts: list[Tokens], weights: Sequence[float], smoothing: int) -> float:
    """One score of all texts against all others by nltk itself."""
    from nltk.translate.bleu_score import SmoothingFunction, corpus_bleu

    method = getattr(SmoothingFunction(), f"method{smoothing}")
    others = [texts[:i] + texts[i + 1 :] for i in range(len(texts))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        score: float = corpus_bleu(others, texts, tuple(weights), method)
    return score


def self_bleu_statistics(texts: list[Tokens], max_order: int) -> list[list[int]]:
    """Lengths, clipped matches and n-grams of each text against all others."""
    rows = []
    for i, text in enumerate(texts):
        others = texts[:i] + texts[i + 1 :]
        closest = min(((abs(len(other) - len(text)), len(other)) for other in others), default=(0, 0))[1]
        correct, total = [], []
        for n in range(1, max_order + 1):
            allowed: Counter[tuple[Any, ...]] = Counter()
            for other in others:
                allowed |= Counter(ngrams(other, n))
            found = Counter(ngrams(text, n))
            correct.append(sum((found & allowed).values()))
            total.append(sum(found.values()))
        rows.append([len(text), closest, *correct, *total])
    return rows


def distinct(texts: list[Tokens], n: int) -> tuple[int, int]:
    """Different n-grams of a set, and all of them."""
    found = [ngram for text in texts for ngram in ngrams(text, n)]
    return len(set(found)), len(found)


def frequencies(texts: list[Tokens], n: int) -> list[int]:
    """How often each n-gram of a set occurs, falling."""
    return sorted(Counter(ngram for text in texts for ngram in ngrams(text, n)).values(), reverse=True)


def entropy(texts: list[Tokens], n: int) -> float:
    """Return nats of the distribution of n-grams."""
    counts = frequencies(texts, n)
    total = sum(counts)
    return -sum(c / total * math.log(c / total) for c in counts) if counts else math.nan


def zipf(texts: list[Tokens], top: int = 5000) -> float:
    """Return minus the slope of a least-squares line through log rank and log frequency."""
    from scipy.stats import linregress

    counts = frequencies(texts, 1)[:top]
    if len(counts) < 2:
        return math.nan
    return -float(linregress([math.log(r) for r in range(1, len(counts) + 1)], [math.log(c) for c in counts]).slope)


def longest_repeat(text: Sequence[Any], overlap: bool) -> list[int]:
    """Length, first and last start of the longest span that occurs twice, by trying all."""
    for length in range(len(text) - 1, 0, -1):
        for first in range(len(text) - length + 1):
            least = first + 1 if overlap else first + length
            starts = [
                i for i in range(least, len(text) - length + 1) if text[i : i + length] == text[first : first + length]
            ]
            if starts:
                return [length, first, starts[-1]]
    return [0, 0, 0]


def ending_loop(text: Sequence[Any], min_repetitions: int, min_span: int) -> list[int]:
    """Period, repetitions and start of the longest end that repeats, by trying all."""
    n = len(text)
    for start in range(n):
        for period in range(1, n - start):
            span = n - start
            repeats = all(text[i] == text[i - period] for i in range(start + period, n))
            if repeats and span >= min_repetitions * period and span >= min_span:
                return [period, span // period, start]
    return [0, 0, 0]


def repeats_phrase_at_its_end(text: Sequence[Any]) -> bool:
    """Whether a phrase of two tokens or more stands at the end three times in a row (Holtzman et al., 2020)."""
    return any(list(text[-3 * n :]) == list(text[-n:]) * 3 for n in range(2, len(text) // 3 + 1))
