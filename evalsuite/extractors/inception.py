"""FID's Inception as an extractor: pytorch-fid's network, resizing and weights; 2,048 features."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError
from evalsuite.extractors.inception_weights import find_weights

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from evalsuite.extractors.inception_network import InceptionFeatures

__all__ = ["InceptionFid", "open_extractor"]

_SIZE = 299
_CHUNK = 8  # images computed at once: always so many, the last ones repeated where there are fewer


def open_extractor() -> InceptionFid:
    """Open the extractor; weights are looked for, downloaded if need be, and load at the first use."""
    return InceptionFid(find_weights())


class InceptionFid:
    """FID's features of images of any size.

    Parameters
    ----------
    weights : Path
        A state dict with pytorch-fid's keys, as safetensors or saved by torch; the classifier's may be there.

    Attributes
    ----------
    name, signature, dimension
        See ``evalsuite.extractors.base.Extractor``.

    Raises
    ------
    InputError
        If the file cannot be read.

    Notes
    -----
    Images become floats in [0, 1], grey ones with three equal channels; they are resized to 299x299 by bilinear
    interpolation between pixel centres without antialiasing, and brought to [-1, 1], all as in pytorch-fid. It
    computes on the CPU in float32.
    """

    def __init__(self, weights: Path) -> None:
        self._path = weights
        try:
            with weights.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise InputError(f"{weights}: weights of inception_fid cannot be read: {error.strerror}") from error
        self.name = "inception_fid"
        self.signature = f"inception_fid:{digest[:12]}"
        self.dimension = 2048
        self._network: InceptionFeatures | None = None

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Compute features.

        Parameters
        ----------
        images : sequence of uint8 arrays, shape (height, width, 1 or 3)

        Returns
        -------
        float32, shape (n, 2048)
            Of an image alone, whatever the others: splitting a batch changes no bit.

        Raises
        ------
        InputError
            If an image is something else, or the weights do not fit.
        """
        import numpy as np
        import torch

        found = np.empty((len(images), self.dimension), dtype=np.float32)
        network = self._load()
        with torch.inference_mode():
            for start in range(0, len(images), _CHUNK):
                part = [_resized(image, start + i) for i, image in enumerate(images[start : start + _CHUNK])]
                # How an image is computed may depend on how many there are, so there are always as many.
                filled = torch.cat(part + [part[-1]] * (_CHUNK - len(part)))
                found[start : start + len(part)] = network(filled)[: len(part)].numpy()
        return found

    def _load(self) -> InceptionFeatures:
        if self._network is None:
            from evalsuite.extractors.inception_network import InceptionFeatures

            network = InceptionFeatures()
            expected = network.state_dict().keys()
            state = {key: tensor for key, tensor in _read_state(self._path).items() if not key.startswith("fc.")}
            # Old weights lack the counter of batches, which only training reads.
            missing = sorted(key for key in expected - state.keys() if not key.endswith("num_batches_tracked"))
            unknown = sorted(state.keys() - expected)
            if missing or unknown:
                listed = ", ".join([*(f"no {key}" for key in missing[:2]), *(f"unknown {key}" for key in unknown[:2])])
                raise InputError(f"{self._path}: not the weights of FID's Inception ({listed})")
            try:
                network.load_state_dict(state, strict=False)
            except RuntimeError as error:
                raise InputError(f"{self._path}: not the weights of FID's Inception: {error}") from error
            self._network = network.eval()
        return self._network


def _read_state(path: Path) -> dict[str, Any]:
    import torch

    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever torch and safetensors raise over bytes that are no weights
        raise InputError(f"{path}: not weights: {type(error).__name__}: {error}") from error
    if not isinstance(state, dict):
        raise InputError(f"{path}: expected a state dict, found {type(state).__name__}")
    return state


def _resized(image: NDArray[np.uint8], i: int) -> Tensor:
    """Return an image as float32 of shape (1, 3, 299, 299) in [-1, 1]."""
    import numpy as np
    import torch
    from torch.nn import functional

    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (1, 3):
        found = f"{image.dtype} of shape {image.shape}" if isinstance(image, np.ndarray) else type(image).__name__
        raise InputError(f"image {i}: expected uint8 of shape (height, width, 1 or 3), found {found}")
    planes = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1).float().div(255).unsqueeze(0)
    wide = functional.interpolate(planes, size=(_SIZE, _SIZE), mode="bilinear", align_corners=False)
    return 2 * wide.expand(1, 3, _SIZE, _SIZE) - 1
