"""Arithmetic graph (reasoning family B): one of many quantities that depend on one another.

Each line gives a quantity, as a number or by way of others. What the asked one needs is a tree: a chain of ``depth``
quantities, into which side quantities run that could be found at the same time; other lines lead elsewhere. Every
quantity of the tree is used once, and only sums, differences and products by a unit of Z/100 occur: a wrong value
never comes right by itself, and the answer is uniform over 100 values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.worlds._draws import Draws, world_seed
from evalsuite.worlds.arithmetic_graph_templates import TEMPLATES, Formula, quantity_names, render
from evalsuite.worlds.families import make_item, schedule

if TYPE_CHECKING:
    from evalsuite.types import JSONValue, Sample

__all__ = ["DEFAULT_DEPTHS", "FACTORS", "MODULUS", "samples", "solve_lines"]

DEFAULT_DEPTHS = (1, 24)
MODULUS = 100
FACTORS = (3, 7, 9)
_N_GIVEN = 4


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
    names = quantity_names(words.place)
    # A stride that has no factor in common with the number of names meets each name once.
    at, stride = draws.below(len(names)), (5, 7, 11, 13, 17, 19, 23, 25)[draws.below(8)]
    size = len(names)
    name = iter([names[i % size] for i in range(at, at + stride * (_N_GIVEN + 3 * depth + 2), stride)]).__next__
    given = [(name(), value) for value in draws.many(MODULUS, _N_GIVEN)]
    needed: list[tuple[int, str, Formula]] = []  # where in the text, name, formula
    spine: list[str] = []
    for k in range(1, depth + 1):
        side = ""
        if k == 2 or (k > 2 and draws.below(4) == 0 and len(needed) < 4 * depth // 3):
            side = name()
            needed.append((draws.below(4 * k), side, _of_one(draws, given[draws.below(_N_GIVEN)][0], given)))
        before = spine[-1] if spine else given[draws.below(_N_GIVEN)][0]
        formula = _of_two(draws, before, side) if side else _of_one(draws, before, given)
        spine.append(name())
        needed.append((4 * k, spine[-1], formula))
    lines = list(needed)
    n_extra = 0 if draws.below(2) else 1 + depth // 3
    for _ in range(n_extra):
        read = draws.below(depth + 1)  # a given quantity, or one of the chain
        source = given[0][0] if read == 0 else spine[read - 1]
        lines.append((4 * read + 1 + draws.below(4 * (depth - read) + 3), name(), _of_one(draws, source, given)))
    lines.sort(key=lambda line: line[0])
    states, parents, level = solve_lines(lines, given, {line[1] for line in needed})
    facts: list[tuple[str, Formula]] = [(one, ("", "", value)) for one, value in given]
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
        n_distractors=n_extra + sum(one not in used for one, _ in given),
        trace_tokens=3 * len(states) + 3,
    )


def _of_one(draws: Draws, source: str, given: list[tuple[str, int]]) -> Formula:
    """Draw a formula of a quantity, and a number or a given quantity."""
    kind = draws.below(8)
    if kind < 2:
        return "*", source, FACTORS[draws.below(3)]
    if kind < 4:
        other = given[draws.below(_N_GIVEN)][0]
        if other != source:
            return ("sum", "difference")[kind - 2], source, other
    return "+-"[kind % 2], source, 1 + draws.below(MODULUS - 1)


def _of_two(draws: Draws, before: str, side: str) -> Formula:
    return (("sum", before, side), ("difference", before, side), ("difference", side, before))[draws.below(3)]


def solve_lines(
    lines: list[tuple[int, str, Formula]], given: list[tuple[str, int]], needed: set[str]
) -> tuple[list[int], list[JSONValue], list[int]]:
    """Return value, parents and level of each needed quantity, in the order of the lines."""
    value: dict[str, int] = dict(given)
    step: dict[str, int] = {}
    states: list[int] = []
    parents: list[JSONValue] = []
    level: list[int] = []
    for _, name, (sign, a, b) in lines:
        if name not in needed:
            continue
        read: list[JSONValue] = []
        deepest = 0
        if a in step:
            read.append(step[a])
            deepest = level[step[a] - 1]
        if isinstance(b, int):
            x, y = value[a], b
        else:
            x, y = value[a], value[b]
            if b in step:
                read.append(step[b])
                deepest = max(deepest, level[step[b] - 1])
                if len(read) == 2 and step[b] < step[a]:
                    read.reverse()
        x = (x * y if sign == "*" else x + y if sign in ("+", "sum") else x - y) % MODULUS
        value[name] = x
        states.append(x)
        parents.append(read)
        level.append(1 + deepest)
        step[name] = len(states)
    return states, parents, level
