"""Any plan that leads to the goal is accepted, and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalsuite.worlds.filler import add_filler
from evalsuite.worlds.plan import samples
from evalsuite.worlds.plan_reading import read_text
from evalsuite.worlds.plan_validator import check_plan

ITEMS = samples(seed=3, n=192)


def plan(item):
    return [str(place) for place in item.metadata["states"]]


@pytest.mark.parametrize("between", [", ", " -> ", "→", "; ", " then ", " ", ", then "])
def test_the_oracle_is_valid_however_it_is_written(between):
    for item in ITEMS:
        start = read_text(str(item.input["problem"])).start
        for places in (plan(item), [start, *plan(item)]):
            verdict = check_plan(item, f"Let me see.\nanswer: {between.join(places)}")
            assert verdict.valid
            assert verdict.n_moves == verdict.shortest == item.depth
            assert verdict.fault is None


def test_longer_plans_are_valid():
    found = 0
    for item in ITEMS:
        reading = read_text(str(item.input["problem"]))
        moves = reading.moves()
        here = plan(item)[0]
        if reading.start in moves.get(here, ()):
            verdict = check_plan(item, f"answer: {here}, {reading.start}, {', '.join(plan(item))}")
            assert verdict.valid
            assert verdict.n_moves == verdict.shortest + 2
            found += 1
    assert found > 50


def test_no_step_can_be_left_out_or_changed():
    for item in ITEMS[:16]:  # of depth 1 to 16
        reading = read_text(str(item.input["problem"]))
        places = plan(item)
        for k in range(len(places)):
            assert not check_plan(item, f"answer: {', '.join(places[:k] + places[k + 1 :])}").valid
            for other in reading.places()[::3]:
                if other != places[k]:
                    changed = [*places[:k], other, *places[k + 1 :]]
                    assert not check_plan(item, f"answer: {', '.join(changed)}").valid


def test_faults_are_named():
    item = next(item for item in ITEMS if item.depth == 5)
    places = plan(item)
    assert check_plan(item, "").fault == "no plan"
    assert check_plan(item, "answer: " + read_text(str(item.input["problem"])).start).fault == "no plan"
    assert check_plan(item, "answer: " + ", ".join([*places[:3], "atlantis"])).fault == "unknown place"
    assert check_plan(item, "answer: " + places[-1]).fault == "no such move"
    verdict = check_plan(item, "answer: " + ", ".join(places[:4]))
    assert (verdict.fault, verdict.n_moves) == ("goal not reached", 4)


@pytest.mark.parametrize(
    "text", ["answer: \x00\x1b[31m", "answer: " + "x, " * 400_000, "\u202eanswer:", "answer: ,,,;->"]
)
def test_strange_answers_are_refused(text):
    assert not check_plan(ITEMS[0], text).valid


def test_a_plan_is_checked_under_filler_too():
    item = ITEMS[7]
    longer = replace(item, input={"problem": add_filler(str(item.input["problem"]), 500, seed=1)})
    assert check_plan(longer, item.references[0]).valid


def test_some_items_have_a_way_round():
    # More passages than a tree of their places has.
    readings = [read_text(str(item.input["problem"])) for item in ITEMS]
    assert sum(len(reading.passages) >= len(reading.places()) for reading in readings) > 30
