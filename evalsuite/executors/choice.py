"""An executor by its name."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from evalsuite.errors import UsageError, did_you_mean
from evalsuite.executors.local import LocalExecutor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalsuite.executors.base import Executor

__all__ = ["EXECUTORS", "make_executor", "run_on"]

EXECUTORS = ("local", "ray")


def make_executor(name: str, *, workers: int | None = None, spec: str | None = None, device: str = "auto") -> Executor:
    """Make an executor.

    Parameters
    ----------
    name : {"local", "ray"}
    workers : int, optional
        Processes of a Ray executor.
    spec : str, optional
        How its workers open the model; without one the model is sent to them.
    device : str, default "auto"

    Raises
    ------
    UsageError
        If there is no such executor, or workers are asked of one that has none.
    DependencyError
        If a package is missing.
    """
    if name not in EXECUTORS:
        raise UsageError(f'unknown executor "{name}"{did_you_mean(name, EXECUTORS)} (known: {", ".join(EXECUTORS)})')
    if name == "local":
        if workers is not None:
            raise UsageError("--workers: a local run has one process; give --executor ray for more")
        return LocalExecutor()
    from evalsuite.executors.ray import RayExecutor
    from evalsuite.executors.ray_cluster import check_ray

    check_ray(workers)
    return RayExecutor(workers=workers, spec=spec, device=device)


@contextmanager
def run_on(*executors: Executor) -> Iterator[None]:
    """Release executors when all runs on them are over, however that came."""
    with ExitStack() as stack:
        for executor in executors:
            stack.callback(executor.release)  # of each, whatever another's raises
        yield
