"""LPIPS: how far apart two images are by the activations of a network, weighted by what people see."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from evalsuite.errors import InputError
from evalsuite.images.lpips_weights import NETWORKS, find_linear, find_network, load_tensors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from evalsuite.images.lpips_network import LpipsNetwork

__all__ = ["LEAST_PIXELS", "Lpips", "LpipsEmbedding", "open_embedding", "open_lpips"]

LEAST_PIXELS: Final[Mapping[str, int]] = {"alex": 31, "vgg": 16}
"""Pixels along each edge below which nothing is left for the last layers of a network."""


@cache
def open_lpips(network: str = "alex") -> Lpips:
    """Return LPIPS by a network, with weights where they are looked for: the same one at every call."""
    return Lpips(network)


@cache
def open_embedding(network: str, size: int) -> LpipsEmbedding:
    """Return the vectors of LPIPS by a network for images of a size: the same one at every call."""
    return LpipsEmbedding(open_lpips(network), size)


class Lpips:
    """Learned perceptual image patch similarity, version 0.1, of pairs of images.

    Parameters
    ----------
    network : {"alex", "vgg"}, default "alex"
        ``"alex"`` for scores, as the authors advise; ``"vgg"`` as path lengths take it.
    weights : str or Path, optional
        torchvision's weights of AlexNet (``alexnet-owt-7be5be79.pth``) or VGG16 (``vgg16-397923af.pth``). Where None,
        the path in EVALSUITE_ALEXNET_WEIGHTS or EVALSUITE_VGG16_WEIGHTS, or torch's cache.
    linear : str or Path, optional
        Weights of the channels, ``alex.pth`` or ``vgg.pth`` of the package lpips. Where None, from the folder in
        EVALSUITE_LPIPS_WEIGHTS, or that package if it is installed.

    Attributes
    ----------
    signature : str
        Network, and a hash of the weights that are used.

    Raises
    ------
    ValueError
        If the network is another.
    InputError
        If weights are missing or do not fit; the message says how to provide them.

    Notes
    -----
    ``sum_l mean_hw sum_c w_lc (f_l(x) - f_l(y))_hwc**2`` with f_l the activations after five layers, of length 1 along
    their channels [1]_. Values of 0 to 255 become -1 to 1. Float32 on the CPU, one pair at a time; equal to package
    lpips 0.1.4 within float32's rounding. Neither that nor torchvision is imported.

    References
    ----------
    .. [1] Zhang, Isola, Efros, Shechtman and Wang, "The unreasonable effectiveness of deep features as a perceptual
       metric", CVPR 2018.
    """

    def __init__(
        self, network: str = "alex", *, weights: str | Path | None = None, linear: str | Path | None = None
    ) -> None:
        if network not in NETWORKS:
            raise ValueError(f'`network` must be "alex" or "vgg", got {network!r}')
        from evalsuite.images.lpips_network import LpipsNetwork

        self.network = network
        self._model = LpipsNetwork(network).eval().requires_grad_(False)
        _load_features(self._model, find_network(network, weights))
        _load_linear(self._model, find_linear(network, linear))
        digest = hashlib.sha256()
        for _, tensor in sorted(self._model.state_dict().items()):
            digest.update(tensor.numpy().tobytes())
        self.signature = f"lpips:{network}:{digest.hexdigest()[:12]}"

    def __call__(self, image: NDArray[np.uint8], reference: NDArray[np.uint8]) -> float:
        """Return the distance of two images.

        Parameters
        ----------
        image, reference : uint8, shape (height, width, 1 or 3)
            Of one height and width; grey is taken as grey in all channels.

        Returns
        -------
        float
            0 for equal images, in practice below 1.

        Raises
        ------
        ValueError
            If an image is something else, smaller than the network takes, or of another size.
        """
        import torch

        for name, array in (("image", image), ("reference", reference)):
            _check(array, name)
        if image.shape[:2] != reference.shape[:2]:
            raise ValueError(
                f"`image` and `reference` must be of one size, got {image.shape} and {reference.shape}; resize neither "
                "without saying so: the score is of what was generated"
            )
        self._check_size(*image.shape[:2])
        with torch.inference_mode():
            return float(self.between(_planes(image)[None], _planes(reference)[None])[0])

    def between(self, images: Tensor, references: Tensor) -> Tensor:
        """Return the distances, shape (n,), of pairs of shape (n, 3, height, width), float32 with values 0 to 255."""
        activations = [self._model(batch * (2 / 255) - 1) for batch in (images, references)]
        found: Tensor = self._model.distances(*activations)
        return found

    def _check_size(self, height: int, width: int) -> None:
        least = LEAST_PIXELS[self.network]
        if min(height, width) < least:
            raise ValueError(
                f'LPIPS by "{self.network}" takes images of at least {least} pixels along each edge, got '
                f"{height} x {width}"
            )


class LpipsEmbedding:
    """Images as vectors whose squared distances are LPIPS, all resized to one size.

    Parameters
    ----------
    lpips : Lpips
        None of its channels may have a weight below 0.
    size : int
        Pixels along both edges to which images are resized, bilinear with antialiasing and without rounding.

    Attributes
    ----------
    name, signature, dimension
        See ``evalsuite.extractors.base.Extractor``.

    Raises
    ------
    InputError
        If a weight is below 0.
    ValueError
        If the size is smaller than the network takes.
    """

    def __init__(self, lpips: Lpips, size: int) -> None:
        lpips._check_size(size, size)
        if any(bool((weights < 0).any()) for weights in lpips._model.linear):
            raise InputError(f"{lpips.signature}: channels have weights below 0, so that it is no squared distance")
        self.name = "lpips"
        self.size = size
        self.signature = f"{lpips.signature}:{size}"
        self._lpips = lpips
        self.dimension: int = len(self._embed(np.zeros((size, size, 1), dtype=np.uint8)))

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return the vectors of images, uint8 of shape (height, width, 1 or 3): float32, shape (n, dimension).

        Raises
        ------
        InputError
            If an image is something else.
        """
        found = np.empty((len(images), self.dimension), dtype=np.float32)
        for i, image in enumerate(images):
            try:
                _check(image, f"images[{i}]")
            except ValueError as error:
                raise InputError(str(error)) from error
            found[i] = self._embed(image)
        return found

    def _embed(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        import torch
        from torch.nn import functional

        planes = _planes(image)[None]
        if planes.shape[2:] != (self.size, self.size):
            planes = functional.interpolate(
                planes, size=(self.size, self.size), mode="bilinear", align_corners=False, antialias=True
            )
        model = self._lpips._model
        with torch.inference_mode():
            found = model.embedding(model(planes * (2 / 255) - 1))[0]
        return np.asarray(found.numpy(), dtype=np.float32)


def _check(image: object, name: str) -> None:
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        raise ValueError(f"`{name}` must be an array of uint8, got {getattr(image, 'dtype', type(image).__name__)}")
    if image.ndim != 3 or image.shape[2] not in (1, 3) or 0 in image.shape:
        raise ValueError(f"`{name}` must have shape (height, width, 1 or 3), got {image.shape}")


def _planes(image: NDArray[np.uint8]) -> Tensor:
    """Return an image as float32, shape (3, height, width), values 0 to 255."""
    import torch

    colours = np.repeat(image, 3 // image.shape[2], axis=2)
    return torch.from_numpy(np.ascontiguousarray(colours.transpose(2, 0, 1))).float()


def _load_features(model: LpipsNetwork, path: Path) -> None:
    tensors = load_tensors(path)
    for key, shape in model.expected().items():
        if key not in tensors:
            raise InputError(f"lpips: {path}: expected torchvision's weights of the network; there is no {key}")
        if tuple(tensors[key].shape) != shape:
            raise InputError(f"lpips: {path}: {key} must have shape {shape}, found {tuple(tensors[key].shape)}")
    model.load_state_dict({key: tensors[key].float() for key in model.expected()}, strict=False)


def _load_linear(model: LpipsNetwork, path: Path) -> None:
    import torch

    tensors = load_tensors(path)
    for layer, weights in enumerate(model.linear):
        key, shape = f"lin{layer}.model.1.weight", (1, len(weights), 1, 1)
        if key not in tensors or tuple(tensors[key].shape) != shape:
            found = tuple(tensors[key].shape) if key in tensors else "nothing"
            raise InputError(
                f"lpips: {path}: expected {key} of shape {shape}, found {found}; is it of another network?"
            )
        with torch.no_grad():
            weights.copy_(tensors[key].flatten())
