"""Extractors by name, in the precision that is in force."""

from __future__ import annotations

import numpy as np
import pytest

from evalsuite.datasets import load_images
from evalsuite.errors import UsageError
from evalsuite.extractors.opening import compute_features, open_extractor
from evalsuite.extractors.settings import FeatureSettings, use_settings, without_precision
from tests.media.images import noise
from tests.reference.extractors import PatchMeans

BF16 = FeatureSettings(precision="bf16")


def test_an_extractor_that_makes_no_batches_computes_many_images_as_by_itself() -> None:
    many = [noise(seed) for seed in range(450)]
    np.testing.assert_array_equal(compute_features(PatchMeans(), many), PatchMeans().features(many))


@pytest.mark.parametrize("name", ["fashion_convnet", "fashion_classifier"])
def test_the_precision_in_force_is_that_of_extractors(name: str) -> None:
    plain = open_extractor(name)
    with use_settings(BF16):
        low = open_extractor(name)
        assert open_extractor(name) is low
    assert open_extractor(name) is plain
    assert low.signature == f"{plain.signature}:bf16"
    assert without_precision(low.signature) == without_precision(plain.signature) == plain.signature
    images = list(load_images("fashion_mnist/heldout")[:50])
    exact, rounded = plain.features(images), low.features(images)
    error = np.linalg.norm(rounded - exact) / np.linalg.norm(exact)
    assert 1e-4 < error < 3e-2
    np.testing.assert_array_equal(np.concatenate([low.features(images[:7]), low.features(images[7:])]), rounded)


def test_precisions_that_an_extractor_has_not() -> None:
    with use_settings(FeatureSettings(precision="tf32")), pytest.raises(UsageError, match="in float32 or bf16, not"):
        open_extractor("fashion_convnet")
    with use_settings(BF16), pytest.raises(UsageError, match="unknown extractor"):
        open_extractor("fashion_convent")
