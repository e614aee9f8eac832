"""FID's Inception: pytorch-fid's network for any weights, and where the weights come from."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from evalsuite.errors import InputError
from evalsuite.extractors import inception_weights
from evalsuite.extractors.inception import InceptionFid
from evalsuite.extractors.inception_weights import FILE_NAME, VARIABLE, cached_path, find_weights, weights_address
from tests.reference.extractors import random_inception


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("inception") / "random.pth"
    torch.save(random_inception(0), path)
    return path


@pytest.fixture(scope="module")
def images() -> list[Any]:
    draw = np.random.default_rng(0)
    return [draw.integers(0, 256, shape, dtype=np.uint8) for shape in ((28, 28, 1), (40, 64, 3), (320, 299, 3))]


def test_features_are_pytorch_fids_for_any_weights(weights: Path, images: list[Any]) -> None:
    try:
        from pytorch_fid import inception as peer
    except (ImportError, RuntimeError) as error:  # a torchvision that does not fit torch raises RuntimeError
        pytest.skip(f"pytorch-fid cannot be imported: {error}")
    state = {**torch.load(weights, weights_only=True)}
    state["fc.weight"], state["fc.bias"] = torch.zeros(1008, 2048), torch.zeros(1008)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(peer, "load_state_dict_from_url", lambda *_, **__: state)
        network = peer.InceptionV3([3]).eval()
    found = InceptionFid(weights).features(images)
    for image, features in zip(images, found, strict=True):
        planes = torch.from_numpy(image).permute(2, 0, 1).float().div(255).expand(3, -1, -1)
        with torch.inference_mode():
            expected = network(planes[None])[0][0, :, 0, 0].numpy()
        assert features.std() > 0.01
        np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())


def test_splitting_the_batch_changes_no_bit(weights: Path, images: list[Any]) -> None:
    extractor = InceptionFid(weights)
    whole = extractor.features(images)
    assert whole.shape == (3, extractor.dimension)
    assert whole.dtype == np.float32
    np.testing.assert_array_equal(
        np.concatenate([extractor.features(images[:1]), extractor.features(images[1:])]), whole
    )
    assert extractor.features([]).shape == (0, 2048)


def test_weights_as_safetensors_or_with_the_classifier(weights: Path, images: list[Any], tmp_path: Path) -> None:
    from safetensors.torch import save_file

    state = torch.load(weights, weights_only=True)
    save_file(state, tmp_path / "w.safetensors")
    torch.save({**state, "fc.bias": torch.zeros(1008)}, tmp_path / "w.pth")
    expected = InceptionFid(weights).features(images[:1])
    for name in ("w.safetensors", "w.pth"):
        np.testing.assert_array_equal(InceptionFid(tmp_path / name).features(images[:1]), expected)


def test_signature_has_the_hash_of_the_file(weights: Path) -> None:
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    assert InceptionFid(weights).signature == f"inception_fid:{digest[:12]}"


class Payload:
    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("code that must not run",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no weights", "not weights: "),
        ([1, 2], "expected a state dict, found list"),
        ({"layer": torch.zeros(1)}, r"not the weights of FID's Inception \(no Conv2d_1a_3x3"),
        (Payload(), "not weights: "),
    ],
)
def test_a_file_that_is_no_weights_is_refused(
    content: object, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "w.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(InputError, match=message):
        InceptionFid(path).features([np.zeros((8, 8, 1), dtype=np.uint8)])
    assert "must not run" not in capsys.readouterr().out


@pytest.mark.parametrize("image", [np.zeros((8, 8, 1)), np.zeros((8, 8), dtype=np.uint8), "image"])
def test_other_things_than_images_are_refused(image: Any, weights: Path) -> None:
    with pytest.raises(InputError, match=r"^image 0: expected uint8 of shape \(height, width, 1 or 3\), found "):
        InceptionFid(weights).features([image])


def test_the_address_is_pytorch_fids() -> None:
    assert weights_address().startswith("https://")
    assert weights_address().endswith(FILE_NAME)


def test_weights_by_path(weights: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(weights))
    assert find_weights() == weights
    monkeypatch.setenv(VARIABLE, str(tmp_path / "gone.pth"))
    with pytest.raises(InputError, match=rf"^{VARIABLE} is .*gone\.pth, where there is no file; it must be the path"):
        find_weights()


def test_weights_in_torchs_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    assert cached_path() == Path(torch.hub.get_dir()) / "checkpoints" / FILE_NAME
    cached_path().parent.mkdir(parents=True)
    cached_path().write_bytes(b"")
    assert find_weights() == cached_path()
    monkeypatch.delenv("TORCH_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cached_path() == Path(torch.hub.get_dir()) / "checkpoints" / FILE_NAME


def test_offline_the_message_has_path_address_and_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("Name or service not known")

    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(inception_weights, "urlopen", refuse)
    with pytest.raises(InputError) as caught:
        find_weights()
    for part in (str(cached_path()), weights_address(), "Name or service not known", VARIABLE, FILE_NAME):
        assert part in str(caught.value)
    assert list(cached_path().parent.iterdir()) == []


def test_a_download_is_kept_only_with_the_right_hash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(inception_weights, "urlopen", lambda *_, **__: io.BytesIO(b"weights"))
    with pytest.raises(InputError, match="should begin with 6726825d"):
        find_weights()
    assert list(cached_path().parent.iterdir()) == []
    monkeypatch.setattr(inception_weights, "SHA256_START", hashlib.sha256(b"weights").hexdigest()[:8])
    assert find_weights().read_bytes() == b"weights"
    assert [path.name for path in cached_path().parent.iterdir()] == [FILE_NAME]
