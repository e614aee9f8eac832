"""Scores of images as plain calls: of pairs, of images and texts, of generators; torch-fidelity's and pytorch-fid's.

Nothing here knows tasks, models or run logs; `evalsuite.metrics` and ``evalsuite score --real --fake`` have the same
scores with intervals. A name is imported when it is first used. No module here may be called like a public name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# What type checkers see of the table below; "as" is how they know a name to be public. A test compares the two.
if TYPE_CHECKING:
    from evalsuite.images.clip import Clip as Clip
    from evalsuite.images.fid_of_paths import calculate_fid_given_paths as calculate_fid_given_paths
    from evalsuite.images.fidelity import calculate_metrics as calculate_metrics
    from evalsuite.images.lpips import Lpips as Lpips
    from evalsuite.images.multiscale_similarity import ms_ssim as ms_ssim
    from evalsuite.images.path_length import PathLength as PathLength
    from evalsuite.images.path_length import perceptual_path_length as perceptual_path_length
    from evalsuite.images.signal_to_noise import psnr as psnr
    from evalsuite.images.structural_similarity import ssim as ssim

_WHERE = {
    "Clip": "evalsuite.images.clip",
    "Lpips": "evalsuite.images.lpips",
    "PathLength": "evalsuite.images.path_length",
    "calculate_fid_given_paths": "evalsuite.images.fid_of_paths",
    "calculate_metrics": "evalsuite.images.fidelity",
    "ms_ssim": "evalsuite.images.multiscale_similarity",
    "perceptual_path_length": "evalsuite.images.path_length",
    "psnr": "evalsuite.images.signal_to_noise",
    "ssim": "evalsuite.images.structural_similarity",
}

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'evalsuite.images' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
