"""Statistics of a few features, and what is said of a file that has none."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.errors import InputError
from evalsuite.feature_stats import (
    FeatureStatistics,
    make_statistics,
    read_statistics,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def draw(n: int = 50, d: int = 6, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(1.0, 2.0, (n, d)).astype(np.float32)


def made(drawn: NDArray[Any], **more: Any) -> FeatureStatistics:
    wide = drawn.astype(np.float64)
    return make_statistics("here", wide.mean(0), np.cov(wide.T).reshape(drawn.shape[1], -1), n=len(drawn), **more)


def refusal(path: Path, **more: Any) -> str:
    with pytest.raises(InputError) as error:
        read_statistics(path, **more)
    assert str(path) in str(error.value)
    return str(error.value)


def save(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def pickled(path: Path, what: Any, protocol: int = 4) -> Path:
    path.write_bytes(pickle.dumps(what, protocol=protocol))
    return path
