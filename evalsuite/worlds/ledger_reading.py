"""Read a ledger back from its text or its tables, by the words alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.worlds.reading import ChainReading, Table, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LedgerReading", "read_tables", "read_text"]

_SMALLER = re.compile(
    r"\b(take out|taken out|drain|send off|sent off|remove|set down|ship|deduct|sell|sold|give away|given away|"
    r"dig up|dug up|deliver|cart away|carted away)"
)
_MULTIPLIED = re.compile(r"\b(times|multiplied|factor)\b")
_START = re.compile(r"(?:: |starts at |has |opening )(\d+)")
_WORDS = {"+": "add", "-": "take away", "*": "multiply by"}
_SIGNS = {word: sign for sign, word in _WORDS.items()}


@dataclass(frozen=True, slots=True)
class LedgerReading(ChainReading):
    """Start, operations (sign and amount) and the question of a ledger."""

    start: str
    plan: tuple[tuple[str, int], ...]
    question: str

    @property
    def n_steps(self) -> int:
        """Number of operations."""
        return len(self.plan)

    def advance(self, step: int, state: str) -> str:
        """Return the count after an operation."""
        sign, amount = self.plan[step - 1]
        count = int(state)
        return str({"+": count + amount, "-": count - amount, "*": count * amount}[sign] % 100)

    def candidates(self) -> Sequence[str]:
        """Return 0 to 99."""
        return [str(count) for count in range(100)]

    def tables(self) -> tuple[Table, ...]:
        """Return the start, and a row an operation."""
        rows = tuple((str(k), _WORDS[sign], str(amount)) for k, (sign, amount) in enumerate(self.plan, 1))
        return Table(("start",), ((self.start,),)), Table(("step", "operation", "amount"), rows)


def read_text(problem: str) -> LedgerReading:
    """Read the text of a ledger."""
    head, steps, tail = numbered(problem.split("\n"))
    start = _START.search("\n".join(head))
    if start is None or len(tail) != 1:
        raise ValueError("ledger: expected a start before the operations and one question after them")
    return LedgerReading(start[1], tuple(_operation(step.lower()) for step in steps), tail[0])


def _operation(step: str) -> tuple[str, int]:
    (amount,) = re.findall(r"\d+", step)
    return "*" if _MULTIPLIED.search(step) else "-" if _SMALLER.search(step) else "+", int(amount)


def read_tables(tables: Sequence[Table], question: str) -> LedgerReading:
    """Read the tables of a ledger."""
    first, steps = tables
    plan = tuple((_SIGNS[word], int(amount)) for _, word, amount in steps.rows)
    return LedgerReading(first.rows[0][0], plan, question)
