"""The backend of diffusers: images are the pipelines' own, and depend on seeds alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evalsuite.errors import ModelError, UsageError
from evalsuite.evaluation import evaluate, plan_run
from evalsuite.models.diffusers_interface import read_interface, scheduler_names
from evalsuite.models.diffusers_model import DiffusersModel
from evalsuite.models.spec import open_model
from evalsuite.task import load_task
from evalsuite.types import GenerationConfig, Output, Request
from tests.models.tiny_diffusers import build

diffusers: Any = pytest.importorskip("diffusers")
torch: Any = pytest.importorskip("torch")

CONFIG = GenerationConfig()
PROMPTS = ["a cat", "two dogs, left of a house", "", "x", "the red circle", "a cat", "b", "a longer prompt than others"]
SHOWN = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
Folder = Callable[[str], Path]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    root = tmp_path_factory.mktemp("diffusers")

    def made(kind: str) -> Path:
        return root / kind if (root / kind).is_dir() else build(root / kind, kind=kind)

    return made


def request(i: int, prompt: str, *images: np.ndarray) -> Request:
    return Request(sample_id=str(i), repeat=0, turn=0, prompt=prompt, messages=(), seed=2**63 + 977 * i, images=images)


def requests(kind: str, n: int = 8) -> list[Request]:
    prompts = ["a dog", "7", "Horse!", "", "999", "a house cat", "0", "dog"] if kind == "dit" else PROMPTS
    return [request(i, prompts[i], *([SHOWN] if kind == "img2img" else [])) for i in range(n)]


def opened(path: Path, options: str = "steps=3") -> DiffusersModel:
    model = open_model(f"diffusers:{path},{options}")
    assert isinstance(model, DiffusersModel)
    return model


def pixels(output: Output) -> np.ndarray:
    assert output.error is None
    assert isinstance(output.image, np.ndarray)
    assert output.image.dtype == np.uint8
    return output.image


def own_call(path: Path, one: Request, kind: str, **more: Any) -> np.ndarray:
    """Return what diffusers itself draws for a request."""
    pipeline = diffusers.DiffusionPipeline.from_pretrained(path)
    pipeline.set_progress_bar_config(disable=True)
    given: dict[str, Any] = {"prompt": one.prompt}
    if kind in ("ddpm", "ddim"):
        given = {}
    elif kind == "dit":
        given = {"class_labels": [1]}
    elif one.images:
        from PIL import Image

        given["image"] = Image.fromarray(one.images[0])
    drawn = pipeline(**given, generator=torch.Generator().manual_seed(one.seed), num_inference_steps=3, **more)
    image = np.asarray(drawn.images[0])
    return image if image.ndim == 3 else image[:, :, None]


@pytest.mark.parametrize("kind", ["ddpm", "ddim", "sd", "img2img", "dit"])
def test_an_image_is_the_pipelines_own(folder: Folder, kind: str) -> None:
    one = requests(kind, 1)[0]
    drawn = opened(folder(kind)).generate([one], CONFIG)[0]
    assert np.array_equal(pixels(drawn), own_call(folder(kind), one, kind))


@pytest.mark.parametrize("kind", ["ddpm", "sd", "img2img", "dit"])
def test_images_do_not_depend_on_the_batch(folder: Folder, kind: str) -> None:
    model, asked = opened(folder(kind)), requests(kind)
    whole = [pixels(output).astype(int) for output in model.generate(asked, CONFIG)]
    assert min(np.abs(whole[0] - other).mean() for other in whole[1:]) > 5
    for size in (1, 3):
        parts = [asked[start : start + size] for start in range(0, len(asked), size)]
        drawn = [output for part in parts for output in model.generate(part, CONFIG)]
        for one, other in zip(drawn, whole, strict=True):
            assert np.abs(pixels(one).astype(int) - other).max() <= 1


def test_noise_is_exactly_the_same_in_every_batch(folder: Folder) -> None:
    model, asked = opened(folder("ddpm")), requests("ddpm")
    model.load()
    read: list[Any] = []
    model._pipeline.unet.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0].clone()))

    def first_noise(size: int) -> Any:
        read.clear()
        for start in range(0, len(asked), size):
            model.generate(asked[start : start + size], CONFIG)
        return torch.cat(read[::3])

    assert torch.equal(first_noise(8), first_noise(1))
    assert torch.equal(first_noise(8), first_noise(3))
    expected = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(asked[5].seed))
    assert torch.equal(first_noise(8)[5:6], expected)


def test_a_scheduler_with_noise_of_its_own_draws_one_by_one(folder: Folder) -> None:
    """DiT hands no generator to its scheduler, whose noise would then be the process's."""
    model, asked = opened(folder("dit"), "steps=3,scheduler=DDPMScheduler"), requests("dit")
    torch.manual_seed(5)
    before = torch.get_rng_state()
    whole = [pixels(output) for output in model.generate(asked, CONFIG)]
    assert torch.equal(torch.get_rng_state(), before)
    assert model._calls.alone
    for i in (5, 0, 7):
        assert np.array_equal(pixels(model.generate([asked[i]], CONFIG)[0]), whole[i])
    fresh = opened(folder("dit"), "steps=3,scheduler=DDPMScheduler")
    assert np.array_equal(pixels(fresh.generate([asked[3]], CONFIG)[0]), whole[3])
    calls: list[Any] = []
    forward = fresh._pipeline.transformer.register_forward_hook(lambda *_: calls.append(1))
    padded = fresh.generate([asked[3]] * 4, CONFIG)
    forward.remove()
    assert len(calls) == 6  # 3 steps of all at once, which noticed the noise, and 3 of the one that they are
    assert all(np.array_equal(pixels(output), whole[3]) for output in padded)
    assert fresh._calls.alone
    assert not opened(folder("dit"))._calls.alone


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


def test_images_of_several_sizes_come_back_in_order(folder: Folder) -> None:
    small, large = SHOWN, np.zeros((32, 24, 1), dtype=np.uint8)
    asked = [request(i, "a cat", image) for i, image in enumerate((small, large, large, small))]
    asked += [request(4, "a cat"), request(5, "a cat", small, small)]
    outputs = opened(folder("img2img")).generate(asked, CONFIG)
    assert [pixels(output).shape for output in outputs[:4]] == [(16, 16, 3), (32, 24, 3), (32, 24, 3), (16, 16, 3)]
    assert "begins with one image, and the request shows 0" in (outputs[4].error or "")
    assert "begins with one image, and the request shows 2" in (outputs[5].error or "")


def test_editors_see_the_image_of_each_request_alone(folder: Folder) -> None:
    """To some of them, a list of images is several to go by at once."""
    asked = [request(0, "a cat", SHOWN), request(1, "a dog", 255 - SHOWN)]
    model = opened(folder("edit"))
    outputs = model.generate(asked, CONFIG)
    for one, output in zip(asked, outputs, strict=True):
        assert np.array_equal(pixels(output), own_call(folder("edit"), one, "edit"))
    assert model._calls.alone


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


def test_a_batch_that_does_not_fit_is_halved(folder: Folder) -> None:
    model, asked = opened(folder("ddpm")), requests("ddpm")
    free = [pixels(output) for output in model.generate(asked, CONFIG)]
    forward, sizes = model._pipeline.unet.forward, []

    def limited(sample: Any, *rest: Any, **more: Any) -> Any:
        sizes.append(len(sample))
        if len(sample) > limit:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return forward(sample, *rest, **more)

    model._pipeline.unet.forward = limited
    limit = 3
    drawn = [pixels(output) for output in model.generate(asked, CONFIG)]
    assert all(np.abs(one.astype(int) - other).max() <= 1 for one, other in zip(drawn, free, strict=True))
    assert sizes[:3] == [8, 4, 2]
    limit = 0
    alone = model.generate(asked[:1], CONFIG)[0].error or ""
    assert alone == "out of memory with this request alone: CUDA out of memory. Tried to allocate 2.00 GiB."


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


def test_a_scheduler_that_the_pipeline_cannot_serve_is_refused(folder: Folder) -> None:
    with pytest.raises(ModelError, match=r"DDPMPipeline does not scale .* as EulerDiscreteScheduler needs"):
        opened(folder("ddpm"), "scheduler=EulerDiscreteScheduler").load()


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
