"""A pipeline of diffusers as a Model: requests to calls, and what is drawn to images or videos."""

from __future__ import annotations

import json
from collections import defaultdict
from importlib import import_module
from typing import TYPE_CHECKING, Any

from evalsuite.models.class_prompts import asked_class
from evalsuite.models.diffusers_interface import FRAMES
from evalsuite.models.diffusers_loading import load_pipeline, quiet
from evalsuite.models.fingerprint import hash_named
from evalsuite.models.hf_batching import FittingBatches
from evalsuite.models.hf_folder import folder_name
from evalsuite.models.image_rows import ImageRow, SeededCalls

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.models.diffusers_folder import PipelineFolder
    from evalsuite.models.diffusers_interface import PipelineInterface
    from evalsuite.types import GenerationConfig, Modality, Output, Request

__all__ = ["DiffusersModel"]


class DiffusersModel:
    """A pipeline of diffusers that draws images or makes videos. Satisfies `evalsuite.models.base.Model`.

    Parameters
    ----------
    folder : PipelineFolder
    interface : PipelineInterface
    spec : str
    dtype, device : str
        As torch names them; the device may be ``"auto"``.
    batch_size : int
    settings : mapping of str to int, float or str
        What the call gets beside the request, by the call's own names.
    scheduler : str, optional
    prompt_after : str
        The pipeline reads what follows the last of these in a prompt; all of it where there is none.

    Attributes
    ----------
    needs : frozenset of str
        What a request must show for there to be anything to draw.
    image_size : tuple of int, optional
        Height and width of what it draws, where that is known before it is loaded.
    """

    batch_invariant = False

    def __init__(
        self,
        folder: PipelineFolder,
        interface: PipelineInterface,
        *,
        spec: str,
        dtype: str,
        device: str,
        batch_size: int,
        settings: Mapping[str, int | float | str],
        scheduler: str | None,
        prompt_after: str = "",
    ) -> None:
        self.spec = spec
        self.name = folder_name(folder.folder)
        self.batch_size = batch_size
        self.dtype = dtype
        self.device = device
        makes: Modality = "video" if interface.makes == "video" else "image"
        self.modalities: frozenset[Modality] = frozenset({makes})
        reads: set[Modality] = {"text", "image"} if "image" in interface.parameters else {"text"}
        self.inputs: frozenset[Modality] = frozenset(reads)
        self.needs: frozenset[Modality] = frozenset({"image"} if interface.needs_image else ())
        self.image_size = _image_size(folder, interface, settings)
        sizes = {"height", "width"} <= set(interface.parameters)  # of others the denoiser alone decides
        self.size_options = "height={height},width={width}" if sizes else ""
        self._folder = folder
        self._interface = interface
        self._settings = dict(settings)
        self._scheduler = scheduler
        self._prompt_after = prompt_after
        variants = sorted((part.name, part.variant) for part in folder.components.values() if part.variant)
        choices = [interface.name, dtype, scheduler, sorted(self._settings.items()), variants, prompt_after]
        self.fingerprint = hash_named({"files": folder.hash().encode(), "options": json.dumps(choices).encode()})
        self._batches = FittingBatches()
        self._calls = SeededCalls()
        self._pipeline: Any = None

    def load(self) -> None:
        """Load the weights now; does nothing the second time.

        Raises
        ------
        ModelError
            If diffusers cannot load them, some are missing, or the scheduler does not fit.
        """
        self._load()

    def _load(self) -> Any:
        if self._pipeline is None:
            torch: Any = import_module("torch")
            if self.device == "auto":
                self.device = "cuda" if torch.cuda.is_available() else "cpu"
            self._pipeline = load_pipeline(
                self._folder,
                self._interface,
                where=self.spec,
                dtype=self.dtype,
                device=self.device,
                scheduler=self._scheduler,
            )
        return self._pipeline

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Draw an image, or make a video, for every request in order; see `evalsuite.models.base.Model.generate`.

        Noise comes from one generator a request, on the processor, so that it depends neither on the batch nor on the
        device: ``torch.Generator().manual_seed(request.seed)``. A prompt that the pipeline would cut off, that names no
        class where it draws classes, or that has no image where it needs one, gets an error output of its own.

        Parameters
        ----------
        requests : sequence of Request
        config : GenerationConfig
            Is about text, and changes nothing here.

        Returns
        -------
        list of Output
            With images of uint8, shape (height, width, channels), or videos, shape (frames, height, width, channels):
            the pipeline's numbers from 0 to 1, times 255, rounded to the nearest (halves to even). What its safety
            checker flags is refused, and has no image.

        Raises
        ------
        ModelError
            If the weights cannot be loaded.
        """
        if not requests:
            return []
        pipeline = self._load()
        torch: Any = import_module("torch")
        is_cuda = self.device.startswith("cuda")
        if is_cuda:
            torch.cuda.reset_peak_memory_stats(self.device)
        rows = [ImageRow(index, request) for index, request in enumerate(requests)]
        alike: defaultdict[object, list[ImageRow]] = defaultdict(list)
        for row in rows:
            row.error = self._prepare(pipeline, row)
            if row.error is None:
                alike[tuple(image.shape for image in row.request.images)].append(row)
        with quiet():
            for group in alike.values():
                # A list of images is one for each prompt, or several for all: where it is not clear, there is no list.
                self._calls.alone |= bool(group[0].request.images) and "strength" not in self._interface.parameters
                self._batches.finish(
                    group,
                    lambda active: self._calls.draw(active, lambda some: self._draw(pipeline, some), self.device),
                )
        peak = torch.cuda.max_memory_allocated(self.device) if is_cuda else None
        return [row.output(peak) for row in rows]

    def _prepare(self, pipeline: Any, row: ImageRow) -> str | None:
        """Find out what is asked for; return what is wrong with it."""
        takes, request = self._interface.parameters, row.request
        if "image" in self.needs and len(request.images) != 1:
            return f"{self._interface.name} begins with one image, and the request shows {len(request.images)}"
        if len(request.images) > 1:
            return f"{self._interface.name} reads one image, and the request shows {len(request.images)}"
        n_classes = _n_classes(pipeline) if "class_labels" in takes else None
        if n_classes is not None:
            names = getattr(pipeline, "labels", None) or {}
            try:
                row.label = asked_class(self._prompt(request), request.seed, n_classes=n_classes, names=names)
            except ValueError as error:
                return str(error)
        return _too_long(pipeline, self._prompt(request)) if "prompt" in takes else None

    def _prompt(self, request: Request) -> str:
        prompt = request.prompt
        return prompt.rpartition(self._prompt_after)[2].strip() if self._prompt_after else prompt

    def _draw(self, pipeline: Any, rows: Sequence[ImageRow]) -> None:
        made = pipeline(**self._arguments(rows))
        flagged = getattr(made, "nsfw_content_detected", None) or [False] * len(rows)
        asked = next((self._settings[name] for name in FRAMES if name in self._settings), None)
        for row, drawn, is_flagged in zip(rows, getattr(made, self._interface.field), flagged, strict=True):
            if is_flagged:
                row.refused = True
            elif asked is not None and len(drawn) != asked:
                row.error = (
                    f"the pipeline made {len(drawn)} frames where {asked} were asked for: it has a rule of its own"
                )
            else:
                row.image, row.error = _as_bytes(drawn, self._interface.makes)

    def _arguments(self, rows: Sequence[ImageRow]) -> dict[str, Any]:
        torch: Any = import_module("torch")
        takes, requests = self._interface.parameters, [row.request for row in rows]
        made: dict[str, Any] = {
            name: [value] * len(rows) if name == "negative_prompt" else value for name, value in self._settings.items()
        }
        made["output_type"] = "np"
        if "generator" in takes:
            made["generator"] = [torch.Generator().manual_seed(request.seed) for request in requests]
        if "prompt" in takes:
            made["prompt"] = [self._prompt(request) for request in requests]
        if "image" in takes and requests[0].images:
            shown = [_as_pillow(request.images[0]) for request in requests]
            made["image"] = shown if len(shown) > 1 else shown[0]
        if rows[0].label is not None:
            made["class_labels"] = [row.label for row in rows]
        if "batch_size" in takes:
            made["batch_size"] = len(rows)
        return made


def _image_size(
    folder: PipelineFolder, interface: PipelineInterface, settings: Mapping[str, int | float | str]
) -> tuple[int, int] | None:
    height, width = settings.get("height"), settings.get("width")
    if isinstance(height, int) and isinstance(width, int):
        return height, width
    # With one of the two, pipelines go by their own rules; an image to begin with has a size of its own.
    known = height is None and width is None and "image" not in interface.parameters
    return folder.image_size if known else None


def _n_classes(pipeline: Any) -> int | None:
    for name, key in (("transformer", "num_embeds_ada_norm"), ("unet", "num_class_embeds")):
        config = getattr(getattr(pipeline, name, None), "config", None)
        number = getattr(config, key, None)
        if isinstance(number, int):
            return number
    return None


def _too_long(pipeline: Any, prompt: str) -> str | None:
    """Return what is wrong with a prompt that all of the pipeline's text encoders would cut off."""
    transformers: Any = import_module("transformers")
    inspect: Any = import_module("inspect")
    most = inspect.signature(type(pipeline).__call__).parameters.get("max_sequence_length")
    limits = []
    for part in pipeline.components.values():
        if isinstance(part, transformers.PreTrainedTokenizerBase):
            length = len(part(prompt, verbose=False)["input_ids"])
            holds = part.model_max_length
            limits.append((length, holds if most is None or most.default is None else min(holds, most.default)))
    if not limits or any(length <= holds for length, holds in limits):
        return None
    length, holds = max(limits, key=lambda limit: limit[1])
    return f"the prompt has {length} tokens, but the pipeline's text encoder holds {holds} and would cut it off"


def _as_bytes(image: Any, what: str) -> tuple[NDArray[np.uint8] | None, str | None]:
    """Return an image or a video from 0 to 1 as bytes, or what is wrong with it."""
    np: Any = import_module("numpy")
    values = np.asarray(image, dtype=np.float32)
    if not np.isfinite(values).all():
        article = "a" if what == "video" else "an"
        return (
            None,
            f"the pipeline made {article} {what} with NaN or infinity; try another dtype, such as float32 or bfloat16",
        )
    return (values.clip(0, 1) * 255).round().astype(np.uint8), None


def _as_pillow(pixels: NDArray[np.uint8]) -> Any:
    np: Any = import_module("numpy")
    image: Any = import_module("PIL.Image")
    return image.fromarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)).copy())
