"""The world of moving shapes: balanced, its wordings can be read back, and its checker finds each fault."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.errors import TaskError
from evalsuite.rng import CounterRng
from evalsuite.worlds.moving_film import N_FRAMES, STEP, choose_starts, render_film
from evalsuite.worlds.moving_judging import judge_film
from evalsuite.worlds.moving_shapes import make_sample, read_movers, samples
from evalsuite.worlds.moving_templates import MOTIONS, TEMPLATES, Mover, read_wording, render_request
from evalsuite.worlds.picture_canvas import PALETTE
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
