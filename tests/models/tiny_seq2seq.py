"""Tiny encoder-decoders with random weights and a tokenizer of single characters, saved as transformers saves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

CHARACTERS = [chr(code) for code in range(32, 127)]
SPECIAL = {"t5": ["<pad>", "</s>", "<unk>"], "bart": ["<s>", "<pad>", "</s>", "<unk>"]}


def build(folder: Path, *, kind: str = "t5", seed: int = 0, positions: int = 48) -> Path:
    """Save a model that ends texts now and then, as its weights are random; `positions` is of BART alone."""
    import torch
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

    tokens = SPECIAL[kind] + [("\u0120" if c == " " else c) for c in CHARACTERS]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    named = [(token, vocabulary[token]) for token in SPECIAL[kind] if token in ("<s>", "</s>")]
    template = "$A </s>" if kind == "t5" else "<s> $A </s>"
    tokenizer.post_processor = processors.TemplateProcessing(single=template, special_tokens=named)
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        **({"bos_token": "<s>"} if kind == "bart" else {}),
    )
    torch.set_num_threads(1)  # more only wait for one another on models as small as these
    torch.manual_seed(seed)
    if kind == "t5":
        model: Any = transformers.T5ForConditionalGeneration(
            transformers.T5Config(
                vocab_size=len(tokens),
                d_model=32,
                d_kv=8,
                d_ff=48,
                num_layers=2,
                num_heads=4,
                initializer_factor=3.0,
                tie_word_embeddings=False,
                decoder_start_token_id=0,
                pad_token_id=0,
                eos_token_id=1,
            )
        )
    else:
        model = transformers.BartForConditionalGeneration(
            transformers.BartConfig(
                vocab_size=len(tokens),
                d_model=32,
                encoder_layers=2,
                decoder_layers=2,
                encoder_attention_heads=4,
                decoder_attention_heads=4,
                encoder_ffn_dim=48,
                decoder_ffn_dim=48,
                max_position_embeddings=positions,
                init_std=0.3,
                tie_word_embeddings=False,
                bos_token_id=0,
                pad_token_id=1,
                eos_token_id=2,
                decoder_start_token_id=2,
                forced_eos_token_id=None,
            )
        )
    with torch.no_grad():
        model.lm_head.weight[vocabulary["</s>"]] *= 2.0
        model.get_input_embeddings().weight *= 0.2  # else the last token alone decides, and repeats itself
        for name, weight in model.named_parameters():
            if name.endswith(("o.weight", "out_proj.weight")):
                weight *= 3.0
    transformers.utils.logging.disable_progress_bar()
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder
