"""Sizes of batches where nobody says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalsuite.models import batch_sizes
from evalsuite.models.batch_sizes import default_batch_size

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("device", "driver", "size"),
    [("cpu", True, 8), ("cuda:1", False, 64), ("auto", True, 64), ("auto", False, 8), ("cuda", True, 64)],
)
def test_default(device: str, driver: bool, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_sizes, "_DRIVER", tmp_path if driver else tmp_path / "none")
    assert default_batch_size(device, on_cpu=8, on_gpu=64) == size
