"""A small causal transformer with rotary positions, step-index embeddings and heads drawn to a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from evalsuite.zoo.steps import PULL, StepNetwork, carry_steps, recalled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Transformer", "TransformerState"]

_GATED = 11  # quarters of the width: as many weights as a perceptron without gates that is four times as wide
_ROOM = 32


class TransformerState:
    """Keys and values of the columns read so far, and what each row may see.

    Parameters
    ----------
    keys, values : list of Tensor
        One a layer: float32, shape (rows, heads, columns and some room, head_size).
    visible : Tensor
        bool, shape (rows, columns): False for padding.
    steps, counts : Tensor
        int64, shape (rows, columns): step index of each column, and the same for columns that hold a number only.
    ids : Tensor
        int64, shape (rows, columns): the tokens themselves.
    """

    def __init__(
        self,
        keys: list[Tensor],
        values: list[Tensor],
        visible: Tensor,
        steps: Tensor,
        counts: Tensor,
        ids: Tensor,
    ) -> None:
        self.ids = ids
        self.keys = keys
        self.values = values
        self.visible = visible
        self.steps = steps
        self.counts = counts


class Transformer(StepNetwork):
    """Decoder-only transformer: pre-norm blocks, tied input and output embeddings.

    Parameters
    ----------
    label_index : sequence of int
        ``Tokenizer.label_index``; its length is the size of the vocabulary.
    counts : sequence of bool
        ``Tokenizer.counts``.
    layers, width, heads : int
        Sizes; `width` is a multiple of twice `heads`.
    max_steps : int
        Greatest step index with an embedding of its own; later steps share it. Unless it is 0, a fixed term in the
        scores draws four heads to: numbers (or other values) of their own step; those of the step before; all of
        their own step; the token before. Training may overrule it.
    recall : bool, default False
        Draw the first three of these heads to something else: to what followed the token before when it was read
        earlier; to that token's earlier places; to earlier places of the token itself; each within the own step first.
    """

    frequencies: Tensor

    def __init__(
        self,
        label_index: Sequence[int],
        counts: Sequence[bool],
        *,
        layers: int,
        width: int,
        heads: int,
        max_steps: int,
        recall: bool = False,
    ) -> None:
        super().__init__(label_index, counts, width=width, max_steps=max_steps)
        self.heads = heads
        self.recall = recall
        self.blocks = nn.ModuleList(_Block(width) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.register_buffer(
            "frequencies", 10_000.0 ** -torch.arange(0, 1, 2 * heads / width, dtype=torch.float32), persistent=False
        )
        self._draw_embeddings()

    def forward(self, ids: Tensor) -> Tensor:
        """Read whole sequences, padded on the right.

        Parameters
        ----------
        ids : Tensor
            int64, shape (rows, columns).

        Returns
        -------
        Tensor
            Hidden states for `head`: float32, shape (rows, columns, width).
        """
        steps = self._steps(ids)
        x = self._input(ids, steps)
        turn = self._rotation(0, ids.shape[1])
        seen = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool, device=ids.device).tril()
        mask = self._scores(steps, steps, self._count_steps(ids, steps), ids, seen)
        for block in self._layers():
            q, k, v = self._project(block, x, turn)
            x = block.finish(x, functional.scaled_dot_product_attention(q, k, v, attn_mask=mask))
        return cast("Tensor", self.norm(x))

    def start(self, ids: Tensor, visible: Tensor) -> tuple[Tensor, TransformerState]:
        """Read prompts, padded on the left.

        Parameters
        ----------
        ids : Tensor
            int64, shape (rows, columns).
        visible : Tensor
            bool, shape (rows, columns): False for padding.

        Returns
        -------
        logits : Tensor
            For the token after the prompt: float32, shape (rows, vocabulary).
        state : TransformerState
            To go on from with `step`.
        """
        columns = ids.shape[1]
        steps = self._steps(ids)
        x = self._input(ids, steps)
        turn = self._rotation(0, columns)
        # Padding sees itself, lest the softmax of an empty row be NaN.
        mask = torch.ones(columns, columns, dtype=torch.bool, device=ids.device).tril() & visible[:, None, None, :]
        mask = mask | torch.eye(columns, dtype=torch.bool, device=ids.device)
        counts = self._count_steps(ids, steps)
        mask = self._scores(steps, steps, counts, ids, mask)
        keys, values = [], []
        for i, block in enumerate(self._layers()):
            q, k, v = self._project(block, x, turn)
            keys.append(_make_room(k))
            values.append(_make_room(v))
            if i + 1 == len(self.blocks):  # of the last layer, only the last column is asked for
                q, x, mask = q[:, :, -1:], x[:, -1:], mask[..., -1:, :]
            x = block.finish(x, functional.scaled_dot_product_attention(q, k, v, attn_mask=mask))
        return self.head(self.norm(x[:, -1])), TransformerState(keys, values, visible, steps, counts, ids)

    def step(self, state: TransformerState, ids: Tensor) -> Tensor:
        """Read one more token a row and return the logits of the next, shape (rows, vocabulary).

        Parameters
        ----------
        state : TransformerState
            Is changed to include the token.
        ids : Tensor
            int64, shape (rows,).
        """
        column = state.visible.shape[1]
        steps = carry_steps(ids[:, None], self.label_index, state.steps[:, -1])
        state.steps = torch.cat([state.steps, steps], dim=1)
        state.counts = torch.cat([state.counts, self._count_steps(ids[:, None], steps)], dim=1)
        state.ids = torch.cat([state.ids, ids[:, None]], dim=1)
        state.visible = torch.cat([state.visible, torch.ones_like(state.visible[:, :1])], dim=1)
        x = self._input(ids[:, None], steps)
        turn = self._rotation(column, column + 1)
        mask = self._scores(steps, state.steps, state.counts, state.ids, state.visible[:, None, None, :])
        for i, block in enumerate(self._layers()):
            q, k, v = self._project(block, x, turn)
            if column == state.keys[i].shape[2]:
                state.keys[i], state.values[i] = _make_room(state.keys[i]), _make_room(state.values[i])
            state.keys[i][:, :, column], state.values[i][:, :, column] = k[:, :, 0], v[:, :, 0]
            k, v = state.keys[i][:, :, : column + 1], state.values[i][:, :, : column + 1]
            x = block.finish(x, functional.scaled_dot_product_attention(q, k, v, attn_mask=mask))
        return self.head(self.norm(x[:, -1]))

    def _layers(self) -> Iterator[_Block]:
        return (cast("_Block", block) for block in self.blocks)

    def _scores(self, reading: Tensor, read: Tensor, counts: Tensor, ids: Tensor, seen: Tensor) -> Tensor:
        """Return what is added to attention scores, shape (rows, heads, columns reading, columns read)."""
        blocked = torch.where(seen, 0.0, -torch.inf)
        if self.max_steps == 0:
            return blocked
        own, number = reading[:, :, None], counts[:, None, :]
        n, columns = reading.shape[1], torch.arange(read.shape[1], device=read.device)
        beside = (columns[-n:, None] - columns == 1).expand(len(read), -1, -1)
        here = own == read[:, None, :]
        if self.recall:
            drawn = torch.stack([*(m * 2 * PULL + here * PULL for m in recalled(ids, n)), beside * PULL], dim=1)
        else:
            drawn = torch.where(torch.stack([own == number, own - 1 == number, here, beside], dim=1), PULL, 0.0)
        return functional.pad(drawn, (0, 0, 0, 0, 0, self.heads - drawn.shape[1])) + blocked

    def _rotation(self, first: int, end: int) -> tuple[Tensor, Tensor]:
        angles = torch.arange(first, end, device=self.frequencies.device)[:, None] * self.frequencies
        return angles.cos(), angles.sin()

    def _project(self, block: _Block, x: Tensor, turn: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        rows, columns, width = x.shape
        qkv = block.qkv(block.norm_attention(x)).view(rows, columns, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        return _rotate(q, turn), _rotate(k, turn), v


class _Block(nn.Module):
    """Weights of one layer: attention, then a gated perceptron, whose products suit arithmetic [1]_.

    References
    ----------
    .. [1] Shazeer, "GLU variants improve Transformer", arXiv:2002.05202.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm_attention = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.norm_mlp = nn.LayerNorm(width)
        self.up = nn.Linear(width, 2 * _GATED * width // 4)
        self.down = nn.Linear(_GATED * width // 4, width)

    def finish(self, x: Tensor, attended: Tensor) -> Tensor:
        x = x + self.out(attended.transpose(1, 2).flatten(2))
        gate, value = self.up(self.norm_mlp(x)).chunk(2, dim=-1)
        return cast("Tensor", x + self.down(functional.gelu(gate) * value))


def _make_room(cache: Tensor) -> Tensor:
    """Append empty columns, so that most steps write in place instead of copying the cache."""
    return functional.pad(cache, (0, 0, 0, _ROOM))


def _rotate(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    cos, sin = turn
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)
