"""What contract tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalsuite.extractors import EXTRACTORS
from evalsuite.extractors.opening import open_extractor
from evalsuite.images.clip import CLIP_VARIABLE
from tests.images.lpips_weights import save_lpips_weights, set_lpips_weights
from tests.images.tiny_clip import save_tiny_clip
from tests.reference.extractors import PatchMeans

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def lpips_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of random weights of LPIPS's networks."""
    return save_lpips_weights(tmp_path_factory.mktemp("lpips"))


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a CLIP model of random weights."""
    return save_tiny_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="session")
def other_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with another."""
    return save_tiny_clip(tmp_path_factory.mktemp("other_clip"), seed=1)


@pytest.fixture(scope="module")
def inception_without_weights(lpips_weights: Path, tiny_clip: Path) -> Iterator[None]:
    """Let a small extractor stand for Inception, whose weights do not come with the package; LPIPS and CLIP get any."""
    with pytest.MonkeyPatch.context() as patch:
        set_lpips_weights(patch, lpips_weights)
        patch.setenv(CLIP_VARIABLE, str(tiny_clip))
        for name in ("inception_fid", "inception_logits"):
            patch.setitem(EXTRACTORS._added, name, (PatchMeans, "Means of patches."))
        open_extractor.cache_clear()
        yield
    open_extractor.cache_clear()
