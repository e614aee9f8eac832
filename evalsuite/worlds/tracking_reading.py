"""Read a tracking problem back from its text or its tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.worlds.reading import ChainReading, Table, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TrackingReading", "read_tables", "read_text"]

_THINGS = frozenset({"ball", "key", "coin", "ring", "stone", "feather", "button", "thimble"})
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class TrackingReading(ChainReading):
    """Places, the things in them, the exchanges of each step, and what is asked."""

    places: tuple[str, ...]
    held: tuple[tuple[str, str], ...]
    rounds: tuple[tuple[tuple[str, str], ...], ...]
    asked: str
    question: str

    @property
    def start(self) -> str:  # type: ignore[override]
        """Where the asked thing is at first."""
        (place,) = [place for place, thing in self.held if thing == self.asked]
        return place

    @property
    def n_steps(self) -> int:
        """Number of steps."""
        return len(self.rounds)

    def advance(self, step: int, state: str) -> str:
        """Return the place that changed with `state`; it is refused that none or several did."""
        (other,) = [b if a == state else a for a, b in self.rounds[step - 1] if state in (a, b)]
        return other

    def candidates(self) -> Sequence[str]:
        """Return the eight places."""
        return self.places

    def tables(self) -> tuple[Table, ...]:
        """Return what is where at first, the asked thing's question, and a row a step with its four exchanges."""
        content = dict(self.held)
        rows = tuple((str(k), *(f"{a} and {b}" for a, b in exchanges)) for k, exchanges in enumerate(self.rounds, 1))
        return (
            Table(("place", "thing"), tuple((place, content.get(place, "?")) for place in self.places)),
            Table(("asked",), ((self.asked,),)),
            Table(("step", "change", "change", "change", "change"), rows),
        )


def read_text(problem: str) -> TrackingReading:
    """Read the text of a tracking problem."""
    head, steps, tail = numbered(problem.split("\n"))
    places = tuple(_WORD.findall(head[0])[-8:])
    facts = [word for line in head[1:] for word in _WORD.findall(line) if word in _THINGS or word in places]
    pairs = list(zip(facts[::2], facts[1::2], strict=True))
    held = [(b, a) if a in _THINGS else (a, b) for a, b in pairs]
    if len(tail) != 1 or any(place not in places or thing not in _THINGS for place, thing in held):
        raise ValueError("tracking: expected places, what is in them, numbered steps and one question")
    asked = next(word for line in (tail[0], head[0]) for word in _WORD.findall(line) if word in _THINGS)
    order = {place: i for i, place in enumerate(places)}
    return TrackingReading(
        places,
        tuple(sorted(held, key=lambda pair: order[pair[0]])),
        tuple(_exchanges([word for word in _WORD.findall(step) if word in order], places) for step in steps),
        asked,
        tail[0],
    )


def _exchanges(words: Sequence[str], places: Sequence[str]) -> tuple[tuple[str, str], ...]:
    if sorted(words) != sorted(places):
        raise ValueError(f"tracking: expected each place once in a step, got {' '.join(words)}")
    return tuple(zip(words[::2], words[1::2], strict=True))


def read_tables(tables: Sequence[Table], question: str) -> TrackingReading:
    """Read the tables of a tracking problem."""
    first, asked, steps = tables
    return TrackingReading(
        tuple(place for place, _ in first.rows),
        tuple((place, thing) for place, thing in first.rows if thing != "?"),
        tuple(tuple((cell.split(" and ")[0], cell.split(" and ")[1]) for cell in row[1:]) for row in steps.rows),
        asked.rows[0][0],
        question,
    )
