"""The picture world: balanced, the same bytes everywhere, and its wordings say what its constraints are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from evalsuite.errors import TaskError
from evalsuite.worlds import digest_samples
from evalsuite.worlds.picture_templates import COLOURS, SHAPES, TEMPLATES, Group, Relation, render_request
from evalsuite.worlds.pictures import CELLS, MAX_COUNT, make_sample, read_request, samples

NUMBERS = {"one": 1, "two": 2, "three": 3, "1": 1, "2": 2, "3": 3}
SINGULAR = {**{shape: shape for shape in SHAPES}, **{f"{shape}s": shape for shape in SHAPES}, "crosses": "cross"}


def test_depths_and_templates_are_balanced() -> None:
    made = samples(seed=3, n=288, depths=(1, 6))
    assert set(Counter(sample.depth for sample in made).values()) == {48}
    assert len({template.id for template in TEMPLATES}) == 48
    assert set(Counter((sample.cluster, sample.depth) for sample in made).values()) == {1}
    assert made[:50] == samples(seed=3, n=50)
    assert made[:50] != samples(seed=4, n=50)


def test_depth_is_the_number_of_constraints() -> None:
    for sample in samples(seed=5, n=500, depths=(1, 8)):
        groups, relations = read_request(sample.metadata, "x")
        assert sample.depth == len(groups) + sum(group.colour is not None for group in groups) + len(relations)
        assert all(1 <= group.count <= MAX_COUNT for group in groups)


def test_every_kind_of_constraint_comes_up_at_every_depth_that_can_have_it() -> None:
    seen: dict[int, set[tuple[int, int, int]]] = {}
    for sample in samples(seed=1, n=1200, depths=(1, 8)):
        groups, relations = read_request(sample.metadata, "x")
        seen.setdefault(sample.depth or 0, set()).add(
            (len(groups), sum(group.colour is not None for group in groups), len(relations))
        )
    assert seen[1] == {(1, 0, 0)}
    assert seen[3] == {(2, 1, 0), (2, 0, 1), (3, 0, 0)}
    assert seen[8] == {(3, 3, 2)}


def test_the_oracles_scene_meets_the_request() -> None:
    for sample in samples(seed=7, n=600, depths=(1, 8)):
        groups, relations = read_request(sample.metadata, "x")
        scene: Any = sample.metadata["scene"]
        where: dict[str, list[tuple[int, int]]] = {}
        for shape, _, x, y, right, down in scene:
            where.setdefault(shape, []).append((x, y))
            assert 0 <= min(x, y) <= max(x, y) < CELLS
            assert {right, down} <= {0, 1}
        assert len({(x, y) for _, _, x, y, _, _ in scene}) == len(scene)
        assert {shape: len(places) for shape, places in where.items()} == {g.shape: g.count for g in groups}
        for group in groups:
            colours = {colour for shape, colour, *_ in scene if shape == group.shape}
            assert colours == {group.colour} if group.colour else colours <= set(COLOURS)
        for relation in relations:
            axis = 0 if relation.kind in ("left of", "right of") else 1
            a, b = ([place[axis] for place in where[shape]] for shape in (relation.subject, relation.object))
            assert (max(a) < min(b)) if relation.kind in ("above", "left of") else (min(a) > max(b))


def read_back(text: str) -> tuple[set[Group], set[Relation]]:
    """Read a request as a person would: by its words, whatever the layout."""
    shape = "|".join(sorted(SINGULAR, key=len, reverse=True))
    groups = {
        Group(SINGULAR[noun], NUMBERS[number], colour or None)
        for number, colour, noun in re.findall(
            rf"\b({'|'.join(NUMBERS)})\b (?:({'|'.join(COLOURS)}) )?({shape})\b", text, re.IGNORECASE
        )
    }
    relations = {
        Relation(SINGULAR[subject], kind, SINGULAR[other])
        for subject, kind, other in re.findall(
            rf"\b({shape}) (?:is |are )?(above|below|left of|right of) (?:the )?({shape})\b", text
        )
    }
    return groups, relations


@pytest.mark.parametrize("template", range(48), ids=lambda i: TEMPLATES[i].id)
def test_a_request_says_its_constraints_and_no_others(template: int) -> None:
    for index in range(40):
        sample = make_sample(11, index, template=template, depth=1 + index % 8)
        groups, relations = read_request(sample.metadata, "x")
        assert read_back(str(sample.input["request"])) == (set(groups), set(relations)), sample.input["request"]


def test_words() -> None:
    groups = [Group("circle", 2, "red"), Group("cross", 3), Group("square", 1, "blue")]
    relations = [Relation("circle", "above", "cross"), Relation("cross", "left of", "square")]
    by_layout = {template.layout: render_request(template, groups, relations) for template in TEMPLATES[::12]}
    assert by_layout == {
        "prose": "Draw two red circles, three crosses and one blue square. The circles are above the crosses. "
        "The crosses are left of the square.",
        "numerals": "Draw 2 red circles, 3 crosses, 1 blue square; circles above crosses; crosses left of square.",
        "list": "Draw the following.\n- 2 red circles\n- 3 crosses\n- 1 blue square\n- circles above crosses\n"
        "- crosses left of square",
        "relations first": "So that the circles are above the crosses and the crosses are left of the square: "
        "Draw two red circles, three crosses and one blue square.",
    }


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    code = "from evalsuite.worlds import *; print(digest_samples(load_world('pictures').samples(seed=9, n=200)))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert printed == {digest_samples(samples(seed=9, n=200))}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, r"`n` must be in \[1, 1000000\], got 0"),
        ({"seed": -1}, "`seed` must be in"),
        ({"depths": (0, 3)}, "1 <= least <= greatest <= 8, got"),
        ({"depths": (3, 2)}, "got \\[3, 2\\]"),
        ({"depths": (1, 9)}, "got \\[1, 9\\]"),
    ],
)
def test_arguments_out_of_range(arguments: dict, message: str) -> None:
    with pytest.raises(TaskError, match=message):
        samples(**{"seed": 0, "n": 5, **arguments})


GOOD = {"groups": [["circle", 1, None]], "relations": []}


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"groups": [], "relations": []},
        {**GOOD, "groups": [["circle", 1, None], ["circle", 2, None]]},
        {**GOOD, "groups": [["star", 1, None]]},
        {**GOOD, "groups": [["circle", "1", None]]},
        {**GOOD, "groups": [["circle", 0, None]]},
        {**GOOD, "groups": [["circle", 1, "pink"]]},
        {**GOOD, "groups": [["circle"]]},
        {**GOOD, "groups": 3},
        {**GOOD, "relations": [["circle", "above", "square"]]},
        {**GOOD, "relations": [["circle", "near", "circle"]]},
    ],
)
def test_samples_of_another_kind_are_named(metadata: Any) -> None:
    with pytest.raises(ValueError, match=r'metric: sample "3": metadata\["groups"\] must list'):
        read_request(metadata, 'metric: sample "3"')
