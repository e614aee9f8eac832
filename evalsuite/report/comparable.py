"""Which runs' primary scores compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalsuite.report.report import Report

__all__ = ["compared_samples", "comparison_key"]


def comparison_key(report: Report) -> tuple[object, ...]:
    """Return what two runs of a task must share: its version and content, the signature, and the samples."""
    identity = report.record["identity"]
    return (
        identity["task_version"],
        identity["task_hash"],
        report.primary.signature,
        compared_samples(report),
        tuple(report.record.get("inputs", {}).get("samples", ())),
        report.record["repeats"],
    )


def compared_samples(report: Report) -> int | None:
    """Return the number of samples; None where each run chooses its own, to find out what does not depend on them."""
    return None if report.record.get("inputs", {}).get("adaptive") else report.n_samples
