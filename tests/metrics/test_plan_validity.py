"""Plans: against every walk of a small maze, on items of the world, and on outputs that would pass for plans."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from evalsuite.metrics.plan_validity import PlanOptimality, PlanValidity
from evalsuite.types import Output, Sample
from evalsuite.worlds.audit_shortcuts import MOST_SURPRISE, SHALLOWEST, binomial_tail
from evalsuite.worlds.families import FAMILIES
from evalsuite.worlds.plan import samples
from evalsuite.worlds.plan_reading import read_text

ITEMS = samples(seed=11, n=192)
MAZE = Sample(id="m", input={"problem": "rooms, start: a\na -- b\nb -> c\na -- d\nd -- e\ne -- c\ngoal: c"})


def outcomes(item: Sample, *texts: str, finish_reason: str = "stop") -> tuple[str, ...]:
    outputs = [[Output(text=text, finish_reason=finish_reason)] for text in texts]  # type: ignore[arg-type]
    return PlanValidity().rows([item] * len(texts), outputs).outcomes


def places_of(item: Sample) -> list[str]:
    return [str(place) for place in item.metadata["states"]]  # type: ignore[union-attr]


def test_every_walk_of_a_small_maze() -> None:
    moves = {"a": "bd", "b": "ac", "c": "e", "d": "ae", "e": "dc"}
    walks = [walk for n in range(1, 6) for walk in itertools.product("abcde", repeat=n)]

    def arrives(walk: tuple[str, ...]) -> bool:
        walk = walk[1:] if walk[0] == "a" else walk
        return all(there in moves[here] for here, there in itertools.pairwise(("a", *walk))) and walk[-1:] == ("c",)

    outputs = [[Output(text=f"answer: {', '.join(walk)}")] for walk in walks]
    valid = np.array([arrives(walk) for walk in walks])
    assert 10 < valid.sum() < len(walks) / 10
    rows = PlanValidity().rows([MAZE] * len(walks), outputs).values
    np.testing.assert_array_equal(rows[:, 0] == 1, valid)
    shortest = [arrives(walk) and tuple(place for place in walk if place != "a") == ("b", "c") for walk in walks]
    shortest = [found and len(walk) <= 2 + (walk[0] == "a") for found, walk in zip(shortest, walks, strict=True)]
    of_valid = PlanOptimality().rows([MAZE] * len(walks), outputs).values
    np.testing.assert_array_equal(np.nan_to_num(of_valid), np.stack([shortest, valid], axis=1).astype(float))


def test_a_maze_may_have_several_shortest_plans() -> None:
    square = Sample(id="s", input={"problem": "rooms, start: a\na -- b\nb -- c\na -- d\nd -- c\ngoal: c"})
    rows = PlanOptimality().rows([square] * 2, [[Output(text="answer: b, c")], [Output(text="answer: d, c")]])
    assert rows.outcomes == ("right", "right")


def test_detours_are_valid_and_not_shortest() -> None:
    detours = []
    for item in ITEMS:
        maze, places = read_text(str(item.input["problem"])), places_of(item)
        if maze.start in maze.moves().get(places[0], ()):
            detours.append((item, Output(text=f"answer: {', '.join([places[0], maze.start, *places])}")))
    assert len(detours) > 50
    data = [item for item, _ in detours], [[output] for _, output in detours]
    assert set(PlanValidity().rows(*data).outcomes) == {"right"}
    assert PlanOptimality().rows(*data).values.sum(axis=0).tolist() == [0, len(detours)]


def test_what_only_looks_like_a_plan_is_none() -> None:
    for item, other in zip(ITEMS, [*ITEMS[1:], ITEMS[0]], strict=True):
        plan = ", ".join(places_of(item))
        found = outcomes(
            item,
            other.references[0],
            f"answer: not {plan}",
            f"answer: {plan}9",
            f"answer: {plan} or {', '.join(places_of(other))}",
        )
        assert set(found) == {"wrong"}, item.id
    assert set(outcomes(ITEMS[0], "", "answer:", "I made 4 moves.", ITEMS[0].references[0].split("answer")[0])) == {
        "unextracted"
    }


def test_a_walk_too_long_to_be_read_is_not_cut_to_a_valid_one() -> None:
    item = next(item for item in ITEMS if item.depth == 4)
    maze, places = read_text(str(item.input["problem"])), places_of(item)
    back = [place for place in maze.moves().get(places[-1], ()) if places[-1] in maze.moves().get(place, ())]
    assert back, "an item whose last passage can be used both ways"
    around = ", ".join([*places, *[back[0], places[-1]] * 40])
    assert len(around) < 1000
    assert outcomes(item, f"answer: {around}") == ("right",)
    assert outcomes(item, f"answer: {', '.join([around] * 20)}, nowhere") == ("wrong",)


def test_outputs_that_were_cut() -> None:
    item = next(item for item in ITEMS if item.depth == 8)
    places = places_of(item)
    plan = ", ".join(places)
    texts = f"answer: {plan}", f"answer: {', '.join(places[:5])}", f"answer: {plan[:-2]}", "1:"
    assert outcomes(item, *texts, finish_reason="length") == ("right", "truncated", "truncated", "truncated")
    assert outcomes(item, *texts) == ("right", "wrong", "wrong", "unextracted")
    rows = PlanValidity().rows([item] * 2, [[Output(text=text, finish_reason="length")] for text in texts[:2]])
    assert rows.values.tolist() == [[1, 1], [0, 1]]


def test_shortcuts_reach_the_goal_no_more_often_than_chance() -> None:
    hits: dict[str, list[bool]] = {}
    for item in samples(seed=12, n=768):
        if (item.depth or 0) >= SHALLOWEST:
            for name, guess in read_text(str(item.input["problem"])).guesses().items():
                hits.setdefault(name, []).append(outcomes(item, f"answer: {guess}") == ("right",))
    assert len(hits) == 3
    for name, found in hits.items():
        assert binomial_tail(sum(found), len(found), FAMILIES["plan"].guess_floor) >= MOST_SURPRISE, name


@pytest.mark.parametrize("problem", ["", "rooms, start: a\na -- b\ngoal: c", "Two trains leave.\nWhen do they meet?"])
def test_samples_that_are_no_maze_are_named(problem: str) -> None:
    with pytest.raises(ValueError, match=r'^plan_validity: sample "m": input\["problem"\] must tell a maze: plan: '):
        PlanValidity().rows([replace(MAZE, input={"problem": problem})], [[Output(text="answer: c")]])
