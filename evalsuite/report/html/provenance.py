"""How a run was made: what someone needs to make it again, or to see why they cannot."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalsuite.report.amounts import efficiency_words
from evalsuite.report.labels import run_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from evalsuite.report.html.view import TaskView
    from evalsuite.report.leaderboard import LeaderboardRun

__all__ = ["Provenance", "provenance"]

_SHORT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Facts that all runs of a task share, those of each run, and the signatures of the scores."""

    shared: tuple[tuple[str, str], ...]
    runs: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    signatures: tuple[tuple[str, str], ...]


def provenance(view: TaskView, root: Path) -> Provenance:
    """Return how the runs of a task were made.

    Parameters
    ----------
    view : TaskView
    root : Path
        The page's folder, from which the runs' folders are named.
    """
    facts = [_facts(run, root) for run in view.runs]
    same = (
        {key for key in facts[0] if all(found.get(key) == facts[0][key] for found in facts)}
        if len(facts) > 1
        else set()
    )
    return Provenance(
        shared=tuple((key, facts[0][key]) for key in facts[0] if key in same),
        runs=tuple(
            (view.labels[str(run.report.record["id"])], tuple((key, found[key]) for key in found if key not in same))
            for run, found in zip(view.runs, facts, strict=True)
        ),
        signatures=tuple(
            dict.fromkeys((score.metric, score.signature) for run in view.runs for score in run.report.scores)
        ),
    )


def _facts(run: LeaderboardRun, root: Path) -> dict[str, str]:
    record = run.report.record
    model = record["model"]
    environment: Mapping[str, Any] = record["environment"]
    settings = run_settings(run.report)
    facts = {
        "task": f"{record['task']['name']}, version {record['task']['version']}, "
        f"content {record['identity']['task_hash'][:_SHORT]}",
        "model": str(model["spec"]),
        "weights": str(model.get("fingerprint", ""))[:_SHORT],
        "computed on": " ".join(str(model.get(key) or "") for key in ("device", "dtype")).strip(),
        "settings": ", ".join(f"{key} {_shown(value)}" for key, value in settings.items() if key != "dtype"),
        "started": str(record["started"]).replace("T", " ").replace("Z", " UTC"),
        "time": _time(record["timing"]),
        "tokens": _tokens(record["tokens"]),
        "efficiency": "; ".join(efficiency_words(run.report)),
        "prices": _prices(record.get("efficiency", {}).get("cost")),
        "command": shlex.join(str(part) for part in environment.get("command") or ()),
        "git": _git(environment.get("git")),
        "packages": ", ".join(
            f"{name} {version}" for name, version in (environment.get("packages") or {}).items() if version
        ),
        "machine": ", ".join(_machine(environment)),
        "folder": _relative(run.folder, root),
        "run": str(record["id"]),
    }
    return {key: value for key, value in facts.items() if value}


def _shown(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return " ".join(repr(part) for part in value) or "none"
    return "none" if value is None else str(value)


def _time(timing: Mapping[str, float | None]) -> str:
    if timing.get("seconds") is None:
        return ""
    quantiles = [f"{name} {timing[key]:.3g} s" for name, key in _QUANTILES.items() if timing.get(key) is not None]
    text = f"{timing['seconds']:.1f} s in all; an output: {', '.join(quantiles)}"
    first = [f"{name} {value:.3g} s" for name, key in _QUANTILES.items() if (value := timing.get(f"first_token_{key}"))]
    return f"{text}; its first token: {', '.join(first)}" if first else text


_QUANTILES = {"median": "seconds_p50", "90 %": "seconds_p90", "99 %": "seconds_p99"}


def _tokens(tokens: Mapping[str, int | None]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in tokens.items() if count is not None)


def _prices(cost: Mapping[str, Any] | None) -> str:
    if not cost:
        return ""
    prices = cost["prices"]
    parts = [f"those of {prices['match']}", str(prices["source"]), f"table {prices['sha256'][:_SHORT]}"]
    return ", ".join(part for part in parts if part)


def _git(git: Mapping[str, Any] | None) -> str:
    if not git:
        return ""
    return f"{git.get('revision', '')}{', with changes' if git.get('dirty') else ''}"


def _machine(environment: Mapping[str, Any]) -> list[str]:
    processors = environment.get("processors")
    parts = [str(environment.get("platform") or ""), f"{processors} processors" if processors else ""]
    return [f"Python {environment['python']}"] * bool(environment.get("python")) + [part for part in parts if part]


def _relative(folder: Path, root: Path) -> str:
    try:
        return os.path.relpath(folder, root).replace(os.sep, "/")
    except ValueError:  # another drive
        return folder.name
