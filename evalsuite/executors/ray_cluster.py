"""Reaching a Ray cluster, and telling what went wrong on one as errors of ours."""

from __future__ import annotations

import os
import socket
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from evalsuite import errors
from evalsuite.errors import DependencyError, EvalsuiteError, ModelError, UsageError

if TYPE_CHECKING:
    from evalsuite.executors.ray_worker import Fault

__all__ = ["check_ray", "connect", "error_of", "failed", "first_line"]

_CONNECT_SECONDS = 10.0


def check_ray(workers: int | None) -> None:
    """Find out whether Ray is there, and the number of workers makes sense, before anything is run.

    Raises
    ------
    DependencyError, UsageError
    """
    if workers is not None and workers < 1:
        raise UsageError(f"--workers: must be at least 1, got {workers}")
    if find_spec("ray") is None:
        raise DependencyError('--executor ray: needs the package ray: pip install "evalsuite[ray]"')


def error_of(fault: Fault) -> EvalsuiteError:
    """Return the error that a worker sent as a value."""
    kind = getattr(errors, fault.kind, ModelError)
    return kind(fault.message) if issubclass(kind, EvalsuiteError) else ModelError(fault.message)


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text, or its type's name where it has none."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def failed(error: Exception) -> ModelError:
    """Return what a worker raised, which `Worker` does not expect, as an error of ours."""
    cause = getattr(error, "cause", None) or error
    return ModelError(f"--executor ray: a worker failed: {type(cause).__name__}: {first_line(cause)}")


def _check_reachable(address: str) -> None:
    """Find out soon whether there is anything at an address, which Ray itself tries for minutes."""
    host, _, port = address.rpartition(":")
    if not port.isdigit() or "/" in host:
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"--executor ray: nothing answers at RAY_ADDRESS={address} ({error}); start a cluster there by ray start "
            "--head, or unset RAY_ADDRESS for one on this machine"
        ) from error


def connect(ray: Any, **settings: Any) -> None:
    """Connect to the cluster that ``RAY_ADDRESS`` names, or start one on this machine; nothing where there is one.

    Raises
    ------
    UsageError
        If it cannot be reached, or none can be started.
    """
    if ray.is_initialized():
        return
    _check_reachable(os.environ.get("RAY_ADDRESS", ""))
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    quiet = {"log_to_driver": False, "logging_level": "error", "configure_logging": False}
    if "RAY_ADDRESS" not in os.environ:
        quiet["include_dashboard"] = False
    try:
        ray.init(**quiet, **settings)
    except (ConnectionError, RuntimeError, ValueError) as error:
        address = os.environ.get("RAY_ADDRESS")
        where = f"the cluster at RAY_ADDRESS={address}" if address else "a cluster on this machine"
        raise UsageError(f"--executor ray: {where} cannot be used: {error}") from error
