"""Deduction world (reasoning family C): what follows about somebody by a chain of rules.

Four people are of four kinds, and rules lead from kind to kind in ``depth`` layers, four kinds wide, to four different
conclusions: all four chains look alike, and only following the asked person's tells which conclusion is its own. In
half of the items some layers have two rules a kind, of which a trait of the person decides. Guessing among the four
conclusions is right once in four.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.worlds._draws import Draws, world_seed
from evalsuite.worlds._names import EIGHTS, PEOPLE, WORDS, word_walk
from evalsuite.worlds.deduction_templates import TEMPLATES, Rule, render, statement
from evalsuite.worlds.families import chain_parents, make_item, schedule

if TYPE_CHECKING:
    from evalsuite.types import Sample

__all__ = ["DEFAULT_DEPTHS", "samples"]

DEFAULT_DEPTHS = (1, 16)
_N_CHAINS = 4


def samples(*, seed: int, n: int, depths: tuple[int, int] | None = None) -> list[Sample]:
    """Make the first `n` samples of a seed, balanced over 48 templates and all depths.

    Parameters
    ----------
    seed : int
        In [0, 2**64).
    n : int
        How many, in [1, 1,000,000].
    depths : tuple of int, optional
        Least and greatest number of rules to be used, in [1, 32]; 1 and 16 by default. An item has four rules a layer,
        or eight.

    Returns
    -------
    list of Sample
        Sample i depends on (`seed`, i, `depths`) only. States are statements, the lines of a proof: ``Ada is a blarf``,
        and at last the conclusion, ``Ada likes plum``; the answer is its last word.

    Raises
    ------
    TaskError
        If `seed`, `n` or `depths` is out of range.
    """
    plan = schedule("deduction", seed=seed, n=n, depths=depths, default=DEFAULT_DEPTHS, n_templates=len(TEMPLATES))
    base = world_seed("deduction", seed)
    return [_make(base, index, template, depth) for index, template, depth in plan]


def _make(base: int, index: int, template: int, depth: int) -> Sample:
    draws = Draws(base, index)
    words = TEMPLATES[template]
    kinds = word_walk(draws.below(len(WORDS)), 1 + 2 * draws.below(len(WORDS) // 2), _N_CHAINS * depth)
    at, stride = draws.below(8), 1 + 2 * draws.below(4)
    conclusions = [EIGHTS[words.names][(at + stride * i) % 8] for i in range(_N_CHAINS)]
    at, stride = draws.below(len(PEOPLE)), 1 + 2 * draws.below(len(PEOPLE) // 2)
    people = [PEOPLE[(at + stride * i) % len(PEOPLE)] for i in range(_N_CHAINS)]
    # Layers in which a trait decides, and by how many kinds those with the second trait end up aside.
    decided = draws.below(2) == 1
    aside = [draws.below(3) + 1 if decided and draws.below(3) == 0 else 0 for _ in range(depth)]
    has = draws.many(2, _N_CHAINS)
    chain = asked = draws.below(_N_CHAINS)
    person, (first, second), trait = people[asked], words.traits, has[asked]
    rules: list[Rule] = []
    states: list[str] = []
    layers = [kinds[i : i + _N_CHAINS] for i in range(0, len(kinds), _N_CHAINS)]
    for layer, shift in enumerate(aside):
        last = layer == depth - 1
        after = conclusions if last else layers[layer + 1]
        if shift:
            for i, kind in enumerate(layers[layer]):
                rules.append((kind, first, after[i], last))
                rules.append((kind, second, after[(i + shift) % _N_CHAINS], last))
            chain = (chain + shift * trait) % _N_CHAINS
        else:
            rules += [(kind, "", what, last) for kind, what in zip(layers[layer], after, strict=True)]
        states.append(statement(words, person, after[chain], last))
    draws.shuffle(rules)
    order = list(range(_N_CHAINS))
    draws.shuffle(order)
    facts = [(people[i], kinds[i]) for i in order]
    traits = [(people[i], words.traits[has[i]]) for i in order] if decided else []
    needed = depth + 1 + any(aside)
    return make_item(
        family="deduction",
        index=index,
        template=words.id,
        depth=depth,
        problem=render(words, facts, traits, rules, person),
        states=states,
        answer=conclusions[chain],
        parents=chain_parents(depth),
        width=1,
        n_distractors=len(rules) + len(facts) + len(traits) - needed,
        trace_tokens=6 * depth + 2,
    )
