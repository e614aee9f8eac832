"""Measure what a stretch of work takes."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from evalsuite.resources.memory import begin_device_peak, begin_peak, device_peak_bytes, peak_bytes
from evalsuite.resources.nvml import NvmlDevices, NvmlUnavailableError
from evalsuite.resources.sampler import Sampler

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["UsageMeter"]


class UsageMeter:
    """Measures from entering to leaving it.

    Parameters
    ----------
    device : str
        Where the work is done: ``cpu``, ``cuda:0``, several with commas. Devices that are not CUDA's have neither
        memory nor energy here.

    Notes
    -----
    Nothing that cannot be measured is an error: its figure is missing, and `usage` says why where there may be doubt.
    """

    def __init__(self, device: str) -> None:
        self._devices = [name for part in device.split(",") if (name := part.strip()).startswith("cuda")]
        self._nvml: NvmlDevices | None = None
        self._missing = ""
        self._joules: float | None = None
        self._power: Sampler | None = None
        self._memory: Sampler | None = None
        self._usage: dict[str, object] = {}

    def __enter__(self) -> UsageMeter:
        self._since = begin_peak()
        if self._devices:
            self._begin_devices()
        self._started = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        seconds = time.perf_counter() - self._started
        self._usage = {"seconds": seconds, "peak_rss_bytes": peak_bytes(), "peak_rss_since": self._since}
        if self._devices:
            self._usage["n_devices"] = len(dict.fromkeys(self._devices))
            self._end_devices()

    def usage(self) -> dict[str, object]:
        """Return what was measured, as a JSON object.

        Returns
        -------
        dict
            ``seconds``; ``peak_rss_bytes``, and ``peak_rss_since`` "session" or "process"; of CUDA devices
            ``n_devices``, ``device_memory_bytes`` and ``device_memory_by`` "torch" (this process's) or "nvml" (all
            processes'), ``energy_joules`` and ``energy_by`` "counter" or "power", else ``energy_missing``: why not.
        """
        return self._usage

    def _begin_devices(self) -> None:
        with suppress(RuntimeError, AssertionError):
            begin_device_peak(self._devices)
        try:
            self._nvml = NvmlDevices(self._devices)
            try:
                self._joules = self._nvml.energy_joules()
            except NvmlUnavailableError:  # older devices count no energy, and tell their power
                self._nvml.power_watts()
                self._power = Sampler(self._nvml.power_watts)
        except NvmlUnavailableError as error:
            self._missing = str(error)
        if self._nvml is not None:
            self._memory = Sampler(self._nvml.memory_bytes, seconds=0.25)

    def _end_devices(self) -> None:
        held = None
        with suppress(RuntimeError, AssertionError):
            held = device_peak_bytes(self._devices)
        joules, by = self._energy()
        if self._memory is not None:
            self._memory.finish()
            if held is None and self._memory.most is not None:
                self._usage |= {"device_memory_bytes": int(self._memory.most), "device_memory_by": "nvml"}
        if held is not None:
            self._usage |= {"device_memory_bytes": held, "device_memory_by": "torch"}
        if joules is None:
            self._usage["energy_missing"] = self._missing or "NVML's readings failed"
        else:
            self._usage |= {"energy_joules": joules, "energy_by": by}
        if self._nvml is not None:
            self._nvml.close()

    def _energy(self) -> tuple[float | None, str]:
        if self._power is not None:
            self._power.finish()
            return self._power.integral, "power"
        if self._joules is None or self._nvml is None:
            return None, ""
        try:
            joules = self._nvml.energy_joules() - self._joules
        except NvmlUnavailableError as error:
            self._missing = str(error)
            return None, ""
        if joules < 0:
            self._missing = "the device's counter of energy began anew"
            return None, ""
        return joules, "counter"
