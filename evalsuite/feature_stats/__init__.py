"""Statistics of a set's features in files: ours, which say what they are, and those of other tools."""

from evalsuite.feature_stats.comparison import check_comparable, describe_difference
from evalsuite.feature_stats.reading import is_statistics_file, read_statistics
from evalsuite.feature_stats.record import FeatureStatistics, make_statistics
from evalsuite.feature_stats.writing import FORMATS, check_target, write_statistics

__all__ = [
    "FORMATS",
    "FeatureStatistics",
    "check_comparable",
    "check_target",
    "describe_difference",
    "is_statistics_file",
    "make_statistics",
    "read_statistics",
    "write_statistics",
]
