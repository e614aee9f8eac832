"""Edit metrics as their definitions say them: tables and sets, slow and plain."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["alignment_cost", "distance", "jaccard", "lcs_f", "lcs_length"]


def distance(a: Sequence[object], b: Sequence[object]) -> int:
    """Levenshtein distance by the table of Wagner and Fischer."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        above, row = row, [i]
        for j, y in enumerate(b, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
    return row[-1]


def lcs_length(a: Sequence[object], b: Sequence[object]) -> int:
    """Length of the longest common subsequence by its table."""
    row = [0] * (len(b) + 1)
    for x in a:
        above, row = row, [0]
        for j, y in enumerate(b, start=1):
            row.append(above[j - 1] + 1 if x == y else max(above[j], row[-1]))
    return row[-1]


def lcs_f(a: Sequence[object], b: Sequence[object]) -> float:
    """F-score of the longest common subsequence, in rouge-score's order of operations."""
    common = lcs_length(a, b)
    if common == 0:
        return 0.0
    precision, recall = common / len(b), common / len(a)
    return 2 * precision * recall / (precision + recall)


def jaccard(a: Sequence[object], b: Sequence[object], order: int) -> float:
    """Common n-grams over those of either; NaN where there is none."""
    first, second = ({tuple(words[i : i + order]) for i in range(len(words) - order + 1)} for words in (a, b))
    return len(first & second) / len(first | second) if first or second else float("nan")


def alignment_cost(opcodes: list[tuple[str, int, int, int, int]], a: Sequence[object], b: Sequence[object]) -> int:
    """Cost of opcodes; AssertionError unless they lead from `a` to `b` without a gap and tell the truth."""
    cost = i = j = 0
    last = None
    for tag, i1, i2, j1, j2 in opcodes:
        assert (i1, j1) == (i, j)
        assert tag != last
        i, j, last = i2, j2, tag
        if tag == "equal":
            assert list(a[i1:i2]) == list(b[j1:j2])
            assert i1 < i2
        elif tag == "replace":
            assert i2 - i1 == j2 - j1 > 0
            assert all(x != y for x, y in zip(a[i1:i2], b[j1:j2], strict=True))
        else:
            assert (i1 == i2, j1 == j2) == ((True, False) if tag == "insert" else (False, True))
        cost += 0 if tag == "equal" else max(i2 - i1, j2 - j1)
    assert (i, j) == (len(a), len(b))
    return cost
