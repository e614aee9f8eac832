"""Models that draw pictures of shapes: their codes, their seeds, and accuracy that falls with depth."""

from __future__ import annotations

import re
from itertools import islice

import numpy as np
import pytest

from evalsuite.task import load_task
from evalsuite.types import GenerationConfig, Request
from evalsuite.worlds.picture_canvas import render_scene
from evalsuite.worlds.pictures import samples
from evalsuite.zoo import PICTURE_MODELS
from evalsuite.zoo.card import CARDS
from evalsuite.zoo.examples import PICTURE_PATTERN, TEST_SEED, picture_examples, picture_tokenizer
from evalsuite.zoo.images.codebook import CODES, codes_of_scene, picture_of_codes
from evalsuite.zoo.measure import measure_pictures, task_samples
from evalsuite.zoo.model import open_model
from evalsuite.zoo.tokenizer import UNKNOWN

CONFIG = GenerationConfig()


def ask(n: int, first: int = 0) -> list[Request]:
    return [
        Request(
            sample_id=sample.id,
            repeat=0,
            turn=0,
            prompt=f"Draw.\n\nRequest: {sample.input['request']}",
            messages=(),
            seed=2**63 + 31 * i,
        )
        for i, sample in enumerate(samples(seed=TEST_SEED, n=first + n))
    ][first:]


@pytest.fixture(scope="module")
def scores():
    # Every fourth of the task's items: all depths and templates alike often.
    return {name: measure_pictures(open_model(name, {}), task_samples("pictures")[::4]) for name in PICTURE_MODELS}


def test_codes_are_the_scene():
    for sample in samples(seed=4, n=100, depths=(1, 8)):
        scene = sample.metadata["scene"]
        codes = codes_of_scene(scene)
        assert len(codes) == 16
        assert sum(code > 0 for code in codes) == len(scene)
        assert np.array_equal(picture_of_codes(codes), render_scene(scene))
    assert len(set(CODES)) == len(CODES) == 97
    drawn = {picture_of_codes([code]).tobytes() for code in range(97)}
    assert len(drawn) == 97


def test_codes_too_many_and_too_few():
    assert np.array_equal(picture_of_codes([5] * 40), picture_of_codes([5] * 16))
    assert np.array_equal(picture_of_codes([5]), picture_of_codes([5] + [0] * 15))
    assert not picture_of_codes([]).any()


def test_no_training_request_is_a_test_item():
    held_out = {sample.input["request"] for sample in task_samples("pictures")}
    examples = list(islice(picture_examples(1), 3000))
    assert not held_out & {example.prompt for example in examples}
    assert list(islice(picture_examples(1), 50)) == examples[:50]
    tokenizer = picture_tokenizer()
    for example in examples[:300]:
        read, written = tokenizer.encode(example.prompt), tokenizer.encode(example.completion)
        assert UNKNOWN not in [*read, *written]
        assert (len(read) <= 63, len(written)) == (True, 16)
        assert tokenizer.decode(written) == example.completion


def test_the_task_is_the_items_that_were_held_out():
    task = load_task("picture_composition")
    assert list(task.samples) == task_samples("pictures")
    assert "Request: " in task.prompt
    assert re.findall(PICTURE_PATTERN, "<12> a-b") == ["<12>", "a", "-", "b"]


def test_models_rank_as_they_must(scores):
    late, early = scores["picture_transformer"], scores["picture_transformer_early"]
    assert late.accuracy > early.accuracy + 0.1
    assert late.by_depth[1] > 0.8
    # The more is asked at once, the harder.
    assert late.by_depth[1] > late.by_depth[6] + 0.15


@pytest.mark.parametrize("name", PICTURE_MODELS)
def test_cards_say_the_accuracy(name, scores):
    card = " ".join((CARDS / f"{name}.md").read_text("utf-8").split())
    found = re.search(r"Pictures for the 1152 requests of the embedded task: ([\d.]+)% are exactly", card)
    assert found
    assert float(found[1]) / 100 == pytest.approx(scores[name].accuracy, abs=0.09)


@pytest.mark.parametrize("name", PICTURE_MODELS)
def test_a_picture_follows_its_request_and_seed_alone(name):
    model, asked = open_model(name, {}), ask(10)
    assert (model.spec, model.modalities) == (f"zoo:{name}", {"image"})
    whole = [output.image for output in model.generate(asked, CONFIG)]
    assert {(image.shape, image.dtype) for image in whole} == {((48, 48, 3), np.dtype(np.uint8))}
    again = [output.image for output in model.generate(asked[::-1], CONFIG)][::-1]
    alone = model.generate(asked[3:4], GenerationConfig(max_new_tokens=1, temperature=0.0))[0]
    assert all(np.array_equal(a, b) for a, b in zip(whole, again, strict=True))
    assert np.array_equal(alone.image, whole[3])
    assert (alone.sample_id, alone.seed, alone.text) == (asked[3].sample_id, asked[3].seed, None)
    assert model.generate([], CONFIG) == []


@pytest.mark.parametrize("prompt", ["", "\x00", "Request: ", "Request: " + "<12> " * 5000, "draw \ud800 \U0001f600"])
def test_any_prompt_gets_a_picture(prompt):
    request = Request(sample_id="1", repeat=0, turn=0, prompt=prompt, messages=(), seed=1)
    (output,) = open_model("picture_transformer", {}).generate([request], CONFIG)
    assert output.image.shape == (48, 48, 3)
