"""Networks of the user's: TorchScript modules, and folders of transformers."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from evalsuite.errors import InputError, TaskError, UsageError
from evalsuite.extractors.base import BatchExtractor
from evalsuite.extractors.feature_cache import FeatureCache
from evalsuite.extractors.opening import compute_features, open_extractor
from evalsuite.extractors.settings import FeatureSettings, use_settings
from evalsuite.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Means(torch.nn.Module):
    """Means and maxima of the channels; refuses what is not of the kind it was made for."""

    def __init__(self, kind: torch.dtype, size: int = 0) -> None:
        super().__init__()
        self.kind = kind
        self.size = size

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if images.dtype != self.kind or (self.size > 0 and images.size(2) != self.size):
            raise ValueError("another kind")
        values = images.float()
        return torch.cat([values.mean(dim=(2, 3)), values.amax(dim=(2, 3))], dim=1)[:, :, None, None]


class Classes(torch.nn.Module):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images.amax(dim=(1, 2, 3))


@pytest.fixture(scope="module", autouse=True)
def _forget() -> Iterator[None]:
    yield
    open_extractor.cache_clear()


def script(path: Path, module: torch.nn.Module) -> Path:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own
        torch.jit.script(module).save(str(path))
    return path


@pytest.fixture
def images() -> list[Any]:
    draw = np.random.default_rng(0)
    return [draw.integers(0, 256, shape, dtype=np.uint8) for shape in ((28, 28, 1), (3, 5, 3), (40, 31, 3))]


@pytest.mark.parametrize(("kind", "dtype", "unit"), [("torchscript", torch.uint8, 1), ("torchscript-float", None, 255)])
def test_a_torchscript_module_reads_what_its_kind_says(
    kind: str, dtype: Any, unit: int, tmp_path: Path, images: list[Any]
) -> None:
    path = script(tmp_path / "m.pt", Means(dtype or torch.float32))
    extractor = open_extractor(f"{kind}:{path}")
    assert extractor.dimension == 6
    found = extractor.features(images)
    for image, features in zip(images, found, strict=True):
        wide = np.broadcast_to(image, (*image.shape[:2], 3)).astype(np.float64) / unit
        np.testing.assert_allclose(features, [*wide.mean(axis=(0, 1)), *wide.max(axis=(0, 1))], rtol=1e-5)
    np.testing.assert_array_equal(extractor.features(images[1:2])[0], found[1])
    assert extractor.features([]).shape == (0, 6)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert extractor.signature == f"{kind}:{digest[:12]}"
    metric = METRICS.get("kid")(extractor=f"{kind}:{path}")
    assert f"|extractor:{kind}:{digest[:12]}|" in metric.signature()
    assert metric.reads_files


def test_a_module_of_one_size(tmp_path: Path, images: list[Any]) -> None:
    extractor = open_extractor(f"torchscript:{script(tmp_path / 'm.pt', Means(torch.uint8, 28))}")
    assert extractor.features(images[:1]).shape == (1, 6)
    with pytest.raises(InputError, match=r"^torchscript failed with an image of shape \(3, 5, 3\): .*another kind"):
        extractor.features(images[1:2])


def test_files_that_are_no_modules_are_refused(tmp_path: Path, images: list[Any]) -> None:
    with pytest.raises(InputError, match=r"gone\.pt: cannot be read: No such file"):
        open_extractor(f"torchscript:{tmp_path}/gone.pt")
    (tmp_path / "m.pt").write_bytes(b"no module")
    with pytest.raises(InputError, match=r"m\.pt: .*not a TorchScript module: "):
        open_extractor(f"torchscript:{tmp_path}/m.pt").features(images)
    classes = script(tmp_path / "c.pt", Classes())
    with pytest.raises(InputError, match=r"must return a tensor of floats, found torch\.uint8"):
        open_extractor(f"torchscript:{classes}").features(images)
    with pytest.raises(UsageError, match='extractor "torchscript:": the path is missing: torchscript:PATH'):
        open_extractor("torchscript:")


def test_a_task_names_no_program(tmp_path: Path) -> None:
    from dataclasses import replace

    from evalsuite.scoring import task_metrics
    from evalsuite.task import MetricSpec, load_task

    path = script(tmp_path / "m.pt", Means(torch.uint8))
    spec = MetricSpec(name="kid", primary=True, options={"extractor": f"torchscript:{path}"})
    with pytest.raises(TaskError, match=r'metrics\[0\]: files run no code, and "torchscript:" is a program: give it'):
        task_metrics(replace(load_task("fashion"), metrics=(spec,)))


def save_network(folder: Path, kind: str) -> Any:
    transformers = pytest.importorskip("transformers")
    transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(0)
    small = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    crop = {"height": 28, "width": 28}
    if kind == "clip":
        words = {**small, "vocab_size": 32, "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}
        sight = {**small, "image_size": 28, "patch_size": 7}
        config = transformers.CLIPConfig(text_config=words, vision_config=sight, projection_dim=12)
        network, processor = transformers.CLIPModel(config), transformers.CLIPImageProcessor
    else:
        network = transformers.Dinov2Model(transformers.Dinov2Config(**small, image_size=28, patch_size=14))
        processor = transformers.BitImageProcessor
    network.eval().save_pretrained(folder)
    processor(size={"shortest_edge": 28}, crop_size=crop).save_pretrained(folder)
    return network


@pytest.mark.parametrize(("kind", "dimension"), [("clip", 12), ("dinov2", 16)])
def test_a_folder_of_transformers(kind: str, dimension: int, tmp_path: Path, images: list[Any]) -> None:
    network = save_network(tmp_path, kind)
    extractor = open_extractor(f"hf:{tmp_path}")
    found = extractor.features(images)
    assert (found.shape, found.dtype, extractor.dimension) == ((3, dimension), np.float32, dimension)
    assert np.ptp(found, axis=0).max() > 1e-3
    # An image of the processor's size is normalised, and that is all.
    from transformers import AutoImageProcessor

    processor = AutoImageProcessor.from_pretrained(tmp_path)
    planes = torch.from_numpy(np.repeat(images[0], 3, axis=2)).permute(2, 0, 1)[None].float() / 255
    mean, deviation = (torch.tensor(one)[:, None, None] for one in (processor.image_mean, processor.image_std))
    with torch.inference_mode():
        pixels = (planes - mean) / deviation
        made = network.get_image_features(pixels) if kind == "clip" else network(pixels)
    expected = made if isinstance(made, torch.Tensor) else made.pooler_output
    np.testing.assert_allclose(found[0], expected[0].numpy(), rtol=0, atol=1e-5)
    np.testing.assert_array_equal(extractor.features(images[2:])[0], found[2])
    assert extractor.features([]).shape == (0, dimension)


def test_threads_change_no_bit_and_features_are_kept(
    tmp_path: Path, images: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    save_network(tmp_path / "network", "dinov2")
    extractor = open_extractor(f"hf:{tmp_path / 'network'}")
    assert isinstance(extractor, BatchExtractor)
    many = [image for _ in range(8) for image in images]
    expected = np.concatenate([extractor.features([image]) for image in many])
    for workers in (0, 1, 4):
        with use_settings(FeatureSettings(workers=workers, devices=("cpu",), batch_size=workers + 1)):
            np.testing.assert_array_equal(compute_features(extractor, many), expected)
    kept = FeatureSettings(cache=FeatureCache(tmp_path / "kept"), devices=("cpu",))
    with use_settings(kept):
        compute_features(extractor, images)
        monkeypatch.setattr(type(extractor), "begin", lambda *_: pytest.fail("it is there already"))
        np.testing.assert_array_equal(compute_features(extractor, many), expected)


def test_the_signature_of_a_folder_has_the_hash_of_its_files(tmp_path: Path) -> None:
    save_network(tmp_path / "a", "dinov2")
    save_network(tmp_path / "b", "dinov2")
    first, same = (open_extractor(f"hf:{tmp_path}/{name}").signature for name in "ab")
    assert first == same
    assert first.startswith("hf:")
    assert "BitImageProcessor" in first
    config = tmp_path / "b" / "preprocessor_config.json"
    config.write_text(config.read_text("utf-8").replace('"do_center_crop": true', '"do_center_crop": false'), "utf-8")
    open_extractor.cache_clear()
    assert open_extractor(f"hf:{tmp_path}/b").signature != first


def test_weights_that_are_missing_are_not_made_up(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    save_network(tmp_path, "dinov2")  # for its image processor
    small = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = transformers.ViTConfig(**small, image_size=28, patch_size=14)
    transformers.ViTForImageClassification(config).save_pretrained(tmp_path)  # which has no pooler
    with pytest.raises(InputError, match=r"lacks 2 of the weights of ViTModel.*at random: pooler\.dense\.bias"):
        _ = open_extractor(f"hf:{tmp_path}").dimension


def test_folders_that_are_no_networks_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    with pytest.raises(InputError, match=r"gone: there is no config\.json: expected the folder that"):
        open_extractor(f"hf:{tmp_path}/gone")
    (tmp_path / "config.json").write_text('{"model_type": "dinov2"}')
    with pytest.raises(InputError, match="AutoImageProcessor cannot open it: "):
        open_extractor(f"hf:{tmp_path}")
