"""What an audit found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Sample

__all__ = ["Finding", "summed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one audit over a set of items.

    Parameters
    ----------
    audit : str
        Its name.
    passed : bool
        Whether all is as it should be.
    n : int
        Items looked at.
    detail : str
        What was found; of a failure, the first item and what is wrong with it.
    """

    audit: str
    passed: bool
    n: int
    detail: str


def summed(audit: str, samples: Sequence[Sample], faults: Sequence[str | None]) -> Finding:
    """Return the finding of an audit that looks at each item alone; `faults` says what is wrong with it, or None."""
    bad = [f"{sample.id}: {fault}" for sample, fault in zip(samples, faults, strict=True) if fault is not None]
    detail = f"{len(bad)} of {len(samples)} items; first {bad[0]}" if bad else f"{len(samples)} items"
    return Finding(audit=audit, passed=not bad, n=len(samples), detail=detail)
