"""What is to be told of a set of images that was scored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalsuite.datasets import DATASETS
from evalsuite.media import kept_images

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.feature_stats import FeatureStatistics
    from evalsuite.media import ImageSet

__all__ = ["ScoredSet", "describe_images"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredSet:
    """One of the two sets.

    Parameters
    ----------
    name : str
        As it was given.
    n : int
        Images that can be scored; None where a file of statistics does not say.
    shapes : mapping of str to int
        Images of each ``"height x width x channels"``, the most frequent first.
    excluded : mapping of str to int
        Images left out, by reason, the most frequent first.
    n_other : int
        Files passed over, as they are no images by their names.
    sha256 : str
        Of the images as a set; empty where it is unknown.
    statistics : mapping of str to str, optional
        Of a file of statistics in the place of images: its form and the extractor it names, or ``"unknown"``.
    conversions : mapping of str to int
        Images to which each conversion to 8-bit grey or RGB was applied; see `evalsuite.media.conversion`.
    decoder : str
        What made pixels of files, with versions; empty where it is unknown.
    """

    name: str
    n: int | None
    shapes: Mapping[str, int]
    excluded: Mapping[str, int]
    n_other: int
    sha256: str
    statistics: Mapping[str, str] | None = None
    conversions: Mapping[str, int] = field(default_factory=dict)
    decoder: str = ""


def describe_images(name: str, found: ImageSet | None, statistics: FeatureStatistics | None = None) -> ScoredSet:
    """Return what is to be told of a set: of a data set by its name, or of what was found at a path."""
    if statistics is not None:
        return ScoredSet(
            name=name,
            n=statistics.n,
            shapes={},
            excluded={},
            n_other=0,
            sha256=statistics.image_set or "",
            statistics={"form": statistics.form, "extractor": statistics.extractor or "unknown"},
        )
    if found is None:
        dataset = DATASETS[name]
        shapes = {dataset.shape: dataset.n}
        return ScoredSet(
            name=name, n=dataset.n, shapes=_by_count(shapes), excluded={}, n_other=0, sha256=dataset.sha256
        )
    return ScoredSet(
        name=name if kept_images(name) is None else str(found.path),
        n=len(found),
        shapes=_by_count(found.shapes),
        excluded=found.reasons,
        n_other=found.n_other,
        sha256=found.sha256 if name not in DATASETS else DATASETS[name].sha256,
        conversions=found.conversions,
        decoder=found.decoder,
    )


def _by_count(shapes: Mapping[tuple[int, int, int], int]) -> dict[str, int]:
    ordered = sorted(shapes.items(), key=lambda item: (-item[1], item[0]))
    return {" x ".join(map(str, shape)): count for shape, count in ordered}
