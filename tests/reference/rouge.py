"""ROUGE in plain Python: tables, Counters, the walk back; slow and easy to check."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["rouge_counts"]

Words = list[str]


def rouge_counts(kind: str, target: Sequence[Words], prediction: Sequence[Words]) -> list[int]:
    """Return hits, and n-grams of prediction and target, of texts given as sentences of words."""
    whole = [word for sentence in target for word in sentence], [word for sentence in prediction for word in sentence]
    if kind == "rougeL":
        hits, n = len(walk(*whole)), 1
    elif kind == "rougeLsum":
        hits, n = summary_hits(target, prediction), 1
    else:
        n = int(kind.removeprefix("rouge"))
        grams = [Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1)) for words in whole]
        hits = (grams[0] & grams[1]).total()
    return [hits, *(max(0, len(words) - n + 1) for words in reversed(whole))]


def summary_hits(target: Sequence[Words], prediction: Sequence[Words]) -> int:
    left = Counter(word for sentence in prediction for word in sentence)
    hits = 0
    for sentence in target:
        union = sorted(set().union(*(walk(sentence, other) for other in prediction)))
        for position in union:
            if left[sentence[position]] > 0:
                left[sentence[position]] -= 1
                hits += 1
    return hits


def walk(target: Words, prediction: Words) -> list[int]:
    """Positions in the target of one longest common subsequence: the one met first from the end."""
    table = [[0] * (len(prediction) + 1) for _ in range(len(target) + 1)]
    for i, word in enumerate(target, 1):
        for j, other in enumerate(prediction, 1):
            table[i][j] = table[i - 1][j - 1] + 1 if word == other else max(table[i - 1][j], table[i][j - 1])
    i, j, found = len(target), len(prediction), []
    while i and j:
        if target[i - 1] == prediction[j - 1]:
            i, j = i - 1, j - 1
            found.append(i)
        elif table[i][j - 1] > table[i - 1][j]:
            j -= 1
        else:
            i -= 1
    return found
