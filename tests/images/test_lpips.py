"""LPIPS equals package lpips for any weights, is a squared distance of vectors, and says what weights it misses."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.errors import InputError
from evalsuite.images import Lpips
from evalsuite.images.lpips import LEAST_PIXELS, LpipsEmbedding, open_lpips
from evalsuite.images.lpips_weights import LINEAR_VARIABLE, NETWORK_VARIABLES, NETWORKS
from evalsuite.metrics.ssim import mosaics
from tests.images.lpips_weights import save_lpips_weights, set_lpips_weights

if TYPE_CHECKING:
    from pathlib import Path

torch = pytest.importorskip("torch")
DRAW = np.random.default_rng(3)
MOSAICS = mosaics(2, 3)
PAIRS: dict[str, tuple[Any, Any]] = {
    "mosaics in grey": (MOSAICS[0], MOSAICS[1]),
    "noise in colours": tuple(DRAW.integers(0, 256, (2, 64, 91, 3), dtype=np.uint8)),
    "black and white": (np.zeros((40, 40, 3), np.uint8), np.full((40, 40, 3), 255, np.uint8)),
    "slightly off": (MOSAICS[0], MOSAICS[0] ^ np.uint8(1)),
}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_lpips_weights(tmp_path_factory.mktemp("weights"))


def ours(weights: Path, network: str) -> Lpips:
    return Lpips(network, weights=weights / NETWORKS[network], linear=weights / f"{network}.pth")


def peer(weights: Path, network: str) -> Any:
    """Return package lpips' network with the same weights."""
    lpips = pytest.importorskip("lpips")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks torchvision in a way that is to go
        made = lpips.LPIPS(net=network, pnet_rand=True, model_path=str(weights / f"{network}.pth"), verbose=False)
    stored = torch.load(weights / NETWORKS[network], weights_only=True)
    with torch.no_grad():
        for key, parameter in made.net.named_parameters():
            parameter.copy_(stored[f"features.{key.partition('.')[2]}"])
    return made


def scaled(image: Any) -> Any:
    planes = np.repeat(image, 3 // image.shape[2], axis=2).transpose(2, 0, 1)[None]
    return torch.from_numpy(planes.astype(np.float32)) / 127.5 - 1


@pytest.mark.parametrize("network", NETWORKS)
def test_it_is_package_lpips(weights: Path, network: str) -> None:
    own, other = ours(weights, network), peer(weights, network)
    for image, reference in PAIRS.values():
        with torch.no_grad():
            expected = float(other(scaled(image), scaled(reference)))
        assert expected > 0
        assert own(image, reference) == pytest.approx(expected, rel=2e-5)
        assert own(image, image) == 0.0


@pytest.mark.parametrize("network", NETWORKS)
def test_with_the_packages_own_weights_of_channels(
    weights: Path, network: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are found without importing the package, none is below 0, and scores are the package's."""
    lpips = pytest.importorskip("lpips")
    monkeypatch.delenv(LINEAR_VARIABLE, raising=False)
    own = Lpips(network, weights=weights / NETWORKS[network])
    other = peer(weights, network)
    path = f"{lpips.__path__[0]}/weights/v0.1/{network}.pth"
    other.load_state_dict(torch.load(path, map_location="cpu", weights_only=True), strict=False)
    image, reference = PAIRS["noise in colours"]
    with torch.no_grad():
        expected = float(other(scaled(image), scaled(reference)))
    assert own(image, reference) == pytest.approx(expected, rel=2e-5)
    LpipsEmbedding(own, 64)


@pytest.mark.parametrize("network", NETWORKS)
def test_squared_distances_of_its_vectors(weights: Path, network: str) -> None:
    own = ours(weights, network)
    images = DRAW.integers(0, 256, (3, 48, 48, 3), dtype=np.uint8)
    embedding = LpipsEmbedding(own, 48)
    vectors = embedding.features(list(images)).astype(float)
    assert vectors.shape == (3, embedding.dimension)
    for i, j in ((0, 1), (1, 2)):
        assert ((vectors[i] - vectors[j]) ** 2).sum() == pytest.approx(own(images[i], images[j]), rel=1e-5)
    other_sizes = embedding.features([images[0], images[0][:20, :31], np.zeros((1, 1, 1), np.uint8)])
    np.testing.assert_array_equal(other_sizes[0], embedding.features([images[0]])[0])
    assert np.isfinite(other_sizes).all()


def test_weights_below_0_have_no_vectors(weights: Path, tmp_path: Path) -> None:
    linear = torch.load(weights / "alex.pth", weights_only=True)
    linear["lin2.model.1.weight"] = -linear["lin2.model.1.weight"]
    torch.save(linear, tmp_path / "alex.pth")
    with pytest.raises(InputError, match="channels have weights below 0"):
        LpipsEmbedding(Lpips("alex", weights=weights / NETWORKS["alex"], linear=tmp_path / "alex.pth"), 64)


def test_the_signature_is_of_the_weights(weights: Path, tmp_path: Path) -> None:
    first = ours(weights, "alex")
    stored = torch.load(weights / NETWORKS["alex"], weights_only=True)
    torch.save({key: tensor for key, tensor in stored.items() if "features" in key}, tmp_path / "less.pth")
    same = Lpips("alex", weights=tmp_path / "less.pth", linear=weights / "alex.pth")
    assert same.signature == first.signature
    stored["features.0.bias"][0] += 1
    torch.save(stored, tmp_path / "other.pth")
    other = Lpips("alex", weights=tmp_path / "other.pth", linear=weights / "alex.pth")
    assert other.signature != first.signature


@pytest.mark.parametrize("network", NETWORKS)
def test_the_smallest_image(weights: Path, network: str) -> None:
    own, least = ours(weights, network), LEAST_PIXELS[network]
    pair = DRAW.integers(0, 256, (2, least, least, 3), dtype=np.uint8)
    assert own(pair[0], pair[1]) > 0
    with pytest.raises(ValueError, match=f"takes images of at least {least} pixels along each edge, got {least - 1} x"):
        own(pair[0, 1:], pair[1, 1:])
    with pytest.raises(ValueError, match="at least"):
        LpipsEmbedding(own, least - 1)


def test_what_is_no_pair_of_images_is_refused(weights: Path) -> None:
    own, image = ours(weights, "alex"), PAIRS["black and white"][0]
    with pytest.raises(ValueError, match="`image` and `reference` must be of one size"):
        own(image, image[1:])
    with pytest.raises(ValueError, match="`reference` must be an array of uint8, got float64"):
        own(image, image / 255)
    with pytest.raises(ValueError, match=r"`image` must have shape \(height, width, 1 or 3\), got \(40, 40\)"):
        own(image[:, :, 0], image)
    with pytest.raises(ValueError, match='`network` must be "alex" or "vgg", got \'squeeze\''):
        Lpips("squeeze")
    with pytest.raises(InputError, match=r"`images\[0\]` must have shape"):
        LpipsEmbedding(own, 64).features([image[:, :, :2]])


def test_weights_that_are_missing_or_others(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NETWORK_VARIABLES["alex"], raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(InputError, match=r"put alexnet-owt-7be5be79.pth \(https://.*\) at .*checkpoints.*or set EVALS"):
        Lpips("alex")
    checkpoints = tmp_path / "hub" / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / NETWORKS["alex"]).write_bytes((weights / NETWORKS["alex"]).read_bytes())
    found = Lpips("alex", linear=weights / "alex.pth")
    assert found.signature == ours(weights, "alex").signature
    monkeypatch.setenv(NETWORK_VARIABLES["alex"], str(tmp_path / "none.pth"))
    with pytest.raises(InputError, match=r"none.pth: there is no file; expected torchvision's alexnet"):
        Lpips("alex")
    monkeypatch.setenv(LINEAR_VARIABLE, str(tmp_path))
    with pytest.raises(InputError, match=r"alex.pth: there is no file; expected alex.pth of the package lpips"):
        Lpips("alex", weights=weights / NETWORKS["alex"])
    with pytest.raises(
        InputError, match=r"expected torchvision's weights of the network; there is no features.0.weight"
    ):
        Lpips("vgg", weights=weights / "vgg.pth")
    with pytest.raises(InputError, match=r"expected lin1.model.1.weight of shape \(1, 192, 1, 1\), found \(1, 128"):
        Lpips("alex", weights=weights / NETWORKS["alex"], linear=weights / "vgg.pth")
    (tmp_path / "text.pth").write_text("no weights")
    with pytest.raises(InputError, match=r"text.pth: cannot be read as weights"):
        Lpips("alex", weights=tmp_path / "text.pth")
    torch.save([1, 2], tmp_path / "list.pth")
    with pytest.raises(InputError, match=r"list.pth: expected tensors by name"):
        Lpips("alex", weights=tmp_path / "list.pth")


def test_the_variables_are_read(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_lpips_weights(monkeypatch, weights)
    assert open_lpips("vgg").signature == ours(weights, "vgg").signature
    assert open_lpips("vgg") is open_lpips("vgg")
    open_lpips.cache_clear()
