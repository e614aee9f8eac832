"""sacrebleu's ``corpus_bleu`` under the name it had here first; it lives in `evalsuite.text`."""

from __future__ import annotations

from evalsuite.text.bleu_functions import corpus_bleu
from evalsuite.text.bleu_score import BLEUScore

__all__ = ["BLEUScore", "corpus_bleu"]
