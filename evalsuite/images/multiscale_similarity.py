"""Multi-scale structural similarity of an image with a reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evalsuite.images.pair import checked_pair
from evalsuite.images.windows import WINDOW, Border, check_border, similarity_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SCALE_WEIGHTS", "ms_ssim"]

SCALE_WEIGHTS: Final = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Exponents of the five scales, the finest first."""


def ms_ssim(
    image: NDArray[Any], reference: NDArray[Any], *, data_range: float | None = None, border: Border = "valid"
) -> float:
    """Multi-scale structural similarity: contrasts and correlations at five scales, means at the coarsest.

    Parameters
    ----------
    image, reference : array, shape (height, width) or (height, width, channels)
        Of one shape; uint8, or floats with a `data_range`.
    data_range : float, optional
        Greatest value less the least that there can be; 255 for uint8 where None.
    border : {"valid", "reflect"}, default "valid"
        ``"valid"``: windows within the image, the product of the scales by channel, and where a scale has an odd number
        of pixels the last is repeated: the authors'. ``"reflect"``: torchmetrics', with the coarsest scale mirrored at
        its border and the others not, the mean over channels before the product, and an odd last pixel left out.

    Returns
    -------
    float
        In [0, 1]; 1 for equal images. A scale that is below 0 counts as 0.

    Raises
    ------
    TypeError, ValueError
        As `psnr`; ValueError also if an edge has fewer than 161 pixels, or 176 with ``border="reflect"``: the coarsest
        scale, a sixteenth, must hold a window.

    Notes
    -----
    ``prod_j c_j**w_j * s_5**w_5`` with c_j the mean of the contrast and correlation terms at scale j = 1 to 4, s_5 that
    of the whole similarity at scale 5, and weights ``SCALE_WEIGHTS`` [1]_; see `ssim`. The next scale is of means of 2
    by 2 pixels. Equal to pytorch-msssim and piq where the pixels along each edge are a multiple of 16; elsewhere they
    pad, the one with black.

    References
    ----------
    .. [1] Wang, Simoncelli and Bovik, "Multi-scale structural similarity for image quality assessment", Asilomar 2003.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.add.outer(np.arange(176), np.arange(176)).astype(np.uint8)
    >>> ms_ssim(image, image), round(ms_ssim(image // 2, image), 4)
    (1.0, 0.8459)
    """
    check_border(border)
    x, y, span = checked_pair(image, reference, data_range)
    halvings = len(SCALE_WEIGHTS) - 1
    least = (WINDOW - 1) * 2**halvings + 1 if border == "valid" else WINDOW * 2**halvings
    if min(x.shape[:2]) < least:
        raise ValueError(
            f'images must have at least {least} pixels along each edge with border="{border}", as the coarsest of '
            f"{len(SCALE_WEIGHTS)} scales must hold a window of {WINDOW}; got {x.shape[0]} x {x.shape[1]}"
        )
    scales = []
    for scale in range(len(SCALE_WEIGHTS)):
        if scale:
            x, y = _halved(x, border), _halved(y, border)
        is_last = scale == halvings
        similarity, contrast = similarity_means(x, y, span, "reflect" if is_last and border == "reflect" else "valid")
        means = similarity if is_last else contrast
        scales.append(means if border == "valid" else means.mean(keepdims=True))
    # Rows are scales, columns are channels.
    powers = np.maximum(np.stack(scales), 0.0) ** np.array(SCALE_WEIGHTS)[:, None]
    return float(powers.prod(axis=0).mean())


def _halved(x: NDArray[np.float64], border: Border) -> NDArray[np.float64]:
    """Return the means of 2 by 2 pixels."""
    height, width = x.shape[:2]
    if border == "valid":
        x = np.pad(x, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    else:
        x = x[: height - height % 2, : width - width % 2]
    return (x[::2, ::2] + x[1::2, ::2] + x[::2, 1::2] + x[1::2, 1::2]) / 4
