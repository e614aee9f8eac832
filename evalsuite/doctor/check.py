"""What was found about one part of an installation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.types import JSONValue

__all__ = ["SECTIONS", "STATES", "Check", "State"]

State: TypeAlias = Literal["ok", "missing", "warning", "broken"]
STATES: tuple[State, ...] = ("ok", "missing", "warning", "broken")
SECTIONS = ("installation", "extras", "devices", "storage", "environment", "model")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One part of an installation.

    Parameters
    ----------
    section : str
        One of `SECTIONS`.
    name : str
        Unique within its section.
    state : {"ok", "missing", "warning", "broken"}
        ``"missing"`` is what is not there and need not be.
    found : str
        What there is, or what is wrong.
    needed : bool
        Whether evalsuite does not work without it. Where such a part is broken, the whole is.
    remedy : str
        What to do; empty where there is nothing to be done.
    details : mapping of str to JSON value
        The same for machines.
    """

    section: str
    name: str
    state: State
    found: str
    needed: bool = False
    remedy: str = ""
    details: Mapping[str, JSONValue] = field(default_factory=dict)
