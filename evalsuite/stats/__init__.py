"""Intervals over rows of statistics: how sure a score is."""

from evalsuite.stats.bootstrap import curve_interval, paired_interval, row_interval
from evalsuite.stats.clusters import cluster_labels, sum_in_blocks
from evalsuite.stats.jackknife import jackknife_interval
from evalsuite.stats.proportion import design_effect, proportion_interval

__all__ = [
    "cluster_labels",
    "curve_interval",
    "design_effect",
    "jackknife_interval",
    "paired_interval",
    "proportion_interval",
    "row_interval",
    "sum_in_blocks",
]
