"""The data-copying test of images: real ones read 0, copies far below; its interval and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.datasets import load_images, load_training_features
from evalsuite.extractors.opening import open_extractor
from evalsuite.metrics.data_copying import DataCopyingTest
from evalsuite.metrics.references import reference_features
from tests.distances.test_data_copying import slow_c_t

if TYPE_CHECKING:
    from pathlib import Path

from evalsuite.distances import cell_centres, cells_of


@pytest.fixture(scope="module")
def heldout() -> Any:
    return open_extractor("fashion_convnet").features(list(load_images("fashion_mnist/heldout")[:1000]))


@pytest.fixture(scope="module")
def reference() -> Any:
    return reference_features("fashion_convnet", "fashion_mnist/test")


def test_real_images_and_copies(heldout: Any, reference: Any) -> None:
    metric = DataCopyingTest()
    real = metric.value(heldout, reference)
    assert abs(real) < 2.5
    (note,) = metric.notes(heldout, reference)
    assert note.startswith("images drawn as the reference images are have 0, with a standard deviation of 0.")
    interval = metric.interval(heldout, np.arange(1000), reference)
    assert interval is not None
    assert interval.low < real < interval.high
    stored, _ = load_training_features("fashion_mnist/train", open_extractor("fashion_convnet").signature)
    copies = stored[::100].astype(np.float32)
    assert metric.value(copies, reference) < -10
    half = np.concatenate([copies[:250], heldout[:250]])
    assert -10 > metric.value(copies, reference) < metric.value(half, reference) < -3
    noise = np.random.default_rng(0).normal(scale=20, size=heldout.shape).astype(np.float32)
    assert metric.value(noise, reference) > 3


def test_it_is_the_definition_for_images_at_a_path(tmp_path: Path) -> None:
    """Of training images given by path, with two cells and with a share that a cell must have."""
    images = load_images("fashion_mnist/heldout")
    np.savez(tmp_path / "t.npz", images[:90])
    np.savez(tmp_path / "r.npz", images[100:160])
    network = open_extractor("fashion_convnet")
    t, p, q = (network.features(list(part)).astype(float) for part in (images[:90], images[100:160], images[200:250]))
    for share in (0.0, 0.2):
        metric = DataCopyingTest(
            training_set=str(tmp_path / "t.npz"),
            reference_set=str(tmp_path / "r.npz"),
            n_cells=2,
            least_share=share,
        )
        centres = cell_centres(t.astype(np.float32), 2)
        labels = tuple(cells_of(part, centres) for part in (q, p, t))
        found = metric.value(q.astype(np.float32), metric.reference(()))
        assert found == pytest.approx(slow_c_t(q, p, t, labels, share), rel=1e-6)


def test_the_interval_holds_the_expectation(heldout: Any, reference: Any) -> None:
    """Of 60 draws of 150 from 1,000 real images, for the mean over all draws."""
    metric = DataCopyingTest(n_cells=3)
    draw = np.random.default_rng(1)
    found = []
    for _ in range(60):
        chosen = heldout[draw.integers(0, 1000, 150)]
        found.append((metric.value(chosen, reference), metric.interval(chosen, np.arange(150), reference)))
    expectation = np.mean([value for value, _ in found])
    held = sum(interval.low <= expectation <= interval.high for _, interval in found if interval)
    assert held >= 53
