"""What contract tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalsuite.extractors import EXTRACTORS
from evalsuite.extractors.opening import open_extractor
from tests.reference.extractors import PatchMeans

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def inception_without_weights() -> Iterator[None]:
    """Let a small extractor stand for Inception, whose weights do not come with the package."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("inception_fid", "inception_logits"):
            patch.setitem(EXTRACTORS._added, name, (PatchMeans, "Means of patches."))
        open_extractor.cache_clear()
        yield
    open_extractor.cache_clear()
