"""Program world (reasoning family F): the trace of a small program that branches on its own state.

A register holds a number from 0 to 99. Each instruction looks at it (is it even, or a multiple of five?) and
does one of two operations, modulo 100. The two operations of an instruction never lead to the same number: the
instruction is a bijection, so that a wrong number never comes right by itself, and the answer stays uniform over 100
values. Which operations are done is known only by following the state.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from evalsuite.rng import CounterRng
from evalsuite.worlds._draws import Draws, world_seed
from evalsuite.worlds.families import chain_parents, make_item, schedule
from evalsuite.worlds.program_templates import TEMPLATES, Condition, Operation, render, step_texts

if TYPE_CHECKING:
    from evalsuite.types import Sample

__all__ = ["DEFAULT_DEPTHS", "MODULUS", "Instruction", "apply", "instructions", "samples"]

DEFAULT_DEPTHS = (1, 24)
MODULUS = 100
_FACTORS = (3, 7, 9)
_CONDITIONS: tuple[Condition, ...] = ("even", "fives")
_N_INSTRUCTIONS = 512


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction: `then` where `condition` holds for the register, else `otherwise`; `table` is all it does."""

    condition: Condition
    then: Operation
    otherwise: Operation
    table: bytes


def samples(*, seed: int, n: int, depths: tuple[int, int] | None = None) -> list[Sample]:
    """Make the first `n` samples of a seed, balanced over 48 templates and all depths.

    Parameters
    ----------
    seed : int
        In [0, 2**64).
    n : int
        How many, in [1, 1,000,000].
    depths : tuple of int, optional
        Least and greatest number of instructions, in [1, 200]; 1 and 24 by default.

    Returns
    -------
    list of Sample
        Sample i depends on (`seed`, i, `depths`) only. States are the register after each instruction.

    Raises
    ------
    TaskError
        If `seed`, `n` or `depths` is out of range.
    """
    plan = schedule("program", seed=seed, n=n, depths=depths, default=DEFAULT_DEPTHS, n_templates=len(TEMPLATES))
    base = world_seed("program", seed)
    return [_make(base, index, template, depth) for index, template, depth in plan]


def _make(base: int, index: int, template: int, depth: int) -> Sample:
    draws = Draws(base, index)
    start = value = draws.below(MODULUS)
    chosen = draws.many(_N_INSTRUCTIONS, depth)
    known, texts = instructions(), step_texts(template)
    states: list[int] = []
    for one in chosen:
        value = known[one].table[value]
        states.append(value)
    words = TEMPLATES[template]
    return make_item(
        family="program",
        index=index,
        template=words.id,
        depth=depth,
        problem=render(words, start, [texts[one] for one in chosen]),
        states=states,
        answer=value,
        parents=chain_parents(depth),
        width=1,
        n_distractors=0,
        trace_tokens=3 * depth + 3,
    )


def holds(condition: Condition, value: int) -> bool:
    """Say whether a condition holds for a value of the register."""
    return value % (2 if condition == "even" else 5) == 0


def apply(operation: Operation, value: int) -> int:
    """Return the register after an operation: a sum, difference or product, modulo 100."""
    sign, amount = operation
    return (value * amount if sign == "*" else value + amount if sign == "+" else value - amount) % MODULUS


@cache
def instructions() -> tuple[Instruction, ...]:
    """Return the 512 instructions that programs are made of, always the same."""
    rng = CounterRng(6)
    made: dict[tuple[Condition, Operation, Operation], Instruction] = {}
    while len(made) < _N_INSTRUCTIONS:
        key = _draw(rng)
        condition, then, otherwise = key
        table = bytes(apply(then if holds(condition, v) else otherwise, v) for v in range(MODULUS))
        # A bijection in which the branch matters.
        alone = {bytes(apply(operation, v) for v in range(MODULUS)) for operation in (then, otherwise)}
        if len(set(table)) == MODULUS and table not in alone:
            made[key] = Instruction(*key, table)
    return tuple(made.values())


def _draw(rng: CounterRng) -> tuple[Condition, Operation, Operation]:
    return rng.choice(_CONDITIONS), _draw_operation(rng), _draw_operation(rng)


def _draw_operation(rng: CounterRng) -> Operation:
    kind = rng.below(4)
    if kind == 0:
        return "*", rng.choice(_FACTORS)
    return "+-"[kind % 2], 1 + rng.below(MODULUS - 1)
