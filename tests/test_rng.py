"""Seeds and random numbers, pinned: they are part of what makes a run repeatable."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter

import pytest

from evalsuite.rng import CounterRng, derive_seed


def test_a_seed_is_the_beginning_of_a_hash() -> None:
    # printf '%s' '[0,"tiny","s00",0,0]' | sha256sum
    text = b'[0,"tiny","s00",0,0]'
    assert derive_seed(0, "tiny", "s00", 0, 0) == int(hashlib.sha256(text).hexdigest()[:16], 16)
    assert derive_seed() == int(hashlib.sha256(b"[]").hexdigest()[:16], 16)


def test_parts_are_kept_apart() -> None:
    parts = [(), (1,), ("1",), (1, 1), ("1,1",), (11,), ("a", "b"), ("ab",), ("a", "", "b"), ("é",), ("\ud800",)]
    assert len({derive_seed(*one) for one in parts}) == len(parts)


def test_numbers_are_splitmix64() -> None:
    # Vigna's splitmix64.c from seed 1234567, as quoted by Rosetta Code, "Pseudo-random numbers/Splitmix64".
    rng = CounterRng(1234567)
    assert [rng.next_u64() for _ in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_numbers_do_not_depend_on_the_process() -> None:
    code = "from evalsuite.rng import *; print(CounterRng(derive_seed('a', 1)).shuffled(range(20)))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1")
    }
    assert printed == {f"{CounterRng(derive_seed('a', 1)).shuffled(range(20))}\n".encode()}


def test_below_is_uniform() -> None:
    rng = CounterRng(1)
    counts = Counter(rng.below(6) for _ in range(60_000))
    assert set(counts) == set(range(6))
    # Chi-squared with 5 degrees of freedom is above 20.5 once in a thousand.
    assert sum((count - 10_000) ** 2 / 10_000 for count in counts.values()) < 20.5


def test_a_shuffle_is_fair_and_keeps_its_items() -> None:
    rng = CounterRng(2)
    counts = Counter(tuple(rng.shuffled("abc")) for _ in range(12_000))
    assert len(counts) == 6
    assert sum((count - 2_000) ** 2 / 2_000 for count in counts.values()) < 20.5
    items = list(range(9))
    assert sorted(rng.shuffled(items)) == items == list(range(9))
    assert rng.shuffled([]) == []


@pytest.mark.parametrize("seed", [-1, 1 << 64])
def test_seeds_out_of_range(seed: int) -> None:
    with pytest.raises(ValueError, match="`seed` must be in"):
        CounterRng(seed)


@pytest.mark.parametrize("n", [0, -1, (1 << 32) + 1])
def test_ranges_out_of_range(n: int) -> None:
    with pytest.raises(ValueError, match="`n` must be in"):
        CounterRng(0).below(n)
    with pytest.raises(ValueError, match="`n` must be in"):
        CounterRng(0).choice([])


def test_the_ends_of_the_range() -> None:
    assert CounterRng((1 << 64) - 1).below(1) == 0
    assert 0 <= CounterRng(0).below(1 << 32) < 1 << 32
