"""The backend of diffusers: images are the pipelines' own, and depend on options, prompts and seeds alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.errors import ModelError, UsageError
from evalsuite.evaluation import evaluate, plan_run
from evalsuite.models.diffusers_interface import read_interface, scheduler_names
from evalsuite.task import load_task
from tests.models.drawing import CONFIG, Folder, build_in, opened, own_call, pixels, request, requests
from tests.models.tiny_diffusers import build

if TYPE_CHECKING:
    from pathlib import Path

diffusers: Any = pytest.importorskip("diffusers")
torch: Any = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return build_in(tmp_path_factory.mktemp("diffusers"))


@pytest.mark.parametrize("kind", ["ddpm", "ddim", "sd", "img2img", "dit"])
def test_an_image_is_the_pipelines_own(folder: Folder, kind: str) -> None:
    one = requests(kind, 1)[0]
    drawn = opened(folder(kind)).generate([one], CONFIG)[0]
    assert np.array_equal(pixels(drawn), own_call(folder(kind), one, kind))


def test_options_reach_the_pipeline(folder: Folder) -> None:
    one = requests("sd", 1)[0]
    options = "steps=3,guidance_scale=2.5,negative_prompt=a dog,height=24,width=32,eta=0.5"
    drawn = pixels(opened(folder("sd"), options).generate([one], CONFIG)[0])
    settings = {"guidance_scale": 2.5, "negative_prompt": "a dog", "height": 24, "width": 32, "eta": 0.5}
    assert np.array_equal(drawn, own_call(folder("sd"), one, "sd", **settings))
    assert drawn.shape == (24, 32, 3)
    weak, strong = (
        pixels(opened(folder("img2img"), f"steps=10,strength={strength}").generate(requests("img2img", 1), CONFIG)[0])
        for strength in (0.2, 1.0)
    )
    assert not np.array_equal(weak, strong)
    solver = opened(folder("sd"), "steps=3,scheduler=DPMSolverMultistepScheduler")
    assert not np.array_equal(pixels(solver.generate([one], CONFIG)[0]), own_call(folder("sd"), one, "sd"))
    assert type(solver._pipeline.scheduler) is diffusers.DPMSolverMultistepScheduler
    half = opened(folder("sd"), "steps=3,dtype=bfloat16")
    pixels(half.generate([one], CONFIG)[0])
    assert {part.dtype for part in (half._pipeline.unet, half._pipeline.vae)} == {torch.bfloat16}


def test_another_class_draws_with_the_same_parts(folder: Folder) -> None:
    asked = requests("img2img")
    model = opened(folder("sd"), "steps=3,pipeline=StableDiffusionImg2ImgPipeline,strength=1.0")
    assert (model.inputs, model.needs) == ({"text", "image"}, {"image"})
    assert all(pixels(output).shape == (16, 16, 3) for output in model.generate(asked, CONFIG))
    assert opened(folder("sd")).needs == frozenset()


def test_what_the_safety_checker_flags_is_refused(folder: Folder) -> None:
    model, asked = opened(folder("checked")), requests("sd")
    model.load()
    clip = {output.finish_reason for output in model.generate(asked, CONFIG)}
    assert clip == {"stop"}
    checker = model._pipeline.safety_checker

    def forward(clip_input: Any, images: np.ndarray) -> tuple[np.ndarray, list[bool]]:
        return images, [i % 3 == 1 for i in range(len(images))]

    checker.forward = forward
    outputs = model.generate(asked, CONFIG)
    assert [output.finish_reason for output in outputs] == ["stop", "refused", "stop"] * 2 + ["stop", "refused"]
    assert all((output.image is None) == (output.finish_reason == "refused") for output in outputs)


def test_a_prompt_that_would_be_cut_off_is_an_error_of_its_sample(folder: Folder) -> None:
    outputs = opened(folder("sd")).generate([request(0, "cat " * 40), request(1, "cat")], CONFIG)
    assert "the prompt has 122 tokens, but the pipeline's text encoder holds 77" in (outputs[0].error or "")
    pixels(outputs[1])


def test_a_prompt_may_begin_after_a_mark(folder: Folder) -> None:
    asked = [request(0, "Rules: cat " * 40 + "Request: a cat\n"), request(0, "a cat")]
    first, second = opened(folder("sd"), "steps=3,prompt_after=Request:").generate(asked, CONFIG)
    assert np.array_equal(pixels(first), pixels(second))


def test_a_prompt_names_a_class_by_number_or_name(folder: Folder) -> None:
    model = opened(folder("dit"))
    asked = [request(0, prompt) for prompt in ("1", "a dog", "DOG.", "2", "Horse", "cat and dog", "1000", "hotdog")]
    outputs = model.generate(asked, CONFIG)
    by_number, *same, two, horse = (pixels(output) for output in outputs[:5])
    assert all(np.array_equal(by_number, one) for one in same)
    assert np.array_equal(two, horse)
    assert not np.array_equal(by_number, two)
    for output in (outputs[5], outputs[7]):
        assert "does not name one of the model's 1000 classes" in (output.error or "")
    assert "asks for class 1000, and classes are numbered 0 to 999" in (outputs[6].error or "")


def test_numbers_that_are_none_are_an_error(folder: Folder) -> None:
    model = opened(folder("ddpm"))
    model.load()
    with torch.no_grad():
        next(iter(model._pipeline.unet.parameters())).fill_(float("nan"))
    assert "NaN or infinity" in (model.generate(requests("ddpm", 1), CONFIG)[0].error or "")


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("sd", "step=3", r'unknown option "step"; did you mean "steps"'),
        ("sd", "steps=0", r'option "steps" must be a whole number of at least 1; got "0"'),
        ("sd", "strength=0.5", r'option "strength": StableDiffusionPipeline takes none; of such options it takes: eta'),
        ("img2img", "strength=1.5", r'option "strength" must be above 0 and at most 1; got "1.5"'),
        ("ddpm", "guidance_scale=2", r'"guidance_scale": DDPMPipeline takes none; of such options it takes: steps$'),
        ("sd", "dtype=int8", r'option "dtype" must be one of float32, bfloat16, float16'),
        ("sd", "scheduler=DDIMSheduler", r'diffusers has no "DDIMSheduler"; did you mean "DDIMScheduler"'),
        ("sd", "custom_pipeline=x", r'there is no option "custom_pipeline": no code of a checkpoint is run'),
        ("sd", "trust_remote_code=true", r'there is no option "trust_remote_code"'),
        ("sd", "pipeline=StableDifusionPipeline", r'has no pipeline "StableDifusionPipeline".*did you mean "StableD'),
        ("sd", "pipeline=StableDiffusionInpaintPipeline", r"draws from mask_image, which no request has"),
        ("sd", "pipeline=AudioLDM2Pipeline", r"AudioLDM2Pipeline makes sound; this backend is for pipelines that draw"),
        ("sd", "pipeline=KandinskyPriorPipeline", r"makes something else than images"),
    ],
)
def test_wrong_options_are_refused_when_opened(folder: Folder, kind: str, options: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        opened(folder(kind), options)


def test_a_scheduler_that_the_pipeline_cannot_serve_is_refused(folder: Folder) -> None:
    with pytest.raises(ModelError, match=r"DDPMPipeline does not scale .* as EulerDiscreteScheduler needs"):
        opened(folder("ddpm"), "scheduler=EulerDiscreteScheduler").load()


def test_classes_are_known_by_their_source() -> None:
    sdxl = read_interface("StableDiffusionXLPipeline", "here")
    assert (sdxl.makes, sdxl.needs_image) == ("image", False)
    assert read_interface("DDPMPipeline", "here").required == ()
    assert read_interface("AmusedPipeline", "here").makes == "image"
    assert read_interface("StableDiffusionXLImg2ImgPipeline", "here").needs_image
    assert {"DDIMScheduler", "FlowMatchEulerDiscreteScheduler"} <= set(scheduler_names())


@pytest.mark.parametrize("kind", ["ddpm", "sd"])
def test_a_run_draws_and_scores(tmp_path: Path, kind: str) -> None:
    """An unconditional task, and one of pictures from texts, of the size that the pipeline draws."""
    name, path = "fashion", tmp_path / "pipeline"
    options = "steps=2,batch_size=4"
    if kind == "ddpm":
        build(path, size=28)
    else:
        build(path, kind="sd", positions=200)
        name, options = "picture_composition", f"{options},height=48,width=48,prompt_after=Request:"
    spec = f"diffusers:{path},{options}"
    report = evaluate(spec, name, limit=6, output=tmp_path / "runs")[0]
    assert report.primary.n == 6
    assert report.primary.outcomes.get("error", 0) == 0
    assert report.primary.value is not None


def test_a_task_that_the_pipeline_cannot_do_is_refused(folder: Folder, tmp_path: Path) -> None:
    task = load_task("picture_composition")
    with pytest.raises(UsageError, match=r'model "img2img" begins with an image, and task "picture_composition" shows'):
        plan_run(opened(folder("img2img")), task, root=tmp_path)
    with pytest.raises(UsageError, match=r"48 x 48 pixels, model .sd. draws 16 x 16.*height=48,width=48"):
        plan_run(opened(folder("sd")), task, root=tmp_path)
    with pytest.raises(UsageError, match=r'task "ledger" asks for text, model "ddpm" generates image'):
        plan_run(opened(folder("ddpm")), load_task("ledger"), root=tmp_path)
    plan_run(opened(folder("sd"), "height=48,width=48"), task, root=tmp_path)
