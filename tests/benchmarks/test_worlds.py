"""Making items of the reasoning families, 2,000 of depth 8, beside the ledger.

Run with ``pytest tests/benchmarks/test_worlds.py --benchmark-enable``. The aim is 50,000 items a second of one core.
"""

from __future__ import annotations

from typing import Any

import pytest

from evalsuite.worlds import load_world
from evalsuite.worlds.audit_steps import parents_of
from evalsuite.worlds.families import FAMILIES
from evalsuite.worlds.reading import read_problem

N, DEPTH = 2000, 8


@pytest.mark.parametrize("family", FAMILIES)
def test_items(benchmark: Any, family: str) -> None:
    world = load_world(family)

    def call() -> Any:
        return world.samples(seed=1, n=N, depths=(DEPTH, DEPTH))

    items = call()
    assert len(items) == N
    for item in items[::97]:
        solution = read_problem(family, str(item.input["problem"])).solve()
        assert list(solution.states) == [str(state) for state in item.metadata["states"]]
        assert item.references[0].endswith(f"answer: {solution.answer}")
        assert len(parents_of(item)) == len(solution.states) >= DEPTH
    benchmark.group = f"items, {N} of depth {DEPTH}"
    benchmark.extra_info.update(tool=family, items=N, target=50_000)
    benchmark.pedantic(call, rounds=5, warmup_rounds=1)
