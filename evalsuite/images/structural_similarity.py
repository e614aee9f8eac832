"""Structural similarity of an image with a reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalsuite.images.pair import checked_pair
from evalsuite.images.windows import WINDOW, Border, check_border, similarity_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ssim"]


def ssim(
    image: NDArray[Any], reference: NDArray[Any], *, data_range: float | None = None, border: Border = "valid"
) -> float:
    """Structural similarity: means, contrasts and correlations compared in a window about each pixel.

    Parameters
    ----------
    image, reference : array, shape (height, width) or (height, width, channels)
        Of one shape; uint8, or floats with a `data_range`.
    data_range : float, optional
        Greatest value less the least that there can be; 255 for uint8 where None.
    border : {"valid", "reflect"}, default "valid"
        ``"valid"``: the mean over the windows that lie within the image, as the authors, pytorch-msssim and (without
        its downsampling) piq have it. ``"reflect"``: over one window a pixel, the image being mirrored at its outermost
        pixels, as torchmetrics has it.

    Returns
    -------
    float
        In [-1, 1]; 1 for equal images, exactly.

    Raises
    ------
    TypeError, ValueError
        As `psnr`; ValueError also if an edge has fewer than 11 pixels, or 6 with ``border="reflect"``.

    Notes
    -----
    ``(2 mx my + c1) (2 sxy + c2) / ((mx**2 + my**2 + c1) (sxx + syy + c2))``, ``c1 = (0.01 data_range)**2``, ``c2 =
    (0.03 data_range)**2``, with means, variances and the covariance under a Gaussian window of 11 by 11 pixels and a
    standard deviation of 1.5 [1]_; float64. Each channel by itself, then the mean over all windows and channels.

    References
    ----------
    .. [1] Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: From error visibility to structural
       similarity", IEEE Transactions on Image Processing 13, 2004.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.arange(256, dtype=np.uint8).reshape(16, 16)
    >>> ssim(image, image), round(ssim(255 - image, image), 4)
    (1.0, -0.8262)
    """
    check_border(border)
    x, y, span = checked_pair(image, reference, data_range)
    least = WINDOW if border == "valid" else WINDOW // 2 + 1
    if min(x.shape[:2]) < least:
        raise ValueError(
            f'images must have at least {least} pixels along each edge with border="{border}", as the window has '
            f"{WINDOW}; got {x.shape[0]} x {x.shape[1]}"
        )
    return float(similarity_means(x, y, span, border)[0].mean())
