"""Tracking world (reasoning family E): where a thing is after all places have changed their contents in pairs.

Eight places hold a thing each. In a step the places change their contents in four pairs, so that every thing moves at
every step: no step can be left out, none tells the answer, and a wrong place never comes right by itself, since each
step is a permutation. The asked thing is anywhere with equal chance: guessing is right once in eight.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from evalsuite.worlds._draws import Draws, world_seed
from evalsuite.worlds.families import chain_parents, make_item, schedule
from evalsuite.worlds.tracking_templates import TEMPLATES, render, step_texts

if TYPE_CHECKING:
    from evalsuite.types import Sample

__all__ = ["DEFAULT_DEPTHS", "N_PLACES", "samples"]

DEFAULT_DEPTHS = (1, 24)
N_PLACES = 8


def samples(*, seed: int, n: int, depths: tuple[int, int] | None = None) -> list[Sample]:
    """Make the first `n` samples of a seed, balanced over 48 templates and all depths.

    Parameters
    ----------
    seed : int
        In [0, 2**64).
    n : int
        How many, in [1, 1,000,000].
    depths : tuple of int, optional
        Least and greatest number of steps, in [1, 200]; 1 and 24 by default.

    Returns
    -------
    list of Sample
        Sample i depends on (`seed`, i, `depths`) only. States are names of places: where the asked thing is after each
        step. Half of the items tell where all eight things are at first (7 distractors), half only the asked one's.

    Raises
    ------
    TaskError
        If `seed`, `n` or `depths` is out of range.

    Examples
    --------
    >>> print(samples(seed=1, n=1)[0].input["problem"])
    cups: red blue green white black pink grey gold
    first: grey=key
    1. red-green blue-black white-pink grey-gold
    key at the end?
    """
    plan = schedule("tracking", seed=seed, n=n, depths=depths, default=DEFAULT_DEPTHS, n_templates=len(TEMPLATES))
    base = world_seed("tracking", seed)
    return [_make(base, index, template, depth) for index, template, depth in plan]


def _make(base: int, index: int, template: int, depth: int) -> Sample:
    draws = Draws(base, index)
    start, asked, tells_all = draws.below(N_PLACES), draws.below(N_PLACES), draws.below(2) == 0
    partners = pairings()
    rounds = draws.many(len(partners), depth)
    last = -1
    for k, chosen in enumerate(rounds):
        if chosen == last:  # twice the same would undo itself
            rounds[k] = chosen = (chosen + 1) % len(partners)
        last = chosen
    words = TEMPLATES[template]
    places = words.places
    states: list[str] = []
    place = start
    for chosen in rounds:
        place = partners[chosen][place]
        states.append(places[place])
    # The things around the asked one follow it in a fixed order; which thing it is, is drawn.
    held = [(asked - start + p) % N_PLACES for p in range(N_PLACES)] if tells_all else None
    texts = step_texts(template)
    return make_item(
        family="tracking",
        index=index,
        template=words.id,
        depth=depth,
        problem=render(words, start, asked, held, [texts[chosen] for chosen in rounds]),
        states=states,
        answer=states[-1],
        parents=chain_parents(depth),
        width=1,
        n_distractors=N_PLACES - 1 if tells_all else 0,
        trace_tokens=3 * depth + 3,
    )


@cache
def pairings() -> tuple[tuple[int, ...], ...]:
    """Return all 105 ways to pair eight places, each as the partner of every place."""
    found: list[tuple[int, ...]] = []

    def pair(partner: list[int]) -> None:
        if -1 not in partner:
            found.append(tuple(partner))
            return
        first = partner.index(-1)
        for other in range(first + 1, N_PLACES):
            if partner[other] == -1:
                chosen = [*partner]
                chosen[first], chosen[other] = other, first
                pair(chosen)

    pair([-1] * N_PLACES)
    return tuple(found)
