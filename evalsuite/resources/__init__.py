"""What a stretch of work takes: wall time, memory of the process and of devices, energy."""

from evalsuite.resources.meter import UsageMeter

__all__ = ["UsageMeter"]
