"""Read an item back from its text alone: a second solver, which shares no code with the generator.

Each reasoning family has a module ``<family>_reading`` with two functions, ``read_text(problem)`` and
``read_tables(tables, question)``, that return a `Reading`: the facts of the item, comparable by ``==``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from evalsuite.worlds.families import family_of
from evalsuite.worlds.filler import without_filler
from evalsuite.worlds.remarks import without_remarks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["ChainReading", "Reading", "Solution", "Table", "numbered", "read_problem", "read_tables"]

_NUMBERED = re.compile(r"(\d+)\. (.+)")


@dataclass(frozen=True, slots=True)
class Table:
    """Facts as rows of text under the names of their columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """The state after each step, as the trace writes it, and the answer."""

    states: tuple[str, ...]
    answer: str


class Reading(Protocol):
    """What was read from a problem."""

    def solve(self, forced: Mapping[int, str] | None = None) -> Solution:
        """Solve the problem.

        Parameters
        ----------
        forced : mapping of int to str, optional
            States, by step from 1, that take the place of the true ones: what a solver who slips there goes on with.
        """
        ...

    def wrong_states(self, step: int) -> Sequence[str]:
        """Return states that step `step` might have been given instead of the true one."""
        ...

    def candidates(self) -> Sequence[str]:
        """Return all that the answer could be, as far as the problem's form tells."""
        ...

    def guesses(self) -> Mapping[str, str]:
        """Return the answers of shortcuts that read a part of the problem, by the shortcut's name."""
        ...

    def tables(self) -> tuple[Table, ...]:
        """Return the facts as tables, from which ``read_tables`` makes an equal reading."""
        ...

    @property
    def question(self) -> str:
        """The question, as the text asks it."""
        ...


class ChainReading:
    """The part of a reading that all chains share: one state, carried from step to step.

    A subclass has ``start``, ``n_steps``, ``advance`` and ``candidates``.
    """

    __slots__ = ()
    start: str

    @property
    def n_steps(self) -> int:
        """Number of steps."""
        raise NotImplementedError

    def advance(self, step: int, state: str) -> str:
        """Return the state after step `step`, from 1, where `state` was before it."""
        raise NotImplementedError

    def candidates(self) -> Sequence[str]:
        """Return all that a state could be."""
        raise NotImplementedError

    def solve(self, forced: Mapping[int, str] | None = None) -> Solution:
        """Carry the state through all steps; a forced state replaces the one a step should have led to."""
        state, states = self.start, []
        for step in range(1, self.n_steps + 1):
            state = self.advance(step, state)
            if forced and step in forced:
                state = forced[step]
            states.append(state)
        return Solution(tuple(states), state)

    def wrong_states(self, step: int) -> Sequence[str]:
        """Return every other state."""
        true = self.solve().states[step - 1]
        return [state for state in self.candidates() if state != true]

    def guesses(self) -> Mapping[str, str]:
        """Return what follows from a part of the steps alone."""
        n = self.n_steps
        return {
            "the first state": self.start,
            "the last two steps only": self._run(range(max(1, n - 1), n + 1)),
            "all but the first step": self._run(range(2, n + 1)),
            "all but the last step": self._run(range(1, n)),
        }

    def _run(self, steps: range) -> str:
        state = self.start
        for step in steps:
            state = self.advance(step, state)
        return state


class _Reader(Protocol):
    def read_text(self, problem: str) -> Reading: ...

    def read_tables(self, tables: Sequence[Table], question: str) -> Reading: ...


def read_problem(family: str, problem: str) -> Reading:
    """Read a problem of a family from its text; filler and remarks are passed over.

    Raises
    ------
    ValueError
        If the text is not of this family.
    """
    return _reader(family).read_text(without_remarks(without_filler(problem)))


def read_tables(family: str, tables: Sequence[Table], question: str) -> Reading:
    """Read a problem of a family from its tables."""
    return _reader(family).read_tables(tables, question)


def numbered(lines: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Split lines into those before the first numbered one, the numbered ones without number, and those after.

    Raises
    ------
    ValueError
        If no line is numbered, or the numbers are not 1, 2, 3 and so on without a break.
    """
    found = [(i, match) for i, line in enumerate(lines) if (match := _NUMBERED.fullmatch(line))]
    if not found or [int(match[1]) for _, match in found] != list(range(1, len(found) + 1)):
        raise ValueError("expected lines numbered 1., 2., 3. and so on")
    first, last = found[0][0], found[-1][0]
    if last - first != len(found) - 1:
        raise ValueError(f"line {first + 1} to {last + 1}: expected a number before each")
    return list(lines[:first]), [match[2] for _, match in found], list(lines[last + 1 :])


def _reader(family: str) -> _Reader:
    return cast("_Reader", import_module(f"evalsuite.worlds.{family_of(family).name}_reading"))
