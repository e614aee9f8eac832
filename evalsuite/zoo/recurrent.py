"""A small LSTM or GRU language model that may look back at what it has read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from evalsuite.zoo.steps import PULL, StepNetwork, carry_steps, recalled

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Recurrent", "RecurrentState"]


class RecurrentState:
    """Where a recurrent network stands after the columns read so far.

    Parameters
    ----------
    hidden, cell : Tensor
        float32, shape (rows, width); `cell` is unused by a GRU.
    memory : Tensor
        Earlier outputs: float32, shape (rows, columns, width).
    visible : Tensor
        bool, shape (rows, columns): False for padding.
    steps : Tensor
        int64, shape (rows,): step index of the last column.
    counts : Tensor
        int64, shape (rows, columns): step index of columns that hold a number, or of all, where the network recalls.
    ids : Tensor
        int64, shape (rows, columns): the tokens themselves.
    """

    def __init__(
        self,
        hidden: Tensor,
        cell: Tensor,
        memory: Tensor,
        visible: Tensor,
        steps: Tensor,
        counts: Tensor,
        ids: Tensor,
    ) -> None:
        self.ids = ids
        self.hidden = hidden
        self.cell = cell
        self.memory = memory
        self.visible = visible
        self.steps = steps
        self.counts = counts


class Recurrent(StepNetwork):
    """One recurrent layer, one attention over its own earlier outputs, tied embeddings.

    Parameters
    ----------
    label_index : sequence of int
        ``Tokenizer.label_index``; its length is the size of the vocabulary.
    counts : sequence of bool
        ``Tokenizer.counts``.
    cell : {"lstm", "gru"}
        Kind of recurrence.
    width, hidden, up : int
        Sizes of embeddings, of the recurrent state, and of the gated perceptron that reads it.
    max_steps : int
        Greatest step index with an embedding of its own; later steps share it. Unless it is 0, a fixed term in the
        scores draws the attention to numbers (or other values) of its own step. Training may overrule it.
    recall : bool, default False
        Draw the attention to earlier places of the token before, and to what followed it there, within the own step
        first.
    """

    def __init__(
        self,
        label_index: Sequence[int],
        counts: Sequence[bool],
        *,
        cell: str,
        width: int,
        hidden: int,
        up: int,
        max_steps: int,
        recall: bool = False,
    ) -> None:
        super().__init__(label_index, counts, width=width, max_steps=max_steps)
        self.cell_name = cell
        self.recall = recall
        self.recurrence = (nn.LSTM if cell == "lstm" else nn.GRU)(width, hidden, batch_first=True)
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.up = nn.Linear(2 * hidden, 2 * up)
        self.down = nn.Linear(up, width)
        self._draw_embeddings()

    def forward(self, ids: Tensor) -> Tensor:
        """Read whole sequences, padded on the right: int64 (rows, columns) to float32 (rows, columns, width)."""
        steps = self._steps(ids)
        memory, _ = self.recurrence(self._input(ids, steps))
        seen = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool, device=ids.device).tril()
        attended = self._attend(self.query(memory), memory, steps, self._marked(ids, steps), ids, seen)
        return self._finish(memory, attended)

    def start(self, ids: Tensor, visible: Tensor) -> tuple[Tensor, RecurrentState]:
        """Read prompts padded on the left; see ``Transformer.start``."""
        rows, columns = ids.shape
        steps = self._steps(ids)
        inputs = self._input(ids, steps)
        size = self.recurrence.hidden_size
        state = RecurrentState(
            inputs.new_zeros(rows, size),
            inputs.new_zeros(rows, size),
            inputs.new_zeros(rows, columns, size),
            visible,
            steps[:, -1],
            self._marked(ids, steps),
            ids,
        )
        for column in range(columns):
            hidden, cell = self._advance(inputs[:, column], state)
            # A row starts from zero at its first token: padding leaves no trace.
            keep = visible[:, column, None]
            state.hidden, state.cell = hidden * keep, cell * keep
            state.memory[:, column] = state.hidden
        return self._read_out(state), state

    def step(self, state: RecurrentState, ids: Tensor) -> Tensor:
        """Read one more token a row, int64 (rows,), and return the logits of the next, (rows, vocabulary)."""
        steps = carry_steps(ids[:, None], self.label_index, state.steps)
        state.steps = steps[:, 0]
        state.counts = torch.cat([state.counts, self._marked(ids[:, None], steps)], dim=1)
        state.ids = torch.cat([state.ids, ids[:, None]], dim=1)
        state.hidden, state.cell = self._advance(self._input(ids, steps[:, 0]), state)
        state.visible = torch.cat([state.visible, torch.ones_like(state.visible[:, :1])], dim=1)
        state.memory = torch.cat([state.memory, state.hidden[:, None]], dim=1)
        return self._read_out(state)

    def _advance(self, x: Tensor, state: RecurrentState) -> tuple[Tensor, Tensor]:
        if self.cell_name == "lstm":
            _, (hidden, cell) = self.recurrence(x[:, None], (state.hidden[None], state.cell[None]))
            return hidden[0], cell[0]
        _, hidden = self.recurrence(x[:, None], state.hidden[None])
        return hidden[0], state.cell

    def _read_out(self, state: RecurrentState) -> Tensor:
        query = self.query(state.hidden)[:, None]
        seen = state.visible[:, None, :]
        attended = self._attend(query, state.memory, state.steps[:, None], state.counts, state.ids, seen)
        return self.head(self._finish(state.hidden, attended[:, 0]))

    def _finish(self, memory: Tensor, attended: Tensor) -> Tensor:
        gate, value = self.up(torch.cat([memory, attended], dim=-1)).chunk(2, dim=-1)
        read = self.down(functional.gelu(gate) * value)
        return functional.layer_norm(read, read.shape[-1:])

    def _marked(self, ids: Tensor, steps: Tensor) -> Tensor:
        return steps if self.recall else self._count_steps(ids, steps)

    def _attend(
        self, query: Tensor, memory: Tensor, reading: Tensor, counts: Tensor, ids: Tensor, seen: Tensor
    ) -> Tensor:
        scores = torch.where(seen, 0.0, -torch.inf)
        if self.max_steps > 0:
            scores = scores + torch.where(reading[:, :, None] == counts[:, None, :], PULL, 0.0)
        if self.recall:
            followed, found, _ = recalled(ids, reading.shape[1])
            scores = scores + torch.where(followed | found, 2 * PULL, 0.0)
        return functional.scaled_dot_product_attention(query, memory, memory, attn_mask=scores)
