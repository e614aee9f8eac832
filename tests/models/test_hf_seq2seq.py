"""Encoder-decoders: each answer is that of transformers' own generate for the prompt alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalsuite.errors import ModelError
from evalsuite.models.hf import HfModel
from evalsuite.models.spec import open_model
from evalsuite.types import GenerationConfig, Output, Request

pytest.importorskip("transformers")
PROMPTS = ["a", "What is 12 + 30?", "The quick brown fox jumps over", "xyz " * 8, "Q: why?", ""]
SAMPLED = GenerationConfig(max_new_tokens=16, temperature=0.8, top_k=40, top_p=0.95)
Ask = Callable[..., Request]
Build = Callable[..., Path]


@pytest.fixture(scope="session")
def model(seq2seq_folder: Path) -> HfModel:
    return opened(f"hf:{seq2seq_folder}")


def opened(spec: str) -> HfModel:
    model = open_model(spec)
    assert isinstance(model, HfModel)
    return model


def load(folder: Path) -> tuple[Any, Any]:
    import transformers

    network = transformers.AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    return network, transformers.AutoTokenizer.from_pretrained(folder)


def expected(network: Any, tokenizer: Any, prompt: str, **settings: Any) -> Output:
    """Return what transformers makes of one prompt, without the token that its decoder begins with."""
    import torch

    ids = torch.tensor([tokenizer(prompt)["input_ids"]])
    new = network.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, **settings)[0, 1:].tolist()
    ended = new[-1] == tokenizer.eos_token_id
    text = tokenizer.decode(new, skip_special_tokens=True)
    reason: Any = "stop" if ended else "length"
    return Output(text=text, finish_reason=reason, tokens_in=ids.shape[1], tokens_out=len(new))


def test_greedy_equals_transformers_for_each_prompt_alone(seq2seq_folder: Path, model: HfModel, ask: Ask) -> None:
    network, tokenizer = load(seq2seq_folder)
    outputs = model.generate([ask(prompt) for prompt in PROMPTS], GenerationConfig(max_new_tokens=24))
    assert outputs == [expected(network, tokenizer, prompt, max_new_tokens=24) for prompt in PROMPTS]
    assert {output.finish_reason for output in outputs} == {"stop", "length"}
    assert len({output.text for output in outputs}) > 3


def test_samples_are_the_likeliest_tokens_under_the_noise_of_their_seed(
    seq2seq_folder: Path, model: HfModel, ask: Ask
) -> None:
    import torch

    from evalsuite.models.hf_sampling import gumbel_noise

    network, tokenizer = load(seq2seq_folder)
    config = GenerationConfig(max_new_tokens=16, temperature=1.5)
    outputs = model.generate([ask(prompt, seed=7 + i) for i, prompt in enumerate(PROMPTS)], config)
    for i, (prompt, output) in enumerate(zip(PROMPTS, outputs, strict=True)):
        ids = torch.tensor([tokenizer(prompt)["input_ids"]])
        written = [network.generation_config.decoder_start_token_id]
        while len(written) <= 16 and not (len(written) > 1 and written[-1] == tokenizer.eos_token_id):
            with torch.inference_mode():
                logits = network(input_ids=ids, decoder_input_ids=torch.tensor([written])).logits[0, -1]
            noise = gumbel_noise([7 + i], len(written) - 1, len(logits), device="cpu")[0]
            written.append(int((logits / 1.5 + noise).argmax()))
        assert output.text == tokenizer.decode(written[1:], skip_special_tokens=True)
        assert output.tokens_out == len(written) - 1


@pytest.mark.parametrize("config", [GenerationConfig(max_new_tokens=16), SAMPLED], ids=["greedy", "sampled"])
def test_an_output_does_not_depend_on_its_batch(model: HfModel, ask: Ask, config: GenerationConfig) -> None:
    requests = [ask(prompt, seed=2**64 - 1 - i) for i, prompt in enumerate(PROMPTS)]
    together = model.generate(requests, config)
    assert together[::-1] == model.generate(requests[::-1], config)
    assert together == [model.generate([request], config)[0] for request in requests]


def test_cuts_before_the_first_stop_string(model: HfModel, ask: Ask) -> None:
    requests = [ask(prompt, seed=3) for prompt in PROMPTS]
    config = GenerationConfig(max_new_tokens=24, temperature=1.0)
    whole = model.generate(requests, config)
    text = next(output.text for output in whole if output.text and len(output.text) > 8)
    stop = (text[6:8], text[3:5])
    cut = model.generate(requests, GenerationConfig(max_new_tokens=24, temperature=1.0, stop=stop))
    assert any(before != after for before, after in zip(whole, cut, strict=True))
    for before, after in zip(whole, cut, strict=True):
        assert before.text is not None
        ends = [at for item in stop if (at := before.text.find(item)) >= 0]
        assert after.text == before.text[: min(ends, default=None)]
        assert after.finish_reason == ("stop" if ends else before.finish_reason)
        assert not ends or (after.tokens_out or 0) < 24


def test_too_long_a_prompt_is_an_error_of_its_own(build_seq2seq: Build, tmp_path: Path, ask: Ask) -> None:
    folder = build_seq2seq(tmp_path / "bart", kind="bart", positions=20)
    model = opened(f"hf:{folder}")
    config = GenerationConfig(max_new_tokens=4)
    long, fits, short = model.generate([ask("x" * 19), ask("x" * 18), ask("a")], config)
    assert (long.text, long.finish_reason, long.tokens_in) == (None, "error", 21)
    assert long.error == "the prompt has 21 tokens, but the encoder holds 20"
    assert (fits.tokens_in, fits.error) == (20, None)
    assert short == model.generate([ask("a")], config)[0]
    network, tokenizer = load(folder)
    answer = model.generate([ask("abc")], GenerationConfig(max_new_tokens=1000))[0]
    assert answer == expected(network, tokenizer, "abc", max_new_tokens=19)  # and the token it begins with


def test_max_length_is_of_either_side(seq2seq_folder: Path, model: HfModel, ask: Ask) -> None:
    narrow = opened(f"hf:{seq2seq_folder},max_length=9")
    assert narrow.fingerprint != model.fingerprint
    long, fits = narrow.generate([ask("x" * 9), ask("Q: why")], GenerationConfig())
    assert "but the encoder holds 9" in (long.error or "")
    assert fits == model.generate([ask("Q: why")], GenerationConfig(max_new_tokens=8))[0]
    one = opened(f"hf:{seq2seq_folder},max_length=1")
    error = one.generate([ask("")], GenerationConfig())[0].error or ""
    assert "holds 1" in error


def test_relative_positions_have_no_end(build_seq2seq: Build, tmp_path: Path, ask: Ask) -> None:
    folder = build_seq2seq(tmp_path / "t5", kind="t5")
    network, tokenizer = load(folder)
    prompt = "many words " * 60
    output = opened(f"hf:{folder}").generate([ask(prompt)], GenerationConfig(max_new_tokens=6))[0]
    assert output == expected(network, tokenizer, prompt, max_new_tokens=6)


def test_forced_and_forbidden_tokens_are_the_checkpoints(seq2seq_folder: Path, tmp_path: Path, ask: Ask) -> None:
    copy = shutil.copytree(seq2seq_folder, tmp_path / "copy")
    path = copy / "generation_config.json"
    saved = json.loads(path.read_text())
    forbidden = [token for token in range(4, 98) if token % 3]
    tokens = {**saved, "forced_bos_token_id": 42, "bad_words_ids": [[token] for token in forbidden]}
    path.write_text(json.dumps({**tokens, "num_beams": 3, "do_sample": True, "repetition_penalty": 5.0}))
    outputs = opened(f"hf:{copy}").generate([ask(prompt) for prompt in PROMPTS], GenerationConfig(max_new_tokens=8))
    path.write_text(json.dumps(tokens))
    network, tokenizer = load(copy)
    assert outputs == [expected(network, tokenizer, prompt, max_new_tokens=8) for prompt in PROMPTS]
    assert {(output.text or "")[0] for output in outputs} == {tokenizer.decode([42])}


def test_old_checkpoints_have_them_in_their_configuration(seq2seq_folder: Path, tmp_path: Path, ask: Ask) -> None:
    copy = shutil.copytree(seq2seq_folder, tmp_path / "copy")
    (copy / "generation_config.json").unlink()
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "forced_bos_token_id": 7}))
    network, tokenizer = load(copy)
    settings = {"num_beams": 4, "length_penalty": 2.0, "min_length": 9, "max_length": 4, "no_repeat_ngram_size": 2}
    (copy / "config.json").write_text(json.dumps({**config, "forced_bos_token_id": 7, **settings}))
    outputs = opened(f"hf:{copy}").generate([ask(prompt) for prompt in PROMPTS], GenerationConfig(max_new_tokens=8))
    assert outputs == [expected(network, tokenizer, prompt, max_new_tokens=8) for prompt in PROMPTS]


def test_an_answer_must_have_a_beginning(build_seq2seq: Build, tmp_path: Path, ask: Ask) -> None:
    folder = build_seq2seq(tmp_path / "t5", kind="t5")
    for name in ("config.json", "generation_config.json"):
        values = json.loads((folder / name).read_text())
        values["decoder_start_token_id"] = None
        (folder / name).write_text(json.dumps(values))
    with pytest.raises(ModelError, match="says decoder_start_token_id or bos_token_id, so it is not known what"):
        opened(f"hf:{folder}").load()


def test_two_models_put_together_have_limits_of_their_own(build_seq2seq: Build, tmp_path: Path, ask: Ask) -> None:
    import transformers

    folder = build_seq2seq(tmp_path / "bart", kind="bart")
    sizes = {"vocab_size": 99, "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4}
    encoder, decoder = (
        transformers.BertConfig(**sizes, intermediate_size=32, initializer_range=0.5, max_position_embeddings=n)
        for n in (24, 12)
    )
    config = transformers.EncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder)
    network = transformers.EncoderDecoderModel(config).eval()
    network.generation_config = transformers.GenerationConfig(
        decoder_start_token_id=0, eos_token_id=2, pad_token_id=1, bos_token_id=0
    )
    network.save_pretrained(folder)
    model = opened(f"hf:{folder}")
    long, fits = model.generate([ask("x" * 23), ask("why?")], GenerationConfig())
    assert long.error == "the prompt has 25 tokens, but the encoder holds 24"
    assert fits == expected(network, load(folder)[1], "why?", max_new_tokens=11)


def test_fingerprint_is_of_the_content(seq2seq_folder: Path, model: HfModel, tmp_path: Path) -> None:
    copy = shutil.copytree(seq2seq_folder, tmp_path / "copy")
    assert opened(f"hf:{copy},batch_size=3").fingerprint == model.fingerprint
    (copy / "generation_config.json").write_text("{}")
    assert opened(f"hf:{copy}").fingerprint != model.fingerprint
