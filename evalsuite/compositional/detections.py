"""Stored detections: what an object detector found in each image, beside what the prompt asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from evalsuite.compositional.json_lines import integer, items, number, read_objects, text
from evalsuite.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["COLOURS", "RELATIONS", "TASKS", "DetectedImage", "Detection", "Wanted", "read_detections"]

TASKS: Final = ("single_object", "two_object", "counting", "colors", "position", "color_attr")
RELATIONS: Final = ("left of", "right of", "above", "below")
COLOURS: Final = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white")

_MOST_DETECTIONS: Final = 100_000
_MOST_CLAUSES: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """An object that was found.

    Parameters
    ----------
    name : str
        Its class.
    score : float
        The detector's confidence, in [0, 1].
    box : tuple of float
        Left, top, right and bottom, in pixels.
    colour : str, optional
        What a classifier of its colour said, where one was asked.
    """

    name: str
    score: float
    box: tuple[float, float, float, float]
    colour: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a prompt asks for: so many objects of a class, of a colour, somewhere beside those of another clause.

    Parameters
    ----------
    name : str
    count : int
    colour : str, optional
    relation : str, optional
        One of `RELATIONS`.
    target : int
        The clause whose objects it is relative to.
    """

    name: str
    count: int
    colour: str | None = None
    relation: str | None = None
    target: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedImage:
    """An image: where its record is, its prompt, task, what must be there and what must not, and what was found."""

    where: str
    prompt: str
    task: str
    include: tuple[Wanted, ...]
    exclude: tuple[Wanted, ...]
    detections: tuple[Detection, ...]


def read_detections(path: Path) -> list[DetectedImage]:
    """Read a file of detections, a JSON object a line and an image.

    Parameters
    ----------
    path : Path
        Each line ``{"metadata": {"tag", "prompt", "include", "exclude"}, "detections": [{"class", "score", "box",
        "color"}]}``, the metadata as GenEval's prompts have them.

    Raises
    ------
    InputError
        If a line is something else; file, line and field are named.
    """
    return [_image(record, where) for where, record in read_objects(path)]


def _image(record: Mapping[str, Any], where: str) -> DetectedImage:
    metadata = record.get("metadata")
    if not isinstance(metadata, dict):
        raise InputError(f"{where}: metadata: expected GenEval's object with tag, prompt and include")
    inside = f"{where}: metadata"
    task = text(metadata, "tag", inside)
    if task not in TASKS:
        raise InputError(f'{inside}: tag: "{task}" is none of {", ".join(TASKS)}{did_you_mean(task, TASKS)}')
    include = _clauses(metadata, "include", inside)
    for i, clause in enumerate(include):
        if clause.relation is not None and clause.target >= i:
            raise InputError(f"{inside}: include[{i}].position: must name a clause before it, found {clause.target}")
    exclude = _clauses(metadata, "exclude", inside)
    if not include and not exclude:
        raise InputError(f"{inside}: neither includes nor excludes anything")
    detections = [
        _detection(each, f"{where}: detections[{i}]")
        for i, each in enumerate(items(record, "detections", where, _MOST_DETECTIONS))
    ]
    return DetectedImage(
        where=where,
        prompt=text(metadata, "prompt", inside),
        task=task,
        include=include,
        exclude=exclude,
        detections=tuple(detections),
    )


def _clauses(metadata: Mapping[str, Any], key: str, where: str) -> tuple[Wanted, ...]:
    found = []
    for i, clause in enumerate(items(metadata, key, where, _MOST_CLAUSES, optional=True)):
        inside = f"{where}: {key}[{i}]"
        if not isinstance(clause, dict):
            raise InputError(f"{inside}: expected an object with class and count")
        relation, target = _position(clause.get("position"), inside)
        colour = clause.get("color")
        if colour is not None and colour not in COLOURS:
            raise InputError(f"{inside}: color: expected one of {', '.join(COLOURS)}, found {str(colour)[:40]!r}")
        name, count = text(clause, "class", inside), integer(clause, "count", inside, 1)
        found.append(Wanted(name=name, count=count, colour=colour, relation=relation, target=target))
    return tuple(found)


def _position(position: object, where: str) -> tuple[str | None, int]:
    if position is None:
        return None, 0
    if not isinstance(position, list) or len(position) != 2 or position[0] not in RELATIONS:
        raise InputError(
            f"{where}: position: expected [relation, number of a clause], the relation one of {', '.join(RELATIONS)}"
        )
    return str(position[0]), integer({"position[1]": position[1]}, "position[1]", where, 0)


def _detection(given: object, where: str) -> Detection:
    if not isinstance(given, dict):
        raise InputError(f"{where}: expected an object with class, score and box")
    score = number(given.get("score"), f"{where}: score")
    if not 0 <= score <= 1:
        raise InputError(f"{where}: score: expected a confidence from 0 to 1, found {score:g}")
    ends: Sequence[Any] = items(given, "box", where, 4)
    if len(ends) != 4:
        raise InputError(f"{where}: box: expected left, top, right and bottom, found {len(ends)} numbers")
    left, top, right, bottom = (number(end, f"{where}: box[{i}]") for i, end in enumerate(ends))
    if right < left or bottom < top:
        raise InputError(f"{where}: box: expected left <= right and top <= bottom, found {[left, top, right, bottom]}")
    colour = given.get("color")
    if colour is not None and not isinstance(colour, str):
        raise InputError(f"{where}: color: expected the name of a colour, or that it is left out")
    return Detection(name=text(given, "class", where), score=score, box=(left, top, right, bottom), colour=colour)
