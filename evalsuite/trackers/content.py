"""What trackers are told: a report as settings, numbers, and curves by depth. Neither outputs nor the environment."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from evalsuite.trackers.base import TrackedRun

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from evalsuite.report import Report
    from evalsuite.types import Interval, Score

__all__ = ["describe_run", "has_login"]

_FIGURES = (
    "generating_seconds",
    "outputs_per_second",
    "tokens_per_second",
    "peak_rss_bytes",
    "peak_device_memory_bytes",
    "energy_joules",
    "seconds_per_right",
    "joules_per_right",
    "cost_per_right",
)
_LOGIN = re.compile(r"(?<=//)[^/@\s]+@")  # of an address that has one
_SECRET = re.compile(r"(?i)((?:key|token|secret|password)[\w-]*=)[^,&\s]+")


def has_login(text: str) -> bool:
    """Whether an address in a text names a user or a password."""
    return _LOGIN.search(text) is not None


def describe_run(report: Report, folder: Path) -> TrackedRun:
    """Return what trackers are told of a report in its run's folder."""
    record = report.record
    scalars: dict[str, float] = {}
    curves: dict[str, list[tuple[int, float]]] = {}
    seen: Counter[str] = Counter()
    for score in report.scores:
        seen[score.metric] += 1
        name = score.metric if seen[score.metric] == 1 else f"{score.metric}_{seen[score.metric]}"
        _add_score(name, score, scalars, curves)
    scalars |= {f"outcomes/{outcome}": float(count) for outcome, count in report.primary.outcomes.items()}
    counts = {"samples": report.n_samples, "outputs": report.n_outputs, "errors": report.n_errors}
    scalars |= {f"count/{name}": float(count) for name, count in counts.items()}
    scalars |= {f"timing/{key}": float(value) for key, value in record["timing"].items() if value is not None}
    scalars |= _efficiency(record.get("efficiency", {}))
    return TrackedRun(
        id=str(record["id"]),
        name=f"{report.model['name']} {report.task['name']}",
        task=str(report.task["name"]),
        config=_config(report),
        scalars=scalars,
        curves=curves,
        report=(folder / "report.json").resolve(),
    )


def _add_score(name: str, score: Score, scalars: dict[str, float], curves: dict[str, list[tuple[int, float]]]) -> None:
    _add(f"score/{name}", score.value, score.interval, scalars)
    for key, parts in score.slices.items():
        group = f"by_{_part(key)}/{name}"
        by_number = [part for part in parts if isinstance(part.key, int) and part.value is not None]
        if by_number:
            curves[group] = [(int(part.key), float(part.value or 0.0)) for part in by_number]
            ends = [(int(part.key), part.interval) for part in by_number if part.interval is not None]
            curves[f"{group}.low"] = [(at, float(interval.low)) for at, interval in ends]
            curves[f"{group}.high"] = [(at, float(interval.high)) for at, interval in ends]
        for part in parts:
            if not isinstance(part.key, int):
                _add(f"{group}.{_part(part.key)}", part.value, part.interval, scalars)
    for key, estimate in score.details.items():
        _add(f"score/{name}.{_part(key)}", estimate.value, estimate.interval, scalars)


def _part(text: str) -> str:
    """Return text of a task or metric as a part of a name: what divides names is not in it."""
    return "".join(char if char.isprintable() and char not in "/\\" else "_" for char in text)[:80] or "_"


def _add(name: str, value: float | None, interval: Interval | None, scalars: dict[str, float]) -> None:
    """Add a value and its interval's ends; one that is missing is not there, and never a zero."""
    if value is not None:
        scalars[name] = float(value)
        if interval is not None:
            scalars |= {f"{name}.low": float(interval.low), f"{name}.high": float(interval.high)}


def _efficiency(efficiency: Mapping[str, Any]) -> dict[str, float]:
    found: dict[str, float] = {}
    for key in _FIGURES:
        value = efficiency.get(key)
        if isinstance(value, dict):
            interval = value["interval"] or {}
            ends = {end: interval[end] for end in ("low", "high") if interval.get(end) is not None}
            found |= {f"efficiency/{key}.{end}": float(number) for end, number in ends.items()}
            value = value["value"]
        if value is not None:
            found[f"efficiency/{key}"] = float(value)
    if "cost" in efficiency:
        found["efficiency/cost"] = float(efficiency["cost"]["total"])
    return found


def _config(report: Report) -> dict[str, str]:
    record, identity = report.record, report.record["identity"]
    cost = record.get("efficiency", {}).get("cost")
    config = {
        "model": report.model["name"],
        "model_spec": _plain(str(report.model["spec"])),
        "model_fingerprint": _plain(str(report.model["fingerprint"])),
        "device": report.model["device"],
        "dtype": report.model["dtype"],
        "task": report.task["name"],
        "task_version": report.task["version"],
        "task_hash": identity["task_hash"],
        "seed": identity["run_seed"],
        "repeats": record["repeats"],
        "limit": record["limit"],
        **{f"generation.{key}": value for key, value in identity["generation"].items()},
        "primary_metric": report.primary.metric,
        "evalsuite": record["inputs"].get("release"),
        "started": record["started"],
        "run": record["id"],
        **({"currency": cost["currency"], "prices": cost["prices"]["sha256"]} if cost else {}),
    }
    config |= {f"signature.{i}": score.signature for i, score in enumerate(report.scores)}
    return {key: str(value) for key, value in config.items()}


def _plain(text: str) -> str:
    """Return a spec without what it may hold of logins; keys are never in it, but a person may have put one there."""
    return _SECRET.sub(r"\1***", _LOGIN.sub("***@", text))
