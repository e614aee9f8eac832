"""What the spread of a squared length is made of, from inner products of a sample's deviations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SpreadOfProducts", "spread_of_products"]


@dataclass(frozen=True, slots=True)
class SpreadOfProducts:
    """``tr C**2``, ``tr C**3`` and ``delta' C**2 delta`` of `evalsuite.stats.SquaredLength`, each at least 0."""

    square: float
    cube: float
    along_twice: float


def spread_of_products(products: NDArray[np.float64], towards: NDArray[np.float64], n: int) -> SpreadOfProducts:
    """Estimate the spread from means over pairs and triples of different members.

    Parameters
    ----------
    products : float64, shape (k, k)
        Inner products of the deviations of at least three members from the sample's mean.
    towards : float64, shape (k,)
        Of each with the sample's mean less the reference's, which has noise of ``C / n`` of its own.
    n : int
        Members of the sample.
    """
    apart = products.copy()
    np.fill_diagonal(apart, 0.0)
    k = len(apart)
    cube = max(float(((apart @ apart) * apart).sum()) / (k * (k - 1) * (k - 2)), 0.0)
    twice = float(towards @ apart @ towards) / (k * (k - 1)) - cube / n
    return SpreadOfProducts(float((apart * apart).sum()) / (k * (k - 1)), cube, max(twice, 0.0))
