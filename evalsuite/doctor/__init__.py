"""Whether an installation works: what is there, what is missing, and what to do about it. Nothing is downloaded."""

from __future__ import annotations

from evalsuite.doctor.check import Check
from evalsuite.doctor.examine import all_is_well, describe, examine

__all__ = ["Check", "all_is_well", "describe", "examine"]
