"""BLEU as the papers and mteval's script say it, one segment at a time."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

LOG_ZERO = -9999999999.0


def tokenize_13a(text: str) -> str:
    """Clean, pad, apply the four patterns of mteval-v13a in turn, and collapse whitespace."""
    text = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    for entity, character in (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")):
        text = text.replace(entity, character)
    text = f" {text} "
    text = re.sub(r"([\{-\~\[-\` -\&\(-\+\:-\@\/])", r" \1 ", text)
    text = re.sub(r"([^0-9])([\.,])", r"\1 \2 ", text)
    text = re.sub(r"([\.,])([^0-9])", r" \1 \2", text)
    text = re.sub(r"([0-9])(-)", r"\1 \2 ", text)
    return " ".join(text.split())


def words(text: str, tokenize: str, lowercase: bool) -> list[str]:
    """Words of a segment as BLEU counts them."""
    text = (text.lower() if lowercase else text).rstrip()
    return (tokenize_13a(text) if tokenize == "13a" else text).split()


def ngrams(tokens: list[str], order: int) -> Counter[tuple[str, ...]]:
    """Count the n-grams of one order."""
    return Counter(tuple(tokens[i : i + order]) for i in range(len(tokens) - order + 1))


def bleu_statistics(
    hypothesis: str,
    references: Sequence[str | None],
    *,
    tokenize: str = "13a",
    lowercase: bool = False,
    max_order: int = 4,
) -> list[int]:
    """Lengths, clipped matches and totals of one segment."""
    hypothesis_words = words(hypothesis, tokenize, lowercase)
    reference_words = [words(text, tokenize, lowercase) for text in references if text is not None]
    n = len(hypothesis_words)
    closest = min((abs(len(tokens) - n), len(tokens)) for tokens in reference_words)[1]
    correct, total = [], []
    for order in range(1, max_order + 1):
        found = ngrams(hypothesis_words, order)
        allowed: Counter[tuple[str, ...]] = Counter()
        for tokens in reference_words:
            allowed |= ngrams(tokens, order)
        correct.append(sum((found & allowed).values()))
        total.append(sum(found.values()))
    return [n, closest, *correct, *total]


def compensated_sum(values: Iterable[float]) -> float:
    """Neumaier's sum, which is ``sum()`` of floats from Python 3.12 on."""
    total, lost = 0.0, 0.0
    for value in values:
        following = total + value
        if abs(total) >= abs(value):
            lost += (total - following) + value
        else:
            lost += (value - following) + total
        total = following
    return total + lost


def plain_sum(values: Iterable[float]) -> float:
    """Add from left to right."""
    total = 0.0
    for value in values:
        total += value
    return total


def bleu_score(
    row: Sequence[float],
    *,
    smooth_method: str = "exp",
    smooth_value: float | None = None,
    effective_order: bool = False,
    add: Callable[[Iterable[float]], float] = plain_sum,
) -> float:
    """BLEU, 0 to 100, of one row of statistics."""
    if any(math.isnan(value) for value in row):
        return math.nan
    max_order = len(row) // 2 - 1
    hyp_len, ref_len = row[:2]
    correct, total = list(row[2 : 2 + max_order]), list(row[2 + max_order :])
    if not any(correct):
        return 0.0
    value = {"add-k": 1.0, "floor": 0.1}.get(smooth_method, 0.0) if smooth_value is None else smooth_value
    if smooth_method == "add-k":
        correct[1:] = [count + value for count in correct[1:]]
        total[1:] = [count + value for count in total[1:]]
    n_counted = total.index(0) if 0 in total else max_order
    precisions = [0.0] * max_order
    n_empty = 0
    for i in range(n_counted):
        if correct[i]:
            precisions[i] = 100.0 * correct[i] / total[i]
        elif smooth_method == "exp":
            n_empty += 1
            precisions[i] = 100.0 / (2.0**n_empty * total[i])
        elif smooth_method == "floor":
            precisions[i] = 100.0 * value / total[i]
    n_orders = n_counted if effective_order and n_counted else max_order
    logs = [math.log(precision) if precision else LOG_ZERO for precision in precisions[:n_orders]]
    brevity_penalty = 1.0
    if hyp_len < ref_len:
        brevity_penalty = math.exp(1 - ref_len / hyp_len) if hyp_len > 0 else 0.0
    return brevity_penalty * math.exp(add(logs) / n_orders)
