"""A model that draws another size than a task asks for: the advice is what this model can do."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from evalsuite.errors import UsageError
from evalsuite.evaluation import plan_run
from evalsuite.models.spec import open_model
from evalsuite.task import load_task

if TYPE_CHECKING:
    from pathlib import Path

    from evalsuite.models.base import Model

FIXED = "its size is fixed: it takes a model of 48 x 48, or a task of 8 x 8"


def pipeline(folder: Path, kind: str, **parts: dict[str, object]) -> Model:
    """Open a pipeline of networks that are configurations alone."""
    names = {name: ["diffusers", "UNet2DModel" if name == "unet" else "AutoencoderKL"] for name in parts}
    index = {"_class_name": kind, "scheduler": ["diffusers", "DDPMScheduler"], **names}
    folder.joinpath("model_index.json").write_text(json.dumps(index))
    for name in ("scheduler", *parts):
        (folder / name).mkdir()
    for name, config in parts.items():
        (folder / name / "config.json").write_text(json.dumps(config))
        (folder / name / "diffusion_pytorch_model.safetensors").write_bytes(b"weights")
    return open_model(f"diffusers:{folder}")


def refused(model: Model, folder: Path) -> str:
    with pytest.raises(UsageError) as error:
        plan_run(model, load_task("picture_composition"), root=folder)
    return str(error.value)


@pytest.mark.skipif(find_spec("diffusers") is None, reason="needs diffusers")
def test_a_pipeline_is_told_of_options_only_if_it_has_them(tmp_path: Path) -> None:
    for name in ("ddpm", "sd"):
        (tmp_path / name).mkdir()
    fixed = pipeline(tmp_path / "ddpm", "DDPMPipeline", unet={"sample_size": 8})
    told = refused(fixed, tmp_path)
    assert told.endswith(f'asks for images of 48 x 48 pixels, model "ddpm" draws 8 x 8; {FIXED}')
    blocks = {"block_out_channels": [4, 4]}
    free = pipeline(tmp_path / "sd", "StableDiffusionPipeline", unet={"sample_size": 8}, vae=blocks)
    assert refused(free, tmp_path).endswith("draws 16 x 16; where it can draw others, say so: height=48,width=48")


@pytest.mark.skipif(find_spec("aiohttp") is None, reason="needs aiohttp")
def test_a_server_has_an_option_of_its_own(tmp_path: Path) -> None:
    model = open_model("openai:tiny,api=images,base_url=http://localhost:1/v1,size=16x8")
    assert refused(model, tmp_path).endswith("draws 8 x 16; where it can draw others, say so: size=48x48")
