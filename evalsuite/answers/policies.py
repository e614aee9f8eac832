"""How numbers are read where customs differ."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Literal, TypeAlias, TypedDict

from evalsuite.errors import UsageError, did_you_mean

__all__ = [
    "DEFAULT_POLICY",
    "AnswerPolicy",
    "MixedPolicy",
    "PercentPolicy",
    "PolicyOptions",
    "ScientificPolicy",
    "UnitsPolicy",
]

PercentPolicy: TypeAlias = Literal["apart", "ignored", "hundredths"]
UnitsPolicy: TypeAlias = Literal["lenient", "ignored", "same"]
MixedPolicy: TypeAlias = Literal["undecided", "sum"]
ScientificPolicy: TypeAlias = Literal["power", "undecided"]

_ALLOWED: Final = {
    "percent": ("apart", "ignored", "hundredths"),
    "units": ("lenient", "ignored", "same"),
    "mixed": ("undecided", "sum"),
    "scientific": ("power", "undecided"),
}


class PolicyOptions(TypedDict):
    """The arguments of kernels that say how numbers are read."""

    percent: str
    units: str
    mixed: bool
    scientific: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPolicy:
    """What a number means where customs differ.

    Parameters
    ----------
    percent : {"apart", "ignored", "hundredths"}, default "apart"
        ``10%`` against 10 or 0.1: undecided, as 10, or as 0.1.
    units : {"lenient", "ignored", "same"}, default "lenient"
        Units and currencies matter where both sides have one, never, or always. Where they differ: undecided.
    mixed : {"undecided", "sum"}, default "undecided"
        ``2 1/2``: undecided, or 2.5. A product is meant as often where the fraction is not proper: ``2 3/2`` stays
        undecided.
    scientific : {"power", "undecided"}, default "power"
        ``1e3``: 1000, or undecided.

    Raises
    ------
    UsageError
        If a name is unknown.

    Examples
    --------
    >>> AnswerPolicy(percent="hundredths").signature()
    'percent:hundredths|units:lenient|mixed:undecided|scientific:power'
    """

    percent: PercentPolicy = "apart"
    units: UnitsPolicy = "lenient"
    mixed: MixedPolicy = "undecided"
    scientific: ScientificPolicy = "power"

    def __post_init__(self) -> None:
        for name, allowed in _ALLOWED.items():
            value = getattr(self, name)
            if value not in allowed:
                names = ", ".join(f'"{one}"' for one in allowed)
                raise UsageError(
                    f'AnswerPolicy: `{name}` must be one of {names}, got "{value}"{did_you_mean(str(value), allowed)}'
                )

    def options(self) -> PolicyOptions:
        """Return the policy as the kernels take it."""
        return {
            "percent": self.percent,
            "units": self.units,
            "mixed": self.mixed == "sum",
            "scientific": self.scientific == "power",
        }

    def signature(self) -> str:
        """Return every policy by name, for a metric's signature."""
        return "|".join(f"{field.name}:{getattr(self, field.name)}" for field in fields(self))


DEFAULT_POLICY: Final = AnswerPolicy()
"""What is read where nobody says otherwise."""
