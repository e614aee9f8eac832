"""Values that others have published: some need nothing, some Inception's weights and images, whose paths are given.

``EVALSUITE_INCEPTION_WEIGHTS`` is the path of Inception's weights; ``EVALSUITE_CIFAR10`` that of a folder with
CIFAR-10's images as PNG, 50,000 in ``train`` and 10,000 in ``test``; ``EVALSUITE_ADM`` that of a folder with
guided-diffusion's ``VIRTUAL_imagenet256_labeled.npz`` and ``admnet_guided_upsampled_imagenet256.npz``.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import sqrtm

from evalsuite.distances import frechet_distance, neighbourhoods
from evalsuite.images import calculate_metrics
from evalsuite.scoring.image_sets import score_image_sets

WEIGHTS = "EVALSUITE_INCEPTION_WEIGHTS"
CIFAR, ADM = "EVALSUITE_CIFAR10", "EVALSUITE_ADM"


def given(*variables: str) -> list[Path]:
    """Return the paths that the environment gives, or skip the test."""
    missing = [name for name in variables if not os.environ.get(name)]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not set")
    return [Path(os.environ[name]) for name in variables]


def test_prdc_of_its_own_example() -> None:
    """The README of prdc: 10,000 normal vectors a side in 1,000 dimensions, 0.477, 0.470, 1.056 and 0.974, unseeded."""
    draw = np.random.default_rng(0)
    real, fake = (draw.standard_normal((10_000, 1_000), dtype=np.float32) for _ in range(2))
    found = neighbourhoods(fake, real, 5)
    assert found.precision == pytest.approx(0.477, abs=0.015)
    assert found.recall == pytest.approx(0.470, abs=0.015)
    assert found.density == pytest.approx(1.056, abs=0.03)
    assert found.coverage == pytest.approx(0.974, abs=0.01)


@pytest.mark.parametrize("n", [2, 32, 512, 8192])
@pytest.mark.parametrize("d", [2, 16, 128])
def test_eigenvalues_and_square_root_agree(n: int, d: int) -> None:
    """torch-fidelity's comparison of the two ways to the trace, to 5 places."""
    draw = np.random.default_rng(n * d)
    one, other = draw.random((n, d)), draw.random((n, d)) ** 2
    means, covariances = zip(*((x.mean(axis=0), np.cov(x, rowvar=False)) for x in (one, other)), strict=True)
    root = sqrtm(covariances[0] @ covariances[1] + 1e-12 * np.eye(d)).real
    expected = ((means[0] - means[1]) ** 2).sum() + np.trace(covariances[0] + covariances[1] - 2 * root)
    assert frechet_distance(one, other) == pytest.approx(expected, abs=2e-5 if n > d else 5e-4)


@pytest.mark.hub
def test_inception_score_of_cifar_10() -> None:
    """README of torch-fidelity 0.4: 11.23678 +- 0.09514 over all training images."""
    weights, cifar = given(WEIGHTS, CIFAR)
    found = calculate_metrics(
        input1=cifar / "train", isc=True, feature_extractor_weights_path=weights, samples_find_deep=True
    )
    assert found["inception_score_mean"] == pytest.approx(11.23678, abs=1e-3)
    assert found["inception_score_std"] == pytest.approx(0.09514, abs=1e-3)


@pytest.mark.hub
def test_frechet_distance_of_cifar_10() -> None:
    """3.1508 between training and test images, by TTUR's network as pytorch-gan-metrics has it."""
    weights, cifar = given(WEIGHTS, CIFAR)
    found = calculate_metrics(
        input1=cifar / "test",
        input2=cifar / "train",
        fid=True,
        feature_extractor_weights_path=weights,
        samples_find_deep=True,
    )
    assert found["frechet_inception_distance"] == pytest.approx(3.1508, abs=5e-3)


@pytest.mark.hub
def test_scores_of_adm_on_imagenet() -> None:
    """README of guided-diffusion's evaluations: FID 3.94256, Inception score 215.837."""
    weights, adm = given(WEIGHTS, ADM)
    samples = adm / "admnet_guided_upsampled_imagenet256.npz"
    reference = adm / "VIRTUAL_imagenet256_labeled.npz"
    found = calculate_metrics(input1=samples, isc=True, isc_splits=1, feature_extractor_weights_path=weights)
    assert found["inception_score_mean"] == pytest.approx(215.837, rel=2e-3)
    scores = score_image_sets(
        reference,
        samples,
        ["frechet_distance"],
        protocols=["torch-fidelity"],
        assume_protocol="inception_fid@torch-fidelity",
    ).scores
    assert scores[0].value == pytest.approx(3.94256, abs=0.02)
