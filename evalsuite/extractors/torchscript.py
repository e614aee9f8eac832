"""A TorchScript module of the user's as an extractor."""

from __future__ import annotations

import hashlib
import warnings
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.checkpoints import first_line
from evalsuite.errors import InputError
from evalsuite.extractors.base import check_image

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["TorchScript", "open_bytes", "open_floats"]

_PROBED = (224, 299, 256, 64, 32, 28)


def open_bytes(path: str) -> TorchScript:
    """Open a module that reads uint8."""
    return TorchScript(Path(path))


def open_floats(path: str) -> TorchScript:
    """Open a module that reads float32 in [0, 1]."""
    return TorchScript(Path(path), floats=True)


class TorchScript:
    """What a TorchScript module makes of images.

    Parameters
    ----------
    path : Path
        A file that ``torch.jit.save`` wrote. It is a program, which opening it may run: open what you trust.
    floats : bool, default False
        Whether the module reads float32 in [0, 1], not uint8.

    Attributes
    ----------
    name, signature, dimension
        See ``evalsuite.extractors.base.Extractor``. How long a vector is, is found with a black image of 224x224
        pixels; where the module does not take it, of 299, 256, 64, 32 or 28.

    Raises
    ------
    InputError
        If the file cannot be read.

    Notes
    -----
    The module is called with one image, shape (1, 3, height, width), grey ones with three equal channels; it resizes
    and normalises by itself. It returns floats of one shape for all images, which are flattened. It runs on the CPU in
    evaluation mode.
    """

    def __init__(self, path: Path, *, floats: bool = False) -> None:
        self.name = "torchscript-float" if floats else "torchscript"
        self._path = path
        self._floats = floats
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise InputError(f"{self.name}:{path}: cannot be read: {error.strerror}") from error
        self.signature = f"{self.name}:{digest[:12]}"

    @cached_property
    def dimension(self) -> int:
        """Length of a feature vector; see above."""
        import numpy as np

        reason = ""
        for size in _PROBED:
            try:
                return len(self._compute(np.zeros((size, size, 3), dtype=np.uint8)))
            except InputError as error:
                reason = reason or str(error)
        raise InputError(f"{self.name}:{self._path}: takes no image of {', '.join(map(str, _PROBED))} pixels: {reason}")

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Compute features.

        Parameters
        ----------
        images : sequence of uint8 arrays, shape (height, width, 1 or 3)

        Returns
        -------
        float32, shape (n, dimension)
            Of an image alone, whatever the others.

        Raises
        ------
        InputError
            If the file is no module, or the module fails with an image, or returns what is no vector of floats.
        """
        import numpy as np

        found = np.empty((len(images), self.dimension), dtype=np.float32)
        for i, image in enumerate(images):
            check_image(image, i)
            vector = self._compute(image)
            if len(vector) != self.dimension:
                raise InputError(f"image {i}: {self.name} made {len(vector)} features, expected {self.dimension}")
            found[i] = vector
        return found

    def _compute(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        import numpy as np
        import torch

        pixels = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1).expand(3, -1, -1)[None].contiguous()
        module = self._module
        try:
            with torch.inference_mode():
                made = module(pixels.float().div(255) if self._floats else pixels)
        except Exception as error:  # whatever the user's program raises
            text = str(error).strip().splitlines()[-1:] or [type(error).__name__]
            raise InputError(f"{self.name} failed with an image of shape {image.shape}: {text[0]}") from error
        if not isinstance(made, torch.Tensor) or not made.is_floating_point():
            kind = str(made.dtype) if isinstance(made, torch.Tensor) else type(made).__name__
            raise InputError(f"{self.name} must return a tensor of floats, found {kind}")
        return np.asarray(made.flatten().float().numpy())

    @cached_property
    def _module(self) -> Any:
        import torch

        load: Callable[..., Any] = torch.jit.load
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # newer torch would rather have another format
                return load(str(self._path), map_location="cpu").eval()
        except Exception as error:  # torch raises RuntimeError and others over bytes that are no module
            raise InputError(f"{self.name}:{self._path}: not a TorchScript module: {first_line(error)}") from error
