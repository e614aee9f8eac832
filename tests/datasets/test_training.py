"""What our models learned from: the first 50,000 training images, and nothing else that is scored with."""

from __future__ import annotations

import itertools
import json
import re
import shutil

import numpy as np
import pytest

from evalsuite.datasets import load_images, load_labels, load_training_features
from evalsuite.datasets.build import heldout_indices
from evalsuite.datasets.build import main as build
from evalsuite.datasets.catalogue import FOLDER
from evalsuite.datasets.source import DEBIAN, N_LEARNED, read_split
from evalsuite.errors import InputError, UsageError
from evalsuite.extractors.fashion_convnet import open_extractor
from evalsuite.extractors.training_features import nearest_distances
from evalsuite.zoo.images.train import image_batches

needs_debian = pytest.mark.skipif(
    not DEBIAN.is_dir(), reason="Fashion-MNIST's training images are not here: apt-get install dataset-fashion-mnist"
)
NAME = "fashion_mnist/train"


@pytest.fixture(scope="module")
def signature():
    return open_extractor().signature


def test_features_and_distances_of_the_training_images(signature):
    features, nearest = load_training_features(NAME, signature)
    assert (features.shape, features.dtype) == ((50_000, 64), np.float16)
    assert (nearest.shape, nearest.dtype) == ((50_000,), np.float32)
    assert np.isfinite(features).all()
    exact = features.astype(np.float64)
    for i in (0, 7, 12_345, 49_999):
        distances = np.sqrt(((exact - exact[i]) ** 2).sum(axis=1))
        distances[i] = np.inf
        assert nearest[i] == np.float32(distances.min())


def test_nearest_distances_are_exact_among_copies_and_far_from_the_origin():
    rng = np.random.default_rng(3)
    # Far away, float32 squares have steps wider than the distances.
    vectors = (rng.normal(size=(300, 8)) * 0.25 + 100).astype(np.float16)
    vectors[17] = vectors[250]
    exact = vectors.astype(np.float64)
    distances = np.sqrt(((exact[:, None] - exact) ** 2).sum(axis=2))
    np.fill_diagonal(distances, np.inf)
    expected = distances.min(axis=1).astype(np.float32)
    assert np.array_equal(nearest_distances(vectors, block=37), expected)
    assert expected[17] == 0
    assert nearest_distances(vectors[:2]).tolist() == [np.float32(distances[0, 1])] * 2


def test_other_extractors_and_names_are_refused(signature):
    with pytest.raises(InputError, match=re.escape(f"for the extractor {signature}, not for inception_fid:0123")):
        load_training_features(NAME, "inception_fid:0123")
    with pytest.raises(UsageError, match='unknown training set "fashion_mnist/trian"; did you mean'):
        load_training_features("fashion_mnist/trian", signature)


def test_damaged_features_are_refused(tmp_path, signature):
    shutil.copytree(FOLDER / "fashion_mnist", tmp_path / "fashion_mnist")
    path = tmp_path / "fashion_mnist" / "train-nearest.npy"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(InputError, match=r"train-nearest\.npy: expected SHA-256"):
        load_training_features(NAME, signature, tmp_path)
    (tmp_path / "fashion_mnist" / "train-features.npy").unlink()
    with pytest.raises(InputError, match=r"train-features\.npy: cannot be read"):
        load_training_features(NAME, signature, tmp_path)
    for text in ("[]", "{", json.dumps({"extractor": signature})):
        (tmp_path / "fashion_mnist" / "train-features.json").write_text(text)
        with pytest.raises(InputError, match=r"train-features\.json: expected an index"):
            load_training_features(NAME, signature, tmp_path)


def test_heldout_indices_are_of_the_last_ten_thousand():
    indices = heldout_indices()
    assert len(set(indices)) == 2000
    assert min(indices) >= N_LEARNED
    assert max(indices) < 60_000
    assert heldout_indices() == indices


def test_missing_source_says_how_to_get_it(tmp_path):
    with pytest.raises(InputError, match=r"train-images-idx3-ubyte.gz: there is no such file; .*dataset-fashion-mnist"):
        read_split("train", tmp_path)


@needs_debian
def test_shipped_images_are_those_of_the_source():
    train, labels = read_split("train")
    assert np.array_equal(load_images("fashion_mnist/heldout"), train[heldout_indices()])
    assert np.array_equal(load_labels("fashion_mnist/heldout"), labels[heldout_indices()])
    test, test_labels = read_split("t10k")
    assert np.array_equal(load_images("fashion_mnist/test"), test)
    assert np.array_equal(load_labels("fashion_mnist/test"), test_labels)


@needs_debian
def test_training_sees_the_first_fifty_thousand_images_only():
    train, _ = read_split("train")
    allowed = {image.tobytes() for image in train[:N_LEARNED]}
    seen: set[bytes] = set()
    for images, _ in itertools.islice(image_batches(DEBIAN, 500), 100):
        pixels = ((images + 1) * 127.5).round().byte().permute(0, 2, 3, 1).contiguous().numpy()
        seen |= {image.tobytes() for image in pixels}
    assert seen == allowed
    heldout = {image.tobytes() for image in load_images("fashion_mnist/heldout")}
    assert len(heldout & seen) <= 2  # pictures that Fashion-MNIST itself has twice


@needs_debian
def test_features_are_of_the_first_fifty_thousand_images(signature):
    features, _ = load_training_features(NAME, signature)
    chosen = np.r_[0:60, 25_000:25_060, 49_940:50_000]
    found = open_extractor().features(read_split("train")[0][chosen])
    # Another processor may differ in the last bits.
    np.testing.assert_allclose(features[chosen].astype(np.float32), found, rtol=2e-3, atol=2e-3)


@needs_debian
def test_images_are_remade_as_they_are(tmp_path):
    build(["--out", str(tmp_path)])
    for name in ("fashion_mnist/heldout", "fashion_mnist/test"):
        assert np.array_equal(load_images(name, tmp_path), load_images(name))
