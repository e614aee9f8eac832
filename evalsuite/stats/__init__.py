"""Intervals over rows of statistics: how sure a score is."""

from evalsuite.stats.at_k import g_pass_at_k, mg_pass_at_k, pass_at_k, pass_hat_k, right_in_k
from evalsuite.stats.bootstrap import curve_interval, paired_interval, row_interval, share_interval
from evalsuite.stats.calibration import area_under_risk, calibration_error, risk_by_coverage
from evalsuite.stats.clusters import cluster_labels, dense_labels, sum_in_blocks
from evalsuite.stats.curved_jackknife import curved_interval, curved_variance
from evalsuite.stats.difference import difference_interval, difference_of_left_out
from evalsuite.stats.expanded import expanded_ends, fewest_units
from evalsuite.stats.jackknife import (
    interval_of_left_out,
    jackknife_blocks,
    jackknife_interval,
    jackknife_row_interval,
    left_out_rows,
)
from evalsuite.stats.majority import majority_at_k
from evalsuite.stats.paired_proportions import paired_proportion_interval
from evalsuite.stats.proportion import design_effect, proportion_interval
from evalsuite.stats.randomisation import bootstrap_test, randomisation_test
from evalsuite.stats.squared_length import SquaredLength, squared_length_interval, squared_length_limits
from evalsuite.stats.student import student_interval, student_t
from evalsuite.stats.two_sample_jackknife import LeftOut, freed_of_sizes, freed_variance

__all__ = [
    "LeftOut",
    "SquaredLength",
    "area_under_risk",
    "bootstrap_test",
    "calibration_error",
    "cluster_labels",
    "curve_interval",
    "curved_interval",
    "curved_variance",
    "dense_labels",
    "design_effect",
    "difference_interval",
    "difference_of_left_out",
    "expanded_ends",
    "fewest_units",
    "freed_of_sizes",
    "freed_variance",
    "g_pass_at_k",
    "interval_of_left_out",
    "jackknife_blocks",
    "jackknife_interval",
    "jackknife_row_interval",
    "left_out_rows",
    "majority_at_k",
    "mg_pass_at_k",
    "paired_interval",
    "paired_proportion_interval",
    "pass_at_k",
    "pass_hat_k",
    "proportion_interval",
    "randomisation_test",
    "right_in_k",
    "risk_by_coverage",
    "row_interval",
    "share_interval",
    "squared_length_interval",
    "squared_length_limits",
    "student_interval",
    "student_t",
    "sum_in_blocks",
]
