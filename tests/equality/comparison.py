"""One comparison of ours with a reference: what is compared, on how many pairs, and how far the two were apart."""

from __future__ import annotations

import importlib
import math
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Comparison", "Difference", "comparisons", "differences"]


@dataclass(frozen=True)
class Difference:
    """How two lists of results differ: on how many pairs they were computed, how many differ, and by how much at most.

    `largest` is the largest absolute difference of two numbers; infinite where one is NaN or of another kind.
    """

    n_pairs: int
    n_different: int
    largest: float


@dataclass(frozen=True)
class Comparison:
    """Ours and a reference on the same generated texts.

    `reference` is the name of a distribution; where there is none, the path of a plain twin, ``tests/reference/...``.
    `run(n, seed)` generates `n` pairs, computes both, and returns `differences` of them. `n` is what the suite runs.
    `tolerance` is 0 where the two must be equal to the last bit.
    """

    metric: str
    reference: str
    run: Callable[[int, int], Difference]
    n: int
    tolerance: float = 0.0

    @property
    def reference_version(self) -> str:
        """The reference and its version, as the tables print them; a plain twin has none."""
        if self.reference.startswith("tests/reference/"):
            return f"`{self.reference}`"
        return f"{self.reference} {version(self.reference)}"


def differences(ours: Iterable[object], theirs: Iterable[object], *, n_pairs: int | None = None) -> Difference:
    """Compare two lists: numbers by value, everything else (tuples, strings, objects) by ``==``.

    `n_pairs` is the number of text pairs behind them, where it is not the length of the lists.
    """
    n, n_different, largest = 0, 0, 0.0
    for mine, other in zip(ours, theirs, strict=True):
        n += 1
        if isinstance(mine, float) and isinstance(other, float) and math.isnan(mine) and math.isnan(other):
            continue
        if mine == other:
            continue
        n_different += 1
        if isinstance(mine, int | float) and isinstance(other, int | float) and not math.isnan(mine - other):
            largest = max(largest, abs(mine - other))
        else:
            largest = math.inf
    return Difference(n if n_pairs is None else n_pairs, n_different, largest)


def comparisons() -> list[Comparison]:
    """Return the comparisons of every module of this folder that has ``COMPARISONS``."""
    found: list[Comparison] = []
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem not in ("__init__", "comparison"):
            module = importlib.import_module(f"tests.equality.{path.stem}")
            found.extend(module.COMPARISONS)
    return found
