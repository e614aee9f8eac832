"""Clusters of dependent samples, and sums whose last bit depends on nothing but the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

__all__ = ["BLOCK", "cluster_labels", "dense_labels", "sum_in_blocks"]

BLOCK = 4096


def cluster_labels(keys: Sequence[Hashable]) -> NDArray[np.int64]:
    """Give each cluster a number, from 0, in the order in which they first occur.

    Parameters
    ----------
    keys : sequence, length n
        The cluster of each sample.

    Returns
    -------
    int64, shape (n,)
    """
    numbers: dict[Hashable, int] = {}
    labels = [numbers.setdefault(key, len(numbers)) for key in keys]
    return np.asarray(labels, dtype=np.int64).reshape(len(labels))


def dense_labels(labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """Give the labels that are there numbers from 0, in ascending order: those of a part of the samples have gaps.

    Parameters
    ----------
    labels : int, shape (n,)

    Returns
    -------
    int64, shape (n,)
    """
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64).reshape(-1)


def sum_in_blocks(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Add up rows, float64 of shape (n, k), in blocks of fixed size from the first to the last.

    The result does not depend on how the rows were computed or by how many workers.

    Returns
    -------
    float64, shape (k,)
    """
    total = np.zeros(rows.shape[1], dtype=np.float64)
    for start in range(0, rows.shape[0], BLOCK):
        total += rows[start : start + BLOCK].sum(axis=0, dtype=np.float64)
    return total
