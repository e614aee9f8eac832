"""Examine an installation, and say what was found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evalsuite.doctor.check import Check
from evalsuite.doctor.devices import check_devices
from evalsuite.doctor.model import MODEL, check_model
from evalsuite.doctor.packages import check_packages
from evalsuite.doctor.requirements import installed_version
from evalsuite.doctor.secrets import conceal
from evalsuite.doctor.storage import check_storage
from evalsuite.doctor.surroundings import check_surroundings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["all_is_well", "describe", "examine"]

SCHEMA_VERSION = 1


def examine(output: Path, *, seconds: float) -> list[Check]:
    """Find out what is installed, what works, and what could be added. Nothing is downloaded, nothing stays behind.

    Parameters
    ----------
    output : Path
        The folder that results are to go to; it is not made.
    seconds : float
        That each process that tries something may take.

    Returns
    -------
    list of Check
        By section; values of keys are in none of them.
    """
    checks = check_packages(seconds=seconds)
    unfit = [check.name for check in checks if check.needed and check.state == "broken"]
    if "torch" not in unfit:
        checks += check_devices(seconds=seconds)
    checks += [*check_storage(output), *check_surroundings()]
    if unfit:
        checks.append(
            Check(
                section="model",
                name=MODEL,
                state="broken",
                found=f"was not tried: it needs what is broken: {', '.join(unfit)}",
                needed=True,
                remedy="see above",
            )
        )
    else:
        checks.append(check_model(seconds=seconds))
    return [_concealed(check) for check in checks]


def all_is_well(checks: Sequence[Check]) -> bool:
    """Whether all that is needed works."""
    return not any(check.needed and check.state == "broken" for check in checks)


def describe(checks: Sequence[Check]) -> dict[str, Any]:
    """Return the checks as a JSON object: ``kind``, ``schema_version``, ``evalsuite``, ``ok``, ``checks``."""
    return {
        "kind": "doctor",
        "schema_version": SCHEMA_VERSION,
        "evalsuite": installed_version("evalsuite"),
        "ok": all_is_well(checks),
        "checks": [
            {
                "section": check.section,
                "name": check.name,
                "state": check.state,
                "needed": check.needed,
                "found": check.found,
                "remedy": check.remedy,
                "details": dict(check.details),
            }
            for check in checks
        ],
    }


def _concealed(check: Check) -> Check:
    return replace(
        check,
        found=conceal(check.found),
        remedy=conceal(check.remedy),
        details={key: _concealed_value(value) for key, value in check.details.items()},
    )


def _concealed_value(value: Any) -> Any:
    if isinstance(value, str):
        return conceal(value)
    if isinstance(value, list):
        return [_concealed_value(part) for part in value]
    if isinstance(value, dict):
        return {key: _concealed_value(part) for key, part in value.items()}
    return value
