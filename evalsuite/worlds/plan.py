"""Plan world (reasoning family G): find a way through a maze, by given moves.

A shortest way of ``depth`` moves leads from the start to the goal. From each place on it dead ends branch off, some
passages can be used in one direction only, and some items have a way round that is longer. So the goal can always be
reached; there is one shortest plan, and there may be others, each of which `evalsuite.worlds.plan_validator` accepts.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from evalsuite.worlds._draws import HALF, QUARTER, Draws, world_seed
from evalsuite.worlds._names import WORDS, word_walk
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
    word = draws.word
    names = word_walk(draws.below(len(WORDS)), 1 + 2 * draws.below(len(WORDS) // 2), 7 * depth + 1)
    spine = list(names[: depth + 1])
    further = iter(names[depth + 1 :])
    # One passage in four leads in one direction only, away from the start.
    passages: list[Passage] = [(here, there, word() < QUARTER) for here, there in itertools.pairwise(spine)]
    ends: list[tuple[int, int, str]] = []  # where a branch leaves the spine, its length, its last place
    for i in range(depth):
        for _ in range(1 + (word() >= HALF)):
            here, length = spine[i], 1 + draws.below(3)
            for there in itertools.islice(further, length):
                passages.append((here, there, word() < QUARTER))
                here = there
            ends.append((i, length, here))
    if len(ends) > 1 and draws.below(2):
        # A way round from one branch to another, longer than the way it avoids.
        k = draws.below(len(ends) - 1)
        (i, a, here), (j, b, there) = ends[k], ends[k + 1]
        if a + b + 1 > j - i:
            passages.append((here, there, word() < HALF))
    draws.shuffle(passages)
    passages = [
        (there, here, False) if not one_way and word() >= HALF else (here, there, one_way)
        for here, there, one_way in passages
    ]
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
