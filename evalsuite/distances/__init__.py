"""Distances between sets of feature vectors: float64 arithmetic on arrays, without images, networks or files."""

from __future__ import annotations

from evalsuite.distances.frechet import frechet_distance, leave_out_frechet
from evalsuite.distances.mmd import KernelDistance, kernel_distance, mean_kernel
from evalsuite.distances.moments import Moments, moments
from evalsuite.distances.neighbours import (
    covered,
    leave_out_recall,
    nearest,
    neighbour_distances,
)

__all__ = [
    "KernelDistance",
    "Moments",
    "covered",
    "frechet_distance",
    "kernel_distance",
    "leave_out_frechet",
    "leave_out_recall",
    "mean_kernel",
    "moments",
    "nearest",
    "neighbour_distances",
]
