"""Wordings of the world of moving shapes: 12 openings, each in 4 layouts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalsuite.worlds.picture_templates import COLOURS, SHAPES

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MOTIONS", "TEMPLATES", "Mover", "Template", "read_wording", "render_request"]

MOTIONS: dict[str, tuple[int, int]] = {"right": (1, 0), "left": (-1, 0), "up": (0, -1), "down": (0, 1), "still": (0, 0)}
"""By name, to where: across and down."""

Layout: TypeAlias = Literal["moving", "that moves", "sentences", "list"]

_OPENINGS = (
    "Show {what}.",
    "A video of {what}.",
    "Make a video with {what}.",
    "Please film {what}.",
    "I need a video of {what}.",
    "Animate {what}.",
    "On the canvas: {what}.",
    "A clip that shows {what}.",
    "Scene: {what}.",
    "Generate a film of {what}.",
    "Put {what} on black.",
    "The video has {what}.",
)
_LAYOUTS: tuple[Layout, ...] = ("moving", "that moves", "sentences", "list")
_WAYS = {"right": "to the right", "left": "to the left", "up": "up", "down": "down"}
_COLOURED = re.compile(rf"\b({'|'.join(COLOURS)}) ({'|'.join(SHAPES)})\b")
_MOVED = re.compile(
    rf"\b({'|'.join(SHAPES)})(?:: | that | )(?:moves |moving |stands |standing )?(?:to the )?({'|'.join(MOTIONS)})\b"
)


@dataclass(frozen=True, slots=True)
class Mover:
    """A shape of a colour, and how it moves: a key of `MOTIONS`."""

    shape: str
    colour: str
    motion: str


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


def render_request(template: Template, movers: Sequence[Mover]) -> str:
    """Return the request as text: what is to be seen, and how it moves.

    Examples
    --------
    >>> movers = [Mover("circle", "red", "right"), Mover("square", "blue", "still")]
    >>> for place in (0, 12, 24, 36):
    ...     print(render_request(TEMPLATES[place], movers))
    Show a red circle moving to the right and a blue square standing still.
    Show a red circle that moves to the right and a blue square that stands still.
    Show a red circle and a blue square. The circle moves to the right. The square stands still.
    Show the following.
    - red circle: right
    - blue square: still
    """
    named = [f"a {mover.colour} {mover.shape}" for mover in movers]
    if template.layout == "list":
        lines = [f"- {mover.colour} {mover.shape}: {mover.motion}" for mover in movers]
        return "\n".join([template.opening.format(what="the following"), *lines])
    if template.layout == "sentences":
        told = [f"The {mover.shape} {_verb(mover.motion, 'moves', 'stands')}." for mover in movers]
        return " ".join([template.opening.format(what=_joined(named)), *told])
    link, verbs = (" ", ("moving", "standing")) if template.layout == "moving" else (" that ", ("moves", "stands"))
    parts = [f"{name}{link}{_verb(mover.motion, *verbs)}" for name, mover in zip(named, movers, strict=True)]
    return template.opening.format(what=_joined(parts))


def read_wording(text: str) -> list[Mover]:
    """Return what a request of any template asks for; empty where it names nothing that moves or stands still.

    Examples
    --------
    >>> read_wording("Animate a red circle. The circle moves up.")
    [Mover(shape='circle', colour='red', motion='up')]
    """
    motions = dict(_MOVED.findall(text))
    return [Mover(shape, colour, motions[shape]) for colour, shape in _COLOURED.findall(text) if shape in motions]


def _verb(motion: str, moves: str, stands: str) -> str:
    return f"{stands} still" if motion == "still" else f"{moves} {_WAYS[motion]}"


def _joined(parts: Sequence[str]) -> str:
    return " and ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])} and {parts[-1]}"
