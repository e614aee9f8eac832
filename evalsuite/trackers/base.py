"""What a tracker is, and what it is told of a run."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from evalsuite.errors import DependencyError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["OpenTracker", "TrackedRun", "Tracker", "check_options", "need_package"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedRun:
    """A finished run, as trackers take it.

    Parameters
    ----------
    id : str
        The run's, of 64 hexadecimal digits: what was tracked under it before is of the same run.
    name, task : str
        What to call it, and its task.
    config : mapping of str to str
        What the outputs depend on, and how they were asked for.
    scalars : mapping of str to float
        Scores with the ends of their intervals, counts and efficiency, as ``score/accuracy``, ``score/accuracy.low``.
    curves : mapping of str to sequence of (int, float)
        Scores by a whole number, as ``by_depth/accuracy``. No name is another with a slash behind it.
    report : Path
        The run's ``report.json``.
    """

    id: str
    name: str
    task: str
    config: Mapping[str, str]
    scalars: Mapping[str, float]
    curves: Mapping[str, Sequence[tuple[int, float]]]
    report: Path


class Tracker(Protocol):
    """Is told of runs, one after the other."""

    def log(self, run: TrackedRun) -> str:
        """Track a finished run, in place of what was tracked of it before, and return where that is."""
        ...


class OpenTracker(Protocol):
    """Opens a tracker. Cheap: it checks options and that its package is there, and imports it when a run is logged."""

    def __call__(self, options: Mapping[str, str], *, root: Path) -> Tracker:
        """Open it with the options of ``NAME,key=value...``; `root` is the folder of the runs."""
        ...


def check_options(name: str, options: Mapping[str, str], known: Sequence[str]) -> None:
    """Raise UsageError if there is an option that the tracker does not have, or one without a value."""
    for key, value in options.items():
        if key not in known:
            hint = did_you_mean(key, known)
            raise UsageError(f'--track {name}: unknown option "{key}"{hint} (known: {", ".join(known)})')
        if not value:
            raise UsageError(f"--track {name}: {key} has no value")


def need_package(name: str, package: str) -> None:
    """Raise DependencyError if a tracker's package is not installed; it is not imported for that."""
    try:
        found = find_spec(package) is not None
    except (ImportError, ValueError):
        found = False
    if not found:
        raise DependencyError(f"--track {name} needs the package {package}: pip install 'evalsuite[{name}]'")
