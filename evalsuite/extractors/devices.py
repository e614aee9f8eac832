"""Where networks compute: which devices there are, and what of torch's switches a precision needs."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from evalsuite.environment import check_device, usable_cores
from evalsuite.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["convolution_precision", "default_workers", "describe_device", "is_cpu", "resolve_devices"]

_MOST_THREADS = 16
_AMPERE = 8  # compute capability from which TF32 is there


def resolve_devices(devices: Sequence[str], precision: str) -> tuple[str, ...]:
    """Return devices by torch's names, in the order given.

    Raises
    ------
    ModelError
        If torch cannot compute on one.
    UsageError
        If a device does not have the precision.
    """
    import torch

    found = tuple(
        ("cuda:0" if torch.cuda.is_available() else "cpu") if device == "auto" else device for device in devices
    )
    for device in dict.fromkeys(found):
        check_device(device, "features")
        if precision == "tf32" and (
            not device.startswith("cuda") or torch.cuda.get_device_capability(device)[0] < _AMPERE
        ):
            raise UsageError(
                f'precision tf32 is of CUDA devices of compute capability {_AMPERE}.0 and later, which "{device}" is '
                "not; take float32, or bf16"
            )
    return found


def is_cpu(device: str) -> bool:
    """Whether a device is the CPU."""
    return device.partition(":")[0] == "cpu"


def describe_device(device: str) -> str:
    """Return what of a device the last bits of features may depend on: its kind, and of the CPU torch's threads."""
    import torch

    if is_cpu(device):
        return f"cpu {torch.backends.cpu.get_cpu_capability()}, {torch.get_num_threads()} threads"
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else device.partition(":")[0]


def default_workers() -> int:
    """Return how many threads read images where nobody says: as many as processors this process may use, at most 16."""
    return min(_MOST_THREADS, usable_cores())


class _Switch:
    """torch's switch for TF32 in convolutions, which is the process's: set by the first user, reset by the last."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._users = 0
        self._wanted = False
        self._before: Any = None

    def acquire(self, *, tf32: bool) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._users == 0 or self._wanted == tf32)
            if self._users == 0:
                holder, name = _switch_of_torch()
                self._before, self._wanted = getattr(holder, name), tf32
                setattr(holder, name, tf32 if name == "allow_tf32" else "tf32" if tf32 else "ieee")
            self._users += 1

    def release(self) -> None:
        with self._changed:
            self._users -= 1
            if self._users == 0:
                setattr(*_switch_of_torch(), self._before)
                self._changed.notify_all()


def _switch_of_torch() -> tuple[Any, str]:
    """Return where the switch is: by convolution where torch has it so, as both ways do not mix."""
    import torch

    by_operation = getattr(torch.backends.cudnn, "conv", None)
    if hasattr(by_operation, "fp32_precision"):
        return by_operation, "fp32_precision"
    return torch.backends.cudnn, "allow_tf32"


_switch = _Switch()


@contextmanager
def convolution_precision(precision: str, devices: Sequence[str]) -> Iterator[None]:
    """Let cuDNN round to TF32 if that is the precision, and not otherwise; by torch's default it always may."""
    if all(is_cpu(device) for device in devices):
        yield
        return
    _switch.acquire(tf32=precision == "tf32")
    try:
        yield
    finally:
        _switch.release()
