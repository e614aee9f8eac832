"""Picture world: requests for pictures of simple shapes, which a program can check exactly.

A request names one to three shapes, how many of each, for some their colour, and for some how they lie to one another.
The depth of an item is the number of these constraints: one for each count, each colour, and each relation. Nothing
else may be in the picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.rng import CounterRng, derive_seed
from evalsuite.types import Sample
from evalsuite.worlds.arguments import MAX_SAMPLES, check_arguments, schedule_depths
from evalsuite.worlds.picture_templates import (
    COLOURS,
    RELATIONS,
    SHAPES,
    TEMPLATES,
    Group,
    Relation,
    render_request,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.types import JSONValue

__all__ = [
    "CELLS",
    "DEFAULT_DEPTHS",
    "MAX_COUNT",
    "MAX_DEPTH",
    "MAX_SAMPLES",
    "OFFSETS",
    "make_sample",
    "read_request",
    "samples",
]

DEFAULT_DEPTHS = (1, 6)
MAX_DEPTH = 8
MAX_COUNT = 3
CELLS = 4  # across and down: each object has a cell of its own

# Shapes, colours and relations that make each depth.
_PLANS = {
    depth: [
        (shapes, colours, relations)
        for shapes in (1, 2, 3)
        for colours in range(shapes + 1)
        for relations in range(shapes)
        if shapes + colours + relations == depth
    ]
    for depth in range(1, MAX_DEPTH + 1)
}
OFFSETS = 2  # places an object has in its cell, across and down


def samples(*, seed: int, n: int, depths: tuple[int, int] | None = None) -> list[Sample]:
    """Make the first `n` samples of a seed, balanced over templates and depths.

    Parameters
    ----------
    seed : int
        In [0, 2**64).
    n : int
        How many, in [1, 1,000,000]. A multiple of 48 templates times the number of depths is balanced exactly.
    depths : tuple of int, optional
        Least and greatest number of constraints, in [1, 8]; 1 and 6 by default.

    Returns
    -------
    list of Sample
        Sample i depends on (`seed`, i, `depths`) only, not on `n`.

    Raises
    ------
    TaskError
        If `seed`, `n` or `depths` is out of range.

    Examples
    --------
    >>> samples(seed=1, n=1)[0].input["request"]
    'Draw three crosses.'
    """
    check_arguments("pictures", seed=seed, n=n, depths=depths, most_depth=MAX_DEPTH)
    return [
        make_sample(seed, i, template=template, depth=depth)
        for i, template, depth in schedule_depths(n, n_templates=len(TEMPLATES), depths=depths or DEFAULT_DEPTHS)
    ]


def make_sample(seed: int, index: int, *, template: int, depth: int) -> Sample:
    """Make one sample.

    Parameters
    ----------
    seed, index : int
        Fix what is asked for, together with `depth`.
    template : int
        Position in ``TEMPLATES``.
    depth : int
        Number of constraints, 1 to 8.

    Returns
    -------
    Sample
        ``metadata`` holds ``groups`` (shape, count, colour or null), ``relations`` (shape, kind, shape), ``template``,
        and ``scene``: objects (shape, colour, column, row, offsets) that meet all of it, as the oracle draws them.
    """
    rng = CounterRng(derive_seed("pictures", seed, index))
    n_groups, n_colours, n_relations = rng.choice(_PLANS[depth])
    shapes = rng.shuffled(SHAPES)[:n_groups]
    coloured = set(rng.shuffled(range(n_groups))[:n_colours])
    groups = [
        Group(shape, 1 + rng.below(MAX_COUNT), rng.choice(COLOURS) if i in coloured else None)
        for i, shape in enumerate(shapes)
    ]
    # Relations go along the groups, the one and the next, so that any set of them can be met.
    pairs = sorted(rng.shuffled(range(n_groups - 1))[:n_relations])
    relations = [Relation(shapes[i], rng.choice(RELATIONS), shapes[i + 1]) for i in pairs]
    scene = _place(rng, groups, relations)
    name = TEMPLATES[template].id
    return Sample(
        id=f"picture-{index:06d}",
        input={"request": render_request(TEMPLATES[template], groups, relations)},
        cluster=name,
        depth=depth,
        metadata={
            "groups": [[group.shape, group.count, group.colour] for group in groups],
            "relations": [[relation.subject, relation.kind, relation.object] for relation in relations],
            "scene": scene,
            "template": name,
        },
    )


def read_request(metadata: Mapping[str, JSONValue], where: str) -> tuple[list[Group], list[Relation]]:
    """Return what a sample asks for.

    Parameters
    ----------
    metadata : mapping
        Of the sample.
    where : str
        Named in messages.

    Raises
    ------
    ValueError
        If it is not of this world.
    """
    try:
        groups = [Group(*one) for one in metadata["groups"]]  # type: ignore[union-attr, misc]
        relations = [Relation(*one) for one in metadata["relations"]]  # type: ignore[union-attr, misc]
    except (KeyError, TypeError):
        groups, relations = [], []
    shapes = [group.shape for group in groups]
    if (
        not groups
        or len(set(shapes)) < len(shapes)
        or any(shape not in SHAPES for shape in shapes)
        or any(not isinstance(group.count, int) or group.count < 1 for group in groups)
        or any(group.colour not in (None, *COLOURS) for group in groups)
        or any(relation.kind not in RELATIONS for relation in relations)
        or any(shape not in shapes for relation in relations for shape in (relation.subject, relation.object))
    ):
        raise ValueError(
            f'{where}: metadata["groups"] must list [shape, count, colour or null] and metadata["relations"] '
            f"[shape, kind, shape], as the world pictures makes them"
        )
    return groups, relations


def _place(rng: CounterRng, groups: list[Group], relations: list[Relation]) -> list[JSONValue]:
    """Return objects that meet a request, each in a cell of its own, drawn until relations hold too."""
    names = [group.shape for group in groups for _ in range(group.count)]
    colours = [group.colour or rng.choice(COLOURS) for group in groups for _ in range(group.count)]
    while True:
        bands = {group.shape: _band(rng) for group in groups} if relations else {}
        cells = rng.shuffled(range(CELLS * CELLS))
        places: list[tuple[int, int]] = []
        for name in names:
            free = [divmod(cell, CELLS)[::-1] for cell in cells if divmod(cell, CELLS)[::-1] not in places]
            columns, rows = bands.get(name, (range(CELLS), range(CELLS)))
            found = next(((x, y) for x, y in free if x in columns and y in rows), None)
            if found is None:
                break
            places.append(found)
        where: dict[str, list[tuple[int, int]]] = {}
        for name, place in zip(names, places, strict=False):
            where.setdefault(name, []).append(place)
        if len(places) == len(names) and all(_holds(relation, where) for relation in relations):
            return [
                [name, colour, x, y, rng.below(OFFSETS), rng.below(OFFSETS)]
                for name, colour, (x, y) in zip(names, colours, places, strict=True)
            ]


def _band(rng: CounterRng) -> tuple[range, range]:
    """Return columns and rows that objects of a shape may be in: all of one, a few of the other."""
    first = rng.below(CELLS)
    few = range(first, min(CELLS, first + 1 + rng.below(2)))
    return (few, range(CELLS)) if rng.below(2) else (range(CELLS), few)


def _holds(relation: Relation, where: Mapping[str, list[tuple[int, int]]]) -> bool:
    axis = 0 if relation.kind in ("left of", "right of") else 1
    a, b = ([place[axis] for place in where[shape]] for shape in (relation.subject, relation.object))
    return max(a) < min(b) if relation.kind in ("above", "left of") else min(a) > max(b)
