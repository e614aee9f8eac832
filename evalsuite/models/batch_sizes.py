"""How many requests a batch has where nobody says."""

from __future__ import annotations

from pathlib import Path

__all__ = ["default_batch_size"]

_DRIVER = Path("/dev/nvidiactl")


def default_batch_size(device: str, *, on_cpu: int, on_gpu: int) -> int:
    """Return the size for a device as it was asked for.

    ``"auto"`` is taken for a GPU where NVIDIA's driver is there, without loading torch to find out. On a GPU the size
    is one that a batch which runs out of memory is halved from, see `evalsuite.models.hf_batching`.
    """
    if device == "auto":
        return on_gpu if _DRIVER.exists() else on_cpu
    return on_gpu if device.startswith("cuda") else on_cpu
