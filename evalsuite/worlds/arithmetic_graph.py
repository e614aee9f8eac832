"""Arithmetic graph (reasoning family B): one of many quantities that depend on one another.

Each line gives a quantity, as a number or by way of others. What the asked one needs is a tree: a chain of ``depth``
quantities, into which side quantities run that could be found at the same time; other lines lead elsewhere. Every
quantity of the tree is used once, and only sums, differences and products by a unit of Z/100 occur: a wrong value
never comes right by itself, and the answer is uniform over 100 values.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from evalsuite.worlds._draws import HALF, QUARTER, Draws, world_seed
from evalsuite.worlds.arithmetic_graph_templates import N_NAMES, TEMPLATES, Formula, quantity_walk, render
from evalsuite.worlds.families import make_item, schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalsuite.types import JSONValue, Sample

__all__ = ["DEFAULT_DEPTHS", "MODULUS", "samples"]

DEFAULT_DEPTHS = (1, 24)
MODULUS = 100
_FACTORS = (3, 7, 9)
_N_GIVEN = 4
# Without a factor in common with the number of names: a walk meets each once.
_STRIDES = (5, 7, 11, 13, 17, 19, 23, 25)
_PLACE = itemgetter(0)


def samples(*, seed: int, n: int, depths: tuple[int, int] | None = None) -> list[Sample]:
    """Make the first `n` samples of a seed, balanced over 48 templates and all depths.

    Parameters
    ----------
    seed : int
        In [0, 2**64).
    n : int
        How many, in [1, 1,000,000].
    depths : tuple of int, optional
        Least and greatest length of the longest chain, in [1, 32]; 1 and 24 by default.

    Returns
    -------
    list of Sample
        Sample i depends on (`seed`, i, `depths`) only. Steps are the quantities that the asked one needs, in the order
        of their lines, which is one in which they can be found; those that are given are no steps. From depth 2 on the
        width is at least 2. Half of the items have lines that the answer does not need.

    Raises
    ------
    TaskError
        If `seed`, `n` or `depths` is out of range.
    """
    plan = schedule(
        "arithmetic_graph", seed=seed, n=n, depths=depths, default=DEFAULT_DEPTHS, n_templates=len(TEMPLATES)
    )
    base = world_seed("arithmetic_graph", seed)
    return [_make(base, index, template, depth) for index, template, depth in plan]


def _make(base: int, index: int, template: int, depth: int) -> Sample:
    draws = Draws(base, index)
    words = TEMPLATES[template]
    word = draws.word
    name = iter(
        quantity_walk(words.place, word() * N_NAMES >> 32, _STRIDES[word() >> 29], _N_GIVEN + 3 * depth + 2)
    ).__next__
    numbers = [word() * MODULUS >> 32 for _ in range(_N_GIVEN)]
    sources = [name() for _ in numbers]
    needed: list[tuple[int, str, Formula]] = []  # where in the text, name, formula
    spine: list[str] = []
    before = ""
    for k in range(1, depth + 1):
        side = ""
        if k == 2 or (k > 2 and word() < QUARTER and len(needed) < 4 * depth // 3):
            side = name()
            needed.append((word() * 4 * k >> 32, side, _of_one(word, sources[word() >> 30], sources)))
        if not before:
            before = sources[word() >> 30]
        formula = _of_two(word, before, side) if side else _of_one(word, before, sources)
        before = name()
        spine.append(before)
        needed.append((4 * k, before, formula))
    lines = list(needed)
    n_extra = 0 if word() >= HALF else 1 + depth // 3
    for _ in range(n_extra):
        read = word() * (depth + 1) >> 32  # a given quantity, or one of the chain
        source = sources[0] if read == 0 else spine[read - 1]
        place = 4 * read + 1 + (word() * (4 * (depth - read) + 3) >> 32)
        lines.append((place, name(), _of_one(word, source, sources)))
    lines.sort(key=_PLACE)
    asked = {one for _, one, _ in needed}
    given = dict(zip(sources, numbers, strict=True))
    states, parents, level = _solve([line for line in lines if line[1] in asked], given)
    facts: list[tuple[str, Formula]] = [(one, ("", "", value)) for one, value in given.items()]
    facts += [(one, formula) for _, one, formula in lines]
    used = {part for _, _, formula in needed for part in formula[1:]}
    return make_item(
        family="arithmetic_graph",
        index=index,
        template=words.id,
        depth=depth,
        problem=render(words, facts, spine[-1]),
        states=states,
        answer=states[-1],
        parents=parents,
        width=max(map(level.count, level)),
        n_distractors=n_extra + len(given.keys() - used),
        trace_tokens=3 * len(states) + 3,
    )


def _of_one(word: Callable[[], int], source: str, given: list[str]) -> Formula:
    """Draw a formula of a quantity, and a number or a given quantity."""
    kind = word() >> 29
    if kind < 2:
        return "*", source, _FACTORS[word() * 3 >> 32]
    if kind < 4:
        other = given[word() >> 30]
        if other != source:
            return ("sum", "difference")[kind - 2], source, other
    return "+-"[kind % 2], source, 1 + (word() * (MODULUS - 1) >> 32)


def _of_two(word: Callable[[], int], before: str, side: str) -> Formula:
    return (("sum", before, side), ("difference", before, side), ("difference", side, before))[word() * 3 >> 32]


def _solve(
    lines: list[tuple[int, str, Formula]], given: dict[str, int]
) -> tuple[list[int], list[JSONValue], list[int]]:
    """Return value, parents and level of each line's quantity."""
    value = given.copy()
    step: dict[str, int] = {}
    states: list[int] = []
    parents: list[JSONValue] = []
    level: list[int] = []
    for number, (_, name, (sign, a, b)) in enumerate(lines, 1):
        read: list[JSONValue] = []
        deepest = 0
        x, first = value[a], step.get(a)
        if first is not None:
            read.append(first)
            deepest = level[first - 1]
        if isinstance(b, int):
            y = b
        else:
            y, second = value[b], step.get(b)
            if second is not None:
                deepest = max(deepest, level[second - 1])
                if first is not None and second < first:
                    read.insert(0, second)
                else:
                    read.append(second)
        x = (x * y if sign == "*" else x + y if sign in ("+", "sum") else x - y) % MODULUS
        value[name] = x
        states.append(x)
        parents.append(read)
        level.append(1 + deepest)
        step[name] = number
    return states, parents, level
