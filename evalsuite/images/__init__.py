"""Scores of sets of images as plain calls: those of torch-fidelity and of pytorch-fid.

Nothing here knows tasks, models or run logs; `evalsuite.metrics` and ``evalsuite score --real --fake`` have the same
scores with intervals. A name is imported when it is first used. No module here may be called like a public name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# What type checkers see of the table below; "as" is how they know a name to be public. A test compares the two.
if TYPE_CHECKING:
    from evalsuite.images.fid_of_paths import calculate_fid_given_paths as calculate_fid_given_paths
    from evalsuite.images.fidelity import calculate_metrics as calculate_metrics

_WHERE = {
    "calculate_fid_given_paths": "evalsuite.images.fid_of_paths",
    "calculate_metrics": "evalsuite.images.fidelity",
}

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'evalsuite.images' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
