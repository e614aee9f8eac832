"""Networks of timm in a folder: the features that timm itself makes of its own transform, and folders that are none."""

from __future__ import annotations

import json
import socket
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from PIL import Image

from evalsuite.errors import DependencyError, InputError
from evalsuite.extractors.base import BatchExtractor
from evalsuite.extractors.feature_cache import FeatureCache
from evalsuite.extractors.opening import compute_features, open_extractor
from evalsuite.extractors.settings import FeatureSettings, use_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

timm = pytest.importorskip("timm", reason="the extractor timm:FOLDER takes timm")


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("something is downloaded"))
    yield
    open_extractor.cache_clear()


@pytest.fixture
def images() -> list[Any]:
    draw = np.random.default_rng(0)
    shapes = (28, 28, 1), (3, 5, 3), (40, 31, 3), (300, 250, 3), (1, 1, 3)
    return [draw.integers(0, 256, shape, dtype=np.uint8) for shape in shapes]


def save(folder: Path, architecture: str, **options: Any) -> Path:
    torch.manual_seed(0)
    network = timm.create_model(architecture, pretrained=False, **options)
    with torch.no_grad():  # what is drawn for a layer norm or a bias is often 1 or 0
        for one in network.parameters():
            one.add_(torch.randn_like(one), alpha=0.02)
    timm.models.save_for_hf(network, str(folder), safe_serialization=True)
    return folder


def change(folder: Path, **entries: Any) -> None:
    """Overwrite entries of the config, those of ``pretrained_cfg`` by ``cfg``."""
    config = json.loads((folder / "config.json").read_text())
    config["pretrained_cfg"].update(entries.pop("cfg", {}))
    (folder / "config.json").write_text(json.dumps({**config, **entries}))


def by_timm(folder: Path, images: list[Any]) -> Any:
    """Return the features of timm's forward without a classifier, over timm's transform: shape (n, d)."""
    network = timm.create_model(f"local-dir:{folder}", pretrained=True, num_classes=0).eval()
    transform = timm.data.create_transform(**timm.data.resolve_model_data_config(network), is_training=False)
    read = [Image.fromarray(np.repeat(image, 3 // image.shape[2], axis=2)) for image in images]
    with torch.inference_mode():
        return torch.cat([network(transform(image)[None]) for image in read]).numpy()


@pytest.mark.parametrize(
    ("architecture", "options"),
    [
        ("resnet18", {}),
        ("vit_tiny_patch16_224", {"num_classes": 7}),
        ("vit_tiny_patch16_224", {"num_classes": 0, "img_size": 64}),
        ("deit_tiny_distilled_patch16_224", {}),
        ("mobilenetv3_small_050", {"num_classes": 3}),
        ("convnext_atto", {}),
    ],
)
def test_features_are_those_of_timm(
    architecture: str, options: dict[str, Any], tmp_path: Path, images: list[Any]
) -> None:
    folder = save(tmp_path, architecture, **options)
    extractor = open_extractor(f"timm:{folder}")
    assert isinstance(extractor, BatchExtractor)
    found, expected = extractor.features(images), by_timm(folder, images)
    assert (found.dtype, found.shape, extractor.dimension) == (np.float32, expected.shape, expected.shape[1])
    assert np.ptp(expected, axis=0).max() > 1e-3
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())
    np.testing.assert_array_equal(extractor.features(images[2:3])[0], found[2])
    assert extractor.features([]).shape == (0, extractor.dimension)


@pytest.mark.parametrize(
    "entries",
    [
        {"interpolation": "bilinear", "mean": [0.1, 0.2, 0.3], "std": [1.0, 0.5, 0.25], "crop_pct": 0.5},
        {"input_size": [3, 96, 64], "crop_pct": 1.0},
        {"crop_mode": "squash", "input_size": [3, 64, 64]},
        {"crop_mode": "border", "input_size": [3, 64, 64], "test_input_size": [3, 128, 128]},
    ],
    ids=str,
)
def test_images_are_read_as_the_config_says(entries: dict[str, Any], tmp_path: Path, images: list[Any]) -> None:
    folder = save(tmp_path, "resnet18")
    before = by_timm(folder, images)
    change(folder, cfg=entries)
    found = open_extractor(f"timm:{folder}").features(images)
    expected = by_timm(folder, images)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())
    assert np.abs(expected - before).max() > 1e-3


def test_threads_change_no_bit_and_features_are_kept(
    tmp_path: Path, images: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    extractor = open_extractor(f"timm:{save(tmp_path / 'network', 'resnet18')}")
    many = [image for _ in range(4) for image in images]
    expected = np.concatenate([extractor.features([image]) for image in many])
    for workers in (0, 4):
        with use_settings(FeatureSettings(workers=workers, devices=("cpu",), batch_size=workers + 1)):
            np.testing.assert_array_equal(compute_features(extractor, many), expected)
    with use_settings(FeatureSettings(cache=FeatureCache(tmp_path / "kept"), devices=("cpu",))):
        compute_features(extractor, images)
        monkeypatch.setattr(type(extractor), "begin", lambda *_: pytest.fail("it is there already"))
        np.testing.assert_array_equal(compute_features(extractor, many), expected)


@pytest.mark.gpu
def test_on_a_gpu_a_batch_has_nearly_the_same_features(tmp_path: Path, images: list[Any]) -> None:
    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")
    for architecture in ("resnet18", "vit_tiny_patch16_224"):
        extractor = open_extractor(f"timm:{save(tmp_path / architecture, architecture)}")
        found = {}
        for device in ("cpu", "cuda:0"):
            with use_settings(FeatureSettings(devices=(device,))):
                found[device] = extractor.features(images)
        np.testing.assert_allclose(found["cuda:0"], found["cpu"], rtol=1e-3, atol=1e-3 * np.abs(found["cpu"]).max())


def test_the_signature_has_the_hash_of_weights_and_config(tmp_path: Path) -> None:
    state = torch.random.get_rng_state()
    first, same = (save(tmp_path / name, "resnet18") for name in "ab")
    signature = open_extractor(f"timm:{first}").signature
    assert signature == open_extractor(f"timm:{same}").signature
    assert signature.startswith("timm:")
    (same / "README.md").write_text("about it")
    open_extractor.cache_clear()
    assert open_extractor(f"timm:{same}").signature == signature
    change(same, cfg={"crop_pct": 0.5})
    open_extractor.cache_clear()
    assert open_extractor(f"timm:{same}").signature != signature
    torch.random.set_rng_state(state)
    _ = open_extractor(f"timm:{first}").dimension
    assert torch.equal(torch.random.get_rng_state(), state)


def test_folders_that_are_no_networks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone: there is no config\.json: expected the folder that timm's save"):
        open_extractor(f"timm:{tmp_path}/gone")
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(InputError, match=r"config\.json is not JSON: "):
        open_extractor(f"timm:{tmp_path}")
    (tmp_path / "config.json").write_text('{"model_type": "dinov2"}')
    with pytest.raises(InputError, match=r"names no `architecture`: .*; transformers' is hf:FOLDER"):
        open_extractor(f"timm:{tmp_path}")
    timm.models.save_for_hf(timm.create_model("resnet18"), str(tmp_path))  # a pickle, as it does by default
    with pytest.raises(InputError, match=r"there is no model\.safetensors, and pickles \(.* are not opened"):
        open_extractor(f"timm:{tmp_path}")
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"model\.safetensors is not a whole safetensors file: "):
        _ = open_extractor(f"timm:{tmp_path}").dimension
    save(tmp_path, "resnet18")
    change(tmp_path, architecture="no_such_network")
    open_extractor.cache_clear()
    with pytest.raises(InputError, match=r"timm cannot open it: Unknown model \(no_such_network\)"):
        _ = open_extractor(f"timm:{tmp_path}").dimension


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = save(tmp_path, "resnet18")
    weights = load_file(folder / "model.safetensors")
    del weights["layer1.0.conv1.weight"]
    save_file(weights, folder / "model.safetensors")
    with pytest.raises(InputError, match=r"timm cannot open it: .*Missing key\(s\).*layer1\.0\.conv1\.weight"):
        _ = open_extractor(f"timm:{folder}").dimension
    # timm would fill what is missing at random where it need not be strict.
    change(folder, model_args={"num_classes": 5})
    open_extractor.cache_clear()
    with pytest.raises(InputError, match=r"the network has 5 classes, and the weights 1000"):
        _ = open_extractor(f"timm:{folder}").dimension
    change(folder, model_args={"pretrained_strict": False})
    open_extractor.cache_clear()
    with pytest.raises(InputError, match="model_args: pretrained_strict says nothing about the network"):
        _ = open_extractor(f"timm:{folder}").dimension


@pytest.mark.parametrize(
    ("architecture", "options", "entries", "message"),
    [
        ("vit_tiny_patch16_224", {}, {"input_size": [3, 100, 100], "fixed_input_size": False}, "images of the size"),
        ("resnet18", {"in_chans": 1}, {}, r"takes images of 1 channels, not of 3"),
        ("resnet18", {}, {"interpolation": "random"}, "interpolation must be one way of resizing"),
        ("resnet18", {"global_pool": ""}, {}, r"has no pooled output: shape \(1, 512, 7, 7\), expected 1 vectors"),
    ],
)
def test_networks_of_another_kind_are_refused(
    architecture: str, options: dict[str, Any], entries: dict[str, Any], message: str, tmp_path: Path
) -> None:
    folder = save(tmp_path, architecture, **{"num_classes": 0, **options})
    change(folder, cfg=entries)
    with pytest.raises(InputError, match=message):
        _ = open_extractor(f"timm:{folder}").dimension


def test_without_timm_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = save(tmp_path, "resnet18")
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(DependencyError, match=r"takes timm: pip install 'evalsuite\[timm\]'"):
        open_extractor(f"timm:{folder}")
