"""How four tools resize an image for Inception and bring it to the network's range: their protocols, by name.

Each function takes one image, uint8 of shape (height, width, 1 or 3), and returns float32 of shape (channels, size,
size); `resize_batch` takes several of one size, on any device. Nothing is rounded to 8 bits between. An image that is
of that size already is not resized.

With ``n`` pixels along an axis, output pixel ``i`` is at ``x = (i + 0.5) n / size - 0.5`` of the input where pixels are
squares with a centre, and at ``x = i n / size`` where they are points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, device, dtype

__all__ = [
    "INPUT_SIZE",
    "PROTOCOLS",
    "REVISION",
    "as_clean",
    "as_pytorch_fid",
    "as_torch_fidelity",
    "as_torchmetrics",
    "resize_batch",
]

INPUT_SIZE = 299
"""Pixels along an edge of what Inception reads."""

REVISION = 2
"""Goes up whenever a resized pixel could change: features that are kept are of one revision."""


def as_pytorch_fid(image: NDArray[np.uint8], size: int = INPUT_SIZE) -> Tensor:
    """Resize as pytorch-fid does: bilinear between pixel centres, without antialiasing; values ``2 v / 255 - 1``.

    Notes
    -----
    ``v = (1 - a) v[floor(x)] + a v[floor(x) + 1]``, ``a = x - floor(x)``, along both axes, at ``x = max((i + 0.5) n /
    size - 0.5, 0)`` and with the last pixel repeated. Pixels between those that are read do not count: downscaling
    aliases.
    """
    return _pytorch_fid(_planes(image), size)[0]


def as_torch_fidelity(image: NDArray[np.uint8], size: int = INPUT_SIZE) -> Tensor:
    """Resize as TensorFlow 1 and torch-fidelity do: bilinear between points; values ``(v - 128) / 128``.

    Notes
    -----
    As `as_pytorch_fid`, but at ``x = i n / size``. So what is seen moves by up to half a pixel of the smaller of both
    images: to the upper left where it is enlarged, with the last pixels repeated, and else to the lower right.
    """
    return _torch_fidelity(_planes(image), size)[0]


def as_clean(image: NDArray[np.uint8], size: int = INPUT_SIZE) -> Tensor:
    """Resize as clean-fid does: bicubic with antialiasing, clamped to 0 to 255; values ``(v - 128) / 128``.

    Notes
    -----
    ``v = sum_k w(|k - x| / s) v[k] / sum_k w(|k - x| / s)`` along both axes, over the pixels of the image, with ``s =
    max(n / size, 1)`` and Keys' cubic kernel with a = -0.5 [1]_. clean-fid has Pillow resize each channel as float32,
    and so does the kernel, ``evalsuite.kernels.resizing``, which says where bits may differ. `resize_batch` has torch
    compute it in float64, within 1e-4 of a pixel; of torch's own resize in float32 places, and so values by 5e-3, are
    off.

    References
    ----------
    .. [1] Parmar, Zhang and Zhu, "On aliased resizing and surprising subtleties in GAN evaluation", CVPR 2022.
    """
    import numpy as np
    import torch

    from evalsuite.kernels.resizing import resize_bicubic

    return torch.from_numpy(resize_bicubic(np.ascontiguousarray(image), size, centred=True))


def as_torchmetrics(image: NDArray[np.uint8], size: int = INPUT_SIZE) -> Tensor:
    """Resize as torchmetrics does from 1.8 on: bilinear with antialiasing; values ``(v - 128) / 128``.

    Notes
    -----
    As `as_clean` with ``w(t) = max(1 - t, 0)``. Up to 1.7 torchmetrics resized as torch-fidelity does.
    """
    return _torchmetrics(_planes(image), size)[0]


PROTOCOLS: Mapping[str, Callable[[NDArray[np.uint8]], Tensor]] = {
    "pytorch-fid": as_pytorch_fid,
    "torch-fidelity": as_torch_fidelity,
    "clean": as_clean,
    "torchmetrics": as_torchmetrics,
}
"""The functions by the name of their protocol."""


def resize_batch(protocol: str, planes: Tensor, size: int = INPUT_SIZE) -> Tensor:
    """Resize images of one size by a protocol, on the device where they are.

    Parameters
    ----------
    protocol : str
        A key of `PROTOCOLS`.
    planes : Tensor
        uint8, shape (n, channels, height, width), contiguous.
    size : int

    Returns
    -------
    Tensor
        float32, shape (n, channels, size, size): what the protocol makes of each by itself, within float32's rounding.
    """
    return _BATCHES[protocol](planes, size)


def _pytorch_fid(planes: Tensor, size: int) -> Tensor:
    from torch.nn import functional

    values = planes.float().div(255)
    if values.shape[2:] != (size, size):
        values = functional.interpolate(values, size=(size, size), mode="bilinear", align_corners=False)
    return 2 * values - 1


def _torch_fidelity(planes: Tensor, size: int) -> Tensor:
    if planes.shape[2:] == (size, size):
        return _centred(planes.float())
    (top, bottom, down), (left, right, across) = (_neighbours(n, size, planes.device) for n in planes.shape[2:])
    rows = []
    for chosen in (top, bottom):
        row = planes.index_select(2, chosen)
        first, second = (row.index_select(3, columns).float() for columns in (left, right))
        rows.append(first + (second - first) * across)
    return _centred(rows[0] + (rows[1] - rows[0]) * down[:, None])


def _clean(planes: Tensor, size: int) -> Tensor:
    import torch

    return _centred(_antialiased(planes, size, "bicubic", torch.float64).clamp(0, 255).float())


def _torchmetrics(planes: Tensor, size: int) -> Tensor:
    import torch

    return _centred(_antialiased(planes, size, "bilinear", torch.float32))


_BATCHES: Mapping[str, Callable[[Tensor, int], Tensor]] = {
    "pytorch-fid": _pytorch_fid,
    "torch-fidelity": _torch_fidelity,
    "clean": _clean,
    "torchmetrics": _torchmetrics,
}


def _planes(image: NDArray[np.uint8]) -> Tensor:
    """Return an image as a batch of one, channels first."""
    import numpy as np
    import torch

    return torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None]


def _centred(values: Tensor) -> Tensor:
    return (values - 128) / 128


def _antialiased(planes: Tensor, size: int, mode: str, precision: dtype) -> Tensor:
    from torch.nn import functional

    values = planes.to(precision)
    if values.shape[2:] == (size, size):
        return values
    return functional.interpolate(values, size=(size, size), mode=mode, align_corners=False, antialias=True)


def _neighbours(n: int, size: int, where: device) -> tuple[Tensor, Tensor, Tensor]:
    """Return the pixel before each place, the one after it, and how far between them it is."""
    import torch

    places = torch.arange(size, dtype=torch.float32) * torch.tensor(n / size, dtype=torch.float32)
    before = places.long()
    after = (before + 1).clamp_max(n - 1)
    return before.to(where), after.to(where), (places - before).to(where)
