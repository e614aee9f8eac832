"""Tiny checkpoints with random weights and a tokenizer of single characters, saved as transformers saves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

CHARACTERS = [chr(code) for code in range(32, 127)]
TEMPLATE = (
    "{% for m in messages %}[{{ m.role }}]{{ m.content }};{% endfor %}{% if add_generation_prompt %}[bot]{% endif %}"
)


def build(
    folder: Path,
    *,
    kind: str = "gpt2",
    seed: int = 0,
    chat: bool = False,
    positions: int = 96,
    layers: int = 2,
    width: int = 32,
) -> Path:
    """Save a model that ends texts with token 0 now and then, as its weights are random."""
    import torch
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    vocabulary = {"<end>": 0, "<start>": 1} | {("\u0120" if c == " " else c): i + 2 for i, c in enumerate(CHARACTERS)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>", bos_token="<start>")
    if chat:
        fast.chat_template = TEMPLATE
    sizes: dict[str, Any] = {"vocab_size": len(vocabulary), "bos_token_id": 1, "eos_token_id": 0}
    torch.set_num_threads(1)  # more only wait for one another on models as small as these
    torch.manual_seed(seed)
    if kind == "gpt2":
        model: Any = transformers.GPT2LMHeadModel(
            transformers.GPT2Config(
                **sizes, n_positions=positions, n_embd=width, n_layer=layers, n_head=2, initializer_range=0.3
            )
        )
    else:
        model = transformers.LlamaForCausalLM(
            transformers.LlamaConfig(
                **sizes,
                max_position_embeddings=positions,
                hidden_size=width,
                intermediate_size=48,
                num_hidden_layers=layers,
                num_attention_heads=4,
                num_key_value_heads=2,
                initializer_range=0.3,
            )
        )
    transformers.utils.logging.disable_progress_bar()
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder
