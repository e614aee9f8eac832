"""Loading a pipeline of diffusers: each network from safetensors alone, whole, and without a word on the terminal."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from evalsuite.environment import check_device
from evalsuite.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalsuite.models.diffusers_folder import Component, PipelineFolder
    from evalsuite.models.diffusers_interface import PipelineInterface

__all__ = ["load_pipeline", "quiet"]


def load_pipeline(
    folder: PipelineFolder,
    interface: PipelineInterface,
    *,
    where: str,
    dtype: str,
    device: str,
    scheduler: str | None,
) -> Any:
    """Load the weights, and put the pipeline together.

    Parameters
    ----------
    folder : PipelineFolder
    interface : PipelineInterface
        Of the class to load.
    where : str
        The start of messages.
    dtype, device : str
        As torch names them.
    scheduler : str, optional
        A class of diffusers, made from the configuration of the pipeline's own.

    Returns
    -------
    diffusers.DiffusionPipeline

    Raises
    ------
    ModelError
        If diffusers cannot load it, weights are missing, or the scheduler does not fit.
    """
    check_device(device, where)
    with quiet():
        diffusers: Any = import_module("diffusers")
        try:
            networks = {}
            for component in folder.components.values():
                network = _load_network(component, dtype, where)
                if network is not None:
                    networks[component.name] = network
            kind = getattr(diffusers, interface.name)
            pipeline = kind.from_pretrained(
                str(folder.folder), local_files_only=True, use_safetensors=True, **networks
            ).to(device)
            if scheduler is not None:
                pipeline.scheduler = getattr(diffusers, scheduler).from_config(pipeline.scheduler.config)
        except ModelError:
            raise
        except Exception as error:  # diffusers raises many kinds, all of them about this pipeline
            version = diffusers.__version__
            raise ModelError(
                f"{where}: diffusers {version} cannot load {folder.folder}: {type(error).__name__}: {error}"
            ) from error
    _check_scheduler(pipeline, interface, where)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@contextmanager
def quiet() -> Iterator[None]:
    """Keep diffusers and transformers from drawing bars and repeating warnings, which are ours to give."""
    libraries: list[Any] = [import_module(f"{name}.utils.logging") for name in ("diffusers", "transformers")]
    bars = [library.is_progress_bar_enabled() for library in libraries]
    levels = [library.get_verbosity() for library in libraries]
    for library in libraries:
        library.disable_progress_bar()
        library.set_verbosity_error()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for library, had_bars, level in zip(libraries, bars, levels, strict=True):
            library.set_verbosity(level)
            if had_bars:
                library.enable_progress_bar()


def _load_network(component: Component, dtype: str, where: str) -> Any:
    """Return a network with all its weights; None for a component that is none."""
    torch: Any = import_module("torch")
    transformers: Any = import_module("transformers")
    if component.library in ("diffusers", "transformers"):
        library: Any = import_module(component.library)
    else:
        library = import_module(f"diffusers.pipelines.{component.library}")
    kind = getattr(library, component.class_name, None)
    if not (isinstance(kind, type) and issubclass(kind, torch.nn.Module)):
        return None
    is_new = issubclass(kind, transformers.PreTrainedModel) and int(transformers.__version__.split(".")[0]) >= 5
    loader: Any = kind
    network, report = loader.from_pretrained(
        str(component.folder),
        **{"dtype" if is_new else "torch_dtype": getattr(torch, dtype)},
        **({} if component.variant is None else {"variant": component.variant}),
        use_safetensors=True,
        local_files_only=True,
        output_loading_info=True,
    )
    lost = sorted(map(str, [*report["missing_keys"], *report.get("mismatched_keys", ())]))
    if lost:
        raise ModelError(
            f'{where}: the component "{component.name}" in {component.folder} lacks {len(lost)} of its weights, or has '
            f"them in another shape; they would be made up at random: {', '.join(lost[:3])}"
        )
    return network.eval()


def _check_scheduler(pipeline: Any, interface: PipelineInterface, where: str) -> None:
    """Refuse a scheduler whose noise or input must be scaled to a pipeline that does not."""
    scheduler = getattr(pipeline, "scheduler", None)
    if scheduler is None or interface.scales_input:
        return
    if getattr(scheduler, "init_noise_sigma", 1.0) != 1.0:
        raise ModelError(
            f"{where}: {interface.name} does not scale what its network reads, as {type(scheduler).__name__} needs; "
            "its images would be noise. Choose another scheduler, such as DDPMScheduler or DDIMScheduler."
        )
