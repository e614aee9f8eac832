"""What a run took: time, memory, energy, and what a right answer takes of it.

What is not known is left out, and the record says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalsuite.report.per_right import RightAnswers, right_answers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.report.tally import Tally
    from evalsuite.runlog.session import Session
    from evalsuite.types import Score

__all__ = ["FIGURES", "check_efficiency", "describe_efficiency", "leaderboard_efficiency"]

FIGURES = (
    "outputs_per_second",
    "tokens_per_second",
    "peak_rss_bytes",
    "peak_device_memory_bytes",
    "energy_joules",
    "seconds_per_right",
    "joules_per_right",
    "cost",
    "cost_per_right",
)
"""What a leaderboard says of a run's efficiency."""


def describe_efficiency(
    found: Tally, sessions: Sequence[Session], scores: Sequence[Score], *, repeats: int, n_logged: int
) -> dict[str, Any]:
    """Return the efficiency of a run as a JSON object.

    Parameters
    ----------
    found : Tally
        Of all outputs that are scored.
    sessions : sequence of Session
        Of the log.
    scores : sequence of Score
    repeats : int
    n_logged : int
        Outputs the log has; if there are more than are scored, what these alone took is not known.

    Returns
    -------
    dict
        ``sessions``, ``partial``, ``counts``, the figures that are known, and ``left_out``: figure to reason.
    """
    record: dict[str, Any] = {}
    left_out: dict[str, str] = {}
    measured = [session.usage for session in sessions if session.usage is not None]
    unmeasured = len(sessions) - len(measured)
    _speeds([session for session in sessions if session.usage is not None], record, left_out)
    if unmeasured or not sessions:
        reason = _unmeasured(unmeasured, len(sessions))
        for name in ("generating_seconds", "peak_rss_bytes", "energy_joules"):
            left_out[name] = reason
    else:
        record["generating_seconds"] = sum(float(usage["seconds"]) for usage in measured)
        _memory(measured, found, record)
        _energy(measured, record, left_out)
    elsewhere = n_logged - (found.n - found.n_missing)
    _per_right(record, left_out, right_answers(scores, repeats), elsewhere=elsewhere)
    return {
        "sessions": {"n": len(sessions), "measured": len(measured)},
        "partial": unmeasured > 0,
        "counts": _counts(found, elsewhere),
        **record,
        "left_out": left_out,
    }


def _unmeasured(unmeasured: int, n: int) -> str:
    if n == unmeasured:
        return "the log does not say what generating took: it was killed, or is of an older release"
    return f"{unmeasured} of {n} sessions did not say what they took, such as one that was killed"


def _counts(found: Tally, elsewhere: int) -> dict[str, Any]:
    return {
        "outputs": found.n,
        "copies": found.n_copies,
        "errors": found.errors.total(),
        "images": found.n_images,
        "tokens_in": found.tokens_in.asked,
        "tokens_out": found.tokens_out.asked,
        "logged_but_not_scored": max(0, elsewhere),
    }


def _speeds(sessions: Sequence[Session], record: dict[str, Any], left_out: dict[str, str]) -> None:
    """Divide outputs and tokens by the time of the sessions that wrote them; an output that failed is none."""
    seconds = sum(float(session.usage["seconds"]) for session in sessions if session.usage)
    outputs = sum(session.n_outputs - session.n_errors for session in sessions)
    tokens = [session.tokens_out for session in sessions]
    if not outputs or not seconds:
        left_out["outputs_per_second"] = left_out["tokens_per_second"] = "no session that was measured wrote an output"
        return
    record["outputs_per_second"] = outputs / seconds
    if None in tokens:
        left_out["tokens_per_second"] = "not every output says how many tokens it has"
    else:
        record["tokens_per_second"] = sum(count for count in tokens if count is not None) / seconds


def _memory(measured: Sequence[dict[str, Any]], found: Tally, record: dict[str, Any]) -> None:
    if all("peak_rss_bytes" in usage for usage in measured):
        record["peak_rss_bytes"] = max(int(usage["peak_rss_bytes"]) for usage in measured)
        whole = any(usage.get("peak_rss_since") != "session" for usage in measured)
        record["peak_rss_since"] = "process" if whole else "session"
    # A model that measures each batch has forgotten the earlier ones when the session ends.
    told = [] if found.peak_memory_bytes is None else [found.peak_memory_bytes]
    held = [usage for usage in measured if "device_memory_bytes" in usage]
    if told or held:
        peaks = [*told, *(int(usage["device_memory_bytes"]) for usage in held)]
        record["peak_device_memory_bytes"] = max(peaks)
        by_nvml = any(usage.get("device_memory_by") == "nvml" for usage in held)
        record["device_memory_by"] = "nvml" if by_nvml else "torch"
    devices = [int(usage["n_devices"]) for usage in measured if "n_devices" in usage]
    if devices:
        record["n_devices"] = max(devices)


def _energy(measured: Sequence[dict[str, Any]], record: dict[str, Any], left_out: dict[str, str]) -> None:
    missing = next((usage for usage in measured if "energy_joules" not in usage), None)
    if missing is None:
        record["energy_joules"] = sum(float(usage["energy_joules"]) for usage in measured)
        by_power = any(usage.get("energy_by") != "counter" for usage in measured)
        record["energy_by"] = "power" if by_power else "counter"
    else:
        left_out["energy_joules"] = str(missing.get("energy_missing", "the device does not report its energy"))


def _per_right(
    record: dict[str, Any], left_out: dict[str, str], answers: RightAnswers | str, *, elsewhere: int
) -> None:
    totals = {"seconds_per_right": "generating_seconds", "joules_per_right": "energy_joules"}
    if isinstance(answers, RightAnswers):
        record["right"] = {
            "n": answers.n,
            "metric": None if answers.score is None else answers.score.metric,
        }
    for name, total in totals.items():
        if isinstance(answers, str):
            left_out[name] = answers
        elif total not in record:
            left_out[name] = left_out[total]
        elif elsewhere:
            left_out[name] = f"the log has {elsewhere} outputs more than are scored here"
        else:
            record[name] = answers.per_right(record[total])


def leaderboard_efficiency(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a report's efficiency, each a number or None, and the currency of costs."""
    efficiency = record.get("efficiency", {})
    found = {name: efficiency.get(name) for name in FIGURES}
    found |= {name: value["value"] for name, value in found.items() if isinstance(value, dict) and name != "cost"}
    cost = efficiency.get("cost")
    return {**found, "cost": cost and cost["total"], "currency": cost and cost["currency"]}


def check_efficiency(efficiency: Mapping[str, Any]) -> None:
    """Raise TypeError or LookupError unless all that is shown of a report's efficiency is of the right type."""
    number = (int, float)
    told = {name: efficiency[name] for name in FIGURES if name in efficiency}
    cost = told.pop("cost", None)
    expected: list[tuple[object, type | tuple[type, ...]]] = [
        (efficiency.get("left_out", {}), dict),
        *((reason, str) for reason in efficiency.get("left_out", {}).values()),
        (efficiency.get("sessions", {}), dict),
    ]
    for name, value in told.items():
        if name.endswith("_per_right"):
            ends = value["interval"]
            expected += [(value["value"], number)]
            expected += [] if ends is None else [(ends["low"], number), (ends["high"], (*number, type(None)))]
        else:
            expected += [(value, number)]
    if cost is not None:
        expected += [(cost["total"], number), (cost["currency"], str), (cost["prices"], dict)]
        expected += [(cost["prices"][key], str) for key in ("sha256", "match", "source")]
    for value, kind in expected:
        if not isinstance(value, kind) or isinstance(value, bool):
            raise TypeError(f"found {value!r:.80} in a wrong place of the efficiency")
    if "cost_per_right" in told and cost is None:
        raise LookupError("a cost for a right answer, without the cost")
