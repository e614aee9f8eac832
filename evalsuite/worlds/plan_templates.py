"""Wordings of the plan world: 12 kinds of maze, each told in 4 layouts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TEMPLATES", "Passage", "Template", "render"]

Layout: TypeAlias = Literal["terse", "plain", "orders", "log"]
Passage: TypeAlias = tuple[str, str, bool]  # from, to, and whether it can be used in that direction only


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A kind of maze in a layout; a `link` joins places."""

    place: str
    several: str
    link: str
    who: str
    layout: Layout

    @property
    def id(self) -> str:
        """Name of the template, unique among `TEMPLATES`."""
        return f"{self.place}/{self.layout}"


_MAZES = (
    ("room", "rooms", "door", "guest"),
    ("village", "villages", "path", "postman"),
    ("island", "islands", "ferry", "merchant"),
    ("cave", "caves", "tunnel", "miner"),
    ("planet", "planets", "shuttle", "pilot"),
    ("station", "stations", "line", "rider"),
    ("lake", "lakes", "canal", "boatman"),
    ("tower", "towers", "bridge", "guard"),
    ("meadow", "meadows", "gate", "shepherd"),
    ("page", "pages", "link", "reader"),
    ("town", "towns", "road", "driver"),
    ("harbour", "harbours", "route", "captain"),
)
_LAYOUTS: tuple[Layout, ...] = ("terse", "plain", "orders", "log")

TEMPLATES: tuple[Template, ...] = tuple(
    Template(place=place, several=several, link=link, who=who, layout=layout)
    for layout in _LAYOUTS
    for place, several, link, who in _MAZES
)


def render(words: Template, start: str, goal: str, passages: Sequence[Passage]) -> str:
    """Return the problem as text: where one starts, a line a passage in the order given, and the goal."""
    link, who = words.link, words.who
    if words.layout == "terse":
        lines = [f"{a} {'->' if one_way else '--'} {b}" for a, b, one_way in passages]
        return "\n".join((f"{words.several}, start: {start}", *lines, f"goal: {goal}"))
    if words.layout == "plain":
        lines = [
            f"A {link} leads from {a} to {b}, one way only." if one_way else f"A {link} leads from {a} to {b} and back."
            for a, b, one_way in passages
        ]
        return "\n".join(
            (f"The {who} is at {start}.", *lines, f"By which {words.several} does the {who} get to {goal}?")
        )
    if words.layout == "orders":
        lines = [
            f"Use the {link} from {a} to {b} in this direction only."
            if one_way
            else f"Use the {link} between {a} and {b} in any direction."
            for a, b, one_way in passages
        ]
        return "\n".join((f"Lead the {who} from {start} to {goal}.", *lines, f"Name the {words.several} on the way."))
    lines = [f"{link} | {a} | {b} | {'one way' if one_way else 'both ways'}" for a, b, one_way in passages]
    return "\n".join((f"LOG {words.several} | start {start}", *lines, f"GOAL | {goal}"))
