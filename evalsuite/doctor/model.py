"""Whether an embedded model generates, and scores as its card says."""

from __future__ import annotations

from typing import Any

from evalsuite.doctor.check import Check
from evalsuite.doctor.child import run_script

__all__ = ["LEAST_VALUE", "LIMIT", "MODEL", "TASK", "check_model"]

MODEL, TASK, LIMIT = "zoo:ledger_cot", "ledger", 24
LEAST_VALUE = 0.95
"""Of accuracy. By its card the model is right on all items; one of `LIMIT` may fall to another processor's rounding."""


def check_model(*, seconds: float) -> Check:
    """Generate, score and report in a process of its own, and compare with the model's card.

    Parameters
    ----------
    seconds : float
        After which the process is killed.
    """
    ending = run_script("model", [MODEL, TASK, str(LIMIT)], seconds=seconds)
    record: dict[str, Any] = ending.records[0] if ending.records else {"problem": f"running it {ending.trouble}"}
    value = record.get("value")
    problem = str(record["problem"])
    if not problem and (value is None or value < LEAST_VALUE):
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in record["outcomes"].items())
        problem = f"{record['metric']} {value} on {record['n']} items ({outcomes}), where its card has 1.0"
    return Check(
        section="model",
        name=MODEL,
        state="broken" if problem else "ok",
        found=problem
        or f"generates: {record['metric']} {value:.3f} on {record['n']} items of {TASK}, in {record['seconds']:.1f} s",
        needed=True,
        remedy="pip install --force-reinstall evalsuite torch" if problem else "",
        details={
            "task": TASK,
            "metric": record.get("metric"),
            "value": value,
            "n": record.get("n"),
            "outcomes": dict(record.get("outcomes") or {}),
            "seconds": record.get("seconds"),
        },
    )
