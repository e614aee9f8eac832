"""How four tools resize an image for Inception and bring it to the network's range: their protocols, by name.

Each function takes one image, uint8 of shape (height, width, channels), and returns float32 of shape (channels, size,
size). Nothing is rounded to 8 bits between. An image that is of that size already is not resized.

With ``n`` pixels along an axis, output pixel ``i`` is at ``x = (i + 0.5) n / size - 0.5`` of the input where pixels are
squares with a centre, and at ``x = i n / size`` where they are points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.extractors.antialiasing import LONGEST_EDGE, resize_bicubic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, dtype

__all__ = ["INPUT_SIZE", "PROTOCOLS", "as_clean", "as_pytorch_fid", "as_torch_fidelity", "as_torchmetrics"]

INPUT_SIZE = 299
"""Pixels along an edge of what Inception reads."""


def as_pytorch_fid(image: NDArray[np.uint8], size: int = INPUT_SIZE) -> Tensor:
    """Resize as pytorch-fid does: bilinear between pixel centres, without antialiasing; values ``2 v / 255 - 1``.

    Notes
    -----
    ``v = (1 - a) v[floor(x)] + a v[floor(x) + 1]``, ``a = x - floor(x)``, along both axes, at ``x = max((i + 0.5) n /
    size - 0.5, 0)`` and with the last pixel repeated. Pixels between those that are read do not count: downscaling
    aliases.
    """
    from torch.nn import functional

    planes = _planes(image).float().div(255)
    if planes.shape[1:] != (size, size):
        planes = functional.interpolate(planes[None], size=(size, size), mode="bilinear", align_corners=False)[0]
    return 2 * planes - 1


def as_torch_fidelity(image: NDArray[np.uint8], size: int = INPUT_SIZE) -> Tensor:
    """Resize as TensorFlow 1 and torch-fidelity do: bilinear between points; values ``(v - 128) / 128``.

    Notes
    -----
    As `as_pytorch_fid`, but at ``x = i n / size``. So what is seen moves by up to half a pixel of the smaller of both
    images: to the upper left where it is enlarged, with the last pixels repeated, and else to the lower right.
    """
    import torch

    planes = _planes(image)
    if planes.shape[1:] == (size, size):
        return _centred(planes.float())
    (top, bottom, down), (left, right, across) = (_neighbours(n, size) for n in planes.shape[1:])
    rows = []
    for chosen in (top, bottom):
        row = planes.index_select(1, chosen)
        first, second = (row.index_select(2, columns).float() for columns in (left, right))
        rows.append(first + (second - first) * across)
    return _centred(torch.as_tensor(rows[0] + (rows[1] - rows[0]) * down[:, None]))


def as_clean(image: NDArray[np.uint8], size: int = INPUT_SIZE) -> Tensor:
    """Resize as clean-fid does: bicubic with antialiasing, clamped to 0 to 255; values ``(v - 128) / 128``.

    Notes
    -----
    ``v = sum_k w(|k - x| / s) v[k] / sum_k w(|k - x| / s)`` along both axes, over the pixels of the image, with ``s =
    max(n / size, 1)`` and Keys' cubic kernel with a = -0.5 [1]_. clean-fid has Pillow resize each channel as float32.
    Here it is a product of matrices, within 1e-4 of Pillow; of torch's own resize in float32 places, and so values by
    5e-3, are off.

    References
    ----------
    .. [1] Parmar, Zhang and Zhu, "On aliased resizing and surprising subtleties in GAN evaluation", CVPR 2022.
    """
    import torch

    if max(image.shape[:2]) > LONGEST_EDGE:
        return _centred(_antialiased(image, size, "bicubic", torch.float64).clamp(0, 255).float())
    return resize_bicubic(image, size).clamp_(0, 255).sub_(128).div_(128)


def as_torchmetrics(image: NDArray[np.uint8], size: int = INPUT_SIZE) -> Tensor:
    """Resize as torchmetrics does from 1.8 on: bilinear with antialiasing; values ``(v - 128) / 128``.

    Notes
    -----
    As `as_clean` with ``w(t) = max(1 - t, 0)``. Up to 1.7 torchmetrics resized as torch-fidelity does.
    """
    import torch

    return _centred(_antialiased(image, size, "bilinear", torch.float32))


PROTOCOLS: Mapping[str, Callable[[NDArray[np.uint8]], Tensor]] = {
    "pytorch-fid": as_pytorch_fid,
    "torch-fidelity": as_torch_fidelity,
    "clean": as_clean,
    "torchmetrics": as_torchmetrics,
}
"""The functions by the name of their protocol."""


def _planes(image: NDArray[np.uint8]) -> Tensor:
    import numpy as np
    import torch

    return torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)


def _centred(values: Tensor) -> Tensor:
    return (values - 128) / 128


def _antialiased(image: NDArray[np.uint8], size: int, mode: str, precision: dtype) -> Tensor:
    from torch.nn import functional

    planes = _planes(image).to(precision)
    if planes.shape[1:] == (size, size):
        return planes
    return functional.interpolate(planes[None], size=(size, size), mode=mode, align_corners=False, antialias=True)[0]


def _neighbours(n: int, size: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the pixel before each place, the one after it, and how far between them it is."""
    import torch

    places = torch.arange(size, dtype=torch.float32) * torch.tensor(n / size, dtype=torch.float32)
    before = places.long()
    return before, (before + 1).clamp_max(n - 1), places - before
