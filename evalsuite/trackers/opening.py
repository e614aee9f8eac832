"""Open trackers before a run, and tell them of each run; one that fails costs a warning and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.errors import UsageError
from evalsuite.trackers import TRACKERS
from evalsuite.trackers.content import describe_run, has_login

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from evalsuite.report import Report
    from evalsuite.trackers.base import Tracker

__all__ = ["open_trackers", "track"]


def open_trackers(specs: Sequence[str], *, root: Path) -> dict[str, Tracker]:
    """Open the trackers called ``NAME[,key=value...]``, by spec.

    Raises
    ------
    UsageError
        If there is no such tracker, or an option is wrong.
    DependencyError
        If its package is not installed.
    """
    return {spec: _open(spec, root) for spec in dict.fromkeys(specs)}


def _open(spec: str, root: Path) -> Tracker:
    name, *parts = [part.strip() for part in spec.split(",")]
    options: dict[str, str] = {}
    for part in parts:
        key, equals, value = part.partition("=")
        if not equals or not key:
            raise UsageError(f'--track {spec}: expected NAME[,key=value...], found "{part}"')
        options[key.strip()] = value.strip()
        if has_login(value):
            raise UsageError(
                f"--track {name}: {key.strip()} has a login in its address, which would be logged; give it in the "
                "environment, as the tracker's own documentation says"
            )
    return TRACKERS.get(name)(options, root=root)


def track(trackers: dict[str, Tracker], report: Report, folder: Path, *, warn: Callable[[str], None]) -> dict[str, str]:
    """Tell trackers of a run whose report is written; return where each that could has it, by spec.

    Whatever a tracker raises is told by `warn`: the report is there, and nothing of it is lost.
    """
    places: dict[str, str] = {}
    for spec, tracker in trackers.items():
        try:
            places[spec] = tracker.log(describe_run(report, folder))
        except (Exception, SystemExit) as error:  # a tracker's fault, whatever it is, is none of the run's
            what = f"{report.model['name']} {report.task['name']}"
            warn(f"--track {spec}: could not track {what}: {_describe(error)}. The report is {folder / 'report.json'}")
    return places


def _describe(error: BaseException) -> str:
    try:
        text = str(error).strip()
    except Exception:  # the text of an exception is its own code
        text = ""
    return f"{type(error).__name__}: {text.splitlines()[0][:300]}" if text else type(error).__name__
