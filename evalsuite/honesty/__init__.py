"""The honesty gate: solvers whose errors are known go through the instrument, and must come out as they went in."""

from evalsuite.honesty.claim import Claim, Verdict
from evalsuite.honesty.gate import CLAIMS, Gate

__all__ = ["CLAIMS", "Claim", "Gate", "Verdict"]
