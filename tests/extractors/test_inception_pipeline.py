"""Inception in the pipeline: folded, in batches of several sizes, in bf16; and an image's features are its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from evalsuite.errors import UsageError
from evalsuite.extractors import inception, read_ahead
from evalsuite.extractors.inception import InceptionFid, InceptionLogits
from evalsuite.extractors.inception_network import WIDTHS, InceptionFeatures
from evalsuite.extractors.opening import compute_all_features, compute_features
from evalsuite.extractors.resizing import PROTOCOLS, resize_batch
from evalsuite.extractors.settings import FeatureSettings, use_settings
from tests.reference.extractors import random_inception

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("inception") / "random.pth"
    state = random_inception(3)
    torch.manual_seed(4)
    state["fc.weight"], state["fc.bias"] = torch.randn(1008, 2048) * 0.2, torch.randn(1008)
    torch.save(state, path)
    return path


@pytest.fixture(scope="module", autouse=True)
def _two_threads() -> Iterator[None]:
    """Torch has two, of which a resize must not depend."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def images() -> list[Any]:
    """Of several sizes, not in groups, and not a multiple of a batch."""
    draw = np.random.default_rng(0)
    shapes = [(28, 28, 1), (40, 64, 3), (320, 299, 3), (299, 299, 3), (1, 1, 3)]
    return [draw.integers(0, 256, shapes[i % 5], dtype=np.uint8) for i in range(7)]


@pytest.fixture(scope="module")
def expected(weights: Path, images: list[Any]) -> Any:
    """Each image by itself, in batches of two."""
    with use_settings(FeatureSettings(batch_size=2)):
        return np.concatenate([InceptionFid(weights).features([image]) for image in images])


@pytest.mark.parametrize("settings", [
    FeatureSettings(batch_size=2, workers=1), FeatureSettings(batch_size=2, workers=4),
    FeatureSettings(batch_size=2, workers=0), FeatureSettings(batch_size=2, workers=2, devices=("cpu", "cpu")),
], ids=["one thread", "four", "none", "two devices"])  # fmt: skip
def test_threads_and_devices_change_no_bit(
    settings: FeatureSettings, weights: Path, images: list[Any], expected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_ahead, "_FEW", 0)  # there are few of them, and threads are wanted
    with use_settings(settings):
        np.testing.assert_array_equal(compute_features(InceptionFid(weights), images), expected)


def test_the_order_of_images_changes_no_bit(weights: Path, images: list[Any], expected: Any) -> None:
    order = np.random.default_rng(1).permutation(len(images))
    with use_settings(FeatureSettings(batch_size=2)):
        found = compute_features(InceptionFid(weights), [images[i] for i in order])
    np.testing.assert_array_equal(found, expected[order])


@pytest.mark.parametrize("size", [1, 3, None])
def test_another_batch_size_moves_last_digits_at_most(
    size: int | None, weights: Path, images: list[Any], expected: Any
) -> None:
    with use_settings(FeatureSettings(batch_size=size)):
        found = compute_features(InceptionFid(weights), images)
    assert np.linalg.norm(found - expected) <= 1e-6 * np.linalg.norm(expected)


def test_threads_of_torch_move_last_digits_at_most(weights: Path, images: list[Any], expected: Any) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with use_settings(FeatureSettings(batch_size=2)):
            found = compute_features(InceptionFid(weights), images)
    finally:
        torch.set_num_threads(before)
    assert np.linalg.norm(found - expected) <= 1e-6 * np.linalg.norm(expected)


def test_folded_equals_unfolded() -> None:
    network = InceptionFeatures()
    network.load_state_dict(random_inception(5))
    network.eval()
    images = torch.rand((2, 3, 299, 299), generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.inference_mode():
        before = {width: network(images, width) for width in WIDTHS}
        in_float64 = network.double()(images.double())
        network.float()
    network.fold()
    network.fold()  # which it is already
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())
    with torch.inference_mode():
        for width, expected in before.items():
            found = network(images, width)
            assert found.shape == (2, width)
            torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5 * float(expected.abs().max()))
        folded, plain = (float((one.double() - in_float64).norm()) for one in (network(images), before[2048]))
    assert folded < 2 * plain  # it is as near to the true value as the network that is not folded


def test_scores_share_the_features_of_their_protocol(
    weights: Path, images: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = []
    begin = InceptionFid.begin
    monkeypatch.setattr(InceptionFid, "begin", lambda self, *more: batches.append(0) or begin(self, *more))
    extractors = [InceptionFid(weights, "clean"), InceptionLogits(weights, "clean")]
    with use_settings(FeatureSettings(batch_size=2)):
        features, scores = compute_all_features(extractors, images[:3])
        assert len(batches) == 2
        np.testing.assert_array_equal(features, extractors[0].features(images[:3]))
        np.testing.assert_array_equal(scores, extractors[1].features(images[:3]))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("shape", [(28, 28, 1), (40, 64, 3), (299, 299, 3), (400, 31, 3)])
def test_images_of_one_size_are_resized_together_as_each_alone(protocol: str, shape: tuple[int, ...]) -> None:
    """As on a GPU, where they come as bytes."""
    draw = np.random.default_rng(2)
    images = [draw.integers(0, 256, shape, dtype=np.uint8) for _ in range(3)]
    together = resize_batch(protocol, torch.from_numpy(np.stack(images).transpose(0, 3, 1, 2).copy()))
    alone = torch.stack([PROTOCOLS[protocol](image) for image in images])
    assert together.dtype == torch.float32
    torch.testing.assert_close(together, alone, rtol=0, atol=2e-6)


def test_bf16_is_near_and_says_what_it_is(weights: Path, images: list[Any], expected: Any) -> None:
    extractor = InceptionFid(weights).in_precision("bf16")
    assert extractor.signature == f"{InceptionFid(weights).signature}:bf16"
    assert extractor.cache_identity != InceptionFid(weights).cache_identity
    with use_settings(FeatureSettings(batch_size=2)):
        found = compute_features(extractor, images[:2])
    assert found.dtype == np.float32
    error = np.linalg.norm(found - expected[:2]) / np.linalg.norm(expected[:2])
    assert 1e-5 < error < 3e-2
    scores = InceptionLogits(weights).in_precision("bf16")
    assert scores.signature.endswith(":bf16")
    assert scores.source.signature.endswith(":bf16")


def test_tf32_takes_a_gpu(weights: Path, images: list[Any]) -> None:
    extractor = InceptionFid(weights).in_precision("tf32")
    with (
        use_settings(FeatureSettings(devices=("cpu",))),
        pytest.raises(UsageError, match=r"^precision tf32 is of CUDA"),
    ):
        extractor.features(images[:1])


@pytest.mark.parametrize("protocol", ["pytorch-fid", "torch-fidelity"])
def test_the_way_of_a_gpu_taken_on_the_cpu(
    protocol: str, weights: Path, images: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes are sent, those of one size are resized together, and features are waited for: all but the GPU itself."""
    waited = []

    class Event:
        def record(self, stream: None) -> None:
            self.recorded = True

        def synchronize(self) -> None:
            waited.append(self.recorded)

    empty = torch.empty
    monkeypatch.setattr(torch, "empty", lambda *sizes, pin_memory=False, **how: empty(*sizes, **how))
    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: None)
    with use_settings(FeatureSettings(batch_size=4, devices=("cpu",))):
        expected = compute_features(InceptionFid(weights, protocol), images)
        monkeypatch.setattr(inception, "is_cpu", lambda device: False)
        extractor = InceptionFid(weights, protocol)
        assert extractor.prepare(images[1], 0, "cpu").dtype == torch.uint8
        found = compute_features(extractor, images)
    assert waited == [True, True]
    assert np.linalg.norm(found - expected) <= 1e-6 * np.linalg.norm(expected)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_gpu_computes_the_same_within_rounding(protocol: str, weights: Path, images: list[Any]) -> None:
    with use_settings(FeatureSettings(devices=("cpu",))):
        expected = compute_features(InceptionFid(weights, protocol), images)
    found = {}
    for workers in (1, 4):
        with use_settings(FeatureSettings(devices=("cuda:0",), workers=workers)):
            found[workers] = compute_features(InceptionFid(weights, protocol), images)
    np.testing.assert_array_equal(found[1], found[4])
    np.testing.assert_allclose(found[1], expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())
