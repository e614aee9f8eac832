"""Relations world (reasoning family D): to which group somebody belongs, by way of relations.

Everyone belongs to one of eight groups. Three relations lead from group to group by rules that are given (the guardian
of someone from oak is from elm), each a permutation, as in section systems of kinship. A chain of people leads from one
whose group is told to the one that is asked; a link is told from either end, so that a rule is used forwards or
backwards. Permutations do not commute: the order of the links counts, and it must be found, since facts are told in any
order. Guessing is right once in eight.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from evalsuite.rng import CounterRng
from evalsuite.worlds._draws import Draws, world_seed
from evalsuite.worlds._names import EIGHTS, PEOPLE
from evalsuite.worlds.families import chain_parents, make_item, schedule
from evalsuite.worlds.relations_templates import TEMPLATES, Fact, render, rule_text

if TYPE_CHECKING:
    from evalsuite.types import Sample

__all__ = ["DEFAULT_DEPTHS", "samples"]

DEFAULT_DEPTHS = (1, 24)
_N_GROUPS = 8
_N_RULES = 256


def samples(*, seed: int, n: int, depths: tuple[int, int] | None = None) -> list[Sample]:
    """Make the first `n` samples of a seed, balanced over 48 templates and all depths.

    Parameters
    ----------
    seed : int
        In [0, 2**64).
    n : int
        How many, in [1, 1,000,000].
    depths : tuple of int, optional
        Least and greatest number of links, in [1, 32]; 1 and 24 by default.

    Returns
    -------
    list of Sample
        Sample i depends on (`seed`, i, `depths`) only. States are the groups, by name, of the people along the chain.
        Half of the items tell of people beside the chain.

    Raises
    ------
    TaskError
        If `seed`, `n` or `depths` is out of range.
    """
    plan = schedule("relations", seed=seed, n=n, depths=depths, default=DEFAULT_DEPTHS, n_templates=len(TEMPLATES))
    base = world_seed("relations", seed)
    return [_make(base, index, template, depth) for index, template, depth in plan]


def _make(base: int, index: int, template: int, depth: int) -> Sample:
    draws = Draws(base, index)
    words = TEMPLATES[template]
    known = _rules()
    at = draws.below(_N_RULES)
    rules = [known[(at + shift) % _N_RULES] for shift in (0, 1 + draws.below(100), 101 + draws.below(100))]
    start = group = draws.below(_N_GROUPS)
    first, stride = draws.below(len(PEOPLE)), 1 + 2 * draws.below(len(PEOPLE) // 2)
    people = [(first + stride * i) % len(PEOPLE) for i in range(depth + 1 + depth // 2 + 1)]
    names = EIGHTS[words.names]
    facts: list[Fact] = []
    states: list[str] = []
    last = -1
    here = people[0]
    for link, there in zip(draws.many(6, depth), people[1:], strict=False):
        if link == last ^ 1 and last >= 0:  # it would undo the one before
            link ^= 1
        last = link
        relation, backwards = link >> 1, link & 1
        group = rules[relation][backwards][group]
        # Backwards, here is the relation of there.
        facts.append((here, relation, there) if backwards else (there, relation, here))
        states.append(names[group])
        here = there
    n_extra = 0 if draws.below(2) else 1 + depth // 2
    for i in range(n_extra):
        of, extra = people[draws.below(depth + 1)], people[depth + 1 + i]
        relation = draws.below(3)
        facts.append((of, relation, extra) if draws.below(2) else (extra, relation, of))
    draws.shuffle(facts)
    told = [rule_text(template, relation, rule[0]) for relation, rule in enumerate(rules)]
    return make_item(
        family="relations",
        index=index,
        template=words.id,
        depth=depth,
        problem=render(words, told, (people[0], start), facts, people[depth]),
        states=states,
        answer=states[-1],
        parents=chain_parents(depth),
        width=1,
        n_distractors=n_extra,
        trace_tokens=3 * depth + 3,
    )


@cache
def _rules() -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """Return 256 permutations of the groups that leave none in its place, always the same, each with its inverse."""
    rng = CounterRng(4)
    made: dict[tuple[int, ...], tuple[int, ...]] = {}
    while len(made) < _N_RULES:
        rule = tuple(rng.shuffled(range(_N_GROUPS)))
        if all(i != image for i, image in enumerate(rule)):
            made[rule] = tuple(rule.index(i) for i in range(_N_GROUPS))
    return tuple(made.items())
