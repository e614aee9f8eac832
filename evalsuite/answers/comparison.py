"""Compare an answer with the right one: exactly, or not at all."""

from __future__ import annotations

import math
import re
from typing import Literal, TypeAlias

from evalsuite.answers.normalisation import MAX_ANSWER, fold_text, normalise_answer
from evalsuite.answers.quantity import NUMBER_WORDS, Quantity, parse_quantity

__all__ = ["Verdict", "compare_answers"]

Verdict: TypeAlias = Literal["right", "wrong", "undecided"]

_WORDS = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_TOKENS = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_EXPRESSION = re.compile(r"[^\w \"'.,!?-]|[\d_]")
_MOST_WORDS = 5
_MATHEMATICS = frozenset({"pi", "sqrt", "root", "log", "exp", "sin", "cos", "tan", "minus", "plus", "times"})


def compare_answers(answer: str | None, gold: str) -> Verdict:
    """Say whether `answer` is `gold`.

    Parameters
    ----------
    answer : str, optional
        An extracted answer; None, where none was found, is undecided.
    gold : str
        The right answer. If it is a number, numbers are compared; otherwise text, without case.

    Returns
    -------
    {"right", "wrong", "undecided"}
        Undecided is what an exact comparison cannot settle: expressions, mixed numbers, a percentage against a plain
        number, different units, a rounded value of a fraction, and anything over 1000 characters.

    Examples
    --------
    >>> compare_answers("$1,234.50", "1234.5"), compare_answers("2/4", "0.5"), compare_answers("19 eggs", "18")
    ('right', 'right', 'wrong')
    >>> compare_answers("10%", "10"), compare_answers("2^10", "1024"), compare_answers("0,111", "0.111")
    ('undecided', 'undecided', 'undecided')
    """
    if answer is None or len(answer) > MAX_ANSWER or len(gold) > MAX_ANSWER:
        return "undecided"
    given, right = normalise_answer(answer), normalise_answer(gold)
    if not given or not right:
        return "undecided"
    if fold_text(given) == fold_text(right):
        return "right"
    number = parse_quantity(right)
    if number is not None:
        return _compare_number(given, number)
    return _compare_text(given, right)


def _compare_number(given: str, gold: Quantity) -> Verdict:
    number = parse_quantity(given)
    if number is None:
        return "wrong" if _is_other_word(given) else "undecided"
    if number.percent != gold.percent or (number.unit and gold.unit and number.unit != gold.unit):
        return "undecided"
    if number.value == gold.value:
        return "right"
    if _is_rounding(number, gold) or _is_rounding(gold, number):
        return "undecided"
    return "wrong"


def _is_other_word(text: str) -> bool:
    """Say whether `text` is a few plain words that cannot stand for a number."""
    words = text.rstrip("!?").casefold().split(" ")
    if len(words) > _MOST_WORDS or not all(_WORDS.fullmatch(word) for word in words):
        return False
    parts = {part for word in words for part in word.split("-")}
    return max(map(len, parts)) > 1 and parts.isdisjoint(NUMBER_WORDS | _MATHEMATICS)


def _is_rounding(decimal: Quantity, fraction: Quantity) -> bool:
    """Say whether `decimal` rounds or cuts off, at two places or more, a fraction that no decimal equals."""
    if fraction.places is not None or decimal.places is None or decimal.places < 2:
        return False
    rest = fraction.value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    exact, shown = fraction.value * 10**decimal.places, decimal.value * 10**decimal.places
    return rest > 1 and shown in (math.trunc(exact), round(exact))


def _compare_text(given: str, gold: str) -> Verdict:
    if _EXPRESSION.search(gold):
        return "undecided"  # an expression may be equal in another form
    wanted, said = _TOKENS.findall(gold.casefold()), _TOKENS.findall(given.casefold())
    if not wanted or not said:
        return "undecided"
    if said == wanted and not _EXPRESSION.search(given):
        return "right"
    parts, wanted_parts = _split_hyphens(said), _split_hyphens(wanted)
    if wanted_parts <= parts:
        return "undecided"  # "the north", "yes, it is", but also "not north"
    if not wanted_parts.isdisjoint(NUMBER_WORDS) and any(part.isdecimal() for part in parts):
        return "undecided"  # "7 days" for "seven days"
    return "wrong"


def _split_hyphens(tokens: list[str]) -> set[str]:
    return {part for token in tokens for part in token.split("-")}
