"""Read an arithmetic graph back from its text or its tables, and solve it from the asked quantity backwards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from evalsuite.worlds.reading import Solution, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["ArithmeticReading", "read_tables", "read_text"]

_NAME = r"([a-z]+ [a-z]+)"
_VALUE = r"([a-z]+ [a-z]+|\d+)"
_GIVEN = re.compile(rf"(?:{_NAME} = |The number of {_NAME} is |For {_NAME}, there are |{_NAME} \| )(\d+)\.?")
_FORMS = (
    re.compile(rf"{_NAME} = {_NAME} ([-+*]) {_VALUE}"),
    re.compile(rf"{_NAME} \| {_NAME} \| (plus|minus|times) \| {_VALUE}"),
    re.compile(rf"The number of {_NAME} is the number of {_NAME} (plus|minus) the number of {_VALUE}\."),
    re.compile(rf"For {_NAME}, take {_NAME}, (add|take away) {_VALUE}\."),
)
_PLAIN = re.compile(rf"The number of {_NAME} is (\d+) (more than|fewer than|times) the number of {_NAME}\.")
_TIMES = re.compile(rf"For {_NAME}, take {_NAME}, (\d+) times\.")
_ASKED = re.compile(rf"(?:{_NAME} = \?|How many {_NAME} are there\?|Give the number of {_NAME}\.|{_NAME} \| \?)")
_SIGNS = {
    **dict.fromkeys(("+", "plus", "add", "more than"), "+"),
    **dict.fromkeys(("-", "minus", "take away", "fewer than"), "-"),
    **dict.fromkeys(("*", "times"), "*"),
}


@dataclass(frozen=True, slots=True)
class ArithmeticReading:
    """Quantities in the order of their lines: name, sign, and two operands, each a name or a number.

    A given quantity has the sign ``=`` and its number as the first operand.
    """

    lines: tuple[tuple[str, str, str, str], ...]
    asked: str
    question: str

    def _needed(self) -> list[str]:
        """Names of the quantities that must be found, in the order of their lines."""
        formula = _formulas(self.lines)
        todo, found = [self.asked], {self.asked}
        while todo:
            _, a, b = formula[todo.pop()]
            for part in (a, b):
                if part in formula and part not in found:
                    found.add(part)
                    todo.append(part)
        return [name for name, sign, _, _ in self.lines if name in found and sign != "="]

    def solve(self, forced: Mapping[int, str] | None = None) -> Solution:
        """Find what the asked quantity needs, and nothing else."""
        needed = self._needed()
        fixed = {needed[step - 1]: int(state) for step, state in (forced or {}).items()}
        value = self._values(self.asked, fixed, None)
        return Solution(tuple(str(value[name]) for name in needed), str(value[self.asked]))

    def _values(self, name: str, fixed: Mapping[str, int], most: int | None) -> dict[str, int]:
        """Values of a quantity and all it needs; from `most` lines away on, the first number in the text instead."""
        formula = _formulas(self.lines)
        value: dict[str, int] = {}
        first = next(int(a) for _, sign, a, _ in self.lines if sign == "=")

        def find(part: str, left: int | None) -> int:
            if part.isdecimal():
                return int(part)
            if part not in value:
                sign, a, b = formula[part]
                if sign == "=":
                    value[part] = int(a)
                elif left == 0:
                    return first
                else:
                    rest = None if left is None else left - 1
                    x, y = find(a, rest), find(b, rest)
                    value[part] = fixed.get(part, {"+": x + y, "-": x - y, "*": x * y}[sign] % 100)
            return value[part]

        find(name, most)
        return value

    def wrong_states(self, step: int) -> Sequence[str]:
        """Return every other number from 0 to 99."""
        true = self.solve().states[step - 1]
        return [number for number in self.candidates() if number != true]

    def candidates(self) -> Sequence[str]:
        """Return 0 to 99."""
        return [str(number) for number in range(100)]

    def guesses(self) -> Mapping[str, str]:
        """Return what follows from the last lines of the tree, from the whole text's numbers, and from one line."""
        numbers = [int(part) for line in self.lines for part in line[2:] if part.isdecimal()]
        made = {f"the last {n} statements only": str(self._values(self.asked, {}, n)[self.asked]) for n in (1, 2)}
        last = [name for name, sign, _, _ in self.lines if sign != "="][-1]
        if last != self.asked:  # else it is the answer
            made["the last line's quantity"] = str(self._values(last, {}, None)[last])
        return made | {"the sum of all numbers": str(sum(numbers) % 100)}

    def tables(self) -> tuple[Table, ...]:
        """Return the asked quantity, and a row a quantity."""
        rows = tuple((name, "" if sign == "=" else a, sign, a if sign == "=" else b) for name, sign, a, b in self.lines)
        return Table(("asked",), ((self.asked,),)), Table(("quantity", "from", "by", "value"), rows)


@lru_cache(maxsize=16)  # asked for once a slip
def _formulas(lines: tuple[tuple[str, str, str, str], ...]) -> dict[str, tuple[str, str, str]]:
    return {name: (sign, a, b) for name, sign, a, b in lines}


def read_text(problem: str) -> ArithmeticReading:
    """Read the text of an arithmetic graph."""
    _, *lines, question = problem.split("\n")
    asked = _ASKED.fullmatch(question)
    if asked is None:
        raise ValueError(f"arithmetic_graph: not a question: {question}")
    return ArithmeticReading(tuple(_line(line) for line in lines), next(filter(None, asked.groups())), question)


def _line(line: str) -> tuple[str, str, str, str]:
    if match := _GIVEN.fullmatch(line):
        return next(filter(None, match.groups())), "=", match[5], ""
    if match := _PLAIN.fullmatch(line):
        return match[1], _SIGNS[match[3]], match[4], match[2]
    if match := _TIMES.fullmatch(line):
        return match[1], "*", match[2], match[3]
    for pattern in _FORMS:
        if match := pattern.fullmatch(line):
            return match[1], _SIGNS[match[3]], match[2], match[4]
    raise ValueError(f"arithmetic_graph: not a quantity: {line}")


def read_tables(tables: Sequence[Table], question: str) -> ArithmeticReading:
    """Read the tables of an arithmetic graph."""
    asked, quantities = tables
    lines = tuple((name, sign, b, "") if sign == "=" else (name, sign, a, b) for name, a, sign, b in quantities.rows)
    return ArithmeticReading(lines, asked.rows[0][0], question)
