"""A kernel distance as a squared length in the kernel's space, for its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.hashed_order import hashed_order
from evalsuite.distances.mmd import parts
from evalsuite.distances.spread_of_products import spread_of_products
from evalsuite.stats.squared_length import SquaredLength

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.distances.kernel import Kernel
    from evalsuite.distances.mmd import KernelDistance

__all__ = ["kernel_length"]

_MEMBERS = 1024


def kernel_length(
    found: KernelDistance, features: NDArray[np.floating], reference: NDArray[np.floating], kernel: Kernel
) -> SquaredLength:
    """Return the squared length of which a kernel distance is the estimate.

    Parameters
    ----------
    found : KernelDistance
        Of at least four members.
    features, reference : float, shapes (n, d) and (m, d)
        Those it is of.
    kernel : Kernel
        That it is by.

    Returns
    -------
    SquaredLength
        ``|mu - nu|**2``, with mu the mean of the model's distribution in the kernel's space and nu that of the
        reference at hand: the distance, but for a constant, as ``|nu|**2`` is the mean over all pairs of the
        reference's members, those of a member with itself included.

    Notes
    -----
    What takes three members at once, ``tr C**3`` and ``delta' C**2 delta``, is taken from the 1,024 of the lowest
    hashes where there are more: it shapes the interval's tails more than its width.
    """
    n = found.n
    chosen = np.arange(n) if n <= _MEMBERS else hashed_order(features, 0)[:_MEMBERS]
    part = np.asarray(features[chosen], dtype=np.float64)
    mean = float(found.row_means.mean())
    centred = kernel.tile(part, part)
    moved = found.to_reference[chosen] + found.row_means[chosen]
    centred -= moved[:, None]
    centred -= moved
    centred += mean
    spread = spread_of_products(centred, found.row_means[chosen] - mean, n)
    own = sum(float(kernel.own(rows).sum()) for _, rows in parts(reference)) / len(reference)
    return SquaredLength(
        n=n,
        value=found.value + (own - found.within_reference) / len(reference),
        along=found.along,
        along_twice=spread.along_twice,
        square=max(found.around - 2 * found.along, 0.0),
        cube=spread.cube,
    )
