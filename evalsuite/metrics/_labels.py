"""The class that a sample asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalsuite.types import Sample

__all__ = ["wanted_label"]


def wanted_label(metric: str, sample: Sample, n_classes: int) -> int:
    """Return ``metadata["label"]``, in 0..n_classes - 1.

    Raises
    ------
    ValueError
        If the sample has no such number.
    """
    label = sample.metadata.get("label")
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label < n_classes:
        raise ValueError(
            f'{metric}: sample "{sample.id}": metadata["label"] must be the class asked for, 0 to {n_classes - 1}, '
            f"got {label!r}"
        )
    return label
