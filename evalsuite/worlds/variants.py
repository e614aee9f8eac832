"""Variants of items at matched difficulty: each changes one thing of how a problem is told."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, cast

from evalsuite.errors import TaskError, did_you_mean
from evalsuite.worlds._draws import Draws, world_seed
from evalsuite.worlds.changed import Changed
from evalsuite.worlds.families import family_of
from evalsuite.worlds.reading import read_problem
from evalsuite.worlds.remarks import add_remarks
from evalsuite.worlds.typos import add_typos

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Sample
    from evalsuite.worlds.changed import Maker

__all__ = ["BASE", "OTHER_DIFFICULTY", "VARIANTS", "variants_of", "with_variants"]

BASE = "base"
VARIANTS = ("rename", "reorder", "irrelevant", "paraphrase", "typos", "numbers", "larger_numbers")
OTHER_DIFFICULTY = ("larger_numbers",)
_N_REMARKS = 3
_WITHOUT = ("plan",)
_WITHOUT_TYPOS = ("program",)  # a typo in a register's name would make it another one
_WORD = re.compile(r"[a-z]+")


def variants_of(family: str) -> tuple[str, ...]:
    """Return the variants that items of a reasoning family have, in the order of `VARIANTS`.

    Raises
    ------
    TaskError
        If there is no such family, or none of its items has any.
    """
    return tuple(name for name in VARIANTS if name in _makers(family))


def with_variants(family: str, samples: Sequence[Sample], names: Sequence[str], *, seed: int) -> list[Sample]:
    """Return each item followed by its variants.

    Parameters
    ----------
    family : str
        The world that made the items.
    samples : sequence of Sample
        From the world's ``samples``.
    names : sequence of str
        Of `variants_of` the family.
    seed : int
        In [0, 2**64).

    Returns
    -------
    list of Sample
        The item itself is the variant ``base``. All of a set have its depth and its cluster, and in their metadata
        ``variant_of`` (the item's id), ``variant``, ``set_size`` (variants of matched difficulty, the base among them)
        and ``matched_difficulty``.

    Raises
    ------
    TaskError
        If there is no such family or variant, one comes twice, or the second solver, which reads the text, does not
        find the states and the answer of a variant.

    Examples
    --------
    >>> from evalsuite.worlds import load_world
    >>> items = load_world("ledger").samples(seed=1, n=1, depths=(2, 2))
    >>> for sample in with_variants("ledger", items, ["rename", "numbers"], seed=1):
    ...     print(sample.metadata["variant"], "|", str(sample.input["problem"]).replace(chr(10), " | "))
    base | till, coins: 99 | 1. put in 20 | 2. put in 15 | coins at the end?
    rename | tank, litres: 99 | 1. pour in 20 | 2. pour in 15 | litres at the end?
    numbers | till, coins: 26 | 1. put in 38 | 2. put in 12 | coins at the end?
    """
    makers = _makers(family)
    for name in names:
        if name not in makers:
            raise TaskError(
                f'world {family}: its items have no variant "{name}"{did_you_mean(name, makers)} '
                f"(they have: {', '.join(variants_of(family))})"
            )
    if not names or len(set(names)) < len(names):
        raise TaskError(f"world {family}: `variants` must name one variant at least, and none twice, got {[*names]}")
    size = 1 + sum(name not in OTHER_DIFFICULTY for name in names)
    seeds = {name: world_seed(f"{family}/{name}", seed) for name in names}
    made: list[Sample] = []
    for i, sample in enumerate(samples):
        made.append(_variant(family, sample, BASE, Changed(problem=str(sample.input["problem"])), size))
        for name in names:
            made.append(_variant(family, sample, name, makers[name](sample, Draws(seeds[name], i)), size))
    return made


def _variant(family: str, sample: Sample, name: str, changed: Changed, size: int) -> Sample:
    states = sample.metadata["states"] if changed.states is None else [*changed.states]
    assert isinstance(states, list)
    answer = sample.references[0].rpartition("answer: ")[2] if changed.answer is None else str(changed.answer)
    if name != "typos":  # the base is read before them
        found = read_problem(family, changed.problem).solve()
        if found.answer != answer or list(found.states) != [str(state) for state in states]:
            raise TaskError(f'world {family}: "{sample.id}": variant "{name}" does not read as it was made')
    lines = [f"{k}: {state}" for k, state in enumerate(states, 1)]
    return replace(
        sample,
        id=f"{sample.id}/{name}",
        input={**sample.input, "problem": changed.problem},
        references=("\n".join([*lines, f"answer: {answer}"]),),
        metadata={
            **sample.metadata,
            **changed.metadata,
            "states": states,
            "variant_of": sample.id,
            "variant": name,
            "set_size": size,
            "matched_difficulty": name not in OTHER_DIFFICULTY,
        },
    )


def _makers(family: str) -> dict[str, Maker]:
    name = family_of(family).name
    if name in _WITHOUT:
        raise TaskError(f"world {name}: its items have no variants")
    own = cast("dict[str, Maker]", import_module(f"evalsuite.worlds.{name}_variants").MAKERS)
    typos: dict[str, Maker] = {} if name in _WITHOUT_TYPOS else {"typos": _with_typos(name)}
    return {"irrelevant": _irrelevant, **typos, **own}


def _irrelevant(sample: Sample, draws: Draws) -> Changed:
    before = sample.metadata.get("n_distractors", 0)
    assert isinstance(before, int)
    return Changed(
        problem=add_remarks(str(sample.input["problem"]), _N_REMARKS, draws),
        metadata={"n_distractors": before + _N_REMARKS},
    )


def _with_typos(family: str) -> Maker:
    def make(sample: Sample, draws: Draws) -> Changed:
        problem = str(sample.input["problem"])
        tables = read_problem(family, problem).tables()
        cells = (cell for table in tables for row in (table.columns, *table.rows) for cell in row)
        facts = {word for cell in cells for word in _WORD.findall(cell.lower())}
        return Changed(problem=add_typos(problem, facts, draws))

    return make
