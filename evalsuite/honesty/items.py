"""W: the items of every family are what they say they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.honesty.claim import Claim, Figures, Verdict
from evalsuite.worlds.audit import audit_family
from evalsuite.worlds.families import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["ITEMS"]

_N = 480


def _trial(setting: str, seed: int) -> Figures:
    return {finding.audit: float(finding.passed) for finding in audit_family(setting, seed=seed + 1, n=_N)}


def _judge(setting: str, trials: Sequence[Mapping[str, float | None]]) -> Verdict:
    (found,) = trials
    failed = [audit for audit, passed in found.items() if not passed]
    text = f"{setting}: {len(found) - len(failed)} of {len(found)} audits of {_N} items"
    return Verdict(passed=not failed, text=text + (f"; not {', '.join(failed)}" if failed else ""))


ITEMS = Claim(
    name="W",
    text="Items have the depth, the states and the one answer they say, and shortcuts earn what guessing does.",
    settings=tuple(FAMILIES),
    trial=_trial,
    judge=_judge,
    is_random=False,
)
