"""Controls that make films: what the prompt asks for, with the fault that their name says."""

from __future__ import annotations

import numpy as np
import pytest

from evalsuite.task import load_task
from evalsuite.types import GenerationConfig, Request
from evalsuite.worlds.moving_judging import judge_film
from evalsuite.worlds.moving_shapes import read_movers
from evalsuite.zoo.model import open_model

MOVERS = [read_movers(sample.metadata, "x") for sample in load_task("moving_shapes").samples]


def films(name: str, requests: list[Request]) -> list[np.ndarray]:
    return [np.asarray(output.video) for output in open_model(name, {}).generate(requests, GenerationConfig())]


@pytest.fixture(scope="module")
def asked() -> list[Request]:
    task = load_task("moving_shapes")
    made = [task.request(sample, repeat=0, turn=0, history=(), run_seed=5) for sample in task.samples[:24]]
    return [request for request in made if request is not None]


def test_films_are_as_asked(asked: list[Request]) -> None:
    for film, wanted in zip(films("films", asked), MOVERS, strict=False):
        assert judge_film(film, wanted) == ("right", "")


def test_faults_are_those_of_the_name(asked: list[Request]) -> None:
    for film, still, shuffled in zip(
        *(films(n, asked) for n in ("films", "films_still", "films_shuffled")), strict=True
    ):
        assert (still == film[0]).all()
        assert np.array_equal(shuffled[2], film[0])
        assert sorted(frame.tobytes() for frame in shuffled) == sorted(frame.tobytes() for frame in film)
    other = zip(films("films_other_way", asked), MOVERS, strict=False)
    assert 0 < sum(judge_film(film, movers)[0] == "right" for film, movers in other) < len(asked)


@pytest.mark.parametrize("name", ["films", "films_other_way"])
@pytest.mark.parametrize(
    "shapes",
    [
        [f"{colour} {shape}" for colour in ("red", "blue", "green") for shape in ("circle", "square", "cross")],
        ["red circle", "blue square", "green cross", "white triangle"],
        ["red circle", "blue circle"],
    ],
)
def test_a_request_that_no_film_meets_is_an_error_of_its_sample(name: str, shapes: list[str]) -> None:
    prompt = "Request: " + " and ".join(f"a {shape} moving up" for shape in shapes)
    request = Request(sample_id="a", repeat=0, turn=0, seed=1, prompt=prompt, messages=())
    (output,) = open_model(name, {}).generate([request], GenerationConfig())
    assert (output.finish_reason, output.video) == ("error", None)
    expected = f"expected a request for 1 to 3 different shapes, found {len(shapes)}: {shapes[0]}, {shapes[1]}"
    assert expected in str(output.error)
