"""Read a program back from its text or its tables, by the words alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.worlds.reading import ChainReading, Table, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ProgramReading", "read_tables", "read_text"]

_START = re.compile(r"(?:^\w+ = |its \w+ at |LOAD \w+ |start )(\d+)", re.MULTILINE)
_CODE = re.compile(r"(\w+) = \1 ([-+*]) (\d+) if \1 % ([25]) == 0 else \1 ([-+*]) (\d+)")
_PROSE = re.compile(r"If the \w+ is (even|a multiple of five), ([a-z ]+) (\d+), otherwise ([a-z ]+) (\d+)\.")
_ASSEMBLY = re.compile(r"TEST (EVEN|FIVES) \? (ADD|SUB|MUL) (\d+) : (ADD|SUB|MUL) (\d+)")
_TABLE = re.compile(r"(even|0 or 5) -> ([-+*])(\d+) \| (?:odd|other) -> ([-+*])(\d+)")
_DOWN = re.compile(r"subtract|retreat|down|lower|cool|drop|back|minus")
_TIMES = re.compile(r"multiply|scale|factor|gear|boost|stretch|magnify|repeat|times|speed|amplify|spin")
_DIVISORS = {"even": 2, "EVEN": 2, "FIVES": 5, "0 or 5": 5, "a multiple of five": 5}
_SIGNS = {"ADD": "+", "SUB": "-", "MUL": "*"}
_WORDS = {"+": "add", "-": "subtract", "*": "multiply by"}


@dataclass(frozen=True, slots=True)
class ProgramReading(ChainReading):
    """First number and instructions: a divisor, and what is done to numbers it divides and to all others."""

    start: str
    plan: tuple[tuple[int, str, int, str, int], ...]
    question: str

    @property
    def n_steps(self) -> int:
        """Number of instructions."""
        return len(self.plan)

    def advance(self, step: int, state: str) -> str:
        """Return the register after an instruction."""
        divisor, sign, amount, other_sign, other_amount = self.plan[step - 1]
        number = int(state)
        if number % divisor:
            sign, amount = other_sign, other_amount
        return str({"+": number + amount, "-": number - amount, "*": number * amount}[sign] % 100)

    def candidates(self) -> Sequence[str]:
        """Return 0 to 99."""
        return [str(number) for number in range(100)]

    def tables(self) -> tuple[Table, ...]:
        """Return the first number, and a row an instruction."""
        rows = tuple(
            (str(k), "even" if divisor == 2 else "multiple of 5", f"{_WORDS[a]} {x}", f"{_WORDS[b]} {y}")
            for k, (divisor, a, x, b, y) in enumerate(self.plan, 1)
        )
        return Table(("start",), ((self.start,),)), Table(("step", "if it is", "then", "otherwise"), rows)


def read_text(problem: str) -> ProgramReading:
    """Read the text of a program."""
    head, steps, tail = numbered(problem.split("\n"))
    start = _START.search("\n".join(head))
    if start is None or len(tail) != 1:
        raise ValueError("program: expected a start before the instructions and one question after them")
    return ProgramReading(start[1], tuple(_instruction(step) for step in steps), tail[0])


def _instruction(step: str) -> tuple[int, str, int, str, int]:
    if match := _CODE.fullmatch(step):
        return int(match[4]), match[2], int(match[3]), match[5], int(match[6])
    if match := _PROSE.fullmatch(step):
        return _DIVISORS[match[1]], _sign(match[2]), int(match[3]), _sign(match[4]), int(match[5])
    if match := _ASSEMBLY.fullmatch(step):
        return _DIVISORS[match[1]], _SIGNS[match[2]], int(match[3]), _SIGNS[match[4]], int(match[5])
    if match := _TABLE.fullmatch(step):
        return _DIVISORS[match[1]], match[2], int(match[3]), match[4], int(match[5])
    raise ValueError(f"program: not an instruction: {step}")


def _sign(verb: str) -> str:
    return "*" if _TIMES.search(verb) else "-" if _DOWN.search(verb) else "+"


def read_tables(tables: Sequence[Table], question: str) -> ProgramReading:
    """Read the tables of a program."""
    first, steps = tables
    plan = []
    for _, condition, then, otherwise in steps.rows:
        (a, x), (b, y) = then.rsplit(" ", 1), otherwise.rsplit(" ", 1)
        plan.append((2 if condition == "even" else 5, _sign(a), int(x), _sign(b), int(y)))
    return ProgramReading(first.rows[0][0], tuple(plan), question)
