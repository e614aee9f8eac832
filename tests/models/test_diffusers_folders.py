"""Folders of pipelines of diffusers: what is read of them, and what is refused."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.errors import ModelError
from evalsuite.models.spec import open_model
from tests.models.drawing import CONFIG, Folder, build_in, opened, pixels, requests
from tests.models.tiny_diffusers import build

if TYPE_CHECKING:
    from pathlib import Path

diffusers: Any = pytest.importorskip("diffusers")
torch: Any = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return build_in(tmp_path_factory.mktemp("diffusers"))


def test_a_fingerprint_is_of_what_changes_images(folder: Folder, tmp_path: Path) -> None:
    path = folder("sd")
    first = opened(path).fingerprint
    assert opened(path, "steps=3,batch_size=2").fingerprint == first
    copy = shutil.copytree(path, tmp_path / "copy")
    (copy / "README.md").write_text("about it")
    (copy / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"another format")
    assert opened(copy).fingerprint == first
    changes = ["steps=4", "steps=3,guidance_scale=2", "steps=3,dtype=float16", "steps=3,scheduler=DDPMScheduler"]
    assert len({first, *(opened(path, change).fingerprint for change in changes)}) == 5
    (copy / "scheduler" / "scheduler_config.json").write_text("{}")
    assert opened(copy).fingerprint != first


def test_weights_of_a_variant_are_read(folder: Folder, tmp_path: Path) -> None:
    copy = shutil.copytree(folder("ddpm"), tmp_path / "copy")
    weights = copy / "unet" / "diffusion_pytorch_model.safetensors"
    other = build(tmp_path / "other", seed=1) / "unet" / weights.name
    shutil.copy(other, weights.with_name("diffusion_pytorch_model.fp16.safetensors"))
    one = requests("ddpm", 1)
    plain, variant = opened(copy), opened(copy, "steps=3,variant=fp16")
    assert plain.fingerprint == opened(folder("ddpm")).fingerprint != variant.fingerprint
    expected = pixels(opened(tmp_path / "other").generate(one, CONFIG)[0])
    assert np.array_equal(pixels(variant.generate(one, CONFIG)[0]), expected)
    assert not np.array_equal(pixels(plain.generate(one, CONFIG)[0]), expected)
    weights.unlink()
    with pytest.raises(ModelError, match=r"has weights of the variants fp16 alone; give one: variant=fp16"):
        opened(copy)
    with pytest.raises(ModelError, match=r'option "variant": no component has weights named \.\.\.ema\.safetensors'):
        opened(folder("ddpm"), "variant=ema")


def test_a_pipeline_in_the_hub_cache_is_found_by_its_id(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    cached = tmp_path / "models--org--tiny-ddpm"
    snapshot = shutil.copytree(folder("ddpm"), cached / "snapshots" / ("0" * 40))
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text(snapshot.name)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    model = open_model("diffusers:org/tiny-ddpm")
    assert model.name == "tiny-ddpm"
    assert model.fingerprint == open_model(f"diffusers:{folder('ddpm')}").fingerprint
    with pytest.raises(ModelError, match=r"no pipeline of that id in the local hub cache; nothing is downloaded"):
        open_model("diffusers:org/tiny")


def write_index(path: Path, **changes: Any) -> None:
    index = json.loads((path / "model_index.json").read_text())
    (path / "model_index.json").write_text(json.dumps({**index, **changes}))


def test_missing_parts_are_named(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"there is no folder .*nowhere, and no pipeline of that id .* model_index"):
        opened(tmp_path / "nowhere")
    with pytest.raises(ModelError, match=r"holds no model_index\.json\. Such a folder holds"):
        opened(tmp_path)
    copy = shutil.copytree(folder("sd"), tmp_path / "copy")
    with pytest.raises(ModelError, match=r"this is a file, but a folder is expected"):
        opened(copy / "model_index.json")
    shutil.move(copy / "vae", tmp_path / "vae")
    with pytest.raises(ModelError, match=r'names the component "vae" \(diffusers.AutoencoderKL\), but there is no'):
        opened(copy)
    shutil.move(tmp_path / "vae", copy / "vae")
    (copy / "unet" / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"config\.json is not valid JSON"):
        opened(copy)
    for class_name, message in ((None, "expected the pipeline's class in _class_name"), ("Nothing", "no pipeline")):
        shutil.copy(folder("sd") / "unet" / "config.json", copy / "unet")
        write_index(copy, _class_name=class_name)
        with pytest.raises(ModelError, match=message):
            opened(copy)


def test_pickled_weights_are_refused(folder: Folder, tmp_path: Path) -> None:
    copy = shutil.copytree(folder("sd"), tmp_path / "copy")
    (copy / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(ModelError, match=r'component "unet" in .* has no weights as \.safetensors\. Such a folder'):
        opened(copy)
    torch.save({}, copy / "unet" / "diffusion_pytorch_model.bin")
    with pytest.raises(ModelError, match=r"holds diffusion_pytorch_model.bin, which can run code when it is read"):
        opened(copy)


def test_code_of_a_checkpoint_is_never_run(folder: Folder, tmp_path: Path) -> None:
    copy = shutil.copytree(folder("sd"), tmp_path / "copy")
    (copy / "mine.py").write_text("raise SystemExit('ran')")
    (copy / "unet" / "mine.py").write_text("raise SystemExit('ran')")
    write_index(copy, _class_name=["mine", "MyPipeline"])
    with pytest.raises(ModelError, match=r"names a pipeline with code of its own \(mine\.py\), and no code"):
        opened(copy)
    write_index(copy, _class_name="StableDiffusionPipeline", unet=["mine", "Net"])
    with pytest.raises(ModelError, match=r'component "unet" is of mine\.Net, which is neither of diffusers nor'):
        opened(copy)
    write_index(copy, unet=["diffusers", "UNet2DConditionModel"], **{"../vae": ["diffusers", "AutoencoderKL"]})
    with pytest.raises(ModelError, match=r'"\.\./vae" is no name of a component'):
        opened(copy)


def test_missing_weights_are_not_made_up(folder: Folder, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    copy = shutil.copytree(folder("sd"), tmp_path / "copy")
    for part, name in (("unet", "diffusion_pytorch_model"), ("text_encoder", "model")):
        file = copy / part / f"{name}.safetensors"
        whole = load_file(file)
        key = max(whole, key=lambda name: (whole[name].ndim, name))
        save_file({name: value for name, value in whole.items() if name != key}, file, metadata={"format": "pt"})
        with pytest.raises(ModelError, match=rf'component "{part}" in .* lacks 1 of its weights'):
            opened(copy).load()
        shutil.copy(folder("sd") / part / file.name, file)


def test_a_broken_file_is_an_error_of_the_model(folder: Folder, tmp_path: Path) -> None:
    copy = shutil.copytree(folder("ddpm"), tmp_path / "copy")
    (copy / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"cut off")
    with pytest.raises(ModelError, match=rf"diffusers {diffusers.__version__} cannot load"):
        opened(copy).load()
    with pytest.raises(ModelError, match=r'cannot compute on the device "nonsense"'):
        open_model(f"diffusers:{folder('ddpm')}", device="nonsense").load()
