"""The release of sacrebleu whose scores ours equal."""

from __future__ import annotations

__all__ = ["SACREBLEU_VERSION"]

SACREBLEU_VERSION = "2.6.0"
