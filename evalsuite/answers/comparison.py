"""Compare an answer with the right one: exactly, or not at all."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from evalsuite.answers.normalisation import MAX_ANSWER, SIGNS, fold_text, normalise_answer
from evalsuite.answers.policies import DEFAULT_POLICY, AnswerPolicy
from evalsuite.answers.quantity import Quantity, parse_quantity
from evalsuite.answers.words import MATHEMATICS, is_number_word
from evalsuite.kernels import answers as kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.kernels.answers import Finding

__all__ = ["VERDICTS", "Verdict", "compare_answers", "compare_batch", "find_slowly"]

Verdict: TypeAlias = Literal["right", "wrong", "undecided"]

VERDICTS: Final[dict[Finding, Verdict]] = {
    finding: "right" if number < 3 else "wrong" if number < 6 else "undecided"
    for number, finding in enumerate(kernel.FINDINGS)
}
"""The verdict that each finding of a comparison is."""
_BEYOND = kernel.FINDINGS.index("beyond")

_WORDS = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*")
_TOKENS = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_EXPRESSION = re.compile(rf"[^\w \"'.,!?-]|[\d_]|{SIGNS}")
_ROMAN = re.compile(r"[ivxlcdm]{2,}")
_OPERATORS = re.compile("[\\\\^*/+=\u03c0\u221e]")
_MOST_WORDS = 5


def compare_answers(answer: str | None, gold: str, *, policy: AnswerPolicy = DEFAULT_POLICY) -> Verdict:
    """Say whether `answer` is `gold`.

    Parameters
    ----------
    answer : str, optional
        An extracted answer; None, where none was found, is undecided.
    gold : str
        The right answer. If it is a number, numbers are compared; otherwise text, without case.
    policy : AnswerPolicy, optional
        What percent signs, units, mixed numbers and scientific notation mean.

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
    return VERDICTS[kernel.FINDINGS[compare_batch([answer], [gold], policy)[0]]]


def compare_batch(
    answers: Sequence[str | None], golds: Sequence[str], policy: AnswerPolicy = DEFAULT_POLICY
) -> bytes | bytearray:
    """Compare each answer with the right one; return the number of each finding, none of which is ``"beyond"``."""
    found = kernel.compare_answers(answers, golds, **policy.options())
    if _BEYOND not in found:
        return found
    settled = bytearray(found)
    for index in range(len(settled)):
        if settled[index] == _BEYOND:
            settled[index] = kernel.FINDINGS.index(find_slowly(answers[index], golds[index], policy))
    return settled


def find_slowly(answer: str | None, gold: str, policy: AnswerPolicy = DEFAULT_POLICY) -> Finding:
    """Compare in Python: for what is beyond the kernel, of which this is the slow twin.

    Python's tables fold the case of letters beyond ASCII, and its integers have no bound.
    """
    if answer is None:
        return "no answer"
    if len(answer) > MAX_ANSWER or len(gold) > MAX_ANSWER:
        return "too long"
    given, right = normalise_answer(answer), normalise_answer(gold)
    if not given or not right:
        return "empty"
    if fold_text(given) == fold_text(right):
        return "same text"
    number = parse_quantity(right, policy)
    if number is not None:
        return _compare_number(given, number, policy)
    return _compare_text(given, right)


def _compare_number(given: str, gold: Quantity, policy: AnswerPolicy) -> Finding:
    number = parse_quantity(given, policy)
    if number is None:
        return "not a number" if _is_other_word(given) else "expression"
    if number.percent != gold.percent:
        return "percent"
    if (
        policy.units != "ignored"
        and number.unit != gold.unit
        and (policy.units == "same" or (number.unit and gold.unit))
    ):
        return "units"
    if number.value == gold.value:
        return "names" if number.name and gold.name and number.name != gold.name else "same number"
    if _is_rounding(number, gold) or _is_rounding(gold, number):
        return "rounding"
    return "other number"


def _is_other_word(text: str) -> bool:
    """Say whether `text` is a few plain words, of ASCII letters, that cannot stand for a number."""
    words = text.rstrip("!?").split(" ")
    if len(words) > _MOST_WORDS or not all(_WORDS.fullmatch(word) for word in words):
        return False
    parts = {part.lower() for word in words for part in word.split("-")}
    return max(map(len, parts)) > 1 and not any(map(_may_be_number, parts))


def _may_be_number(word: str) -> bool:
    return is_number_word(word) or word in MATHEMATICS or _ROMAN.fullmatch(word) is not None


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


def _compare_text(given: str, gold: str) -> Finding:
    if _EXPRESSION.search(gold):
        return "expression"  # it may be equal in another form
    wanted, said = _TOKENS.findall(gold.casefold()), _TOKENS.findall(given.casefold())
    if not wanted or not said:
        return "expression"
    if said == wanted and not _EXPRESSION.search(given) and max(map(len, wanted)) > 1:
        return "same words"  # marks between single letters may be operators
    parts, wanted_parts = _split_hyphens(said), _split_hyphens(wanted)
    if wanted_parts <= parts:
        return "wording"  # "the north", "yes, it is", but also "not north"
    if any(map(is_number_word, wanted_parts)) and any(part.isdecimal() for part in parts):
        return "wording"  # "7 days" for "seven days"
    if len(wanted) == 1 and _may_be_value(wanted[0]) and _OPERATORS.search(given):
        return "expression"  # "\\sqrt{-1}" for "i"
    return "other words"


def _may_be_value(word: str) -> bool:
    return len(word) == 1 or is_number_word(word) or word in MATHEMATICS


def _split_hyphens(tokens: list[str]) -> set[str]:
    return {part for token in tokens for part in token.split("-")}
