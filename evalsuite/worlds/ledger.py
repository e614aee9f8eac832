"""Ledger world (reasoning family A): a running account with a given plan.

A count in 0..99 is changed by ``depth`` numbered operations, modulo 100. Every operation needs the result of the one
before, so the depth of an item is the number of its operations. Adding and multiplying by a unit of Z/100 are
bijections: whatever the depth, the answer stays uniform over 100 values and guessing is right once in a hundred.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.rng import CounterRng, derive_seed
from evalsuite.types import Sample
from evalsuite.worlds.arguments import MAX_SAMPLES, check_arguments, schedule_depths
from evalsuite.worlds.families import trace_of
from evalsuite.worlds.ledger_templates import TEMPLATES, Operation, render

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["DEFAULT_DEPTHS", "FACTORS", "MAX_DEPTH", "MAX_SAMPLES", "MODULUS", "make_sample", "run_plan", "samples"]

MODULUS = 100
FACTORS = (3, 7, 9)
DEFAULT_DEPTHS = (1, 24)
MAX_DEPTH = 200


def samples(*, seed: int, n: int, depths: tuple[int, int] | None = None) -> list[Sample]:
    """Make the first `n` samples of a seed, balanced over templates and depths.

    Parameters
    ----------
    seed : int
        In [0, 2**64).
    n : int
        How many, in [1, 1,000,000]. A multiple of 48 templates times the number of depths is balanced exactly: every
        template once at every depth.
    depths : tuple of int, optional
        Least and greatest number of operations, in [1, 200]; 1 and 24 by default.

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
    >>> print(samples(seed=1, n=1)[0].input["problem"])
    till, coins: 99
    1. put in 20
    coins at the end?
    """
    check_arguments("ledger", seed=seed, n=n, depths=depths, most_depth=MAX_DEPTH)
    return [
        make_sample(seed, i, template=template, depth=depth)
        for i, template, depth in schedule_depths(n, n_templates=len(TEMPLATES), depths=depths or DEFAULT_DEPTHS)
    ]


def make_sample(seed: int, index: int, *, template: int, depth: int) -> Sample:
    """Make one sample.

    Parameters
    ----------
    seed, index : int
        Fix start and operations, together with `depth`.
    template : int
        Position in ``TEMPLATES``.
    depth : int
        Number of operations, at least 1.

    Returns
    -------
    Sample
        ``metadata`` holds ``start``, ``operations`` (pairs of sign and amount), ``states`` (the count after each
        operation) and ``template``; the reference is the trace of all states and the answer.
    """
    rng = CounterRng(derive_seed("ledger", seed, index))
    start = rng.below(MODULUS)
    operations: list[Operation] = []
    last: Operation | None = None
    for _ in range(depth):
        last = _draw_operation(rng.below, last)
        operations.append(last)
    states = run_plan(start, operations)
    words = TEMPLATES[template]
    name = words.id
    return Sample(
        id=f"ledger-{index:06d}",
        input={"problem": render(words, start, operations)},
        references=(trace_of(states, states[-1]),),
        cluster=name,
        depth=depth,
        metadata={
            "start": start,
            "operations": [[sign, amount] for sign, amount in operations],
            "states": [*states],
            "template": name,
        },
    )


def run_plan(start: int, operations: Sequence[Operation]) -> list[int]:
    """Return the count after each operation, in [0, 100)."""
    states: list[int] = []
    value = start
    for sign, amount in operations:
        value = (value * amount if sign == "*" else value + amount if sign == "+" else value - amount) % MODULUS
        states.append(value)
    return states


def _draw_operation(below: Callable[[int], int], previous: Operation | None) -> Operation:
    """Draw an operation: 1 in 4 multiplies; it never just undoes the one before."""
    kind = below(8)
    if kind < 2:
        return ("*", FACTORS[below(len(FACTORS))])
    amount = 1 + below(MODULUS - 1)
    if kind < 5:
        return ("+", amount) if previous != ("-", amount) else ("-", amount)
    return ("-", amount) if previous != ("+", amount) else ("+", amount)
