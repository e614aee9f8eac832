"""pytorch-fid's call: the Fréchet distance between two folders of images, or statistics of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError
from evalsuite.images.inputs import input_features, open_input

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.distances import Moments

__all__ = ["calculate_fid_given_paths"]


def calculate_fid_given_paths(
    paths: Sequence[str | Path], batch_size: int | None = None, device: Any = None, dims: int = 2048,
    num_workers: int | None = None,
) -> float:  # fmt: skip
    """Compute the FID of two paths, as pytorch-fid does.

    Parameters
    ----------
    paths : sequence of two paths
        Each a folder of images, of which those in subfolders do not count; a tar or npz of images; or a file of
        statistics, of the form of any tool.
    batch_size : int, optional
        Images computed at once; what suits the device where None. It may move last digits.
    device : str or torch.device, optional
        The first GPU, or else the CPU, where None.
    dims : {2048, 768, 192, 64}, default 2048
        Features of the network: the last ones, which FID is of, or those of an earlier layer.
    num_workers : int, optional
        Threads that read images.

    Returns
    -------
    float
        At least 0; no interval: for that see ``evalsuite score --real --fake --metric fid``.

    Raises
    ------
    TypeError, ValueError
        If there are not two paths, or `dims` is another number.
    InputError
        If a path cannot be read, has fewer than two images, or statistics of another dimension; or weights are missing.

    Notes
    -----
    Equal to pytorch-fid 0.3 for more images than features within float32's rounding of the network, and exact for
    fewer, where pytorch-fid is not. Weights are looked for as ``evalsuite weights list`` says.

    Examples
    --------
    >>> calculate_fid_given_paths(["generated/"], 50, "cpu", 2048)
    Traceback (most recent call last):
        ...
    ValueError: `paths` must be two paths, got 1
    """
    if isinstance(paths, (str, Path)) or not all(isinstance(path, (str, Path)) for path in paths):
        raise TypeError("`paths` must be a list of two paths")
    if len(paths) != 2:
        raise ValueError(f"`paths` must be two paths, got {len(paths)}")
    widths = (2048, 768, 192, 64)
    if dims not in widths:
        raise ValueError(f"`dims` must be one of {', '.join(map(str, widths))}, got {dims!r}")
    for path in paths:
        if not Path(path).exists():
            raise InputError(f"{path}: there is no such file or folder")
    from evalsuite.distances import frechet_distance
    from evalsuite.extractors.inception import InceptionFid
    from evalsuite.extractors.inception_weights import find_weights
    from evalsuite.extractors.settings import feature_settings
    from evalsuite.feature_stats import is_statistics_file, read_statistics

    settings = replace(feature_settings(), precision="float32")
    if device is not None:
        settings = replace(settings, devices=(str(device),))
    if batch_size is not None:
        settings = replace(settings, batch_size=batch_size)
    if num_workers is not None:
        settings = replace(settings, workers=num_workers)
    sides: list[NDArray[np.float32] | Moments] = []
    for path in paths:
        if is_statistics_file(Path(path)):
            sides.append(read_statistics(Path(path), dimension=dims).moments)
        else:
            images = open_input(path, "paths")
            sides.append(input_features(InceptionFid(find_weights(), dimension=dims), images, settings))
    try:
        return frechet_distance(*sides)
    except ValueError as error:
        raise InputError(f"{' and '.join(map(str, paths))}: {error}") from error
