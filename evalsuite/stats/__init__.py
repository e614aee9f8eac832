"""Intervals over rows of statistics: how sure a score is."""

from evalsuite.stats.bootstrap import curve_interval, paired_interval, row_interval
from evalsuite.stats.clusters import cluster_labels, sum_in_blocks
from evalsuite.stats.curved_jackknife import curved_interval, curved_variance
from evalsuite.stats.difference import difference_interval, difference_of_left_out
from evalsuite.stats.jackknife import (
    interval_of_left_out,
    jackknife_blocks,
    jackknife_interval,
    jackknife_row_interval,
    left_out_rows,
)
from evalsuite.stats.proportion import design_effect, proportion_interval
from evalsuite.stats.randomisation import bootstrap_test, randomisation_test
from evalsuite.stats.squared_length import SquaredLength, squared_length_interval, squared_length_limits
from evalsuite.stats.student import student_interval

__all__ = [
    "SquaredLength",
    "bootstrap_test",
    "cluster_labels",
    "curve_interval",
    "curved_interval",
    "curved_variance",
    "design_effect",
    "difference_interval",
    "difference_of_left_out",
    "interval_of_left_out",
    "jackknife_blocks",
    "jackknife_interval",
    "jackknife_row_interval",
    "left_out_rows",
    "paired_interval",
    "proportion_interval",
    "randomisation_test",
    "row_interval",
    "squared_length_interval",
    "squared_length_limits",
    "student_interval",
    "sum_in_blocks",
]
