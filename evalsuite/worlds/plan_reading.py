"""Read a maze back from its text or its tables, and find the shortest way by breadth-first search."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.worlds.reading import Solution, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["PlanReading", "read_tables", "read_text"]

_PASSAGES = (
    re.compile(r"(\w+) (->|--) (\w+)"),
    re.compile(r"A \w+ leads from (\w+)( )to (\w+), one way only\."),
    re.compile(r"A \w+ leads from (\w+) to() (\w+) and back\."),
    re.compile(r"Use the \w+ from (\w+)( )to (\w+) in this direction only\."),
    re.compile(r"Use the \w+ between (\w+)() and (\w+) in any direction\."),
)
_LOG = re.compile(r"\w+ \| (\w+) \| (\w+) \| (one way|both ways)")
_START = re.compile(r"(?:start: |is at |from |start )(\w+)")
_GOAL = re.compile(r"(?:goal: |get to | to |GOAL \| )(\w+)[.?]?$")


@dataclass(frozen=True, slots=True)
class PlanReading:
    """Start, goal and passages: two places, and whether one can go from the first to the second only."""

    start: str
    goal: str
    passages: tuple[tuple[str, str, bool], ...]
    question: str

    def moves(self) -> dict[str, list[str]]:
        """Return the places that can be entered from each place, in the order of the text."""
        found: dict[str, list[str]] = {}
        for a, b, one_way in self.passages:
            found.setdefault(a, []).append(b)
            if not one_way:
                found.setdefault(b, []).append(a)
        return found

    def shortest(self, start: str) -> tuple[list[str], int]:
        """Return the places that a shortest plan enters, and how many shortest plans there are.

        Raises
        ------
        ValueError
            If the goal cannot be reached.
        """
        moves = self.moves()
        distance, ways, before = {start: 0}, {start: 1}, {start: ""}
        todo = [start]
        for here in todo:  # grows as places are found
            for there in moves.get(here, ()):
                if there not in distance:
                    distance[there], ways[there], before[there] = distance[here] + 1, 0, here
                    todo.append(there)
                if distance[there] == distance[here] + 1:
                    ways[there] += ways[here]
        if self.goal not in distance:
            raise ValueError(f"plan: there is no way from {start} to {self.goal}")
        places = [self.goal]
        while places[-1] != start:
            places.append(before[places[-1]])
        return places[-2::-1], ways[self.goal]

    def solve(self, forced: Mapping[int, str] | None = None) -> Solution:
        """Find the shortest plan, and refuse that there are several; forced places take the place of its own."""
        places, n_ways = self.shortest(self.start)
        if n_ways != 1:
            raise ValueError(f"plan: {n_ways} shortest plans")
        for step, place in (forced or {}).items():
            places[step - 1] = place
        return Solution(tuple(places), ", ".join(places))

    def wrong_states(self, step: int) -> Sequence[str]:
        """Return every other place."""
        true = self.solve().states[step - 1]
        return [place for place in self.places() if place != true]

    def places(self) -> list[str]:
        """Return all places, in the order of the text."""
        return list(dict.fromkeys(place for a, b, _ in self.passages for place in (a, b)))

    def candidates(self) -> Sequence[str]:
        """Return all places: a plan is made of them."""
        return self.places()

    def guesses(self) -> Mapping[str, str]:
        """Return the plans of those who do not search: the goal at once, and the last statements' places."""
        tail = list(dict.fromkeys(place for a, b, _ in self.passages[-2:] for place in (a, b)))
        walk, here, moves = [self.start], self.start, self.moves()
        while here != self.goal and (further := [place for place in moves.get(here, ()) if place not in walk]):
            here = further[0]
            walk.append(here)
        return {
            "the goal at once": self.goal,
            "the last two statements only": ", ".join(tail),
            "the first way that does not turn back": ", ".join(walk[1:]),
        }

    def tables(self) -> tuple[Table, ...]:
        """Return start and goal, and a row a passage."""
        rows = tuple((a, b, "one way" if one_way else "both ways") for a, b, one_way in self.passages)
        return Table(("start", "goal"), ((self.start, self.goal),)), Table(("from", "to", "use"), rows)


def read_text(problem: str) -> PlanReading:
    """Read the text of a maze."""
    head, *lines, question = problem.split("\n") if "\n" in problem else ("", "")
    start, goal = _START.search(head), _GOAL.search(question) or _GOAL.search(head)
    if start is None or goal is None:
        raise ValueError("plan: expected a start and a goal")
    return PlanReading(start[1], goal[1], tuple(_passage(line) for line in lines), question)


def _passage(line: str) -> tuple[str, str, bool]:
    if match := _LOG.fullmatch(line):
        return match[1], match[2], match[3] == "one way"
    for pattern in _PASSAGES:
        if match := pattern.fullmatch(line):
            return match[1], match[3], match[2] in ("->", " ")
    raise ValueError(f"plan: not a passage: {line}")


def read_tables(tables: Sequence[Table], question: str) -> PlanReading:
    """Read the tables of a maze."""
    ends, passages = tables
    start, goal = ends.rows[0]
    return PlanReading(start, goal, tuple((a, b, use == "one way") for a, b, use in passages.rows), question)
