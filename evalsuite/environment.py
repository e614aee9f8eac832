"""What a run was made with: package versions, git revision, hardware. Recorded, never part of a run's identity."""

from __future__ import annotations

import os
import platform
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from evalsuite.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["check_device", "describe_environment", "one_thread", "release", "usable_cores"]

_PACKAGES = ("evalsuite", "numpy", "torch", "transformers", "tokenizers", "safetensors", "sacrebleu")


def release() -> str:
    """Return the version of the installed evalsuite."""
    from importlib.metadata import version

    return version("evalsuite")


def usable_cores() -> int:
    """Return how many cores this process may use, at least 1; where the system does not tell, how many there are."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS
    return max(1, len(affinity(0)) if affinity is not None else os.cpu_count() or 1)


def describe_environment() -> dict[str, object]:
    """Return package versions, Python, platform, processor count and the git revision of the current folder."""
    from importlib.metadata import PackageNotFoundError, version

    packages: dict[str, object] = {}
    for name in _PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = None
    return {
        "packages": packages,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "git": _git_state(),
        "command": [os.path.basename(sys.argv[0]), *sys.argv[1:]],  # noqa: PTH119 (argv[0] may be empty)
    }


def check_device(device: str, where: str) -> None:
    """Find out whether torch can compute on `device`, before anything is begun.

    Raises
    ------
    ModelError
        If it cannot; the message begins with `where`.
    """
    import torch

    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0][:200]
        if reason.startswith(("Expected one of", "Invalid device string")):  # torch lists devices that few have
            reason = 'there is no such device; known are "cpu", "cuda", and "cuda:0", "cuda:1" and so on'
        raise ModelError(f'{where}: cannot compute on the device "{device}": {reason}. Try --device cpu.') from error


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on one thread: small networks gain little from more, and last bits depend on how many."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _git_state() -> dict[str, object] | None:
    import subprocess

    try:
        revision = _git("rev-parse", "HEAD")
        dirty = bool(_git("status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.SubprocessError):
        return None
    return {"revision": revision, "dirty": dirty}


def _git(*arguments: str) -> str:
    import subprocess

    result = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True, timeout=10)
    return result.stdout.strip()
