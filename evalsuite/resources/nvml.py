"""Energy, power and memory of NVIDIA devices, as NVML tells them."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["NvmlDevices", "NvmlUnavailableError"]


class NvmlUnavailableError(Exception):
    """NVML, or a figure of it, is not there; the text says why."""


class NvmlDevices:
    """Some devices of this machine.

    All figures are of whole devices: what other processes do on them is in them, too.

    Parameters
    ----------
    names : sequence of str
        As torch calls them: ``cuda``, ``cuda:1``.

    Raises
    ------
    NvmlUnavailableError
        If the package or the driver is not there, or a device is not known to NVML.

    References
    ----------
    .. [1] NVIDIA, "NVML API Reference Guide": nvmlDeviceGetTotalEnergyConsumption (millijoules since the driver was
       loaded, from Volta on), nvmlDeviceGetPowerUsage (milliwatts), nvmlDeviceGetMemoryInfo (bytes).
    """

    def __init__(self, names: Sequence[str]) -> None:
        try:
            self._nvml: Any = import_module("pynvml")
        except ImportError:
            raise NvmlUnavailableError("needs the package nvidia-ml-py: pip install 'evalsuite[nvml]'") from None
        self._handles: list[Any] = []
        try:
            self._nvml.nvmlInit()
            self._handles = [self._handle(name) for name in dict.fromkeys(map(_with_index, names))]
        except self._nvml.NVMLError as error:
            self.close()
            raise NvmlUnavailableError(f"NVML says: {error}") from error
        except (ValueError, IndexError, AssertionError, RuntimeError) as error:  # the last two are torch's
            self.close()
            raise NvmlUnavailableError(f"the device is not found by NVML: {error}") from error

    def energy_joules(self) -> float:
        """Return the energy that the devices have taken since the driver was loaded."""
        return self._total("nvmlDeviceGetTotalEnergyConsumption") / 1000

    def power_watts(self) -> float:
        """Return the power that the devices take now, in all."""
        return self._total("nvmlDeviceGetPowerUsage") / 1000

    def memory_bytes(self) -> int:
        """Return the memory in use on the devices, in all."""
        try:
            return sum(int(self._nvml.nvmlDeviceGetMemoryInfo(handle).used) for handle in self._handles)
        except self._nvml.NVMLError as error:
            raise NvmlUnavailableError(f"NVML says: {error}") from error

    def close(self) -> None:
        """Let go of NVML."""
        with suppress(self._nvml.NVMLError):
            self._nvml.nvmlShutdown()

    def _total(self, function: str) -> int:
        try:
            return sum(int(getattr(self._nvml, function)(handle)) for handle in self._handles)
        except self._nvml.NVMLError as error:
            raise NvmlUnavailableError(f"NVML says: {error}") from error

    def _handle(self, name: str) -> Any:
        index = int(name.partition(":")[2])
        uuid = _torch_uuid(index) or _visible(index)
        if isinstance(uuid, str):
            return self._nvml.nvmlDeviceGetHandleByUUID(uuid)
        return self._nvml.nvmlDeviceGetHandleByIndex(uuid)


def _with_index(name: str) -> str:
    return name if ":" in name else f"{name}:0"


def _torch_uuid(index: int) -> str | None:
    """Return what NVML knows torch's device by; its own order of devices may be another than NVML's."""
    torch: Any = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_initialized():
        return None
    uuid = getattr(torch.cuda.get_device_properties(index), "uuid", None)
    return None if uuid is None else f"GPU-{uuid}"


def _visible(index: int) -> str | int:
    """Return the index or name of the device that CUDA counts as `index`."""
    shown = [part.strip() for part in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if part.strip()]
    if not shown:
        return index
    return int(shown[index]) if shown[index].isdigit() else shown[index]
