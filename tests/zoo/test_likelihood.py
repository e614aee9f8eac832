"""Log-probabilities of the zoo's models: those that texts are written by, whatever else is asked for."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.models.base import LikelihoodModel
from evalsuite.models.spec import open_model
from evalsuite.task import load_task
from evalsuite.types import GenerationConfig, Output, Request
from evalsuite.zoo.model import ZooModel
from evalsuite.zoo.tokenizer import END, GO, SPECIALS

if TYPE_CHECKING:
    from collections.abc import Sequence

torch = pytest.importorskip("torch")
CONFIG = GenerationConfig()
NAMES = ["data_to_text_transformer", "data_to_text_gru"]


@pytest.fixture(scope="module", params=NAMES)
def model(request: pytest.FixtureRequest) -> ZooModel:
    opened = open_model(f"zoo:{request.param}")
    assert isinstance(opened, ZooModel)
    return opened


@pytest.fixture(scope="module")
def asked() -> list[Request]:
    task = load_task("data_to_text_choices")
    made = [task.request(sample, repeat=0, turn=0, history=(), run_seed=0) for sample in task.samples[:12]]
    return [request for request in made if request is not None]


def rolling(text: str) -> Request:
    return Request(sample_id="r", repeat=0, turn=0, prompt="", messages=(), seed=0, ask="rolling", choices=(text,))


def step_by_step(model: ZooModel, given: Sequence[int], rated: Sequence[int]) -> tuple[float, bool]:
    """Return log-probability and greediness as decoding goes: one token read at a time, special ones never written."""
    network = model._load()
    with torch.inference_mode():
        logits, state = network.start(torch.tensor([list(given)]), torch.ones(1, len(given), dtype=torch.bool))
        total, greedy = 0.0, True
        for token in rated:
            table = logits[0].double().numpy()
            table[[i for i in range(len(SPECIALS)) if i != END]] = -np.inf
            total += float(table[token] - np.logaddexp.reduce(table))
            greedy &= int(table.argmax()) == token
            logits = network.step(state, torch.tensor([token]))
    return total, greedy


def same(left: Sequence[Output], right: Sequence[Output]) -> bool:
    return [one.logprobs for one in left] == [one.logprobs for one in right]


def test_they_are_those_of_decoding(model: ZooModel, asked: list[Request]) -> None:
    assert isinstance(model, LikelihoodModel)
    for request, output in zip(asked[:3], model.loglikelihood(asked[:3], CONFIG), strict=True):
        given = model._read(request.prompt)
        for choice, value, n, greedy in zip(
            request.choices, output.logprobs, output.choice_tokens, output.greedy, strict=True
        ):
            tokens = model._tokenizer.encode(choice)
            expected, is_greedy = step_by_step(model, given, tokens)
            assert value == pytest.approx(expected, rel=1e-5, abs=1e-5)
            assert (n, greedy) == (len(tokens), is_greedy)
        assert output.tokens_in == len(given)


def test_what_the_model_writes_is_greedy(model: ZooModel, asked: list[Request]) -> None:
    written = model.generate([replace(request, ask="text", choices=()) for request in asked], CONFIG)
    assert all(output.finish_reason == "stop" for output in written)
    again = [replace(request, choices=(output.text or "",)) for request, output in zip(asked, written, strict=True)]
    assert [output.greedy for output in model.loglikelihood(again, CONFIG)] == [(True,)] * len(asked)


def test_other_requests_make_no_difference(model: ZooModel, asked: list[Request]) -> None:
    whole = model.loglikelihood(asked, CONFIG)
    assert same(whole, [output for request in asked for output in model.loglikelihood([request], CONFIG)])
    assert same(whole[::-1], model.loglikelihood(asked[::-1], CONFIG))
    assert model.loglikelihood([], CONFIG) == []


def test_a_word_that_the_model_lacks_is_impossible(model: ZooModel, asked: list[Request]) -> None:
    text = asked[0].choices[0]
    (output,) = model.loglikelihood([replace(asked[0], choices=(text, f"zebra {text}", "\t"))], CONFIG)
    assert output.error == "choice 3 has no word that the model's tokenizer knows"
    (output,) = model.loglikelihood([replace(asked[0], choices=(text, f"zebra {text}"))], CONFIG)
    assert math.isfinite(output.logprobs[0])
    assert output.logprobs[1] == -math.inf


def test_a_whole_text_is_given_nothing(model: ZooModel) -> None:
    text = load_task("trail_prose").samples[0].references[0]
    (output,) = model.loglikelihood([rolling(text)], CONFIG)
    expected, _ = step_by_step(model, [GO], model._tokenizer.encode(text))
    assert output.logprobs[0] == pytest.approx(expected, rel=1e-5)
    assert output.tokens_in == 0


@pytest.mark.parametrize("text", ["the  lake", "Zebras run.", "a\tb"])
def test_a_text_that_is_not_held_as_it_stands_has_no_probability(model: ZooModel, text: str) -> None:
    (output,) = model.loglikelihood([rolling(text)], CONFIG)
    assert output.error is not None
    assert "does not hold this text as it stands" in output.error
