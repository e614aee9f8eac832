"""The shipped models draw what their cards say, rank as they must, and follow their seeds."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from evalsuite.errors import ModelError
from evalsuite.types import GenerationConfig, Request
from evalsuite.zoo import CONTROLS, IMAGE_MODELS
from evalsuite.zoo.card import CARDS
from evalsuite.zoo.images.measure import measure_images
from evalsuite.zoo.images.model import ImageModel
from evalsuite.zoo.model import open_model
from evalsuite.zoo.weights import WEIGHTS

CONFIG = GenerationConfig()


def ask(n, first=0):
    return [
        Request(sample_id=f"s{i}", repeat=0, turn=0, prompt="", messages=(), seed=2**63 + 977 * i)
        for i in range(first, first + n)
    ]


def pixels(outputs):
    return np.stack([output.image for output in outputs])


@pytest.fixture(scope="module")
def scores():
    return {name: measure_images(open_model(name, {}), 400) for name in (*IMAGE_MODELS, *CONTROLS)}


def test_distances_rank_the_models_as_they_must(scores):
    distance = {name: found.distance for name, found in scores.items()}
    assert distance["real"] < 0.5 * distance["fashion_ddpm"]
    assert distance["fashion_ddpm"] < 0.6 * distance["fashion_ddpm_early"]
    assert distance["fashion_ddpm_early"] < 0.5 * distance["noise"]
    assert distance["fashion_ddpm"] < 0.6 * distance["fashion_vae"]
    assert distance["fashion_gan"] < 0.5 * distance["noise"]
    for name in ("fashion_autoencoder", "fashion_autoregressive"):
        assert 2 * distance["real"] < distance[name] < 0.3 * distance["noise"]


@pytest.mark.parametrize("name", [*IMAGE_MODELS, *CONTROLS])
def test_cards_say_the_distance(name, scores):
    card = " ".join((CARDS / f"{name}.md").read_text("utf-8").split())
    found = re.search(r"Fréchet distance of 1,000 images to the 10,000 test images, .*?: ([\d.]+)\.", card)
    assert found
    # Of 400 images instead of 1,000, the distance is somewhat larger.
    assert float(found[1]) * 0.8 <= scores[name].distance <= float(found[1]) * 1.3 + 0.3


@pytest.mark.parametrize("name", IMAGE_MODELS)
def test_an_image_follows_its_seed_alone(name):
    model, asked = open_model(name, {}), ask(12)
    whole = pixels(model.generate(asked, CONFIG))
    assert whole.shape == (12, 28, 28, 1)
    assert whole.dtype == np.uint8
    assert len({image.tobytes() for image in whole}) == 12
    # The runner pads to one size, and so do we.
    again = model.generate([asked[7], *ask(11, first=100)], CONFIG)
    assert np.array_equal(again[0].image, whole[7])
    assert np.array_equal(pixels(model.generate(asked[::-1], CONFIG)), whole[::-1])
    settings = GenerationConfig(temperature=1.5, max_new_tokens=1, top_k=3)
    assert np.array_equal(pixels(model.generate(asked, settings)), whole)


@pytest.mark.parametrize("name", IMAGE_MODELS)
def test_threads_change_no_bit(name):
    model, asked, before = open_model(name, {}), ask(6), torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        alone = pixels(model.generate(asked, CONFIG))
        torch.set_num_threads(4)
        assert np.array_equal(pixels(model.generate(asked, CONFIG)), alone)
        assert torch.get_num_threads() == 4
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("name", [*IMAGE_MODELS, *CONTROLS])
def test_it_says_what_it_is(name):
    model = open_model(name, {})
    assert (model.spec, model.name, model.modalities) == (f"zoo:{name}", name, {"image"})
    assert model.generate([], CONFIG) == []
    with pytest.raises(ModelError, match=f'zoo:{name}: unknown option "steps"'):
        open_model(name, {"steps": "5"})


def test_fingerprints_differ():
    assert len({open_model(name, {}).fingerprint for name in (*IMAGE_MODELS, *CONTROLS)}) == 8


def test_outputs_carry_their_keys():
    (output,) = open_model("fashion_vae", {}).generate(ask(1, first=5), CONFIG)
    assert (output.sample_id, output.seed, output.finish_reason) == ("s5", 2**63 + 977 * 5, "stop")
    assert output.text is output.error is None


def test_models_have_learned_every_class(scores):
    for name in ("fashion_autoencoder", "fashion_autoregressive", "fashion_ddpm", "fashion_ddpm_early"):
        assert scores[name].commonest < 0.2, name


def test_damaged_weights_are_refused(tmp_path):
    for path in WEIGHTS.glob("fashion_vae.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    path = tmp_path / "fashion_vae.safetensors"
    path.write_bytes(path.read_bytes()[:-2] + b"\0\1")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(ModelError, match=f"{re.escape(str(path))}: expected SHA-256 .*, found {found}; install"):
        ImageModel("fashion_vae", tmp_path)
    path.unlink()
    with pytest.raises(ModelError, match=r"fashion_vae\.safetensors: cannot be read"):
        ImageModel("fashion_vae", tmp_path)


def test_opening_is_light():
    code = (
        "import sys; from evalsuite.zoo.model import open_model\n"
        "for name in ('fashion_ddpm', 'real', 'noise'): open_model(name, {})\n"
        "assert not {'numpy', 'torch', 'PIL'} & set(sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
