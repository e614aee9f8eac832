"""What torch can compute on."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from evalsuite.doctor.check import Check
from evalsuite.doctor.child import run_script

__all__ = ["check_devices"]

_DRIVER = Path("/proc/driver/nvidia/version")


def check_devices(*, seconds: float) -> list[Check]:
    """Return the devices that torch sees, each after a small product of matrices on it.

    Parameters
    ----------
    seconds : float
        After which the process that computes is killed.
    """
    ending = run_script("devices", [], seconds=seconds)
    torch = next((record for record in ending.records if record["kind"] == "torch"), None)
    if torch is None:
        return [_check_cpu(None, f"looking for devices {ending.trouble}")]
    devices = [record for record in ending.records if record["kind"] == "device"]
    driver = _driver()
    checks = [_check_cpu(torch, _trouble_of_cpu(devices, ending.trouble))]
    checks += [_check_accelerator(record, torch, driver) for record in devices if record["device"] != "cpu"]
    if ending.trouble and devices:
        checks.append(
            Check(
                section="devices",
                name="other devices",
                state="broken",
                found=f"looking for devices {ending.trouble}",
                remedy="check the driver with nvidia-smi; until then run with --device cpu",
            )
        )
    if driver and len(checks) == 1:
        checks.append(_check_unseen(torch, driver))
    return checks


def _trouble_of_cpu(devices: list[dict[str, Any]], trouble: str) -> str:
    if not devices:
        return f"computing {trouble}"
    return str(devices[0]["problem"])


def _check_cpu(torch: dict[str, Any] | None, problem: str) -> Check:
    from evalsuite.environment import usable_cores

    threads = torch["threads"] if torch else None
    return Check(
        section="devices",
        name="cpu",
        state="broken" if problem else "ok",
        found=problem or f"{usable_cores()} cores for this process, {threads} threads of torch",
        needed=True,
        remedy="pip install --force-reinstall torch" if problem else "",
        details={"cores": usable_cores(), "threads": threads},
    )


def _check_accelerator(record: dict[str, Any], torch: dict[str, Any], driver: str) -> Check:
    problem, memory = record["problem"], record["memory_bytes"]
    parts = [str(record.get("title") or "")]
    if memory:
        parts.append(f"{memory / 2**30:.1f} GiB, {record['free_bytes'] / 2**30:.1f} free")
    if record["device"].startswith("cuda"):
        built = f"torch for CUDA {torch['cuda']}" if torch["cuda"] else f"torch for ROCm {torch['hip']}"
        parts += [f"driver {driver}"] * bool(driver) + [built]
    return Check(
        section="devices",
        name=record["device"],
        state="broken" if problem else "ok",
        found=", ".join([*([f"cannot compute ({problem})"] if problem else []), *filter(None, parts)]) or "computes",
        remedy="install a torch that suits the driver (https://pytorch.org), or run with --device cpu" * bool(problem),
        details={
            "title": record.get("title"),
            "memory_bytes": memory,
            "free_bytes": record.get("free_bytes"),
            "capability": record.get("capability"),
            "driver": driver or None,
            "cuda": torch["cuda"],
            "hip": torch["hip"],
            "problem": problem,
        },
    )


def _check_unseen(torch: dict[str, Any], driver: str) -> Check:
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    why = "torch is built without CUDA" if torch["cuda"] is None else "torch sees no device"
    if hidden is not None:
        why = f"CUDA_VISIBLE_DEVICES is {hidden!r}"
    return Check(
        section="devices",
        name="cuda",
        state="warning",
        found=f"there is an NVIDIA driver ({driver}), but {why}",
        remedy="" if hidden is not None else "install a torch for CUDA (https://pytorch.org) to compute on the GPU",
        details={"driver": driver, "cuda": torch["cuda"]},
    )


def _driver() -> str:
    """Return the version of the NVIDIA driver; empty where there is none, or it does not tell."""
    try:
        match = re.search(r"Kernel Module[^\n]*?\s(\d+(?:\.\d+)+)", _DRIVER.read_text("utf-8", "replace"))
    except OSError:
        return ""
    return match[1] if match else ""
