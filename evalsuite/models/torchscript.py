"""``torchscript:PATH``: a generator saved by torch.jit.save, noise in, images out."""

from __future__ import annotations

import json
import math
import re
import warnings
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.environment import check_device
from evalsuite.errors import DependencyError, ModelError
from evalsuite.models.class_prompts import asked_class
from evalsuite.models.fingerprint import hash_file, hash_named
from evalsuite.models.hf_batching import FittingBatches
from evalsuite.models.image_rows import ImageRow, SeededCalls
from evalsuite.models.noise import normal_noise
from evalsuite.models.options import check_known, read_choice, read_float, read_int
from evalsuite.models.spec import ModelSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.types import GenerationConfig, Modality, Output, Request

__all__ = ["TorchScriptModel", "open_model"]

_OPTIONS = ("batch_size", "classes", "latent", "range", "truncation")
_RANGES = {"-1..1": (-1.0, 1.0), "0..1": (0.0, 1.0), "0..255": (0.0, 255.0)}
_LATENT = re.compile(r"[1-9]\d{0,7}(?:x[1-9]\d{0,7}){0,3}")
_MOST_NUMBERS = 1 << 24

_TRIED = 4
"""Images that are drawn before a run, to find out whether the module can, and whether the range is right."""


def open_model(name: str, options: Mapping[str, str], *, device: str = "auto") -> TorchScriptModel:
    """Open the generator in the file `name`: hash it. It is loaded when it first draws.

    Parameters
    ----------
    name : str
        Path of a file that ``torch.jit.save`` wrote. It is a program, which loading it may run: open what you trust.
    options : mapping of str to str
        ``latent`` (the shape of one image's noise, ``128`` or ``4x8x8``; must be given), ``classes`` (how many the
        generator draws; it is then called with class numbers, too), ``range`` (of the numbers that it returns:
        ``-1..1``, ``0..1`` or ``0..255``), ``truncation`` (noise is kept within plus and minus this) and ``batch_size``
        (64).
    device : str, default "auto"
        As torch names it; ``"auto"`` is ``"cuda"`` where there is a GPU, else ``"cpu"``.

    Raises
    ------
    ModelError
        If there is no such file, or an option is missing, unknown or wrong.
    DependencyError
        If torch is missing.
    """
    where = f"torchscript:{name}"
    check_known(where, options, _OPTIONS)
    written = options.get("latent")
    if written is None:
        raise ModelError(
            f'{where}: give the shape of the noise that it reads for one image, without the batch: "latent=128" or '
            '"latent=4x8x8"'
        )
    latent = tuple(map(int, written.split("x"))) if _LATENT.fullmatch(written) else ()
    if not latent or math.prod(latent) > _MOST_NUMBERS:
        raise ModelError(
            f'{where}: option "latent" must be 1 to 4 sizes with "x" between them, such as 128 or 4x8x8, and '
            f'{_MOST_NUMBERS} numbers at most; got "{written}"'
        )
    truncation = read_float(where, options, "truncation", default=0.0)
    if "truncation" in options and truncation == 0:
        raise ModelError(f'{where}: option "truncation" must be above 0: noise is kept within plus and minus it')
    path = Path(name).expanduser()
    if not path.is_file():
        raise ModelError(f"{where}: there is no file {path}; expected one that torch.jit.save wrote")
    if find_spec("torch") is None:
        raise DependencyError(f'{where}: needs the package torch: pip install "evalsuite[hf]"')
    try:
        digest = hash_file(path)
    except OSError as error:
        raise ModelError(f"{where}: cannot read {path}: {error.strerror}") from None
    return TorchScriptModel(
        path,
        spec=str(ModelSpec(backend="torchscript", name=name, options=options)),
        digest=digest,
        latent=latent,
        n_classes=read_int(where, options, "classes", default=2) if "classes" in options else None,
        value_range=read_choice(where, options, "range", tuple(_RANGES)),
        range_given="range" in options,
        threshold=truncation or math.inf,
        batch_size=read_int(where, options, "batch_size", default=64),
        device=device,
    )


class TorchScriptModel:
    """A TorchScript module that draws images. Satisfies `evalsuite.models.base.Model`.

    It is called with noise, float32 of shape (n, *latent), and, where it draws classes, with their numbers, int64 of
    shape (n,). It returns images of shape (n, channels, height, width), 1 or 3 channels, or (n, height, width).
    """

    modalities: frozenset[Modality] = frozenset({"image"})
    batch_invariant = False
    dtype = "float32"

    def __init__(
        self,
        path: Path,
        *,
        spec: str,
        digest: str,
        latent: tuple[int, ...],
        n_classes: int | None,
        value_range: str,
        range_given: bool,
        threshold: float,
        batch_size: int,
        device: str,
    ) -> None:
        self.spec = spec
        self.name = path.stem
        self.batch_size = batch_size
        self.device = device
        self._path = path
        self._latent = latent
        self._n_classes = n_classes
        self._range = value_range
        self._range_given = range_given
        self._threshold = threshold
        choices = [latent, n_classes, value_range, None if math.isinf(threshold) else threshold]
        self.fingerprint = hash_named({"file": digest.encode(), "options": json.dumps(choices).encode()})
        self._batches = FittingBatches()
        self._calls = SeededCalls()
        self._module: Any = None

    def load(self) -> None:
        """Load the module now, and draw an image to find out whether it can; does nothing the second time.

        Raises
        ------
        ModelError
            If it is no module, fails, or returns what are no images.
        """
        self._load()

    def _load(self) -> Any:
        if self._module is None:
            torch: Any = import_module("torch")
            if self.device == "auto":
                self.device = "cuda" if torch.cuda.is_available() else "cpu"
            check_device(self.device, self.spec)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # newer torch would rather have another format
                    module = torch.jit.load(str(self._path), map_location=self.device).eval()
            except Exception as error:  # torch raises RuntimeError and others over bytes that are no module
                raise ModelError(f"{self.spec}: not a TorchScript module: {_first(error)}") from error
            with torch.random.fork_rng(devices=[self.device] if self.device.startswith("cuda") else []):
                seeds = range(_TRIED)
                made = self._images(module, seeds, None if self._n_classes is None else [0] * _TRIED)
            self._check_tried(made)
            self._module = module
        return self._module

    def _check_tried(self, made: Sequence[tuple[NDArray[np.uint8] | None, str | None]]) -> None:
        """Refuse a range that is not the module's: its images would be scored as dark or pale ones."""
        wrong = next((error for _, error in made if error is not None), None)
        if wrong is not None:
            raise ModelError(f"{self.spec}: {wrong}")
        least = min(int(image.min()) for image, _ in made if image is not None)
        most = max(int(image.max()) for image, _ in made if image is not None)
        if self._range == "0..255" and most <= 2:
            raise ModelError(
                f"{self.spec}: the module returned no number above 2.5 for {_TRIED} images; with range=0..255 they are "
                "black. Give range=0..1 or range=-1..1"
            )
        if not self._range_given and 127 <= least < most:
            raise ModelError(
                f"{self.spec}: the module returned no number below 0 for {_TRIED} images, and the range is -1..1 where "
                "none is given. Give range=0..1, or range=-1..1 if that is so"
            )

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Draw an image for every request, in the same order; see `evalsuite.models.base.Model.generate`.

        Parameters
        ----------
        requests : sequence of Request
            Of each, the seed counts, and of a generator of classes the prompt; see
            `evalsuite.models.class_prompts.asked_class`.
        config : GenerationConfig
            Is about text, and changes nothing here.

        Returns
        -------
        list of Output
            With images of uint8: the module's numbers, brought from their range to 0 to 255, rounded to the nearest
            (halves to even) and clipped.

        Raises
        ------
        ModelError
            If the file is no module, it fails, or returns what are no images.
        """
        if not requests:
            return []
        module = self._load()
        rows = [ImageRow(index, request) for index, request in enumerate(requests)]
        for row in rows:
            if self._n_classes is not None:
                asked = row.request
                try:
                    row.label = asked_class(asked.prompt, asked.seed, n_classes=self._n_classes, names={})
                except ValueError as error:
                    row.error = str(error)
        asked_rows = [row for row in rows if not row.done]
        self._batches.finish(
            asked_rows, lambda active: self._calls.draw(active, lambda some: self._call(module, some), self.device)
        )
        return [row.output(None) for row in rows]

    def _call(self, module: Any, rows: Sequence[ImageRow]) -> None:
        labels = [row.label for row in rows if row.label is not None]
        made = self._images(module, [row.request.seed for row in rows], labels or None)
        for row, (image, error) in zip(rows, made, strict=True):
            row.image, row.error = image, error

    def _images(
        self, module: Any, seeds: Sequence[int], labels: Sequence[int] | None
    ) -> list[tuple[NDArray[np.uint8] | None, str | None]]:
        """Return an image, or what is wrong with it, for each seed."""
        torch: Any = import_module("torch")
        given = [normal_noise(seeds, self._latent, threshold=self._threshold).to(self.device)]
        if labels is not None:
            given.append(torch.tensor(labels, dtype=torch.int64, device=self.device))
        try:
            with torch.inference_mode(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                made = module(*given)
        except Exception as error:
            from evalsuite.models.hf_batching import is_out_of_memory

            if is_out_of_memory(error):
                raise
            shapes = " and ".join(str(tuple(one.shape)) for one in given)
            raise ModelError(
                f"{self.spec}: the module fails with an input of shape {shapes}: {_first(error)}"
            ) from error
        if isinstance(made, torch.Tensor) and made.ndim == 3:
            made = made[:, None]
        if (
            not isinstance(made, torch.Tensor)
            or made.ndim != 4
            or made.shape[1] not in (1, 3)
            or len(made) != len(seeds)
        ):
            found = f"shape {tuple(made.shape)}" if isinstance(made, torch.Tensor) else type(made).__name__
            n = len(seeds)
            raise ModelError(
                f"{self.spec}: for noise of {n}, the module must return images of shape ({n}, channels, height, "
                f"width), 1 or 3 channels, or ({n}, height, width); found {found}"
            )
        return [self._as_bytes(one) for one in made.permute(0, 2, 3, 1).cpu()]

    def _as_bytes(self, image: Any) -> tuple[NDArray[np.uint8] | None, str | None]:
        torch: Any = import_module("torch")
        if image.dtype == torch.uint8:
            return image.contiguous().numpy(), None
        values = image.double()
        if not torch.isfinite(values).all():
            return None, "the module drew an image with NaN or infinity"
        low, high = _RANGES[self._range]
        least, most = float(values.min()), float(values.max())
        if least < low - (high - low) or most > high + (high - low):
            return None, (
                f"the module returned numbers from {least:.3g} to {most:.3g}, far outside {self._range}; where that "
                f'is so for all images, give another "range": {", ".join(_RANGES)}'
            )
        scaled = (values - low) * (255 / (high - low))
        return scaled.round().clamp(0, 255).to(torch.uint8).contiguous().numpy(), None


def _first(error: Exception) -> str:
    """Return what an error of TorchScript says: its last line, after the program's own traceback."""
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]
