"""Which step each token belongs to, the index of the last line label read so far; and networks that are told it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PULL", "StepNetwork", "carry_steps", "recalled"]

# Among 60 tokens, the one that a head is drawn to then weighs more than twice as much as all others together.
PULL = 5.0
_NO_COUNT = -9


class StepNetwork(nn.Module):
    """What the zoo's language models share: embeddings of a token and of its step, tied to the output.

    Parameters
    ----------
    label_index : sequence of int
        ``Tokenizer.label_index``; its length is the size of the vocabulary.
    counts : sequence of bool
        ``Tokenizer.counts``.
    width : int
        Of an embedding.
    max_steps : int
        Greatest step index with an embedding of its own; later steps share it.
    """

    label_index: Tensor
    is_count: Tensor

    def __init__(self, label_index: Sequence[int], counts: Sequence[bool], *, width: int, max_steps: int) -> None:
        super().__init__()
        self.max_steps = max_steps
        self.register_buffer("label_index", torch.tensor(label_index), persistent=False)
        self.register_buffer("is_count", torch.tensor(counts), persistent=False)
        self.embed = nn.Embedding(len(label_index), width)
        self.embed_step = nn.Embedding(max_steps + 1, width)

    def head(self, hidden: Tensor) -> Tensor:
        """Return logits over the vocabulary, shape (..., vocabulary)."""
        return functional.linear(hidden, self.embed.weight)

    def _draw_embeddings(self) -> None:
        for embedding in (self.embed, self.embed_step):
            nn.init.normal_(embedding.weight, std=embedding.embedding_dim**-0.5)

    def _steps(self, ids: Tensor) -> Tensor:
        return carry_steps(ids, self.label_index, torch.zeros_like(ids[:, 0]))

    def _input(self, ids: Tensor, steps: Tensor) -> Tensor:
        embedded: Tensor = self.embed(ids) + self.embed_step(steps.clamp(max=self.max_steps))
        return embedded

    def _count_steps(self, ids: Tensor, steps: Tensor) -> Tensor:
        """Return the step index of tokens that are numbers, and what is no step's index for others."""
        return torch.where(self.is_count[ids], steps, _NO_COUNT)


def recalled(ids: Tensor, n: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return which tokens have to do with each of the last `n` tokens, by being the same alone.

    Parameters
    ----------
    ids : Tensor
        int64, shape (rows, columns).
    n : int
        How many are reading.

    Returns
    -------
    tuple of Tensor
        Three of bool, shape (rows, n, columns), never true of a token itself: what follows on a token like the one
        before; what is like the one before; what is like the token itself.
    """
    before = functional.pad(ids[:, :-1], (1, 0), value=-1)
    own, last = ids[:, -n:, None], before[:, -n:, None]
    other = torch.ones(n, ids.shape[1], dtype=torch.bool, device=ids.device)
    other.diagonal(ids.shape[1] - n).fill_(False)
    return (last == before[:, None, :]) & other, (last == ids[:, None, :]) & other, (own == ids[:, None, :]) & other


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
