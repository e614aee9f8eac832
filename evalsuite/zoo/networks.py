"""Which class of network a config's architecture names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from evalsuite.errors import ModelError
from evalsuite.zoo.recurrent import Recurrent
from evalsuite.zoo.transformer import Transformer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from evalsuite.zoo.tokenizer import Tokenizer

__all__ = ["Network", "build_network"]


class Network(Protocol):
    """What training and decoding need of a network."""

    def forward(self, ids: Tensor) -> Tensor:
        """Read whole sequences and return hidden states."""
        ...

    def head(self, hidden: Tensor) -> Tensor:
        """Turn hidden states into logits."""
        ...

    def start(self, ids: Tensor, visible: Tensor) -> tuple[Tensor, Any]:
        """Read prompts padded on the left; return the next token's logits and a state."""
        ...

    def step(self, state: Any, ids: Tensor) -> Tensor:
        """Read one more token a row; return the next token's logits."""
        ...


def build_network(architecture: str, sizes: Mapping[str, Any], tokenizer: Tokenizer) -> Transformer | Recurrent:
    """Return an untrained network, its weights drawn from torch's global generator.

    Raises
    ------
    ModelError
        If there is no such architecture.
    """
    if architecture == "transformer":
        return Transformer(tokenizer.label_index, tokenizer.counts, **sizes)
    if architecture == "recurrent":
        return Recurrent(tokenizer.label_index, tokenizer.counts, **sizes)
    raise ModelError(f'unknown architecture "{architecture}" (known: recurrent, transformer)')
