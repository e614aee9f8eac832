"""Controls: every held-out image once, in the task's order, and noise that is uniform."""

from __future__ import annotations

import numpy as np
import pytest

from evalsuite.datasets import load_images
from evalsuite.errors import ModelError
from evalsuite.types import GenerationConfig, Request
from evalsuite.zoo.model import open_model

CONFIG = GenerationConfig()
IDS = [f"s{i}" for i in range(10_000)]


def ask(ids, repeat=0, seed=1):
    return [Request(sample_id=i, repeat=repeat, turn=0, prompt="", messages=(), seed=seed) for i in ids]


@pytest.fixture
def real():
    model = open_model("real", {})
    model.bind(IDS)
    return model


def test_real_shows_every_heldout_image_once(real):
    outputs = real.generate(ask(IDS[:2000]), CONFIG)
    shown = [output.image.tobytes() for output in outputs]
    heldout = [image.tobytes() for image in load_images("fashion_mnist/heldout")]
    assert sorted(shown) == sorted(heldout)
    assert shown != heldout


def test_real_goes_by_the_place_of_the_sample_alone(real):
    first = real.generate(ask(IDS[100:110], seed=1), CONFIG)
    again = real.generate(ask(IDS[100:110][::-1], seed=2), CONFIG)[::-1]
    assert [output.image.tobytes() for output in first] == [output.image.tobytes() for output in again]


def test_real_past_the_last_image_is_an_error(real):
    last, beyond = real.generate(ask(IDS[1999:2001]), CONFIG)
    assert last.error is None
    assert last.image.shape == (28, 28, 1)
    assert (beyond.finish_reason, beyond.image, beyond.text) == ("error", None, None)
    assert beyond.error == (
        "there are 2000 held-out images, each for one output, and this is repeat 0 of sample 2001; "
        "ask for at most 2000 samples (--limit 2000) and no repeats"
    )
    (repeated,) = real.generate(ask(IDS[:1], repeat=1), CONFIG)
    assert repeated.finish_reason == "error"


def test_real_must_know_the_task(real):
    with pytest.raises(ModelError, match=r"zoo:real: call bind\(\)"):
        open_model("real", {}).generate(ask(IDS[:1]), CONFIG)
    with pytest.raises(ModelError, match='zoo:real: the task has no sample "other"'):
        real.generate(ask(["other"]), CONFIG)


def test_noise_is_uniform_and_follows_its_seed():
    model = open_model("noise", {})
    requests = [request for seed in range(200) for request in ask(["a"], seed=seed)]
    images = np.stack([output.image for output in model.generate(requests, CONFIG)])
    assert images.shape == (200, 28, 28, 1)
    counts = np.bincount(images.ravel(), minlength=256)
    expected = images.size / 256
    # Chi-square with 255 degrees of freedom: mean 255, standard deviation 22.6.
    assert 150 < ((counts - expected) ** 2 / expected).sum() < 370
    assert len({image.tobytes() for image in images}) == 200
    assert np.array_equal(model.generate(requests[7:8], CONFIG)[0].image, images[7])
