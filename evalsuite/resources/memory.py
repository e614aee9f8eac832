"""The most memory that a process, and its devices through torch, have held."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["begin_device_peak", "begin_peak", "device_peak_bytes", "peak_bytes"]

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_PEAK = re.compile(rb"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


def begin_peak() -> Literal["session", "process"]:
    """Forget the most resident memory so far, where the system can, and return what a peak read later is of.

    Notes
    -----
    Linux forgets ``VmHWM`` when 5 is written to ``/proc/self/clear_refs`` (proc_pid_clear_refs(5)). Elsewhere a peak is
    of the process's whole life.
    """
    try:
        _CLEAR.write_text("5")
        return "session" if _high_water() is not None else "process"
    except OSError:
        return "process"


def peak_bytes() -> int:
    """Return the most resident memory of this process, without its children."""
    known = _high_water()
    if known is not None:
        return known
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def begin_device_peak(devices: Sequence[str]) -> None:
    """Let torch forget the most memory it has held on CUDA devices; nothing where it has not used any."""
    cuda = _used_cuda()
    for device in devices if cuda is not None else ():
        cuda.reset_peak_memory_stats(device)


def device_peak_bytes(devices: Sequence[str]) -> int | None:
    """Return the most memory that torch has held on these devices since, in all; None where it has held none."""
    cuda = _used_cuda()
    if cuda is None:
        return None
    return sum(int(cuda.max_memory_allocated(device)) for device in devices) or None


def _used_cuda() -> Any:
    """Return torch.cuda where this process computes there; nothing is imported or begun for it."""
    torch = sys.modules.get("torch")
    cuda = getattr(torch, "cuda", None)
    return cuda if cuda is not None and cuda.is_initialized() else None


def _high_water() -> int | None:
    try:
        found = _PEAK.search(_STATUS.read_bytes())
    except OSError:
        return None
    return None if found is None else int(found[1]) * 1024
