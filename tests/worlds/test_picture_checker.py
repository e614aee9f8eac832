"""The checker: the oracle is right, each broken constraint is found, and no picture is too strange for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalsuite.worlds.picture_canvas import PALETTE, SIDE, cover, render_scene
from evalsuite.worlds.picture_judging import judge_picture
from evalsuite.worlds.picture_reading import MAX_OBJECTS, OTHER, read_picture
from evalsuite.worlds.picture_templates import COLOURS, SHAPES, Group, Relation
from evalsuite.worlds.pictures import CELLS, read_request, samples

SAMPLES = samples(seed=13, n=240, depths=(1, 8))


def asked(sample: Any) -> tuple[list[Group], list[Relation]]:
    return read_request(sample.metadata, sample.id)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("colour", COLOURS)
def test_every_object_at_every_place_is_read(shape: str, colour: str) -> None:
    for right in range(2):
        for down in range(2):
            for cell in (0, 5, 10, 15):
                row, column = divmod(cell, CELLS)
                (thing,) = read_picture(render_scene([[shape, colour, column, row, right, down]]))
                assert (thing.shapes, thing.colours) == ((shape,), (colour,))
                # The centre of 9 pixels that begin 1 or 2 pixels within a cell of 12.
                assert thing.x == pytest.approx(12 * column + 5.5 + right, abs=1)
                assert thing.y == pytest.approx(12 * row + 5.5 + down, abs=1)


@pytest.mark.parametrize("size", [(7, 7), (12, 12), (20, 20), (15, 12), (40, 44)])
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_another_size_are_read(shape: str, size: tuple[int, int]) -> None:
    canvas = np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
    canvas[2 : 2 + size[1], 1 : 1 + size[0]] = cover(shape, *size)[:, :, None] * np.array(PALETTE["red"]) // 16
    (thing,) = read_picture(canvas)
    assert (thing.shapes, thing.colours) == ((shape,), ("red",))


def test_the_oracle_is_always_right() -> None:
    for sample in SAMPLES:
        judged = judge_picture(render_scene(sample.metadata["scene"]), *asked(sample))
        assert (judged.verdict, judged.n_extra, judged.reason) == ("right", 0, "")
        assert len(judged.met) == sample.depth
        assert set(judged.met.values()) == {"right"}


@pytest.mark.parametrize("damage", ["noise", "jpeg", "blur", "dimmer"])
def test_small_damage_changes_no_verdict(damage: str) -> None:
    rng = np.random.default_rng(0)
    for sample in SAMPLES[:120]:
        image = render_scene(sample.metadata["scene"])
        if damage == "noise":
            image = np.clip(image + rng.normal(0, 10, image.shape), 0, 255).astype(np.uint8)
        elif damage == "jpeg":
            image = through_jpeg(image)
        elif damage == "blur":
            padded = np.pad(image.astype(float), ((1, 1), (1, 1), (0, 0)), mode="edge")
            beside = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
            image = (0.8 * image + 0.05 * beside).astype(np.uint8)
        else:
            image = (image * 0.75).astype(np.uint8)
        judged = judge_picture(image, *asked(sample))
        assert judged.verdict == "right", (sample.metadata, judged)


def through_jpeg(image: np.ndarray) -> np.ndarray:
    import io

    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=95, subsampling=0)
    return np.asarray(Image.open(stream))


def mutations(sample: Any) -> list[tuple[str, list[Any]]]:
    """Return scenes that break one constraint each, by its name, and one with too much in it."""
    groups, relations = asked(sample)
    scene = [list(one) for one in sample.metadata["scene"]]
    free = [(x, y) for y in range(CELLS) for x in range(CELLS) if not any((one[2], one[3]) == (x, y) for one in scene)]
    found: list[tuple[str, list[Any]]] = []
    for group in groups:
        first = next(i for i, one in enumerate(scene) if one[0] == group.shape)
        name = f"{group.count} {group.shape}"
        if group.count > 1:
            found.append((name, scene[:first] + scene[first + 1 :]))
        twin = next(
            (
                [*scene, [*scene[first][:2], x, y, 0, 0]]
                for x, y in free
                if all(lies(relation, [*scene, [group.shape, "", x, y]]) for relation in relations)
            ),
            None,
        )
        if twin:
            found.append((name, twin))
        if group.colour:
            other = COLOURS[(COLOURS.index(group.colour) + 1) % len(COLOURS)]
            found.append((f"{group.shape} {group.colour}", edited(scene, first, [group.shape, other])))
    for relation in relations:
        subject = next(i for i, one in enumerate(scene) if one[0] == relation.subject)
        for x, y in free:
            moved = edited(scene, subject, [*scene[subject][:2], x, y])
            others = [one for one in relations if one != relation]
            if not lies(relation, moved) and all(lies(one, moved) for one in others):
                found.append((f"{relation.subject} {relation.kind} {relation.object}", moved))
                break
    unasked = next((shape for shape in SHAPES if shape not in {group.shape for group in groups}), None)
    if unasked:
        found.append(("extra", [*scene, [unasked, "red", *free[0], 1, 1]]))
    return found


def edited(scene: list[Any], i: int, start: list[Any]) -> list[Any]:
    return [*scene[:i], [*start, *scene[i][len(start) :]], *scene[i + 1 :]]


def lies(relation: Relation, scene: list[Any]) -> bool:
    axis = 2 if relation.kind in ("left of", "right of") else 3
    a, b = ([one[axis] for one in scene if one[0] == shape] for shape in (relation.subject, relation.object))
    return (max(a) < min(b)) if relation.kind in ("above", "left of") else (min(a) > max(b))


def test_each_broken_constraint_is_found_and_no_other() -> None:
    broken: dict[str, int] = {}
    for sample in SAMPLES:
        for name, scene in mutations(sample):
            judged = judge_picture(render_scene(scene), *asked(sample))
            assert judged.verdict == "wrong", (name, scene)
            wrong = [constraint for constraint, state in judged.met.items() if state != "right"]
            assert (wrong, judged.n_extra) == (([], 1) if name == "extra" else ([name], 0)), (name, scene, judged)
            assert judged.reason.startswith("1 more than" if name == "extra" else name)
            kind = "extra" if name == "extra" else "relation" if len(name.split()) > 2 else "count or colour"
            broken[kind] = broken.get(kind, 0) + 1
    assert min(broken.get(kind, 0) for kind in ("extra", "relation", "count or colour")) > 50


def test_a_picture_of_another_item_is_almost_never_right() -> None:
    right = 0
    for sample, other in zip(SAMPLES, SAMPLES[7:] + SAMPLES[:7], strict=True):
        right += judge_picture(render_scene(other.metadata["scene"]), *asked(sample)).verdict == "right"
    assert right <= 0.03 * len(SAMPLES)


def on_canvas(parts: list[tuple[int, int, np.ndarray]]) -> np.ndarray:
    canvas = np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
    for top, left, part in parts:
        canvas[top : top + part.shape[0], left : left + part.shape[1]] = part
    return canvas


def block(colour: str, height: int = 9, width: int = 9) -> np.ndarray:
    return np.broadcast_to(np.array(PALETTE[colour], dtype=np.uint8), (height, width, 3))


def test_touching_objects_of_two_colours_are_two() -> None:
    things = read_picture(on_canvas([(5, 5, block("red")), (5, 14, block("blue"))]))
    assert [(thing.shapes, thing.colours) for thing in things] == [(("square",), ("red",)), (("square",), ("blue",))]


def test_what_is_no_shape_or_no_colour_is_something_else() -> None:
    (bar,) = read_picture(on_canvas([(5, 5, block("red", 4, 20))]))
    assert bar.shapes == (OTHER,)
    frame = block("green", 12, 12).copy()
    frame[2:10, 2:10] = 0
    (ring,) = read_picture(on_canvas([(5, 5, frame)]))
    assert ring.shapes == (OTHER,)
    (brown,) = read_picture(on_canvas([(5, 5, np.full((9, 9, 3), (150, 110, 90), dtype=np.uint8))]))
    assert brown.shapes == ("square",)
    groups = [Group("square", 1, "red")]
    judged = judge_picture(on_canvas([(5, 5, frame)]), groups, [])
    assert (judged.verdict, judged.reason) == ("wrong", "1 square: found 0")


def test_what_can_be_read_in_two_ways_is_undecided() -> None:
    # Half-way between red and purple.
    between = (np.array(PALETTE["red"]) / 1.0 + np.array(PALETTE["purple"]) * 0.81) / 2
    image = on_canvas([(5, 5, np.broadcast_to(between.astype(np.uint8), (9, 9, 3)))])
    (thing,) = read_picture(image)
    assert set(thing.colours) == {"red", "purple"}
    for colour in ("red", "purple"):
        judged = judge_picture(image, [Group("square", 1, colour)], [])
        assert (judged.verdict, judged.met["1 square"]) == ("undecided", "right")
        assert judged.reason == f"square {colour}: can be read in two ways"
    # What is wrong in either reading is wrong.
    assert judge_picture(image, [Group("square", 1, "green")], []).verdict == "wrong"
    assert judge_picture(image, [Group("square", 2, "red")], []).verdict == "wrong"
    assert judge_picture(image, [Group("square", 1)], []).verdict == "right"


def test_level_is_neither_above_nor_below() -> None:
    scene = [["circle", "red", 0, 1, 0, 0], ["square", "red", 2, 1, 0, 0]]
    groups = [Group("circle", 1), Group("square", 1)]
    for kind, state in (("above", "wrong"), ("below", "wrong"), ("left of", "right"), ("right of", "wrong")):
        judged = judge_picture(render_scene(scene), groups, [Relation("circle", kind, "square")])
        assert judged.verdict == state, kind


HOSTILE = {
    "black": np.zeros((48, 48, 3), np.uint8),
    "white": np.full((48, 48, 3), 255, np.uint8),
    "noise": np.random.default_rng(0).integers(0, 256, (48, 48, 3), np.uint8),
    "checkers": (np.indices((48, 48)).sum(axis=0) % 2 * 255).astype(np.uint8)[:, :, None],
    "stripes": np.broadcast_to((np.arange(48) % 2 * 255).astype(np.uint8)[None, :, None], (48, 48, 3)),
    "dots": np.kron(np.eye(1, dtype=np.uint8), np.pad(np.full((3, 3, 3), 200, np.uint8), ((0, 2), (0, 2), (0, 0)))),
    "one pixel": np.full((1, 1, 3), 200, np.uint8),
    "a line": np.full((1, 300, 3), 200, np.uint8),
    "grey": np.full((48, 48, 1), 90, np.uint8),
    "large noise": np.random.default_rng(1).integers(0, 256, (512, 512, 3), np.uint8),
    "too large": np.zeros((513, 10, 3), np.uint8),
    "no pixels": np.zeros((0, 48, 3), np.uint8),
    "floats": np.zeros((48, 48, 3)),
    "flat": np.zeros((48, 48), np.uint8),
    "alpha": np.zeros((48, 48, 4), np.uint8),
    "many": np.tile(np.pad(np.full((4, 4, 3), 220, np.uint8), ((1, 1), (1, 1), (0, 0))), (20, 20, 1)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_picture_is_too_strange(name: str) -> None:
    groups = [Group("circle", 2, "red"), Group("square", 1)]
    judged = judge_picture(HOSTILE[name], groups, [Relation("circle", "above", "square")])
    assert judged.verdict == "wrong"
    assert judged.reason
    assert list(judged.met) == ["2 circle", "circle red", "1 square", "circle above square"]


def test_more_objects_than_can_be_meant() -> None:
    assert read_picture(HOSTILE["many"]) == f"more than {MAX_OBJECTS} objects"


def test_many_doubtful_objects_are_undecided_at_once() -> None:
    between = (np.array(PALETTE["red"]) / 1.0 + np.array(PALETTE["purple"]) * 0.81) / 2
    part = np.pad(np.broadcast_to(between.astype(np.uint8), (6, 6, 3)), ((2, 2), (2, 2), (0, 0)))
    judged = judge_picture(np.tile(part, (6, 6, 1)), [Group("square", 36, "red")], [])
    assert (judged.verdict, judged.reason) == ("undecided", "too many objects that can be read in two ways")


@pytest.mark.parametrize("shape", SHAPES)
def test_cover_is_what_the_area_says(shape: str) -> None:
    area = {"circle": np.pi / 4, "cross": 5 / 9, "square": 1.0, "triangle": 0.5}[shape]
    for width, height in ((9, 9), (30, 24), (60, 60)):
        found = cover(shape, width, height)
        assert found.shape == (height, width)
        assert 0 <= found.min() <= found.max() <= 16
        assert found.sum() / 16 / width / height == pytest.approx(area, rel=0.04 if width == 9 else 0.02)
    with pytest.raises(ValueError, match="`shape` must be"):
        cover("star", 9, 9)


@pytest.mark.parametrize("kind", ["uniform", "normal", "white", "grey", "red", "framed"])
def test_a_canvas_that_is_not_black_is_no_square(kind: str) -> None:
    draw = np.random.default_rng(0)
    for _ in range(20):
        image = np.full((48, 48, 3), {"white": 255, "grey": 128}.get(kind, 0), dtype=np.uint8)
        if kind == "uniform":
            image = draw.integers(0, 256, image.shape, dtype=np.uint8)
        elif kind == "normal":
            image = np.clip(draw.normal(128, 64, image.shape), 0, 255).astype(np.uint8)
        elif kind == "red":
            image[:] = (230, 40, 40)
        elif kind == "framed":
            image[2:-2, 2:-2] = 255
        judged = judge_picture(image, [Group("square", 1)], [])
        assert judged.verdict == "wrong"
        assert judged.met == {"1 square": "wrong"}


def test_a_large_square_on_a_black_canvas_is_one() -> None:
    image = np.zeros((48, 48, 3), dtype=np.uint8)
    image[6:-6, 6:-6] = 255
    assert judge_picture(image, [Group("square", 1)], []).verdict == "right"
