"""Pipelines that make videos: frames are the pipelines' own, and depend on seeds alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evalsuite.errors import ModelError, UsageError
from evalsuite.evaluation import evaluate, plan_run
from evalsuite.models.diffusers_interface import read_interface
from evalsuite.models.diffusers_model import DiffusersModel
from evalsuite.models.spec import open_model
from evalsuite.task import load_task
from evalsuite.types import GenerationConfig, Output, Request
from tests.models.tiny_diffusers import build

diffusers: Any = pytest.importorskip("diffusers")
torch: Any = pytest.importorskip("torch")

CONFIG = GenerationConfig()
PROMPTS = ["a cat", "two dogs, left of a house", "", "a red circle"]
OPTIONS = {"t2v": "steps=2,frames=3", "cogvideox": "steps=2,frames=9,height=16,width=16"}
CALLS: dict[str, dict[str, Any]] = {
    "t2v": {"num_frames": 3},
    "cogvideox": {"num_frames": 9, "height": 16, "width": 16},
}
KINDS = list(OPTIONS)
Folder = Callable[[str], Path]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    root = tmp_path_factory.mktemp("diffusers")

    def made(kind: str) -> Path:
        return root / kind if (root / kind).is_dir() else build(root / kind, kind=kind)

    return made


def requests(n: int = 4) -> list[Request]:
    return [
        Request(sample_id=str(i), repeat=0, turn=0, prompt=PROMPTS[i], messages=(), seed=2**63 + 977 * i)
        for i in range(n)
    ]


def opened(path: Path, options: str) -> DiffusersModel:
    model = open_model(f"diffusers:{path},{options}")
    assert isinstance(model, DiffusersModel)
    return model


def frames(output: Output) -> np.ndarray:
    assert output.error is None
    assert output.image is None
    assert isinstance(output.video, np.ndarray)
    assert output.video.dtype == np.uint8
    return output.video


@pytest.mark.parametrize("kind", KINDS)
def test_a_video_is_the_pipelines_own(folder: Folder, kind: str) -> None:
    model, one = opened(folder(kind), OPTIONS[kind]), requests()[1]
    assert (model.modalities, model.inputs, model.batch_size) == ({"video"}, {"text"}, 1)
    pipeline = diffusers.DiffusionPipeline.from_pretrained(folder(kind))
    pipeline.set_progress_bar_config(disable=True)
    generator = torch.Generator().manual_seed(one.seed)
    made = pipeline(
        prompt=one.prompt, generator=generator, num_inference_steps=2, output_type="np", **CALLS[kind]
    ).frames[0]
    found = frames(model.generate([one], CONFIG)[0])
    assert found.shape == (CALLS[kind]["num_frames"], 16, 16, 3)
    assert np.array_equal(found, (made * 255).round().astype(np.uint8))


@pytest.mark.parametrize("kind", KINDS)
def test_videos_and_their_noise_do_not_depend_on_the_batch(folder: Folder, kind: str) -> None:
    model, asked = opened(folder(kind), OPTIONS[kind]), requests(3)
    model.load()
    network = model._pipeline.unet if kind == "t2v" else model._pipeline.transformer
    read: list[Any] = []

    def note(_: Any, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        read.append((inputs[0] if inputs else named["hidden_states"]).clone())

    network.register_forward_pre_hook(note, with_kwargs=True)
    noise: dict[int, Any] = {}
    whole: list[np.ndarray] = []
    for size in (3, 1):
        read.clear()
        outputs = [one for at in range(0, 3, size) for one in model.generate(asked[at : at + size], CONFIG)]
        # Two steps a call; for guidance a call reads every row twice.
        first = read[::2]
        noise[size] = torch.cat([part[: len(part) // 2] for part in first])
        made = [frames(output) for output in outputs]
        whole = whole or made
        assert all(np.abs(a.astype(int) - b).max() <= 1 for a, b in zip(made, whole, strict=True))
    assert torch.equal(noise[3], noise[1])
    assert not torch.equal(noise[3][0], noise[3][1])
    assert np.abs(whole[0].astype(int) - whole[1]).mean() > 1


def test_a_sample_that_fails_is_an_error_of_its_own(folder: Folder) -> None:
    model = opened(folder("t2v"), "steps=2,frames=2,batch_size=2")
    long = Request(sample_id="x", repeat=0, turn=0, prompt="cat " * 40, messages=(), seed=1)
    outputs = model.generate([long, requests(1)[0]], CONFIG)
    assert "the prompt has 122 tokens, but the pipeline's text encoder holds 77" in (outputs[0].error or "")
    frames(outputs[1])
    with torch.no_grad():
        next(iter(model._pipeline.unet.parameters())).fill_(float("nan"))
    (broken,) = model.generate(requests(1), CONFIG)
    assert broken.video is None
    assert "the pipeline made a video with NaN or infinity" in (broken.error or "")


def test_another_number_of_frames_than_asked_for_is_an_error(folder: Folder) -> None:
    (output,) = opened(folder("cogvideox"), "steps=1,frames=6,height=16,width=16").generate(requests(1), CONFIG)
    assert "made 8 frames where 6 were asked for" in (output.error or "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("pipeline=CogVideoXImageToVideoPipeline", "takes image beside a text; of pipelines that make videos, this"),
        ("pipeline=StableVideoDiffusionPipeline", "takes image beside a text"),
        ("pipeline=VideoToVideoSDPipeline", "takes video beside a text"),
        ("pipeline=WanVACEPipeline", "takes video beside a text"),
        ("frames=0", 'option "frames" must be'),
        ("strength=0.5", 'option "strength": TextToVideoSDPipeline takes none; .* frames, guidance_scale'),
    ],
)
def test_wrong_options_are_refused_when_opened(folder: Folder, options: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        opened(folder("t2v"), options)


def test_the_number_of_frames_has_the_calls_own_name() -> None:
    for name in ("WanPipeline", "CogVideoXPipeline", "HunyuanVideoPipeline", "LTXPipeline", "MochiPipeline"):
        interface = read_interface(name, "x")
        assert (interface.makes, interface.field) == ("video", "frames")
        assert "num_frames" in interface.parameters
    assert "video_length" in read_interface("LattePipeline", "x").parameters
    assert "frames" in read_interface("SanaVideoPipeline", "x").parameters
    assert read_interface("StableDiffusionPipeline", "x").field == "images"


def test_a_run_makes_and_scores_videos(folder: Folder, tmp_path: Path) -> None:
    options = "steps=1,frames=9,height=48,width=48,prompt_after=Request:"
    report = evaluate(f"diffusers:{folder('t2v')},{options}", "moving_shapes", limit=2, output=tmp_path / "runs")[0]
    assert dict(report.primary.outcomes) == {"wrong": 2}
    assert report.primary.value == 0.0
    with pytest.raises(UsageError, match='task "moving_shapes" asks for video, model "sd" generates image'):
        plan_run(opened(folder("sd"), "steps=1"), load_task("moving_shapes"), root=tmp_path)
    with pytest.raises(UsageError, match=r"asks for images of 48 x 48 pixels, model .t2v. draws 16 x 16"):
        plan_run(opened(folder("t2v"), "steps=1"), load_task("moving_shapes"), root=tmp_path)
