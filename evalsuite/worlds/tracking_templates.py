"""Wordings of the tracking world: 12 scenarios, each told in 4 layouts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalsuite.worlds._names import EIGHTS

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TEMPLATES", "THINGS", "Template", "render", "step_text", "step_texts"]

Layout: TypeAlias = Literal["terse", "plain", "orders", "log"]

THINGS = ("ball", "key", "coin", "ring", "stone", "feather", "button", "thimble")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A scenario in a layout.

    Parameters
    ----------
    place, holds : str
        What holds a thing (one, several), and where the thing is then.
    names : str
        Which set of eight names the places have.
    layout : {"terse", "plain", "orders", "log"}
        How it is told.
    """

    place: str
    several: str
    holds: str
    names: str
    layout: Layout

    @property
    def id(self) -> str:
        """Name of the template, unique among `TEMPLATES`."""
        return f"{self.place}/{self.layout}"

    @property
    def places(self) -> tuple[str, ...]:
        """The names of the eight places."""
        return EIGHTS[self.names]


_SCENARIOS = (
    ("cup", "cups", "under", "colours"),
    ("nest", "nests", "in", "trees"),
    ("chest", "chests", "in", "metals"),
    ("locker", "lockers", "in", "animals"),
    ("vase", "vases", "in", "flowers"),
    ("casket", "caskets", "in", "gems"),
    ("dome", "domes", "under", "planets"),
    ("jar", "jars", "in", "herbs"),
    ("case", "cases", "in", "instruments"),
    ("pouch", "pouches", "in", "cloths"),
    ("basket", "baskets", "in", "fruits"),
    ("tent", "tents", "in", "weather"),
)
_LAYOUTS: tuple[Layout, ...] = ("terse", "plain", "orders", "log")

TEMPLATES: tuple[Template, ...] = tuple(
    Template(place=place, several=several, holds=holds, names=names, layout=layout)
    for layout in _LAYOUTS
    for place, several, holds, names in _SCENARIOS
)


# How an exchange is said, what stands between two, and around all of a step.
_STEP_FORMS: dict[Layout, tuple[str, str, str]] = {
    "terse": ("{}-{}", " ", "{}"),
    "plain": ("{} and {}", ", ", "These change: {}."),
    "orders": ("{} with {}", ", ", "Swap {}."),
    "log": ("{}={}", " | ", "{}"),
}


@cache
def step_texts(template: int) -> tuple[str, ...]:
    """Return what a template says of each of the 105 pairings, in the order of ``tracking.pairings()``."""
    from evalsuite.worlds.tracking import pairings

    words = TEMPLATES[template]
    places = words.places
    return tuple(
        step_text(words, [(places[a], places[b]) for a, b in enumerate(partner) if a < b]) for partner in pairings()
    )


def step_text(words: Template, exchanges: Sequence[tuple[str, str]]) -> str:
    """Return what a template says of a step: which places change with which, in the order given."""
    join, between, around = _STEP_FORMS[words.layout]
    return around.format(between.join(join.format(a, b) for a, b in exchanges))


def render(words: Template, start: int, asked: int, held: Sequence[int] | None, steps: Sequence[str]) -> str:
    """Return the problem as text: the places, what is where at first, a numbered line a step, and the question.

    Parameters
    ----------
    words : Template
        Wording and layout.
    start, asked : int
        The place of the asked thing at first, and the thing.
    held : sequence of int, optional
        The thing in each place; where it is left out, only the asked thing's place is told.
    steps : sequence of str
        From `step_texts`.
    """
    names, thing = words.places, THINGS[asked]
    told = [(start, asked)] if held is None else list(enumerate(held))
    if words.layout == "terse":
        head = f"{words.several}: {' '.join(names)}\nfirst: " + " ".join(f"{names[p]}={THINGS[t]}" for p, t in told)
        tail = f"{thing} at the end?"
    elif words.layout == "plain":
        head = f"There are eight {words.several}: {', '.join(names)}."
        head += "".join(f"\nThe {THINGS[t]} is {words.holds} {names[p]}." for p, t in told)
        tail = f"Which {words.place} has the {thing} at the end?"
    elif words.layout == "orders":
        head = f"Find the {thing} once all orders are carried out. The {words.several} are {', '.join(names)}.\n"
        head += "Now " + ", ".join(f"{names[p]} has the {THINGS[t]}" for p, t in told) + "."
        tail = f"Name the {words.place} that has it."
    else:
        head = f"LOG {words.several} | {' | '.join(names)}\nOPENING | "
        head += " | ".join(f"{names[p]}: {THINGS[t]}" for p, t in told)
        tail = f"CLOSING | {thing} = ?"
    return "\n".join((head, *[f"{k}. {step}" for k, step in enumerate(steps, 1)], tail))
