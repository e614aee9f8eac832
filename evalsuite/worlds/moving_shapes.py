"""World of moving shapes: requests for short films of simple shapes, which a program can check exactly.

A request names one to three shapes, each of a colour, and how each moves: to the right, to the left, up, down, or not
at all. At least one moves. The depth of an item is the number of its shapes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.rng import CounterRng, derive_seed
from evalsuite.types import Sample
from evalsuite.worlds.arguments import MAX_SAMPLES, check_arguments, schedule_depths
from evalsuite.worlds.moving_film import choose_starts
from evalsuite.worlds.moving_templates import MOTIONS, TEMPLATES, Mover, render_request
from evalsuite.worlds.picture_templates import COLOURS, SHAPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.types import JSONValue

__all__ = ["MAX_DEPTH", "MAX_SAMPLES", "make_sample", "read_movers", "samples"]

MAX_DEPTH = 3


def samples(*, seed: int, n: int, depths: tuple[int, int] | None = None) -> list[Sample]:
    """Make the first `n` samples of a seed, balanced over templates and depths.

    Parameters
    ----------
    seed : int
        In [0, 2**64).
    n : int
        How many, in [1, 1,000,000]. A multiple of 48 templates times the number of depths is balanced exactly.
    depths : tuple of int, optional
        Least and greatest number of shapes, in [1, 3]; 1 and 3 by default.

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
    'Show a blue triangle moving up.'
    """
    check_arguments("moving_shapes", seed=seed, n=n, depths=depths, most_depth=MAX_DEPTH)
    return [
        make_sample(seed, i, template=template, depth=depth)
        for i, template, depth in schedule_depths(n, n_templates=len(TEMPLATES), depths=depths or (1, MAX_DEPTH))
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
        Number of shapes, 1 to 3.

    Returns
    -------
    Sample
        ``metadata`` holds ``movers`` (shape, colour, motion), ``starts`` (across, down), from where the oracle lets
        them move, and ``template``.
    """
    rng = CounterRng(derive_seed("moving_shapes", seed, index))
    shapes = rng.shuffled(SHAPES)[:depth]
    ways = [motion for motion in MOTIONS if motion != "still"]
    moves = rng.below(depth)  # this one does, whatever the others do
    movers = [
        Mover(shape, rng.choice(COLOURS), rng.choice(ways if i == moves else list(MOTIONS)))
        for i, shape in enumerate(shapes)
    ]
    name = TEMPLATES[template].id
    return Sample(
        id=f"film-{index:06d}",
        input={"request": render_request(TEMPLATES[template], movers)},
        cluster=name,
        depth=depth,
        metadata={
            "movers": [[mover.shape, mover.colour, mover.motion] for mover in movers],
            "starts": [list(start) for start in choose_starts(rng, movers)],
            "template": name,
        },
    )


def read_movers(metadata: Mapping[str, JSONValue], where: str) -> list[Mover]:
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
        movers = [Mover(*one) for one in metadata["movers"]]  # type: ignore[union-attr, misc]
        shapes = {mover.shape for mover in movers}
        known = all(m.shape in SHAPES and m.colour in COLOURS and m.motion in MOTIONS for m in movers)
    except (KeyError, TypeError):
        movers, shapes, known = [], set(), False
    if not known or not 1 <= len(movers) <= MAX_DEPTH or len(shapes) < len(movers):
        raise ValueError(
            f'{where}: metadata["movers"] must list [shape, colour, motion] of 1 to {MAX_DEPTH} different shapes, as '
            "the world moving_shapes makes them"
        )
    return movers
