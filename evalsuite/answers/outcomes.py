"""What a verification may end in: a verdict, what settled it, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from evalsuite.answers.comparison import VERDICTS
from evalsuite.kernels.answers import FINDINGS

if TYPE_CHECKING:
    from evalsuite.answers.comparison import Verdict

__all__ = ["OUTCOMES", "Settled", "outcome_number"]

Settled: TypeAlias = Literal["exact", "algebra", "none"]

OUTCOMES: Final[tuple[tuple[Verdict, Settled, str], ...]] = (
    *((VERDICTS[finding], "none" if VERDICTS[finding] == "undecided" else "exact", finding) for finding in FINDINGS),
    ("right", "exact", "same elements"),
    ("wrong", "exact", "other elements"),
    ("right", "algebra", "equal by algebra"),
    ("wrong", "algebra", "different by algebra"),
    ("undecided", "none", "not installed"),
    ("undecided", "none", "unreadable"),
    ("undecided", "none", "doubtful"),
    ("undecided", "none", "deadline"),
    ("undecided", "none", "worker ended"),
)
"""Verdict, what settled it, and the reason, by the number that batches hold: first `FINDINGS`, then algebra's."""

_NUMBERS: Final = {reason: number for number, (_, _, reason) in enumerate(OUTCOMES)}


def outcome_number(reason: str) -> int:
    """Return the index in `OUTCOMES` of a reason."""
    return _NUMBERS[reason]
