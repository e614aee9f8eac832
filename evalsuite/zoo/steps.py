"""Which step each token belongs to: the index of the last line label read so far."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["carry_steps"]


def carry_steps(ids: Tensor, label_index: Tensor, before: Tensor) -> Tensor:
    r"""Return the step index of each token.

    A line that begins ``3.`` or ``3:`` opens step 3, which lasts until the next label. The index is computed from the
    tokens alone, and lets a network match the third line of its working with the third operation.

    Parameters
    ----------
    ids : Tensor
        int64, shape (rows, columns).
    label_index : Tensor
        int64, shape (vocabulary,): ``Tokenizer.label_index``.
    before : Tensor
        int64, shape (rows,): index before the first column.

    Returns
    -------
    Tensor
        int64, shape (rows, columns).
    """
    own = torch.cat([before[:, None], label_index[ids]], dim=1)
    columns = torch.arange(own.shape[1], device=ids.device).expand_as(own)
    last_label = torch.where(own >= 0, columns, 0).cummax(dim=1).values
    return own.gather(1, last_label)[:, 1:]
