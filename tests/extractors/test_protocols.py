"""Inception by the protocol of each of four tools: their features for any weights, and the names that ask for it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from evalsuite.errors import InputError, UsageError
from evalsuite.extractors import CLASSIFIERS, DEFAULT_PROTOCOLS
from evalsuite.extractors.inception import InceptionFid, InceptionLogits
from evalsuite.extractors.inception_weights import VARIABLE
from evalsuite.extractors.naming import is_classifier, parse_extractor, with_protocol
from evalsuite.extractors.opening import open_extractor
from evalsuite.extractors.resizing import PROTOCOLS
from tests.reference.extractors import random_inception

if TYPE_CHECKING:
    from pathlib import Path

SHAPES = ((1, 1, 3), (28, 28, 1), (299, 299, 3), (33, 57, 3), (450, 61, 3), (512, 512, 3))


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights with a classifier, as all tools read them."""
    path = tmp_path_factory.mktemp("inception") / "random.pth"
    state = random_inception(1)
    torch.manual_seed(2)
    state["fc.weight"], state["fc.bias"] = torch.randn(1008, 2048) * 0.2, torch.randn(1008)
    torch.save(state, path)
    return path


@pytest.fixture(scope="module")
def images() -> list[Any]:
    draw = np.random.default_rng(0)
    return [draw.integers(0, 256, shape, dtype=np.uint8) for shape in SHAPES]


def planes(image: Any) -> torch.Tensor:
    return torch.from_numpy(np.repeat(image, 3 // image.shape[2], axis=2)).permute(2, 0, 1)[None]


def peer_features(protocol: str, weights: Path, images: list[Any]) -> Any:
    """Compute features by the tool the protocol is named after: its resize, its range, its network."""
    state = torch.load(weights, weights_only=True)
    with pytest.MonkeyPatch.context() as patch, torch.inference_mode():
        if protocol == "pytorch-fid":
            pytorch_fid = pytest.importorskip("pytorch_fid.inception", exc_type=Exception)
            patch.setattr(pytorch_fid, "load_state_dict_from_url", lambda *_, **__: state)
            network = pytorch_fid.InceptionV3([3]).eval()
            found = [network(planes(image).float() / 255)[0].flatten() for image in images]
        elif protocol == "clean":
            cleanfid = pytest.importorskip("cleanfid.inception_pytorch", exc_type=Exception)
            resize = pytest.importorskip("cleanfid.resize").build_resizer("clean")
            patch.setattr(cleanfid, "load_state_dict_from_url", lambda *_, **__: state)
            network = cleanfid.InceptionV3([3], resize_input=False, normalize_input=False).eval()
            resized = [torch.from_numpy(resize(planes(image)[0].permute(1, 2, 0).numpy())) for image in images]
            found = [network((one.permute(2, 0, 1)[None] - 128) / 128)[0].flatten() for one in resized]
        elif protocol == "torch-fidelity":
            fidelity = pytest.importorskip("torch_fidelity.feature_extractor_inceptionv3", exc_type=Exception)
            network = fidelity.FeatureExtractorInceptionV3("n", ["2048"], feature_extractor_weights_path=str(weights))
            found = [network(planes(image))[0].flatten() for image in images]
        else:
            pytest.importorskip("torch_fidelity")  # whose network it takes
            torchmetrics = pytest.importorskip("torchmetrics.image.fid", exc_type=Exception)
            network = torchmetrics.NoTrainInceptionV3("n", ["2048"], str(weights))
            found = [network(planes(image)).flatten() for image in images]
    return torch.stack(found).numpy()


@pytest.fixture(scope="module")
def ours(weights: Path, images: list[Any]) -> dict[str, Any]:
    return {protocol: InceptionFid(weights, protocol).features(images) for protocol in PROTOCOLS}


@pytest.mark.filterwarnings("ignore::UserWarning:torchvision.*")  # clean-fid calls it by old names
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_features_are_the_tools(protocol: str, weights: Path, images: list[Any], ours: dict[str, Any]) -> None:
    """In float32 a sum may be added in another order, and that is all."""
    expected = peer_features(protocol, weights, images)
    assert ours[protocol].std(axis=0).max() > 0.01
    np.testing.assert_allclose(ours[protocol], expected, rtol=1e-4, atol=2e-5 * np.abs(expected).max())


def test_each_protocol_has_features_of_its_own_but_at_299_pixels(ours: dict[str, Any]) -> None:
    found = list(ours.values())
    for first in range(len(found)):
        for second in range(first):
            for i in (1, 3, 4, 5):
                assert np.abs(found[first][i] - found[second][i]).max() > 1e-3
    for one in found[2:]:
        np.testing.assert_array_equal(one[2], found[1][2])


def test_scores_are_torch_fidelitys_and_so_is_their_inception_score(
    weights: Path, images: list[Any], ours: dict[str, Any], tmp_path: Path
) -> None:
    from evalsuite.distances import split_inception_score

    peer = pytest.importorskip("torch_fidelity.feature_extractor_inceptionv3", exc_type=Exception)
    metric = pytest.importorskip("torch_fidelity.metric_isc", exc_type=Exception)
    # Random features are alike: a classifier that sees only in what they differ.
    features = torch.from_numpy(ours["torch-fidelity"]).double()
    mean = features.mean(dim=0)
    state = torch.load(weights, weights_only=True)
    unlike = state["fc.weight"].double() - torch.outer(state["fc.weight"].double() @ mean / (mean @ mean), mean)
    state["fc.weight"] = (2 * unlike / (features @ unlike.T).std()).float()
    path = tmp_path / "w.pth"
    torch.save(state, path)

    network = peer.FeatureExtractorInceptionV3("n", ["logits_unbiased"], feature_extractor_weights_path=str(path))
    with torch.inference_mode():
        expected = torch.cat([network(planes(image))[0] for image in images])
    extractor = InceptionLogits(path)
    found = extractor.features(images)
    assert (found.dtype, found.shape, extractor.dimension) == (np.float32, (6, 1008), 1008)
    np.testing.assert_allclose(found, expected.numpy(), rtol=0, atol=1e-3)
    theirs = metric.isc_features_to_metric(expected, splits=2)
    assert theirs["inception_score_mean"] > 1.1
    assert split_inception_score(found, n_splits=2) == pytest.approx(tuple(theirs.values()), rel=1e-4)


def test_splitting_the_batch_changes_no_bit(weights: Path, images: list[Any]) -> None:
    extractor = InceptionLogits(weights, "clean")
    whole = extractor.features(images[:3])
    parts = [extractor.features(images[:1]), extractor.features(images[1:3])]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert extractor.features([]).shape == (0, extractor.dimension)


def test_signatures_have_the_protocol_and_the_default_keeps_its_own(weights: Path) -> None:
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()[:12]
    assert InceptionFid(weights, "pytorch-fid").signature == f"inception_fid:{digest}"
    for protocol in ("torch-fidelity", "clean", "torchmetrics"):
        assert InceptionFid(weights, protocol).signature == f"inception_fid@{protocol}:{digest}"
    assert InceptionLogits(weights).signature == f"inception_logits@torch-fidelity:{digest}"
    assert InceptionLogits(weights, "pytorch-fid").signature == f"inception_logits@pytorch-fid:{digest}"


def test_weights_without_a_classifier(tmp_path: Path, images: list[Any]) -> None:
    torch.save(random_inception(0), tmp_path / "w.pth")
    with pytest.raises(InputError, match=r"w\.pth: has no fc\.weight of shape \(1008, 2048\), which inception_logits"):
        InceptionLogits(tmp_path / "w.pth").features(images[:1])


def test_names_open_them(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(weights))
    open_extractor.cache_clear()
    for name, start in (
        ("inception_fid", "inception_fid:"),
        ("inception_fid@pytorch-fid", "inception_fid:"),
        ("inception_fid@clean", "inception_fid@clean:"),
        ("inception_logits", "inception_logits@torch-fidelity:"),
        ("inception_logits@torchmetrics", "inception_logits@torchmetrics:"),
    ):
        assert open_extractor(name).signature.startswith(start)
    open_extractor.cache_clear()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("inception_fid@clen", r'^extractor "inception_fid": unknown protocol "clen"; did you mean "clean"\? Known: '),
        ("inception_fid@", 'unknown protocol "". Known: pytorch-fid, torch-fidelity, clean, torchmetrics.$'),
        ("fashion_convnet@clean", '"fashion_convnet" resizes nothing and has no protocols; these have: inception_fid,'),
        ("inception_fd", r'^unknown extractor "inception_fd"; did you mean "inception_fid"\? Known: fashion_class'),
        ("inception_fd@clean", r'^unknown extractor "inception_fd@clean"; did you mean "inception_fid"\?'),
        ("", r'^unknown extractor ""\. Known: '),
    ],
)
def test_mistakes_in_names_are_explained(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        open_extractor(name)


def test_names_are_taken_apart_and_put_together() -> None:
    for base in DEFAULT_PROTOCOLS:
        for protocol in PROTOCOLS:
            parsed = parse_extractor(with_protocol(base, protocol))
            assert (parsed.base, parsed.protocol or DEFAULT_PROTOCOLS[base]) == (base, protocol)
    assert {name for name in (*DEFAULT_PROTOCOLS, "fashion_classifier") if is_classifier(name)} == CLASSIFIERS
    assert is_classifier("inception_logits@clean")
