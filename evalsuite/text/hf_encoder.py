"""Vectors of texts and of tokens by a checkpoint of transformers in a local folder. Nothing is downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite.checkpoints import hash_folder, open_network, open_transformers
from evalsuite.errors import InputError
from evalsuite.kernels.arguments import check_integer
from evalsuite.text.encoders import TokenEmbeddings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["HfEncoder"]

# Beyond this a tokenizer's `model_max_length` means that it does not know.
_NO_LIMIT = 1 << 20
_HASHED = ("config.json", "*.safetensors", "*.bin", "tokenizer*", "vocab.*", "merges.txt", "*.model", "special_tokens*")


class HfEncoder:
    """A network of transformers from a folder, in float32, run one text at a time: none depends on those beside it.

    Parameters
    ----------
    folder : str or Path
        What ``save_pretrained`` wrote: config.json, weights and tokenizer.
    num_layers : int, optional
        Whose hidden states are a token's vectors: 0 is the input's embeddings. The last one by default.
    device : str, default "cpu"
        Where it runs, as torch names it.

    Raises
    ------
    InputError
        If the folder is not there, or there are fewer layers.
    DependencyError
        If transformers is missing, at the first text.
    """

    def __init__(self, folder: str | Path, *, num_layers: int | None = None, device: str = "cpu") -> None:
        self._folder = Path(folder)
        if not (self._folder / "config.json").is_file():
            raise InputError(
                f"hf:{folder}: there is no config.json: expected the folder that `save_pretrained` of transformers "
                "wrote, with config.json, weights and tokenizer"
            )
        self._num_layers = None if num_layers is None else check_integer(num_layers, "num_layers", 0, 2**16)
        self._device = device
        self._loaded: tuple[Any, Any] | None = None
        self._hash = hash_folder(self._folder, _HASHED)

    @property
    def signature(self) -> str:
        """Folder's name, hash of its files, and layer."""
        layer = "last" if self._num_layers is None else self._num_layers
        name = self._folder.resolve().name.replace("|", "_")
        return f"hf:{name}:sha256:{self._hash[:12]}:layer:{layer}"

    def features(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vector of each text's last token: float32, shape (n, d); 0 for a text without tokens.

        This is how mauve-text featurises. Texts are cut off where the network's positions end, at most at 1024 tokens.
        """
        rows: list[NDArray[np.float32] | None] = []
        for text in texts:
            ids = self._encode(text, 1024)
            rows.append(self._states(ids)[-1] if ids else None)
        d = self._dimension()
        zero = np.zeros(d, dtype=np.float32)
        return np.stack([zero if row is None else row for row in rows]) if rows else np.zeros((0, d), dtype=np.float32)

    def embed(self, texts: Sequence[str]) -> list[TokenEmbeddings]:
        """Return the tokens of each text, whitespace around it aside, as bert-score encodes it; see `TokenEncoder`.

        Special are the tokenizer's ``cls_token`` and ``sep_token``.
        """
        tokenizer, _ = self._open()
        named = {tokenizer.cls_token_id, tokenizer.sep_token_id} - {None}
        # Byte-level tokenizers tell a word at the beginning from one after a space; bert-score wants the latter.
        glued = any(kind in type(tokenizer).__name__ for kind in ("GPT2", "Roberta"))
        found = []
        for text in texts:
            stripped = text.strip()
            ids = self._encode(" " + stripped if glued and stripped else stripped, _NO_LIMIT)
            vectors = self._states(ids) if ids else np.zeros((0, self._dimension()), dtype=np.float32)
            special = np.array([token in named for token in ids], dtype=np.bool_)
            found.append(TokenEmbeddings(vectors=vectors, tokens=tuple(ids), special=special))
        return found

    def _encode(self, text: str, most: int) -> list[int]:
        tokenizer, model = self._open()
        limits = (most, tokenizer.model_max_length, _positions(model.config))
        limit = min(int(min(found, _NO_LIMIT)) for found in limits if found)
        # A lone surrogate has no UTF-8, and no tokenizer takes it.
        clean = text.encode("utf-8", "replace").decode("utf-8")
        return list(tokenizer.encode(clean, add_special_tokens=True, truncation=True, max_length=limit))

    def _states(self, ids: list[int]) -> NDArray[np.float32]:
        """Return the hidden states of one text: float32, shape (k, d)."""
        import torch

        _, model = self._open()
        tensor = torch.tensor([ids], dtype=torch.long, device=self._device)
        with torch.no_grad():
            out = model(input_ids=tensor, attention_mask=torch.ones_like(tensor), output_hidden_states=True)
        if self._num_layers is None:
            states = out.last_hidden_state
        elif self._num_layers < len(out.hidden_states):
            states = out.hidden_states[self._num_layers]
        else:
            raise InputError(
                f"hf:{self._folder}: `num_layers` must be 0 to {len(out.hidden_states) - 1}, the layers of the "
                f"network; found {self._num_layers}"
            )
        return np.asarray(states[0].float().cpu().numpy())

    def _dimension(self) -> int:
        return int(self._open()[1].config.hidden_size)

    def _open(self) -> tuple[Any, Any]:
        if self._loaded is None:
            tokenizer = open_transformers(self._folder, "AutoTokenizer")
            model = open_network(self._folder, "AutoModel", may_lack="pooler")  # which no hidden state is made of
            if getattr(model.config, "is_encoder_decoder", False):
                model = model.get_encoder()
            self._loaded = tokenizer, model.to(self._device)
        return self._loaded


def _positions(config: Any) -> int | None:
    """Return how many tokens the network takes; None where its configuration does not say."""
    most = getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None)
    # RoBERTa's positions begin after its padding token's.
    offset = (getattr(config, "pad_token_id", 0) or 0) + 1 if "roberta" in str(getattr(config, "model_type", "")) else 0
    return int(most) - offset if most else None
