"""A CLIP model of a few thousand random weights, with a tokenizer of letters, saved as save_pretrained does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["save_tiny_clip"]

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789,.'-"


def save_tiny_clip(folder: Path, *, seed: int = 0) -> Path:
    """Write model, tokenizer and image processor into a folder, and return it."""
    import torch
    import transformers

    letters = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS)]
    vocabulary = {token: i for i, token in enumerate([*letters, "<|startoftext|>", "<|endoftext|>"])}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    first, last = len(letters), len(letters) + 1
    text = {
        "vocab_size": len(vocabulary),
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "max_position_embeddings": 77,
        "bos_token_id": first,
        "eos_token_id": last,
        "pad_token_id": last,
    }
    vision = {
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "image_size": 32,
        "patch_size": 8,
    }
    settings: Any = transformers.CLIPConfig(text_config=text, vision_config=vision, projection_dim=8)
    settings.text_config.initializer_range = settings.vision_config.initializer_range = 1.0
    settings.initializer_factor = 20.0
    torch.manual_seed(seed)
    model = transformers.CLIPModel(settings)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape) * (0.4 if parameter.ndim > 1 else 0.2) + (parameter.ndim == 1))
    model.save_pretrained(folder)
    transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}).save_pretrained(
        folder
    )
    config = {
        "tokenizer_class": "CLIPTokenizer",
        "bos_token": "<|startoftext|>",
        "eos_token": "<|endoftext|>",
        "unk_token": "<|endoftext|>",
        "pad_token": "<|endoftext|>",
        "model_max_length": 77,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder
