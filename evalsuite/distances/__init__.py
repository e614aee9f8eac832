"""Distances between sets of feature vectors: float64 arithmetic on arrays, without images, networks or files."""

from __future__ import annotations

from evalsuite.distances.data_copying import CellDistances, DataCopying, data_copying, mann_whitney_z
from evalsuite.distances.diversity import leave_out_pair_diversity, pair_diversity, unit_vectors
from evalsuite.distances.frechet import frechet_distance, leave_out_frechet
from evalsuite.distances.frechet_floor import frechet_floor
from evalsuite.distances.frechet_infinity import ExtrapolatedFrechet, frechet_infinity
from evalsuite.distances.frechet_influence import frechet_influence
from evalsuite.distances.frechet_length import frechet_length
from evalsuite.distances.inception_score import inception_score, leave_out_inception_score, split_inception_score
from evalsuite.distances.kernel import CubicKernel, GaussianKernel, Kernel
from evalsuite.distances.kernel_length import kernel_length
from evalsuite.distances.kernel_subsets import kernel_subsets
from evalsuite.distances.mmd import KernelDistance, kernel_distance, mean_kernel
from evalsuite.distances.moments import Moments, moments
from evalsuite.distances.neighbours import nearest, neighbour_distances
from evalsuite.distances.partition import cell_centres, cells_of
from evalsuite.distances.prdc import Neighbourhoods, leave_out_coverage, leave_out_recall, neighbourhoods
from evalsuite.distances.vendi import leave_out_vendi, vendi_score

__all__ = [
    "CellDistances",
    "CubicKernel",
    "DataCopying",
    "ExtrapolatedFrechet",
    "GaussianKernel",
    "Kernel",
    "KernelDistance",
    "Moments",
    "Neighbourhoods",
    "cell_centres",
    "cells_of",
    "data_copying",
    "frechet_distance",
    "frechet_floor",
    "frechet_infinity",
    "frechet_influence",
    "frechet_length",
    "inception_score",
    "kernel_distance",
    "kernel_length",
    "kernel_subsets",
    "leave_out_coverage",
    "leave_out_frechet",
    "leave_out_inception_score",
    "leave_out_pair_diversity",
    "leave_out_recall",
    "leave_out_vendi",
    "mann_whitney_z",
    "mean_kernel",
    "moments",
    "nearest",
    "neighbour_distances",
    "neighbourhoods",
    "pair_diversity",
    "split_inception_score",
    "unit_vectors",
    "vendi_score",
]
