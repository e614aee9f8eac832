"""Items of the tracking world, each as text, as tables and as an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.worlds.forms import FORMS, in_forms

if TYPE_CHECKING:
    from evalsuite.types import Sample

__all__ = ["samples"]


def samples(*, seed: int, n: int, depths: tuple[int, int] | None = None) -> list[Sample]:
    """Make the first `n` samples of a seed: three an item; see `evalsuite.worlds.forms.in_forms`."""
    return in_forms("tracking", FORMS, seed=seed, n=n, depths=depths)
