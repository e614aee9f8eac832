"""Sets of images by name or path, each read once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from evalsuite.datasets import DATASETS, load_images
from evalsuite.errors import InputError, did_you_mean
from evalsuite.feature_stats import is_statistics_file
from evalsuite.media import EXPECTED, image_files_at, kept_images, read_image_set, read_images
from evalsuite.metrics.references import find_reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalsuite.media import ImageSet

__all__ = ["check_there", "read_set"]


def check_there(name: str, where: str = "") -> None:
    """Raise InputError, its message beginning with `where`, unless there is a set of images of this name or path."""
    if name in DATASETS or kept_images(name) is not None or image_files_at(name):
        return
    hint = did_you_mean(name, DATASETS) or "."
    raise InputError(
        f'{where}there is no "{name}"{hint} Give {EXPECTED}, or one of our data sets: {", ".join(DATASETS)}.'
    )


def read_set(name: str, option: str, *, progress: Callable[[int, int], None] | None = None) -> ImageSet:
    """Return the images of a name or path.

    Parameters
    ----------
    name : str
        Of a data set of ours, of images in memory, or a path.
    option : str
        Begins messages.
    progress : callable, optional
        Told how many images are done and wanted. A path is then read anew.

    Raises
    ------
    InputError
        If it cannot be read, has no image that can be scored, or holds statistics.
    """
    if name in DATASETS:
        return _dataset(name)
    kept = kept_images(name)
    if kept is not None:
        return kept
    if progress is not None and not any(map(is_statistics_file, image_files_at(name))):
        return read_image_set(name, progress=progress)
    found = find_reference(name).image_set
    if found is None:
        swapped = ", or were --real and --fake swapped?" if option == "--fake" else ""
        raise InputError(f"{option} {name}: holds statistics; the images themselves are needed{swapped}")
    return found


@lru_cache(maxsize=2)
def _dataset(name: str) -> ImageSet:
    return read_images(load_images(name), name)
