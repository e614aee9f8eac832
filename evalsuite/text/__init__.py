"""Text metrics as plain functions and classes: the APIs of sacrebleu, rouge-score and others, over the kernels.

Nothing here knows tasks, models or run logs; `evalsuite.metrics` composes these into registered metrics.
"""

from __future__ import annotations

__all__: list[str] = []
