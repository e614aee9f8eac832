"""Say what torch can compute on, having computed something on each device."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from evalsuite.doctor.scripts.setting import describe_error, open_answer

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]


def main() -> None:
    """Write a record of torch, and one of each device."""
    write = open_answer()
    import torch

    write(
        {
            "kind": "torch",
            "version": str(torch.__version__),
            "cuda": torch.version.cuda,
            "hip": torch.version.hip,
            "threads": torch.get_num_threads(),
        }
    )
    _try(write, "cpu", {"memory_bytes": None})
    for i in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        about: dict[str, Any] = {"memory_bytes": None}
        try:
            found = torch.cuda.get_device_properties(i)
            about = {
                "title": found.name,
                "memory_bytes": int(found.total_memory),
                "free_bytes": int(torch.cuda.mem_get_info(i)[0]),
                "capability": f"{found.major}.{found.minor}",
            }
        except Exception as error:
            about["problem"] = describe_error(error)
        _try(write, f"cuda:{i}", about)
    if torch.backends.mps.is_available():
        _try(write, "mps", {"memory_bytes": None})


def _try(write: Callable[[dict[str, Any]], None], device: str, about: dict[str, Any]) -> None:
    import torch

    problem = ""
    try:
        table = torch.arange(64, dtype=torch.float32, device=device).reshape(8, 8)
        if (table @ table).sum().item() != 529536.0:
            problem = "a product of matrices comes out wrong"
    except Exception as error:
        problem = describe_error(error)
    write({"kind": "device", "device": device, "problem": problem, **about})


if __name__ == "__main__":
    main()
    os._exit(0)
