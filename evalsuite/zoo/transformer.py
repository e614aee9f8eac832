"""A small causal transformer with rotary positions and step-index embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from evalsuite.zoo.steps import carry_steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Transformer", "TransformerState"]


class TransformerState:
    """Keys and values of the columns read so far, and what each row may see.

    Parameters
    ----------
    keys, values : list of Tensor
        One a layer: float32, shape (rows, heads, columns, head_size).
    visible : Tensor
        bool, shape (rows, columns): False for padding.
    steps : Tensor
        int64, shape (rows,): step index of the last column.
    """

    def __init__(self, keys: list[Tensor], values: list[Tensor], visible: Tensor, steps: Tensor) -> None:
        self.keys = keys
        self.values = values
        self.visible = visible
        self.steps = steps


class Transformer(nn.Module):
    """Decoder-only transformer: pre-norm blocks, tied input and output embeddings.

    Parameters
    ----------
    label_index : sequence of int
        ``Tokenizer.label_index``; its length is the size of the vocabulary.
    layers, width, heads : int
        Sizes; `width` is a multiple of twice `heads`.
    max_steps : int
        Greatest step index with an embedding of its own; later steps share it.
    """

    label_index: Tensor
    frequencies: Tensor

    def __init__(self, label_index: Sequence[int], *, layers: int, width: int, heads: int, max_steps: int) -> None:
        super().__init__()
        self.heads = heads
        self.max_steps = max_steps
        self.register_buffer("label_index", torch.tensor(label_index), persistent=False)
        self.embed = nn.Embedding(len(label_index), width)
        self.embed_step = nn.Embedding(max_steps + 1, width)
        self.blocks = nn.ModuleList(_Block(width) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.register_buffer(
            "frequencies", 10_000.0 ** -torch.arange(0, 1, 2 * heads / width, dtype=torch.float32), persistent=False
        )
        nn.init.normal_(self.embed.weight, std=width**-0.5)
        nn.init.normal_(self.embed_step.weight, std=width**-0.5)

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
        steps = carry_steps(ids, self.label_index, torch.zeros_like(ids[:, 0]))
        x = self._input(ids, steps)
        turn = self._rotation(0, ids.shape[1])
        for block in self._layers():
            q, k, v = self._project(block, x, turn)
            x = block.finish(x, functional.scaled_dot_product_attention(q, k, v, is_causal=True))
        return cast("Tensor", self.norm(x))

    def head(self, hidden: Tensor) -> Tensor:
        """Return logits over the vocabulary, shape (..., vocabulary)."""
        return functional.linear(hidden, self.embed.weight)

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
        steps = carry_steps(ids, self.label_index, torch.zeros_like(ids[:, 0]))
        x = self._input(ids, steps)
        turn = self._rotation(0, columns)
        # Padding sees itself, lest the softmax of an empty row be NaN.
        mask = torch.ones(columns, columns, dtype=torch.bool, device=ids.device).tril() & visible[:, None, None, :]
        mask = mask | torch.eye(columns, dtype=torch.bool, device=ids.device)
        keys, values = [], []
        for block in self._layers():
            q, k, v = self._project(block, x, turn)
            keys.append(k)
            values.append(v)
            x = block.finish(x, functional.scaled_dot_product_attention(q, k, v, attn_mask=mask))
        return self.head(self.norm(x[:, -1])), TransformerState(keys, values, visible, steps[:, -1])

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
        state.steps = carry_steps(ids[:, None], self.label_index, state.steps)[:, -1]
        state.visible = torch.cat([state.visible, torch.ones_like(state.visible[:, :1])], dim=1)
        x = self._input(ids[:, None], state.steps[:, None])
        turn = self._rotation(column, column + 1)
        mask = state.visible[:, None, None, :]
        for i, block in enumerate(self._layers()):
            q, k, v = self._project(block, x, turn)
            state.keys[i] = torch.cat([state.keys[i], k], dim=2)
            state.values[i] = torch.cat([state.values[i], v], dim=2)
            x = block.finish(
                x, functional.scaled_dot_product_attention(q, state.keys[i], state.values[i], attn_mask=mask)
            )
        return self.head(self.norm(x[:, -1]))

    def _layers(self) -> Iterator[_Block]:
        return (cast("_Block", block) for block in self.blocks)

    def _input(self, ids: Tensor, steps: Tensor) -> Tensor:
        embedded: Tensor = self.embed(ids) + self.embed_step(steps.clamp(max=self.max_steps))
        return embedded

    def _rotation(self, first: int, end: int) -> tuple[Tensor, Tensor]:
        angles = torch.arange(first, end, device=self.frequencies.device)[:, None] * self.frequencies
        return angles.cos(), angles.sin()

    def _project(self, block: _Block, x: Tensor, turn: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        rows, columns, width = x.shape
        qkv = block.qkv(block.norm_attention(x)).view(rows, columns, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        return _rotate(q, turn), _rotate(k, turn), v


class _Block(nn.Module):
    """Weights of one layer: attention, then a perceptron four times as wide."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm_attention = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.norm_mlp = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def finish(self, x: Tensor, attended: Tensor) -> Tensor:
        x = x + self.out(attended.transpose(1, 2).flatten(2))
        return cast("Tensor", x + self.down(functional.gelu(self.up(self.norm_mlp(x)))))


def _rotate(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    cos, sin = turn
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)
