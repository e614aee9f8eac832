"""The reasoning horizon: how many dependent steps a model survives, from its verdicts at known depths."""

from evalsuite.horizon.estimate import HorizonFit, fit_horizon
from evalsuite.horizon.families import CombinedHorizon, combine_horizons
from evalsuite.horizon.records import DepthTable, count_records

__all__ = ["CombinedHorizon", "DepthTable", "HorizonFit", "combine_horizons", "count_records", "fit_horizon"]
