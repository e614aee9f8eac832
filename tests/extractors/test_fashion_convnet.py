"""The embedded extractor: accurate, the same for an image whatever its company, and strict about what it reads."""

from __future__ import annotations

import re
import shutil

import numpy as np
import pytest
import torch

from evalsuite.datasets import load_images, load_labels
from evalsuite.datasets.source import DEBIAN
from evalsuite.distances.frechet import frechet_distance
from evalsuite.errors import InputError, ModelError
from evalsuite.extractors import EXTRACTORS
from evalsuite.extractors.card import CARD, render_card
from evalsuite.extractors.fashion_convnet import WEIGHTS, FashionConvnet, open_extractor
from evalsuite.weights import load_config


@pytest.fixture(scope="module")
def extractor():
    return open_extractor()


@pytest.fixture(scope="module")
def images():
    return load_images("fashion_mnist/test")


def test_it_is_registered_and_says_what_it_is(extractor):
    opened = EXTRACTORS.get("fashion_convnet")()
    config, _ = load_config(WEIGHTS, "fashion_convnet")
    assert opened.signature == extractor.signature == f"fashion_convnet:{config['weights_sha256'][:12]}"
    assert (opened.name, opened.dimension) == ("fashion_convnet", 64)
    assert 55_000 <= config["parameters"] <= 75_000
    assert config["training"]["data"] == "Fashion-MNIST, the first 50000 training images"


def test_accuracy_on_the_test_split_is_what_the_config_says(extractor, images):
    config, _ = load_config(WEIGHTS, "fashion_convnet")
    accuracy = float((extractor.classify(images) == load_labels("fashion_mnist/test")).mean())
    assert accuracy >= 0.9
    assert accuracy == pytest.approx(config["test_accuracy"], abs=3e-4)


def test_card_is_of_this_config():
    config, _ = load_config(WEIGHTS, "fashion_convnet")
    assert CARD.read_text("utf-8") == render_card(config)


def test_shape_and_type(extractor, images):
    features = extractor.features(list(images[:3]))
    assert (features.shape, features.dtype) == ((3, 64), np.float32)
    assert extractor.features([]).shape == (0, 64)
    assert len(np.unique(features, axis=0)) == 3


def test_company_changes_no_bit(extractor, images):
    rng = np.random.default_rng(5)
    some = images[:331]
    whole = extractor.features(some)
    assert np.array_equal(extractor.features(some[::-1])[::-1], whole)
    order = rng.permutation(len(some))
    assert np.array_equal(extractor.features(some[order]), whole[order])
    for size in (1, 7, 99, 100, 101, 250):
        parts = [extractor.features(some[i : i + size]) for i in range(0, 300 if size > 1 else 20, size)]
        joined = np.concatenate(parts)
        assert np.array_equal(joined, whole[: len(joined)])
    loud = np.full_like(some[:1], 255)
    assert np.array_equal(extractor.features([*loud, some[4], *loud])[1], whole[4])


def test_threads_change_no_bit(extractor, images):
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        alone = extractor.features(images[:150])
        torch.set_num_threads(4)
        assert np.array_equal(extractor.features(images[:150]), alone)
        assert torch.get_num_threads() == 4
    finally:
        torch.set_num_threads(before)


def test_grey_stored_as_colour_is_grey(extractor, images):
    colours = np.repeat(images[:5], 3, axis=3)
    assert np.array_equal(extractor.features(colours), extractor.features(images[:5]))
    tinted = colours.copy()
    tinted[3, 14, 14, 2] ^= 1
    with pytest.raises(InputError, match="image 3: expected grey, found colours; fashion_convnet reads 28x28"):
        extractor.features(tinted)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((28, 28), np.uint8), r"expected shape \(28, 28, 1\), found \(28, 28\)"),
        (np.zeros((32, 32, 1), np.uint8), r"found \(32, 32, 1\)"),
        (np.zeros((28, 28, 4), np.uint8), r"found \(28, 28, 4\)"),
        (np.zeros((28, 28, 0), np.uint8), r"found \(28, 28, 0\)"),
        (np.full((28, 28, 1), np.nan), "expected an array of uint8, found an array of float64"),
        ([[0]], "expected an array of uint8, found a list"),
    ],
)
def test_other_images_are_refused(extractor, images, image, message):
    with pytest.raises(InputError, match=f"image 1: .*{message}"):
        extractor.features([images[0], image])


def test_distances_tell_real_from_spoilt(extractor, images):
    reference = extractor.features(images)
    heldout = load_images("fashion_mnist/heldout")[:1000]
    noise = np.random.default_rng(0)
    spoilt = [
        heldout,
        np.clip(heldout + noise.normal(0, 10, heldout.shape), 0, 255).astype(np.uint8),
        np.clip(heldout + noise.normal(0, 40, heldout.shape), 0, 255).astype(np.uint8),
        noise.integers(0, 256, heldout.shape, dtype=np.uint8),
    ]
    distances = [frechet_distance(extractor.features(part), reference) for part in spoilt]
    assert distances == sorted(distances)
    assert distances[0] < 0.25
    assert distances[3] > 20


def test_wrong_weights_are_refused(tmp_path):
    with pytest.raises(ModelError, match=r"fashion_convnet\.json: cannot be read"):
        FashionConvnet(tmp_path)
    for path in WEIGHTS.glob("fashion_convnet.*"):
        shutil.copy(path, tmp_path)
    path = tmp_path / "fashion_convnet.safetensors"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(
        ModelError, match=f"{re.escape(str(path))}: expected SHA-256 .*, found .*; install evalsuite again"
    ):
        FashionConvnet(tmp_path)


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="needs Debian's package dataset-fashion-mnist")
def test_training_is_deterministic(tmp_path, monkeypatch):
    from evalsuite.extractors import train as module

    monkeypatch.setattr(module, "measure_accuracy", lambda *_: 0.0)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for run, seed in (("a", 5), ("b", 5), ("c", 6)):
            (tmp_path / run).mkdir()
            module.train(DEBIAN, tmp_path / run, epochs=2, seed=seed, n=1024)
    finally:
        torch.set_num_threads(before)
    first, again, other = ((tmp_path / run / "fashion_convnet.safetensors").read_bytes() for run in "abc")
    assert first == again != other
