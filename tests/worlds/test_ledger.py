"""Audits of the ledger world: same bytes everywhere, text and states agree, depth is real, no shortcut pays."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from evalsuite.errors import TaskError
from evalsuite.worlds import digest_samples
from evalsuite.worlds.ledger import MODULUS, run_plan, samples
from evalsuite.worlds.ledger_templates import TEMPLATES, render

SEED, N = 20261121, 1152
DIGEST = "c7067c285ed840d46c73f72eca11bc108926edd69267087310e5c91dc4c7c414"

# Read independently of the generator: the words that make a count smaller, and those that multiply it.
SMALLER = re.compile(
    r"\b(take out|taken out|drain|send off|sent off|remove|set down|ship|deduct|sell|sold|give away|given away|"
    r"dig up|dug up|deliver|cart away|carted away)"
)
MULTIPLIED = re.compile(r"\b(times|multiplied|factor)\b", re.IGNORECASE)
START = re.compile(r"(?:: |starts at |has |opening )(\d+)")


@pytest.fixture(scope="module")
def items():
    return samples(seed=SEED, n=N)


def read_problem(text):
    lines = text.split("\n")
    first = next(i for i, line in enumerate(lines) if line.startswith("1. "))
    start = int(START.search("\n".join(lines[:first])).group(1))
    plan = []
    for k, line in enumerate(lines[first:-1], 1):
        label, rest = line.split(". ", 1)
        assert label == str(k)
        (amount,) = re.findall(r"\d+", rest)
        kind = "*" if MULTIPLIED.search(rest) else "-" if SMALLER.search(rest.lower()) else "+"
        plan.append((kind, int(amount)))
    return start, plan


def replay(start, plan):
    value = start
    for kind, amount in plan:
        value = {"+": value + amount, "-": value - amount, "*": value * amount}[kind] % 100
    return value


def test_digest_is_pinned(items):
    assert digest_samples(items) == DIGEST


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_bytes_do_not_depend_on_the_hash_seed(hash_seed):
    code = (
        "from evalsuite.worlds import digest_samples, load_world\n"
        f"print(digest_samples(load_world('ledger').samples(seed={SEED}, n={N}, depths=(1, 24))))"
    )
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == DIGEST


def test_world_needs_no_numpy():
    code = (
        "import sys, evalsuite.worlds.ledger as w; w.samples(seed=1, n=9); "
        "sys.exit(bool({'numpy', 'torch'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


def test_text_replays_to_the_declared_states(items):
    for item in items:
        start, plan = read_problem(item.input["problem"])
        declared = [(sign, amount) for sign, amount in item.metadata["operations"]]
        assert (start, plan) == (item.metadata["start"], declared)
        values = [replay(start, plan[:k]) for k in range(1, len(plan) + 1)]
        assert values == item.metadata["states"]


def test_reference_is_the_trace_of_all_states(items):
    for item in items:
        (reference,) = item.references
        *steps, last = reference.split("\n")
        assert steps == [f"{k}: {state}" for k, state in enumerate(item.metadata["states"], 1)]
        assert last == f"answer: {item.metadata['states'][-1]}"


def test_depth_is_the_longest_dependency_chain(items):
    # Operation k reads state k - 1: changing any one state changes the answer, since every later step is a bijection.
    for item in items[::7]:
        start, plan = read_problem(item.input["problem"])
        answer = replay(start, plan)
        assert item.depth == len(plan) == len(item.metadata["states"])
        for k in range(len(plan)):
            at_k = replay(start, plan[:k])
            assert all(replay((at_k + slip) % 100, plan[k:]) != answer for slip in (1, 13, 50, 99))


def test_answers_are_unique_and_in_range(items):
    assert all(0 <= state < MODULUS for item in items for state in item.metadata["states"])
    answer_of = {}
    for item in items:
        assert answer_of.setdefault(item.input["problem"], item.references) == item.references
    assert len(answer_of) == N
    assert len({item.id for item in items}) == N


def test_operations_are_in_range_and_mixed(items):
    kinds = Counter(sign for item in items for sign, _ in item.metadata["operations"])
    total = sum(kinds.values())
    assert 0.22 < kinds["*"] / total < 0.28
    assert 0.9 < kinds["+"] / kinds["-"] < 1.1
    for item in items:
        for sign, amount in item.metadata["operations"]:
            assert amount in (3, 7, 9) if sign == "*" else 1 <= amount <= 99
        plan = [tuple(operation) for operation in item.metadata["operations"]]
        assert not any({a[0], b[0]} == {"+", "-"} and a[1] == b[1] for a, b in itertools.pairwise(plan))


def test_every_template_meets_every_depth(items):
    pairs = Counter((item.cluster, item.depth) for item in items)
    assert len(pairs) == 48 * 24
    assert set(pairs.values()) == {1}


def test_first_round_already_spreads_over_depths(items):
    assert Counter(item.depth for item in items[:48]) == dict.fromkeys(range(1, 25), 2)


def test_templates_are_many_and_distinct():
    plan = [("+", 12), ("-", 1), ("*", 3)]
    texts = {re.sub(r"\d+", "#", render(template, 5, plan)) for template in TEMPLATES}
    assert len(texts) == len({template.id for template in TEMPLATES}) == len(TEMPLATES) == 48
    shapes = {re.sub(r"[a-z]+( [a-z]+)*", "w", text.lower()) for text in texts}
    assert len(shapes) >= 4  # layouts differ in more than their words


def test_one_is_singular():
    plain = next(template for template in TEMPLATES if template.id == "bakery/plain")
    assert "1. 1 loaf is baked.\n2. 2 loaves are sold." in render(plain, 1, [("+", 1), ("-", 2)])


SHORTCUTS = {
    "start value": lambda start, plan, text: start,
    "last number in the text": lambda start, plan, text: int(re.findall(r"\d+", text)[-1]),
    "last two operations, from the start": lambda start, plan, text: replay(start, plan[-2:]),
    "last two operations, from zero": lambda start, plan, text: replay(0, plan[-2:]),
    "all but the last operation": lambda start, plan, text: replay(start, plan[:-1]),
    "all but the first operation": lambda start, plan, text: replay(start, plan[1:]),
}


@pytest.mark.parametrize("shortcut", SHORTCUTS)
def test_shortcuts_are_at_chance(shortcut):
    # Depth 4 upwards, where the last two operations are not simply the whole plan.
    chosen = samples(seed=SEED + 1, n=48 * 42, depths=(4, 24))
    hits = 0
    for item in chosen:
        text = item.input["problem"]
        start, plan = read_problem(text)
        hits += SHORTCUTS[shortcut](start, plan, text) == item.metadata["states"][-1]
    # Chance is 1 %, so 20 of 2016; 45 is more than 5 standard deviations above, and leaves room for the few counts that
    # a factor maps to themselves.
    assert hits <= 45


def test_majority_answer_is_at_chance(items):
    # The likeliest answer, learnt on other items, as a solver would have to.
    ((majority, _),) = Counter(item.metadata["states"][-1] for item in samples(seed=5, n=N)).most_common(1)
    assert sum(item.metadata["states"][-1] == majority for item in items) <= 30


def test_states_are_uniform(items):
    counts = Counter(item.metadata["states"][-1] for item in items)
    chi_square = sum((counts[v] - N / 100) ** 2 / (N / 100) for v in range(100))
    assert chi_square < 99 + 5 * (2 * 99) ** 0.5


def test_first_samples_do_not_depend_on_n():
    assert samples(seed=3, n=50) == samples(seed=3, n=500)[:50]
    assert samples(seed=3, n=7, depths=(5, 200))[-1] == samples(seed=3, n=300, depths=(5, 200))[6]


def test_seeds_differ():
    assert digest_samples(samples(seed=0, n=10)) != digest_samples(samples(seed=1, n=10))


def test_run_plan_wraps_both_ways():
    assert run_plan(95, [("+", 10), ("-", 10), ("*", 7)]) == [5, 95, 65]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": 1, "n": 0}, r"`n` must be in \[1, 1000000\], got 0"),
        ({"seed": 1, "n": 1_000_001}, r"`n` must be in"),
        ({"seed": -1, "n": 1}, r"`seed` must be in \[0, 2\*\*64\), got -1"),
        ({"seed": 1 << 64, "n": 1}, r"`seed` must be in"),
        ({"seed": 1, "n": 1, "depths": (0, 3)}, r"1 <= least <= greatest <= 200, got \[0, 3\]"),
        ({"seed": 1, "n": 1, "depths": (5, 4)}, r"got \[5, 4\]"),
        ({"seed": 1, "n": 1, "depths": (1, 201)}, r"got \[1, 201\]"),
    ],
)
def test_impossible_arguments_are_refused(arguments, message):
    with pytest.raises(TaskError, match=message):
        samples(**arguments)
