"""Sketches of vectors: fewer coordinates, between which no distance is greater than it was.

Most pairs of a set are farther apart than anybody's nearest neighbours, and the leading directions alone show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PAIR_COST", "Sketch", "scaled_rows", "shortened", "sketch_of"]

_ROWS = 256
_TERMS = 128
_SAMPLE = 2048
_JUDGES = 128
_LEAST_DIMENSION = 256
_LEAST_PAIRS = 10
"""For each of the d * d entries of a covariance, below which to look for directions costs more than it saves."""
_STEPS = 16
_MOST_STEPS = 5
_JITTER = 1e-13
PAIR_COST = 16.0
"""Of a difference in one coordinate of one pair, in those of a matrix product."""
_UNIT = float(np.finfo(np.float32).eps) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """How vectors are sketched.

    Parameters
    ----------
    centre : float64, shape (d,)
    scale : float
        Brings the longest deviation from the centre to at most length 1, so that float32 neither overflows nor wastes
        digits.
    basis : float32, shape (d, r), optional
        Of norm at most 1. A sketch is the product with it and, in one more coordinate, what the product leaves of the
        vector's length. Without it a sketch is the vector itself, centred and scaled.
    """

    centre: NDArray[np.float64]
    scale: float
    basis: NDArray[np.float32] | None = None

    @property
    def width(self) -> int:
        """Coordinates of a sketch."""
        return len(self.centre) if self.basis is None else self.basis.shape[1] + 1

    def rows(self, part: NDArray[np.floating]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Sketch vectors, a few at a time.

        Parameters
        ----------
        part : float, shape (n, d)

        Returns
        -------
        tuple of float32, shape (n, width), and float64, shape (n,)
            The sketches, and how far rounding may have moved each.
        """
        rows = scaled_rows(part, self.centre, self.scale)
        squares = np.einsum("ij,ij->i", rows, rows, dtype=np.float64)
        lengths = np.sqrt(squares)
        if self.basis is None:
            return rows, 2 * _UNIT * lengths
        d, rank = self.basis.shape
        sketch = np.zeros((len(rows), rank + 1), dtype=np.float32)
        sums = sketch[:, :rank]
        for start in range(0, d, _TERMS):  # a few coordinates at a time, whose rounding errors stay small
            sums += rows[:, start : start + _TERMS] @ self.basis[start : start + _TERMS]
        moved = ((_TERMS + d / _TERMS + 2) * _UNIT * np.sqrt(rank) + 4 * _UNIT) * lengths
        rest = np.sqrt(np.maximum(squares - np.einsum("ij,ij->i", sums, sums, dtype=np.float64), 0.0))
        sketch[:, rank] = rest
        # What is left of a squared length is as wrong as both of its terms; its root, by that over twice itself.
        wrong = (2 * lengths + moved) * (moved + 2 * _UNIT * lengths)
        with np.errstate(divide="ignore", invalid="ignore"):
            moved += np.fmin(np.sqrt(wrong), wrong / rest) + 2 * _UNIT * lengths
        return sketch, moved


def sketch_of(*sets: NDArray[np.floating], n_pairs: int) -> Sketch:
    """Find a sketch that saves work for so many pairs of members of the sets.

    Parameters
    ----------
    *sets : float, shapes (n, d)
    n_pairs : int

    Returns
    -------
    Sketch
        With the leading principal directions of a sample [1]_, as many as make products and the pairs that sketches
        cannot tell apart cheapest together, judged on another sample; without directions where that saves little.

    References
    ----------
    .. [1] Halko, Martinsson and Tropp, "Finding structure with randomness: probabilistic algorithms for constructing
       approximate matrix decompositions", SIAM Review 53, 2011.
    """
    total = max(sum(map(len, sets)), 1)
    d = sets[0].shape[1]
    centre = np.asarray(sum(part.sum(axis=0, dtype=np.float64) for part in sets) / total)
    plain = Sketch(centre, _scale(sets, centre))
    if d < _LEAST_DIMENSION or n_pairs < _LEAST_PAIRS * d * d or total < _SAMPLE:
        return plain
    sample = scaled_rows(_every(sets, 2 * _SAMPLE), plain.centre, plain.scale)
    learnt, judged = sample[::2], sample[1::2]
    directions = _directions(learnt, d * _MOST_STEPS // _STEPS)
    rank = _best_rank(judged, directions, 1.0 + d * total / n_pairs)
    if rank == d:
        return plain
    return Sketch(centre, plain.scale, shortened(directions[:, :rank]))


def shortened(directions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return directions so that no vector's product with them is longer than the vector."""
    double = directions.astype(np.float64)
    norm = max(np.sqrt(np.abs(double.T @ double).sum(axis=1).max()), 1.0)  # at least the largest singular value
    return np.ascontiguousarray(directions * np.float32((1 - 4 * _UNIT) / norm))


def scaled_rows(part: NDArray[np.floating], centre: NDArray[np.float64], scale: float) -> NDArray[np.float32]:
    """Return vectors from a centre on, scaled, in float32, of shape (n, d): each coordinate is rounded once."""
    rows = np.empty(part.shape, dtype=np.float32)
    for start in range(0, len(part), _ROWS):
        difference = part[start : start + _ROWS] - centre
        difference *= scale
        rows[start : start + _ROWS] = difference
    return rows


def _scale(sets: tuple[NDArray[np.floating], ...], centre: NDArray[np.float64]) -> float:
    ends = (end(axis=0) for part in sets if len(part) for end in (part.min, part.max))
    longest = max((float(np.abs(values - centre).max()) for values in ends), default=0.0) * np.sqrt(len(centre))
    return float(min(1.0 / longest, 1e300)) if longest > 0 else 1.0


def _every(sets: tuple[NDArray[np.floating], ...], most: int) -> NDArray[np.floating]:
    """Return so many members of all sets together, evenly spaced."""
    step = -(-sum(map(len, sets)) // most)
    return cast("NDArray[np.floating]", np.concatenate([part[::step] for part in sets]))


def _directions(sample: NDArray[np.float32], rank: int) -> NDArray[np.float32]:
    """Return nearly orthonormal directions of most variance, the leading one first: float32, at most `rank` columns."""
    scatter = sample.T @ sample
    draw = np.random.Generator(np.random.Philox(0))
    found = draw.standard_normal((len(scatter), rank), dtype=np.float32)
    for _ in range(2):
        found = _orthonormal(np.asarray(scatter @ found, dtype=np.float32))
    return found


def _orthonormal(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return nearly orthonormal columns, the first so many of which span what the first of the matrix do.

    By Cholesky's factor of the Gram matrix: in Householder's way threads mostly wait for one another.
    """
    double = matrix.astype(np.float64)
    gram = double.T @ double
    jitter = _JITTER * np.trace(gram) or 1.0  # columns that depend on others come out short
    factor = np.linalg.cholesky(gram + jitter * np.eye(len(gram)))
    return np.asarray((double @ np.linalg.inv(factor).T).astype(np.float32))


def _best_rank(sample: NDArray[np.float32], directions: NDArray[np.float32], product_cost: float) -> int:
    """Return how many directions make a sketch cheapest, or d where none saves a fifth."""
    d = sample.shape[1]
    every = max(len(sample) // _JUDGES, 1)
    radii = _squared(sample[::every], sample)
    radii[radii <= 1e-5 * radii.max(initial=0.0)] = np.inf  # itself, and copies
    nearest = radii.min(axis=1, keepdims=True)
    projected = sample @ directions
    rest = np.einsum("ij,ij->i", sample, sample)
    best: int = d
    least = 0.8 * d
    bounds = np.zeros_like(radii)
    last = 0
    for rank in _ranks(d, directions.shape[1]):
        step = projected[:, last:rank]
        rest = np.maximum(rest - np.einsum("ij,ij->i", step, step), 0)
        left = np.sqrt(rest)
        bounds += _squared(step[::every], step)
        undecided = (bounds + (left[::every, None] - left) ** 2 <= nearest).mean()
        cost = rank * product_cost + PAIR_COST * d * float(undecided)
        if cost < least:
            best, least = rank, cost
        last = rank
    return best


def _ranks(d: int, most: int) -> list[int]:
    return [rank for step in range(1, _MOST_STEPS + 1) if (rank := d * step // _STEPS) <= most] or [most]


def _squared(x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    found = x @ y.T
    found *= -2
    found += np.einsum("ij,ij->i", x, x)[:, None]
    found += np.einsum("ij,ij->i", y, y)
    return np.asarray(found)
