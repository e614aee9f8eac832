"""``diffusers:PATH``: a pipeline of diffusers that draws images, or makes videos from texts, from a local folder."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from evalsuite.errors import DependencyError, ModelError, did_you_mean
from evalsuite.models.batch_sizes import default_batch_size
from evalsuite.models.diffusers_folder import find_pipeline
from evalsuite.models.diffusers_interface import FRAMES, read_interface, scheduler_names
from evalsuite.models.diffusers_model import DiffusersModel
from evalsuite.models.options import check_known, read_choice, read_float, read_int
from evalsuite.models.spec import ModelSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.models.diffusers_interface import PipelineInterface

__all__ = ["DiffusersModel", "open_model"]

_WHOLE = {"steps": "num_inference_steps", "frames": "num_frames", "height": "height", "width": "width"}
_NUMBERS = {"guidance_scale": "guidance_scale", "strength": "strength", "eta": "eta"}
_TEXTS = {"negative_prompt": "negative_prompt"}
_OF_CALLS = {**_WHOLE, **_NUMBERS, **_TEXTS}
_OPTIONS = (*sorted(_OF_CALLS), "batch_size", "dtype", "pipeline", "prompt_after", "scheduler", "variant")
_GIVEN = frozenset({"prompt", "image", "class_labels", "batch_size", "generator"})
# What pipelines cannot do without, and no request has, although their calls have a default for it.
_FOREIGN = ("mask_image", "control_image")
# What such calls for videos take, and a request for a video has none of: there is no telling if they can do without.
_SHOWN = ("image", "video", "control_video", "conditioning_frames", "controls")


def open_model(name: str, options: Mapping[str, str], *, device: str = "auto") -> DiffusersModel:
    """Open the pipeline `name`: check its parts and hash them. Weights load when it first draws.

    Parameters
    ----------
    name : str
        The path of a folder, or the id of a pipeline that is already in the local hub cache.
    options : mapping of str to str
        ``pipeline`` (a class of diffusers to load the same parts by, such as ``StableDiffusionImg2ImgPipeline``; by
        default the one they were saved by), ``scheduler`` (a class of diffusers), ``dtype`` (``float32``, ``bfloat16``,
        ``float16``), ``variant``, ``batch_size``, ``prompt_after`` (the pipeline reads what follows the last of these
        words in a prompt, such as ``Request:``); and what calls of the pipeline take of ``steps``, ``height``,
        ``width``, ``guidance_scale``, ``negative_prompt``, ``strength`` and ``eta``, and of videos ``frames``.
    device : str, default "auto"
        As torch names it; ``"auto"`` is ``"cuda"`` where there is a GPU, else ``"cpu"``.

    Raises
    ------
    ModelError
        If the folder is not there, lacks a part, has pickled weights or code of its own, holds a pipeline that makes
        neither images nor videos or needs what no request has; or an option is unknown, wrong or not for this pipeline.
    DependencyError
        If diffusers or transformers is missing.
    """
    where = f"diffusers:{name}"
    for key in ("custom_pipeline", "trust_remote_code"):
        if key in options:
            raise ModelError(f'{where}: there is no option "{key}": no code of a checkpoint is run')
    check_known(where, options, _OPTIONS)
    dtype = read_choice(where, options, "dtype", ("float32", "bfloat16", "float16"))
    given = {key: _read(where, options, key) for key in _OF_CALLS if key in options}
    for package in ("diffusers", "transformers"):
        if find_spec(package) is None:
            raise DependencyError(f'{where}: needs the package {package}: pip install "evalsuite[diffusers]"')
    scheduler = options.get("scheduler")
    if scheduler is not None and scheduler not in (known := scheduler_names()):
        raise ModelError(f'{where}: option "scheduler": diffusers has no "{scheduler}"{did_you_mean(scheduler, known)}')
    folder = find_pipeline(name, variant=options.get("variant"))
    interface = read_interface(options.get("pipeline", folder.class_name), where)
    _check_draws(interface, where)
    if scheduler is not None and "scheduler" not in folder.components:
        raise ModelError(f'{where}: option "scheduler": the pipeline {interface.name} has none')
    names = {**_OF_CALLS, "frames": next((name for name in FRAMES if name in interface.parameters), "num_frames")}
    for key in given:
        if names[key] not in interface.parameters:
            takes = ", ".join(sorted(one for one, other in names.items() if other in interface.parameters))
            raise ModelError(f'{where}: option "{key}": {interface.name} takes none; of such options it takes: {takes}')
    # A video is as much work as many images: one alone keeps a device busy.
    usual = 1 if interface.makes == "video" else default_batch_size(device, on_cpu=8, on_gpu=32)
    return DiffusersModel(
        folder,
        interface,
        spec=str(ModelSpec(backend="diffusers", name=name, options=options)),
        dtype=dtype,
        device=device,
        batch_size=read_int(where, options, "batch_size", default=usual),
        settings={names[key]: value for key, value in given.items()},
        scheduler=scheduler,
        prompt_after=options.get("prompt_after", ""),
    )


def _read(where: str, options: Mapping[str, str], key: str) -> int | float | str:
    if key in _WHOLE:
        return read_int(where, options, key, default=1)
    if key in _TEXTS:
        return options[key]
    value = read_float(where, options, key, default=0.0)
    if key == "strength" and not 0 < value <= 1:
        raise ModelError(f'{where}: option "strength" must be above 0 and at most 1; got "{options[key]}"')
    return value


def _check_draws(interface: PipelineInterface, where: str) -> None:
    """Refuse a pipeline that no task can use, by what its class says."""
    if interface.makes not in ("image", "video"):
        made = {"audio": "sound", "text": "texts"}.get(interface.makes, "something else than images")
        raise ModelError(
            f"{where}: {interface.name} makes {made}; this backend is for pipelines that draw images or make videos"
        )
    if interface.makes == "video":
        _check_reads_text(interface, where)
    lacking = [name for name in interface.required if name not in _GIVEN]
    lacking += [name for name in _FOREIGN if name in interface.parameters and name not in lacking]
    if lacking:
        raise ModelError(
            f"{where}: {interface.name} draws from {', '.join(lacking)}, which no request has; a request has a prompt "
            "and perhaps an image. Wrap it in Python code of yours: python:module:callable."
        )


def _check_reads_text(interface: PipelineInterface, where: str) -> None:
    """Refuse a pipeline of videos that begins with something else than a text."""
    shown = [name for name in _SHOWN if name in interface.parameters]
    if shown or "prompt" not in interface.parameters:
        begins = f"takes {' and '.join(shown)} beside a text" if shown else "takes no prompt"
        raise ModelError(
            f"{where}: {interface.name} {begins}; of pipelines that make videos, this backend is for those that make "
            "them from a text alone. Wrap it in Python code of yours: python:module:callable."
        )
