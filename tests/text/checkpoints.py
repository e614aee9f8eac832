"""Tiny checkpoints with random weights, saved as transformers saves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

WORDS = (
    *(
        "the",
        "a",
        "cat",
        "cats",
        "dog",
        "dogs",
        "sat",
        "on",
        "mat",
        "path",
        "leads",
        "to",
        "lake",
        "bark",
        "at",
        "hill",
    ),
    *("hill", "##s", "##ing", ".", ",", "!", "b"),
)


def save_bert(folder: Path, *, seed: int = 0) -> Path:
    """Save a BERT of three layers whose pieces are a few words and all single characters of ASCII."""
    import torch
    import transformers

    characters = [chr(code) for code in range(33, 127)]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *characters, *(f"##{c}" for c in characters)]
    folder.mkdir(parents=True)
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    tokenizer = transformers.BertTokenizer(vocab=vocabulary, model_max_length=64)
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    model = transformers.BertModel(
        transformers.BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=32,
            num_hidden_layers=3,
            num_attention_heads=2,
            intermediate_size=48,
            max_position_embeddings=64,
            initializer_range=0.3,
        )
    )
    return _save(folder, tokenizer, model)


def save_gpt2(folder: Path) -> Path:
    """Save a GPT-2 of two layers over single characters."""
    import torch
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers

    characters = ["\u0120", *(chr(code) for code in range(33, 127))]
    vocabulary = {"<end>": 0} | {character: i + 1 for i, character in enumerate(characters)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>", model_max_length=96)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = transformers.GPT2Model(
        transformers.GPT2Config(vocab_size=len(vocabulary), n_positions=96, n_embd=32, n_layer=2, n_head=2)
    )
    return _save(folder, fast, model)


def _save(folder: Path, tokenizer: Any, model: Any) -> Path:
    import transformers

    transformers.utils.logging.disable_progress_bar()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
