"""Wordings of the picture world: 12 openings, each in 4 layouts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COLOURS", "RELATIONS", "SHAPES", "TEMPLATES", "Group", "Relation", "Template", "render_request"]

SHAPES = ("circle", "cross", "square", "triangle")
COLOURS = ("blue", "green", "purple", "red", "white", "yellow")
RELATIONS = ("above", "below", "left of", "right of")

Layout: TypeAlias = Literal["prose", "numerals", "list", "relations first"]

_WORDS = ("no", "one", "two", "three", "four", "five")
_OPENINGS = (
    "Draw {what}.",
    "A picture of {what}.",
    "Make a picture with {what}.",
    "Please draw {what}.",
    "I need a picture of {what}.",
    "Paint {what}.",
    "On the canvas: {what}.",
    "Show {what}.",
    "Scene: {what}.",
    "Illustrate {what}.",
    "Put {what} on black.",
    "The picture has {what}.",
)
_LAYOUTS: tuple[Layout, ...] = ("prose", "numerals", "list", "relations first")


@dataclass(frozen=True, slots=True)
class Group:
    """So many objects of one shape, and of one colour where one is named."""

    shape: str
    count: int
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """All objects of one shape lie so to all of another, such as circles above squares."""

    subject: str
    kind: str
    object: str


@dataclass(frozen=True, slots=True)
class Template:
    """An opening in a layout; its id is the cluster of the samples made from it."""

    opening: str
    layout: Layout

    @property
    def id(self) -> str:
        """Name of the template, unique among `TEMPLATES`."""
        return f"{self.layout}/{self.opening}"


# The opening changes fastest, so that even the first dozen samples differ in their words.
TEMPLATES: tuple[Template, ...] = tuple(Template(opening, layout) for layout in _LAYOUTS for opening in _OPENINGS)


def render_request(template: Template, groups: Sequence[Group], relations: Sequence[Relation]) -> str:
    """Return the request as text: what is to be there, and where.

    Examples
    --------
    >>> groups = [Group("circle", 2, "red"), Group("square", 1)]
    >>> print(render_request(TEMPLATES[0], groups, [Relation("circle", "above", "square")]))
    Draw two red circles and one square. The circles are above the square.
    >>> print(render_request(TEMPLATES[24], groups, []))
    Draw the following.
    - 2 red circles
    - 1 square
    """
    plural = {group.shape: group.count > 1 for group in groups}
    if template.layout == "list":
        head = template.opening.format(what="the following")
        lines = [f"- {_counted(group, numeral=True)}" for group in groups]
        lines += [f"- {_noun(r.subject, plural)} {r.kind} {_noun(r.object, plural)}" for r in relations]
        return "\n".join([head, *lines])
    if template.layout == "numerals":
        what = ", ".join(_counted(group, numeral=True) for group in groups)
        where = "".join(f"; {_noun(r.subject, plural)} {r.kind} {_noun(r.object, plural)}" for r in relations)
        return template.opening.format(what=what + where)
    what = template.opening.format(what=_joined([_counted(group, numeral=False) for group in groups]))
    stated = [
        f"{_noun(r.subject, plural)} {'are' if plural[r.subject] else 'is'} {r.kind} the {_noun(r.object, plural)}"
        for r in relations
    ]
    if template.layout == "prose":
        return " ".join([what, *(f"The {sentence}." for sentence in stated)])
    return f"So that {_joined([f'the {part}' for part in stated])}: {what}" if stated else f"Nothing but this: {what}"


def _counted(group: Group, *, numeral: bool) -> str:
    number = str(group.count) if numeral else _WORDS[group.count]
    noun = _noun(group.shape, {group.shape: group.count > 1})
    return " ".join([number, *([group.colour] if group.colour else []), noun])


def _noun(shape: str, plural: dict[str, bool]) -> str:
    if not plural[shape]:
        return shape
    return "crosses" if shape == "cross" else f"{shape}s"


def _joined(parts: Sequence[str]) -> str:
    return " and ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])} and {parts[-1]}"
