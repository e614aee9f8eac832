"""Plan world (reasoning family G): find a way through a maze, by given moves.

A shortest way of ``depth`` moves leads from the start to the goal. From each place on it dead ends branch off, some
passages can be used in one direction only, and some items have a way round that is longer. So the goal can always be
reached; there is one shortest plan, and there may be others, each of which `evalsuite.worlds.plan_validator` accepts.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from evalsuite.worlds._draws import Draws, world_seed
from evalsuite.worlds._names import WORDS
from evalsuite.worlds.families import chain_parents, make_item, schedule
from evalsuite.worlds.plan_templates import TEMPLATES, Passage, render

if TYPE_CHECKING:
    from evalsuite.types import Sample

__all__ = ["DEFAULT_DEPTHS", "samples"]

DEFAULT_DEPTHS = (1, 16)


def samples(*, seed: int, n: int, depths: tuple[int, int] | None = None) -> list[Sample]:
    """Make the first `n` samples of a seed, balanced over 48 templates and all depths.

    Parameters
    ----------
    seed : int
        In [0, 2**64).
    n : int
        How many, in [1, 1,000,000].
    depths : tuple of int, optional
        Least and greatest number of moves of the shortest plan, in [1, 32]; 1 and 16 by default.

    Returns
    -------
    list of Sample
        Sample i depends on (`seed`, i, `depths`) only. States are the places that the shortest plan enters, and the
        answer is all of them, with commas between.

    Raises
    ------
    TaskError
        If `seed`, `n` or `depths` is out of range.
    """
    plan = schedule("plan", seed=seed, n=n, depths=depths, default=DEFAULT_DEPTHS, n_templates=len(TEMPLATES))
    base = world_seed("plan", seed)
    return [_make(base, index, template, depth) for index, template, depth in plan]


def _make(base: int, index: int, template: int, depth: int) -> Sample:
    draws = Draws(base, index)
    words = TEMPLATES[template]
    at, stride = draws.below(len(WORDS)), 1 + 2 * draws.below(len(WORDS) // 2)
    size = len(WORDS)
    name = iter([WORDS[i % size] for i in range(at, at + stride * (7 * depth + 1), stride)]).__next__
    spine = [name() for _ in range(depth + 1)]
    passages = [_passage(draws, a, b) for a, b in itertools.pairwise(spine)]
    ends: list[tuple[int, int, str]] = []  # where a branch leaves the spine, its length, its last place
    for i in (at for at in range(depth) for _ in range(1 + draws.below(2))):
        place, length = spine[i], 1 + draws.below(3)
        for _ in range(length):
            further = name()
            passages.append(_passage(draws, place, further))
            place = further
        ends.append((i, length, place))
    if len(ends) > 1 and draws.below(2):
        # A way round from one branch to another, longer than the way it avoids.
        k = draws.below(len(ends) - 1)
        (i, a, here), (j, b, there) = ends[k], ends[k + 1]
        if a + b + 1 > j - i:
            passages.append((here, there, draws.below(2) == 0))
    draws.shuffle(passages)
    passages = [(b, a, False) if not one_way and draws.below(2) else (a, b, one_way) for a, b, one_way in passages]
    return make_item(
        family="plan",
        index=index,
        template=words.id,
        depth=depth,
        problem=render(words, spine[0], spine[-1], passages),
        states=spine[1:],
        answer=", ".join(spine[1:]),
        parents=chain_parents(depth),
        width=1,
        n_distractors=len(passages) - depth,
        trace_tokens=5 * depth + 1,
    )


def _passage(draws: Draws, here: str, there: str) -> Passage:
    """Return a passage away from the start, 1 in 4 in that direction only."""
    return here, there, draws.below(4) == 0
