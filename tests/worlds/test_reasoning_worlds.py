"""What is particular to each of the families B to G."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from evalsuite.worlds import arithmetic_graph, deduction, program, relations, tracking
from evalsuite.worlds.deduction_reading import read_text as read_deduction
from evalsuite.worlds.reading import numbered


def test_pairings_are_all_there_are():
    found = tracking.pairings()
    assert len(set(found)) == len(found) == 105
    assert all(partner[partner[p]] == p != partner[p] for partner in found for p in range(8))


def test_tracking_never_exchanges_the_same_pairs_twice_running():
    for item in tracking.samples(seed=1, n=200, depths=(10, 30)):
        _, steps, _ = numbered(item.input["problem"].split("\n"))
        assert all(a != b for a, b in itertools.pairwise(steps))


def test_instructions_are_bijections_whose_branch_matters():
    known = program.instructions()
    assert len({one.table for one in known}) > 400
    for one in known:
        assert sorted(one.table) == list(range(100))
        for operation in (one.then, one.otherwise):
            assert any(program.apply(operation, v) != one.table[v] for v in range(100))
    assert {one.condition for one in known} == {"even", "fives"}
    used = Counter(sign for one in known for sign, _ in (one.then, one.otherwise))
    assert min(used["+"], used["-"], used["*"]) > 50


def test_rules_of_relations_move_every_group():
    for rule, inverse in relations._rules():
        assert sorted(rule) == list(range(8))
        assert all(rule[i] != i and inverse[rule[i]] == i for i in range(8))


@pytest.mark.parametrize("world", [relations, tracking])
def test_half_of_the_items_have_distractors(world):
    items = world.samples(seed=9, n=960, depths=(6, 6))
    assert 0.4 < sum(item.metadata["n_distractors"] > 0 for item in items) / len(items) < 0.6


def test_half_of_the_graphs_have_quantities_that_lead_elsewhere():
    items = arithmetic_graph.samples(seed=9, n=960, depths=(6, 6))
    # All lines but the first, the question, four given numbers and the steps.
    more = [item.input["problem"].count("\n") - 5 - len(item.metadata["states"]) for item in items]
    assert set(more) == {0, 3}
    assert 0.4 < more.count(3) / len(items) < 0.6
    assert all(0 <= item.metadata["n_distractors"] - n <= 4 for item, n in zip(items, more, strict=True))


def test_graphs_are_wide_from_depth_two_on():
    for item in arithmetic_graph.samples(seed=2, n=480, depths=(2, 11)):
        assert item.metadata["width"] >= 2
        assert len(item.metadata["states"]) > item.depth
        # Every quantity is read once, but for the last.
        read = Counter(parent for row in item.metadata["parents"] for parent in row)
        assert set(read.values()) == {1}
        assert len(read) == len(item.metadata["states"]) - 1


def test_chains_of_a_deduction_look_alike():
    decided = 0
    for item in deduction.samples(seed=4, n=480, depths=(1, 10)):
        reading = read_deduction(item.input["problem"])
        decided += any(trait for _, trait, _, _ in reading.rules)
        layer = {kind for _, kind in reading.kinds}
        for _ in range(item.depth):
            rules = [rule for rule in reading.rules if rule[0] in layer]
            assert len(rules) in (4, 8)
            assert set(Counter(rule[0] for rule in rules).values()) == {len(rules) // 4}
            assert set(Counter(rule[3] for rule in rules).values()) == {len(rules) // 4}
            layer = {rule[3] for rule in rules}
        assert layer == set(reading.candidates())
    assert 100 < decided < 300
