"""The cluster bootstrap with Python's integers and plain loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix64(value: int) -> int:
    """Finaliser of SplitMix64."""
    value &= MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


def draws(n_clusters: int, *, seed: int, resample: int) -> list[int]:
    """Clusters that one resample draws."""
    key = mix64(seed + GOLDEN)
    start = mix64(key + (2 * resample + 1) * GOLDEN)
    step = mix64(key + (2 * resample + 2) * GOLDEN) | 1
    if (step ^ (step >> 1)).bit_count() < 24:
        step ^= 0xAAAAAAAAAAAAAAAA
    return [(mix64(start + j * step) * n_clusters) >> 64 for j in range(n_clusters)]


def bootstrap_sums(
    rows: Sequence[Sequence[float]], clusters: Sequence[int], *, n_resamples: int, seed: int, first_resample: int = 0
) -> list[list[float]]:
    """Sums of the rows of the clusters that each resample draws."""
    n_clusters = max(clusters) + 1
    cluster_rows = [[0.0] * len(rows[0]) for _ in range(n_clusters)]
    for row, label in zip(rows, clusters, strict=True):
        cluster_rows[label] = [total + value for total, value in zip(cluster_rows[label], row, strict=True)]
    resampled = []
    for resample in range(first_resample, first_resample + n_resamples):
        totals = [0.0] * len(rows[0])
        for label in draws(n_clusters, seed=seed, resample=resample):
            totals = [total + value for total, value in zip(totals, cluster_rows[label], strict=True)]
        resampled.append(totals)
    return resampled
