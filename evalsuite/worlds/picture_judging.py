"""Whether a picture is what was asked for, constraint by constraint."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalsuite.worlds.picture_reading import OTHER, Thing, read_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.worlds.picture_templates import Group, Relation

__all__ = ["Judgement", "judge_picture"]

State: TypeAlias = Literal["right", "wrong", "undecided"]

_APART = 1.0  # pixels between centres by which one thing lies above or beside another
_MOST_READINGS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a picture has of what was asked for.

    Parameters
    ----------
    verdict : {"right", "wrong", "undecided"}
        Of the whole: right where every constraint is met and nothing else is there. Undecided where that hangs on an
        object that can be read in two ways.
    met : mapping of str to {"right", "wrong", "undecided"}
        By constraint, such as ``"2 circle"``, ``"circle red"``, ``"circle above square"``.
    n_extra : int
        Objects of shapes that were not asked for, in the reading with the fewest.
    reason : str
        Of what is not right, in a few words.
    """

    verdict: State
    met: dict[str, State]
    n_extra: int
    reason: str


def judge_picture(image: NDArray[np.uint8], groups: Sequence[Group], relations: Sequence[Relation]) -> Judgement:
    """Compare a picture with a request.

    Parameters
    ----------
    image : ndarray
        Any picture; see ``evalsuite.worlds.picture_reading.read_picture``.
    groups : sequence of Group
        Shapes that are to be there; no two groups have one shape.
    relations : sequence of Relation
        How they are to lie.

    Notes
    -----
    A count is met where there are exactly so many objects of the shape; a colour where there are such objects and all
    have it; a relation where both shapes are there and the centre of every object of the one lies so to that of every
    object of the other, by more than a pixel. A doubtful object is taken in each of its readings: what is the same in
    all of them is decided.

    Examples
    --------
    >>> from evalsuite.worlds.picture_canvas import render_scene
    >>> from evalsuite.worlds.picture_templates import Group, Relation
    >>> image = render_scene([("circle", "red", 1, 0, 0, 0), ("square", "blue", 2, 3, 0, 0)])
    >>> groups = [Group("circle", 1, "red"), Group("square", 2)]
    >>> judged = judge_picture(image, groups, [Relation("circle", "above", "square")])
    >>> judged.verdict, judged.met
    ('wrong', {'1 circle': 'right', 'circle red': 'right', '2 square': 'wrong', 'circle above square': 'right'})
    >>> judged.reason
    '2 square: found 1'
    """
    names = _names(groups, relations)
    things = read_picture(image)
    if isinstance(things, str):
        return Judgement(verdict="wrong", met=dict.fromkeys(names, "wrong"), n_extra=0, reason=things)
    choices = product(*(product(thing.shapes, thing.colours) for thing in things))
    readings = list(islice(choices, _MOST_READINGS + 1))
    if len(readings) > _MOST_READINGS:
        reason = "too many objects that can be read in two ways"
        return Judgement(verdict="undecided", met=dict.fromkeys(names, "undecided"), n_extra=0, reason=reason)
    found = [_of_reading(things, reading, groups, relations) for reading in readings]
    met = {name: _agreed([states[i] for states, _ in found]) for i, name in enumerate(names)}
    verdict = _agreed([all(states) and extra == 0 for states, extra in found])
    n_extra = min(extra for _, extra in found)
    return Judgement(verdict=verdict, met=met, n_extra=n_extra, reason=_reason(things, verdict, met, n_extra, groups))


def _names(groups: Sequence[Group], relations: Sequence[Relation]) -> list[str]:
    names: list[str] = []
    for group in groups:
        names.append(f"{group.count} {group.shape}")
        if group.colour:
            names.append(f"{group.shape} {group.colour}")
    return [*names, *(f"{relation.subject} {relation.kind} {relation.object}" for relation in relations)]


def _of_reading(
    things: Sequence[Thing],
    reading: Sequence[tuple[str, str]],
    groups: Sequence[Group],
    relations: Sequence[Relation],
) -> tuple[list[bool], int]:
    """Return which constraints hold in one reading, in the order of `_names`, and how many objects are extra."""
    places: dict[str, list[Thing]] = {}
    colours: dict[str, set[str]] = {}
    for thing, (shape, colour) in zip(things, reading, strict=True):
        places.setdefault(shape, []).append(thing)
        colours.setdefault(shape, set()).add(colour)
    states: list[bool] = []
    for group in groups:
        states.append(len(places.get(group.shape, ())) == group.count)
        if group.colour:
            states.append(colours.get(group.shape) == {group.colour})
    states += [_lies(r.kind, places.get(r.subject, []), places.get(r.object, [])) for r in relations]
    asked = {group.shape for group in groups}
    return states, sum(len(there) for shape, there in places.items() if shape not in asked)


def _lies(kind: str, subjects: Sequence[Thing], objects: Sequence[Thing]) -> bool:
    if not subjects or not objects:
        return False
    if kind in ("above", "below"):
        a, b = [thing.y for thing in subjects], [thing.y for thing in objects]
    else:
        a, b = [thing.x for thing in subjects], [thing.x for thing in objects]
    if kind in ("above", "left of"):
        return max(a) + _APART < min(b)
    return min(a) > max(b) + _APART


def _agreed(states: Sequence[bool]) -> State:
    if len(set(states)) > 1:
        return "undecided"
    return "right" if states[0] else "wrong"


def _reason(
    things: Sequence[Thing], verdict: State, met: dict[str, State], n_extra: int, groups: Sequence[Group]
) -> str:
    if verdict == "right":
        return ""
    for name, state in met.items():
        if state != "right":
            shape = next((group.shape for group in groups if name == f"{group.count} {group.shape}"), None)
            if shape is not None and state == "wrong":
                return f"{name}: found {sum(thing.shapes == (shape,) for thing in things)}"
            return f"{name}: {'not so' if state == 'wrong' else 'can be read in two ways'}"
    if n_extra:
        others = sum(thing.shapes == (OTHER,) for thing in things)
        return f"{n_extra} more than was asked for" + (
            f", of which {others} of no shape of the world" if others else ""
        )
    return "an object can be read in two ways"
