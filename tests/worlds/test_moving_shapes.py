"""The world of moving shapes: balanced, its wordings can be read back, and its checker finds each fault."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from evalsuite.errors import TaskError
from evalsuite.rng import CounterRng
from evalsuite.worlds.moving_film import N_FRAMES, STEP, choose_starts, render_film
from evalsuite.worlds.moving_judging import judge_film
from evalsuite.worlds.moving_shapes import make_sample, read_movers, samples
from evalsuite.worlds.moving_templates import MOTIONS, TEMPLATES, Mover, read_wording, render_request
from evalsuite.worlds.picture_canvas import PALETTE, SIZE, cover
from evalsuite.worlds.picture_templates import COLOURS, SHAPES

if TYPE_CHECKING:
    from evalsuite.types import Sample

SAMPLES = samples(seed=13, n=96)
CIRCLE, SQUARE = Mover("circle", "red", "right"), Mover("square", "blue", "still")
STARTS = [(4, 6), (20, 30)]


def film_of(sample: Sample) -> np.ndarray:
    return render_film(read_movers(sample.metadata, "x"), sample.metadata["starts"])  # type: ignore[arg-type]


def test_depths_and_templates_are_balanced() -> None:
    made = samples(seed=3, n=144)
    assert set(Counter(sample.depth for sample in made).values()) == {48}
    assert set(Counter((sample.cluster, sample.depth) for sample in made).values()) == {1}
    assert made[:50] == samples(seed=3, n=50)
    assert made[:50] != samples(seed=4, n=50)
    for sample in made:
        movers = read_movers(sample.metadata, "x")
        assert len({mover.shape for mover in movers}) == len(movers) == sample.depth
        assert any(mover.motion != "still" for mover in movers)
    assert {mover.motion for sample in made for mover in read_movers(sample.metadata, "x")} == set(MOTIONS)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"seed": -1, "n": 1}, "`seed` must be in"),
        ({"seed": 0, "n": 0}, "`n` must be in"),
        ({"seed": 0, "n": 1, "depths": (1, 4)}, "`depths` must be"),
        ({"seed": 0, "n": 1, "depths": (3, 2)}, "`depths` must be"),
    ],
)
def test_what_is_out_of_range_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(TaskError, match=message):
        samples(**settings)


@pytest.mark.parametrize("template", range(0, 48, 5))
def test_a_wording_can_be_read_back(template: int) -> None:
    for depth in (1, 2, 3):
        for index in range(6):
            movers = read_movers(make_sample(5, index, template=template, depth=depth).metadata, "x")
            assert read_wording(render_request(TEMPLATES[template], movers)) == movers
    assert read_wording("Draw a house.") == []


def test_things_stay_on_the_canvas_and_apart() -> None:
    rng = CounterRng(1)
    for _ in range(60):
        movers = [Mover(shape, "red", rng.choice(list(MOTIONS))) for shape in rng.shuffled(SHAPES)[:3]]
        starts = np.array(choose_starts(rng, movers))
        ways = np.array([MOTIONS[mover.motion] for mover in movers])
        paths = starts + STEP * np.arange(N_FRAMES)[:, None, None] * ways
        assert paths.min() >= 2
        assert paths.max() <= 48 - 9 - 2
        for i, j in ((0, 1), (0, 2), (1, 2)):
            assert abs(paths[:, i] - paths[:, j]).max(axis=1).min() >= 11


def test_more_things_than_have_room_are_refused() -> None:
    with pytest.raises(ValueError, match="found no places from which 12 things move without meeting"):
        choose_starts(CounterRng(1), [CIRCLE] * 12)


def test_the_oracle_is_always_right_also_with_noise() -> None:
    rng = np.random.default_rng(0)
    for sample in SAMPLES[:48]:
        movers, film = read_movers(sample.metadata, "x"), film_of(sample)
        assert judge_film(film, movers) == ("right", "")
        noisy = np.clip(film + rng.normal(0, 8, film.shape), 0, 255).astype(np.uint8)
        assert judge_film(noisy, movers) == ("right", "")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda film: film[::-1], "frame 2: the circle does not move right"),
        (lambda film: film[[0] * 9], "frame 2: the circle does not move right"),
        (lambda film: film[[0, 1, 3, 2, 4, 5, 6, 7, 8]], "frame 4: the circle does not move right"),
        (lambda film: film[[0, 1, 2, 2, 3, 4, 5, 6, 7]], "frame 4: the circle does not move right"),
        (lambda film: film[[0, 1, 4, 5, 6, 7, 8, 8, 8]], "frame 3: the circle does not move right"),
        (lambda film: np.roll(film, 1, axis=2)[:8], "expected 9 frames, found 8"),
        (lambda film: np.concatenate([film, film[-1:]]), "expected 9 frames, found 10"),
        (lambda film: film * (np.arange(9) != 4).astype(np.uint8)[:, None, None, None], "frame 5: expected 2 things"),
        (lambda film: np.zeros_like(film), "frame 1: expected 2 things, found 0"),
        (lambda film: film[..., ::-1], "frame 1: not the shapes and colours"),
        (lambda film: np.stack([np.roll(frame, t, axis=0) for t, frame in enumerate(film)]), "the circle leaves"),
        (lambda film: np.random.default_rng(0).integers(0, 256, film.shape, dtype=np.uint8), "frame 1: "),
    ],
)
def test_each_fault_is_found(change: Any, reason: str) -> None:
    verdict, said = judge_film(change(render_film([CIRCLE, SQUARE], STARTS)), [CIRCLE, SQUARE])
    assert verdict == "wrong"
    assert reason in said


def blurred(film: np.ndarray) -> np.ndarray:
    wide = np.pad(film.astype(float), ((0, 0), (1, 1), (1, 1), (0, 0)))
    across = (wide[:, :, :-2] + 2 * wide[:, :, 1:-1] + wide[:, :, 2:]) / 4
    return ((across[:, :-2] + 2 * across[:, 1:-1] + across[:, 2:]) / 4).astype(np.uint8)


def compressed(film: np.ndarray) -> np.ndarray:
    files = [BytesIO() for _ in film]
    for frame, file in zip(film, files, strict=True):
        Image.fromarray(frame).save(file, "JPEG", quality=85, subsampling=0)
    return np.stack([np.asarray(Image.open(file)) for file in files])


@pytest.mark.parametrize(
    "change",
    [
        lambda film, rng: np.clip(film + rng.integers(-20, 21, film.shape), 0, 255).astype(np.uint8),
        lambda film, rng: blurred(film),
        lambda film, rng: compressed(film),
        lambda film, rng: np.maximum(film, rng.integers(0, 60, film.shape[1:], dtype=np.uint8)),  # a pattern that stays
        lambda film, rng: (film * rng.uniform(0.9, 1, (9, 1, 1, 1))).astype(np.uint8),
    ],
    ids=["noise", "blur", "compression", "pattern", "light"],
)
def test_what_trained_models_leave_is_no_fault(change: Any) -> None:
    rng = np.random.default_rng(1)
    for sample in SAMPLES[:24]:
        assert judge_film(change(film_of(sample), rng), read_movers(sample.metadata, "x")) == ("right", "")


def scattered(film: np.ndarray, count: int, height: int, width: int, level: int = 255) -> np.ndarray:
    """Return a film with bars at other places in each frame, apart from its things and from one another."""
    rng, made = np.random.default_rng(2), film.copy()
    for frame in made:
        for y, x in rng.integers(0, (48 - height, 48 - width), (count, 2)):
            if frame[max(0, y - 2) : y + height + 2, max(0, x - 2) : x + width + 2].max() < 60:
                frame[y : y + height, x : x + width] = level
    return made


def on_canvas(film: np.ndarray, levels: np.ndarray) -> np.ndarray:
    return np.where(film.max(axis=3, keepdims=True) < 70, levels[:, None, None, None], film).astype(np.uint8)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda film: (film * np.array([1, 0.4] * 5)[:9, None, None, None]).astype(np.uint8), "frame 2: .* flickers"),
        (lambda film: (film * np.geomspace(1, 0.4, 9)[:, None, None, None]).astype(np.uint8), "flickers"),
        (lambda film: scattered(film, 40, 2, 2), "frame 1: .* bright pixels belong to no thing"),
        (lambda film: scattered(film, 60, 1, 7), "frame 1: .* bright pixels belong to no thing"),
        (lambda film: scattered(film, 60, 1, 7, level=69), "frame 1: the canvas is not that of the other"),
        (lambda film: on_canvas(film, np.array([0, 69] * 5)[:9]), "the canvas is|not the shapes"),
        (lambda film: on_canvas(film, np.array([0] * 6 + [40] * 3)), "frame 7: the canvas is not that of the other"),
    ],
    ids=["flashing", "fading", "specks", "dashes", "faint dashes", "canvas", "another canvas"],
)
def test_what_flickers_beside_the_right_motion_is_wrong(change: Any, reason: str) -> None:
    for sample in SAMPLES[:24]:
        verdict, said = judge_film(change(film_of(sample)), read_movers(sample.metadata, "x"))
        assert verdict == "wrong"
        assert re.search(reason, said)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("sizes", [[9, 5] * 4 + [9], [5, 9] * 4 + [5], [9, 9, 8, 8, 7, 7, 6, 6, 5]])
def test_what_grows_or_shrinks_is_wrong(shape: str, sizes: list[int]) -> None:
    mover, film = Mover(shape, "red", "right"), np.zeros((9, 48, 48, 3), np.uint8)
    for t, size in enumerate(sizes):
        left, top = 3 + STEP * t + (SIZE - size) // 2, 20 + (SIZE - size) // 2
        film[t, top : top + size, left : left + size, 0] = cover(shape, size, size) * 15
    verdict, said = judge_film(film, [mover])
    assert verdict == "wrong"
    assert said.endswith(f"the {shape} grows or shrinks") or "shapes and colours" in said


def between(size: int) -> np.ndarray:
    """Return a red blob that may be a circle or a cross."""
    mixed = (cover("circle", size, size) + cover("cross", size, size)) / 32
    return (mixed[:, :, None] * PALETTE["red"]).astype(np.uint8)


def test_a_doubt_is_no_way_out_of_what_is_wrong() -> None:
    movers = [Mover("circle", "red", "down"), Mover("cross", "red", "still")]
    film = render_film(movers, [(2, 4), (30, 30)])
    film[0] = 0
    for x, y in ((0, 2), (28, 28)):
        film[0, y : y + 13, x : x + 13] = between(13)
    noise = np.random.default_rng(0).integers(0, 256, film.shape, dtype=np.uint8)
    assert judge_film(np.concatenate([film[:1], noise[1:]]), movers)[0] == "wrong"
    assert judge_film(np.concatenate([film[:1], film[:0:-1]]), movers)[0] == "wrong"


def test_the_names_of_things_are_those_that_make_their_paths_right() -> None:
    movers = [Mover("circle", "red", "down"), Mover("cross", "red", "still")]
    film = np.zeros((9, 48, 48, 3), np.uint8)
    for t in range(9):
        for x, y in ((30, 30), (4, 4 + STEP * t)):
            film[t, y : y + 13, x : x + 13] = between(13)
    assert judge_film(film, movers) == ("undecided", "frame 1: a thing can be read in two ways")
    assert judge_film(film, movers[:1]) == ("wrong", "frame 1: expected 1 things, found 2")
    still = [replace(mover, motion="still") for mover in movers]
    assert judge_film(film, still)[0] == "wrong"


def test_what_stands_still_must_not_move() -> None:
    moving = render_film([CIRCLE, Mover("square", "blue", "left")], [(4, 6), (30, 30)])
    assert judge_film(moving, [CIRCLE, SQUARE]) == ("wrong", "frame 2: the square does not stand still")


@pytest.mark.parametrize("field", ["shape", "colour", "motion"])
def test_a_film_of_one_other_thing_is_wrong(field: str) -> None:
    others = {"shape": SHAPES, "colour": COLOURS, "motion": tuple(MOTIONS)}[field]
    for other in others:
        asked = Mover(**{"shape": "circle", "colour": "red", "motion": "down", field: other})
        film = render_film([Mover("circle", "red", "down")], [(20, 5)])
        expected = "right" if other in ("circle", "red", "down") else "wrong"
        assert judge_film(film, [asked])[0] == expected


def test_what_can_be_read_in_two_ways_is_undecided() -> None:
    film = render_film([CIRCLE], STARTS[:1]).astype(float)
    between = (np.array(PALETTE["red"]) + np.array(PALETTE["purple"]) * 0.81) / 2
    film[3] = film[3].max(axis=2, keepdims=True) / 230 * between
    assert judge_film(film.astype(np.uint8), [CIRCLE])[0] == "undecided"
    assert judge_film(film.astype(np.uint8)[::-1], [CIRCLE])[0] == "wrong"  # whichever way it is read


@pytest.mark.parametrize("shape", [(9, 1, 1, 1), (9, 48, 48, 1), (9, 600, 2, 3), (1, 48, 48, 3)])
def test_no_film_is_too_strange(shape: tuple[int, ...]) -> None:
    for value in (0, 255):
        assert judge_film(np.full(shape, value, np.uint8), [CIRCLE])[0] == "wrong"


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"movers": []},
        {"movers": [["circle", "red"]]},
        {"movers": [["circle", "red", "sideways"]]},
        {"movers": [["circle", ["red"], "up"]]},
        {"movers": [["circle", "red", "up"], ["circle", "blue", "up"]]},
        {"movers": 5},
    ],
)
def test_metadata_of_another_world_is_refused(metadata: Any) -> None:
    with pytest.raises(ValueError, match=r'x: metadata\["movers"\] must list'):
        read_movers(metadata, "x")
