"""Second solvers: the answers to questions of reasoning-gym, found from their text without the package."""

from __future__ import annotations

import ast
import math
import operator
import re
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SOLVERS"]

_OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_NUMBER = re.compile(r"\d+")


def _calculate(question: str) -> str:
    """Return the value of the longest expression in a question, as an exact fraction."""

    def value(node: ast.AST) -> Fraction:
        if isinstance(node, ast.BinOp):
            return Fraction(_OPERATIONS[type(node.op)](value(node.left), value(node.right)))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            return Fraction(node.value)
        raise ValueError(f"not arithmetic: {question!r:.200}")

    expression = max(re.findall(r"[-+*/() \d]+", question), key=len).strip()
    return str(value(ast.parse(expression, mode="eval").body))


def _numbers(question: str) -> list[int]:
    return [int(found) for found in _NUMBER.findall(question)]


def _count_primes(question: str) -> str:
    low, high = _numbers(question)[-2:]
    return str(sum(n > 1 and all(n % k for k in range(2, math.isqrt(n) + 1)) for n in range(low, high + 1)))


def _convert(question: str) -> str:
    known = {"binary": 2, "hexadecimal": 16}
    from_name, number, to_name = re.findall(r"convert the (\S+) number (\w+) to (\S+)", question)[-1]
    source, target = (known.get(name) or int(name.removeprefix("base-")) for name in (from_name, to_name))
    value, digits = int(number, source), ""
    while value or not digits:
        value, digit = divmod(value, target)
        digits = _DIGITS[digit] + digits
    return digits


def _count_letter(question: str) -> str:
    letter, text = re.findall(r'"(.)" appear in the text: "(.*)"', question)[0]
    return str(text.lower().count(letter))


def _reverse_words(question: str) -> str:
    return ", ".join(reversed(question.strip().rpartition(": ")[2].split(", ")))


def _roll(question: str) -> str:
    """Return the chance of a sum of dice, by all the ways to throw it."""
    dice = [int(sides) for count, sides in re.findall(r"(\d+)d(\d+)[,.]", question) for _ in range(int(count))]
    least = int(re.findall(r"rolling (\d+) or higher", question)[0])
    ways = {0: 1}
    for sides in dice:
        thrown: dict[int, int] = {}
        for total, n in ways.items():
            for face in range(1, sides + 1):
                thrown[total + face] = thrown.get(total + face, 0) + n
        ways = thrown
    return str(Fraction(sum(n for total, n in ways.items() if total >= least), math.prod(dice)))


def _alternate(question: str) -> str:
    bits = question.strip().rpartition(" ")[2]
    swaps = []
    for first in "01":
        wanted = "".join(first if i % 2 == 0 else "10"[int(first)] for i in range(len(bits)))
        if wanted.count("1") == bits.count("1"):
            swaps.append(sum(a != b for a, b in zip(bits, wanted, strict=True)) // 2)
    return str(min(swaps, default=-1))


def _schedule(question: str) -> str:
    """Say whether all courses can be taken: take whatever needs none that is left, as long as there is one."""
    pairs = [(int(a), int(b)) for a, b in re.findall(r"\((\d+), (\d+)\)", question)]
    left = {course for pair in pairs for course in pair}
    while free := {course for course in left if not any(a == course and b in left for a, b in pairs)}:
        left -= free
    return str(not left)


def _largest_island(question: str) -> str:
    rows = [line.split() for line in question.splitlines() if re.fullmatch(r"[01]( [01])*", line.strip())]
    land = {(i, j) for i, row in enumerate(rows) for j, cell in enumerate(row) if cell == "1"}
    largest = 0
    while land:
        island = [land.pop()]
        for i, j in island:  # grows as land is found
            for near in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
                if near in land:
                    land.remove(near)
                    island.append(near)
        largest = max(largest, len(island))
    return str(largest)


SOLVERS: dict[str, Callable[[str], str]] = {
    "base_conversion": _convert,
    "basic_arithmetic": _calculate,
    "binary_alternation": _alternate,
    "chain_sum": _calculate,
    "count_bits": lambda question: str(_numbers(question)[-1].bit_count()),
    "count_primes": _count_primes,
    "course_schedule": _schedule,
    "dice": _roll,
    "gcd": lambda question: str(math.gcd(*_numbers(question))),
    "largest_island": _largest_island,
    "lcm": lambda question: str(math.lcm(*_numbers(question))),
    "letter_counting": _count_letter,
    "products": _calculate,
    "word_sequence_reversal": _reverse_words,
}
"""Solvers by dataset: each returns the answer to a question, and raises ValueError or the like if it cannot read it."""
