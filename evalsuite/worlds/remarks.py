"""Remarks: sentences with numbers that a problem does not need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalsuite.worlds._draws import Draws

__all__ = ["REMARKS", "add_remarks", "without_remarks"]

# No name, thing or verb of any world is in them, and nothing that a problem could ask for.
REMARKS = (
    "This was written down {} days ago.",
    "It took {} minutes to write this.",
    "The nearest lake is {} miles away.",
    "The room next door has {} windows.",
    "There are {} stairs up to the entrance.",
    "The ferry to the coast leaves in {} minutes.",
    "Page {} of the notebook is missing.",
    "It was {} degrees outside that day.",
)
_ANY = re.compile("|".join(re.escape(remark).replace(r"\{\}", r"\d+") for remark in REMARKS))


def add_remarks(problem: str, n: int, draws: Draws) -> str:
    """Put `n` different remarks, at most 8, on lines of their own: none before the first line or after the last."""
    chosen = list(REMARKS)
    draws.shuffle(chosen)
    lines = problem.split("\n")
    for remark in chosen[:n]:
        lines.insert(1 + draws.below(len(lines) - 1), remark.format(2 + draws.below(98)))
    return "\n".join(lines)


def without_remarks(problem: str) -> str:
    """Return a problem without the lines that are remarks."""
    return "\n".join(line for line in problem.split("\n") if not _ANY.fullmatch(line))
