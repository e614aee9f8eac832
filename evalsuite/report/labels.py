"""What tables call a run: its model's name, and whatever sets it apart from the others of that name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from evalsuite.errors import ModelError
from evalsuite.models.spec import parse_spec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.report.leaderboard import LeaderboardRun
    from evalsuite.report.report import Report

__all__ = ["run_labels", "run_settings"]

_SHORT_ID = 8


def run_settings(report: Report) -> dict[str, object]:
    """Return what a run was made with beside model and task: generation settings, number type, seed, sizes."""
    identity = report.record["identity"]
    generation: Mapping[str, object] = identity.get("generation") or {}
    return {
        **{key: generation[key] for key in sorted(generation)},
        "dtype": identity.get("dtype", ""),
        "seed": identity.get("run_seed", 0),
        "repeats": report.record["repeats"],
        "samples": report.n_samples,
    }


def run_labels(runs: Sequence[LeaderboardRun]) -> dict[str, str]:
    """Return a label for each run of one task, by its id; no two are alike.

    A model's name alone where it is the only one. Runs of one name get the options of their specs and the settings in
    which they differ; where that does not set them apart (other weights, another version of the task), the spec, and at
    last the run's id.
    """
    by_name: dict[str, list[LeaderboardRun]] = defaultdict(list)
    for run in runs:
        by_name[str(run.report.model["name"])].append(run)
    labels: dict[str, str] = {}
    for name, same in by_name.items():
        if len(same) == 1:
            labels[_id(same[0])] = name
            continue
        settings = [{**_options(run.report), **run_settings(run.report)} for run in same]
        keys = [key for key in dict.fromkeys(key for each in settings for key in each) if _differs(key, settings)]
        told = [", ".join(f"{key}={_shown(each.get(key))}" for key in keys) for each in settings]
        specs = [str(run.report.model["spec"]) for run in same]
        for i, run in enumerate(same):
            parts = [told[i]] if told[i] else []
            if told.count(told[i]) > 1:
                alone = specs.count(specs[i]) == 1
                parts.append(specs[i] if alone else f"run {_id(run)[:_SHORT_ID]}")
            labels[_id(run)] = f"{name} ({', '.join(parts)})"
    return labels


def _options(report: Report) -> Mapping[str, str]:
    """Return the options a model was opened with: which API of a server, which part of a folder."""
    try:
        return parse_spec(str(report.model["spec"])).options
    except ModelError:  # of a model that was given as an object
        return {}


def _id(run: LeaderboardRun) -> str:
    return str(run.report.record["id"])


def _differs(key: str, settings: Sequence[Mapping[str, object]]) -> bool:
    return any(each.get(key) != settings[0].get(key) for each in settings)


def _shown(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(repr(part) for part in value) + "]"
    return "-" if value is None or value == "" else str(value)
