"""Checks of metric options: a message names the metric, the option, what is allowed and what was given."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from evalsuite.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["check_choice", "check_flag", "check_integer", "check_positive"]


def check_choice(metric: str, option: str, value: object, allowed: Sequence[str]) -> None:
    """Raise UsageError unless `value` is one of `allowed`; the closest is given."""
    if value not in allowed:
        names = ", ".join(f'"{name}"' for name in allowed)
        raise UsageError(
            f'{metric}: `{option}` must be one of {names}, got "{value}"{did_you_mean(str(value), allowed)}'
        )


def check_flag(metric: str, option: str, value: object) -> None:
    """Raise UsageError unless `value` is true or false."""
    if not isinstance(value, bool):
        raise UsageError(f"{metric}: `{option}` must be true or false, got {value!r}")


def check_integer(metric: str, option: str, value: object, least: int, greatest: int) -> None:
    """Raise UsageError unless `value` is an integer in [least, greatest]."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= greatest:
        raise UsageError(f"{metric}: `{option}` must be an integer in [{least}, {greatest}], got {value!r}")


def check_positive(metric: str, option: str, value: object) -> None:
    """Raise UsageError unless `value` is a finite number above 0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value <= 0:
        raise UsageError(f"{metric}: `{option}` must be a number above 0, got {value!r}")
