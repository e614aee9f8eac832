"""Intervals over rows of statistics: how sure a score is."""

from evalsuite.stats.bootstrap import curve_interval, paired_interval, row_interval
from evalsuite.stats.clusters import cluster_labels, sum_in_blocks
from evalsuite.stats.jackknife import interval_of_left_out, jackknife_blocks, jackknife_interval
from evalsuite.stats.proportion import design_effect, proportion_interval
from evalsuite.stats.student import student_interval

__all__ = [
    "cluster_labels",
    "curve_interval",
    "design_effect",
    "interval_of_left_out",
    "jackknife_blocks",
    "jackknife_interval",
    "paired_interval",
    "proportion_interval",
    "row_interval",
    "student_interval",
    "sum_in_blocks",
]
