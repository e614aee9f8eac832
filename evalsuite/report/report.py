"""The report of one run: a pure function of its log and the metrics."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError, SaveError
from evalsuite.report.efficiency import check_efficiency, describe_efficiency
from evalsuite.report.error_kinds import group_errors
from evalsuite.report.tally import Tally, tally
from evalsuite.types import OUTCOMES, Estimate, Interval, Output, Reach, Score, Slice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalsuite.runlog.session import Session

__all__ = ["SCHEMA_VERSION", "Report", "build_report", "load_report", "save_json"]

SCHEMA_VERSION = 1
_SHOWN_ERRORS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Scores of one model on one task, and how they were made.

    Parameters
    ----------
    model, task : mapping
        As in the log's header.
    scores : tuple of Score
        In the order of the task's metrics.
    n_samples, n_outputs, n_errors : int
        Samples; outputs that were wanted; those that ended in an error.
    record : mapping
        The whole report as JSON; what `save_json` writes.
    """

    model: Mapping[str, Any]
    task: Mapping[str, Any]
    scores: tuple[Score, ...]
    n_samples: int
    n_outputs: int
    n_errors: int
    record: Mapping[str, Any]

    @property
    def primary(self) -> Score:
        """The score that the task ranks by."""
        return next(score for score in self.scores if score.primary)


def build_report(
    header: Mapping[str, Any],
    scores: Sequence[Score],
    outputs: Sequence[Sequence[Output]],
    *,
    task_summary: str,
    repeats: int,
    limit: int | None,
    inputs: Mapping[str, Any],
    sessions: Sequence[Session] = (),
    n_logged: int = 0,
) -> Report:
    """Put a report together.

    Parameters
    ----------
    header : mapping
        The log's.
    scores : sequence of Score
    outputs : sequence of sequences of Output
        By sample, in canonical order.
    task_summary : str
    repeats, limit : int
    inputs : mapping
        What the scores were computed from, by which a report that is there already is known to be current.
    sessions : sequence of Session
        The log's: what generating took.
    n_logged : int
        Outputs that the log has.
    """
    found = tally(outputs)
    record: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "kind": "report",
        "id": header["id"],
        "model": dict(header["model"]),
        "task": {**header["task"], "summary": task_summary},
        "identity": dict(header["identity"]),
        "repeats": repeats,
        "limit": limit,
        "n_samples": len(outputs),
        "n_outputs": found.n,
        "n_errors": found.errors.total(),
        "errors": [
            {"message": kind.message[:500], "count": kind.count, "n_messages": kind.n_messages}
            for kind in group_errors(found.errors)[:_SHOWN_ERRORS]
        ],
        "scores": [score_record(score) for score in scores],
        "tokens": {"in": found.tokens_in.known, "out": found.tokens_out.known},
        "inputs": dict(inputs),
        "timing": _timing(found),
        "efficiency": describe_efficiency(found, sessions, scores, repeats=repeats, n_logged=n_logged),
        "environment": header["environment"],
        "started": header["started"],
    }
    return _report(json.loads(json.dumps(record, allow_nan=False)), tuple(scores))


def load_report(path: Path) -> Report:
    """Read a ``report.json``.

    Raises
    ------
    InputError
        If it is not a report, or of another schema version.
    """
    record = load_json(path)
    if record.get("kind") != "report" or record.get("schema_version") != SCHEMA_VERSION:
        raise InputError(f"{path}: not a report of schema version {SCHEMA_VERSION}")
    try:
        report = _report(record, tuple(_score(entry) for entry in record["scores"]))
        _check(report)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f'{path}: not a sound report ({type(error).__name__}: {error}); "evalsuite validate {path}" has details'
        ) from error
    return report


def load_json(path: Path) -> dict[str, Any]:
    """Read a file that holds one JSON object; InputError names the file and what is wrong."""
    try:
        record = json.loads(path.read_bytes(), parse_constant=_refuse_constant, parse_float=_parse_float)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON: {error}") from error
    if not isinstance(record, dict):
        raise InputError(f"{path}: expected a JSON object")
    return record


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no number")


def _parse_float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), -float("inf")):
        raise ValueError(f"{text} is too large")
    return number


def save_json(record: Mapping[str, Any], path: Path) -> None:
    """Write JSON under a temporary name, sync, and rename: a reader never sees half a file.

    Raises
    ------
    SaveError
        If it cannot be written.
    """
    text = json.dumps(record, ensure_ascii=True, indent=2, sort_keys=True, allow_nan=False) + "\n"
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise SaveError(f"{path}: cannot be written: {error.strerror}") from error
    finally:  # after an interrupt too
        with suppress(OSError):
            part.unlink(missing_ok=True)


def score_record(score: Score) -> dict[str, Any]:
    """Return a score as a JSON object."""
    return asdict(score)


def _score(entry: Mapping[str, Any]) -> Score:
    values = dict(entry)
    values["interval"] = _interval(values["interval"])
    values["bounds"] = None if values["bounds"] is None else tuple(values["bounds"])
    values["notes"] = tuple(values.get("notes", ()))
    values["reach"] = _reach(values.get("reach"))
    values["details"] = {name: _estimate(part) for name, part in values.get("details", {}).items()}
    values["slices"] = {
        key: tuple(
            Slice(**{**part, "interval": _interval(part["interval"]), "reach": _reach(part.get("reach"))})
            for part in parts
        )
        for key, parts in values["slices"].items()
    }
    # In the order in which a fresh score has them; a file's order is alphabetical.
    known = {str(name): i for i, name in enumerate(OUTCOMES)}
    values["outcomes"] = dict(sorted(values["outcomes"].items(), key=lambda item: known.get(item[0], len(known))))
    return Score(**values)


def _interval(entry: Mapping[str, Any] | None) -> Interval | None:
    return None if entry is None else Interval(**entry)


def _reach(entry: Sequence[float | None] | None) -> Reach | None:
    if entry is None:
        return None
    low, high = entry
    return low, high


def _estimate(entry: Mapping[str, Any]) -> Estimate:
    return Estimate(value=entry["value"], interval=_interval(entry["interval"]), reach=_reach(entry.get("reach")))


def _check(report: Report) -> None:
    """Raise TypeError or LookupError unless all that a leaderboard reads of a report is of the right type."""
    record = report.record
    expected: list[tuple[object, type | tuple[type, ...]]] = [
        *((record[key], str) for key in ("id", "started")),
        *((record[key], dict) for key in ("identity", "inputs", "environment")),
        *((record[key], int) for key in ("n_samples", "n_outputs", "n_errors", "repeats")),
        *((report.model[key], str) for key in ("name", "spec")),
        *((report.task[key], kind) for key, kind in (("name", str), ("version", int), ("summary", str))),
        *((record["identity"][key], kind) for key, kind in (("task_version", int), ("task_hash", str))),
        *((error[key], kind) for error in record["errors"] for key, kind in (("message", str), ("count", int))),
        (record["inputs"]["outputs"], str),
        (record["tokens"]["out"], (int, type(None))),
        (record["timing"]["seconds"], (int, float, type(None))),
    ]
    check_efficiency(record.get("efficiency", {}))
    number = (int, float)
    for score in report.scores:
        ends = [] if score.interval is None else [score.interval.low, score.interval.high, score.interval.level]
        expected += [(text, str) for text in (score.metric, score.signature, *score.outcomes)]
        expected += [(value, number) for value in (score.n, *score.outcomes.values(), *ends, *(score.bounds or ()))]
        expected += [(score.higher_is_better, bool), (score.primary, bool), (score.value, (*number, type(None)))]
        expected += [(end, (*number, type(None))) for end in score.reach or ()]
        expected += [(part.value, (*number, type(None))) for part in score.details.values()]
        for part in (part for parts in score.slices.values() for part in parts):
            expected += [(part.key, (str, int)), (part.value, (*number, type(None)))]
            expected += [(end, (*number, type(None))) for end in part.reach or ()]
    for value, kind in expected:
        if not isinstance(value, kind):
            raise TypeError(f"found {value!r:.80} in a wrong place")
    n_primary = sum(score.primary for score in report.scores)
    if n_primary != 1:
        raise ValueError(f"exactly one score must be primary, found {n_primary}")


def _report(record: Mapping[str, Any], scores: tuple[Score, ...]) -> Report:
    return Report(
        model=record["model"],
        task=record["task"],
        scores=scores,
        n_samples=record["n_samples"],
        n_outputs=record["n_outputs"],
        n_errors=record["n_errors"],
        record=record,
    )


def _timing(found: Tally) -> dict[str, float | None]:
    seconds, first = found.seconds, found.first_token_seconds
    return {
        "seconds": sum(seconds) if seconds else None,
        **_quantiles("seconds", seconds),
        **(_quantiles("first_token_seconds", first) if first else {}),
    }


def _quantiles(name: str, ordered: Sequence[float]) -> dict[str, float | None]:
    """Return quantiles by nearest rank: the smallest value with at least that share at or below it."""
    return {f"{name}_p{q}": ordered[max(0, -(-len(ordered) * q // 100) - 1)] if ordered else None for q in (50, 90, 99)}
