"""The release of sacrebleu whose scores ours equal."""

from __future__ import annotations

from evalsuite.text.signature import SACREBLEU_VERSION

__all__ = ["SACREBLEU_VERSION"]
