from __future__ import annotations

import json
import math
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalsuite.errors import ModelError
from evalsuite.models.hf import HfModel
from evalsuite.models.spec import open_model
from evalsuite.types import GenerationConfig, Message, Output, Request

pytest.importorskip("transformers")
PROMPTS = ["a", "What is 12 + 30?", "The quick brown fox jumps over", "xyz " * 8, "Q: why?"]
Ask = Callable[..., Request]
Build = Callable[..., Path]


@pytest.fixture(scope="session")
def model(folder: Path) -> HfModel:
    return opened(f"hf:{folder}")


@pytest.fixture(scope="session")
def chat_folder(build_hf: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_hf(tmp_path_factory.mktemp("hf") / "chat", chat=True)


def opened(spec: str) -> HfModel:
    model = open_model(spec)
    assert isinstance(model, HfModel)
    return model


def one(model: HfModel, request: Request, **config: Any) -> Output:
    return model.generate([request], GenerationConfig(**config))[0]


def texts(outputs: list[Output]) -> list[str | None]:
    return [output.text for output in outputs]


def test_greedy_equals_transformers_for_each_prompt_alone(folder: Path, model: HfModel, ask: Ask) -> None:
    import torch
    import transformers

    plain = transformers.AutoModelForCausalLM.from_pretrained(folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    outputs = model.generate([ask(prompt) for prompt in PROMPTS], GenerationConfig(max_new_tokens=24))
    for prompt, output in zip(PROMPTS, outputs, strict=True):
        ids = torch.tensor([tokenizer(prompt)["input_ids"]])
        mask = torch.ones_like(ids)
        expected = plain.generate(ids, attention_mask=mask, max_new_tokens=24, do_sample=False, pad_token_id=0)[0]
        new = expected[ids.shape[1] :].tolist()
        assert output.text == tokenizer.decode(new, skip_special_tokens=True)
        assert (output.tokens_in, output.tokens_out) == (len(prompt), len(new))
        assert output.finish_reason == ("stop" if new[-1] == 0 else "length")


@pytest.mark.parametrize("config", [{}, {"temperature": 0.8, "top_k": 20, "top_p": 0.9}])
def test_an_output_does_not_depend_on_its_batch(model: HfModel, ask: Ask, config: dict[str, Any]) -> None:
    requests = [ask(prompt, seed=2**64 - 1 - i) for i, prompt in enumerate(PROMPTS)]
    settings = GenerationConfig(max_new_tokens=16, **config)
    together = model.generate(requests, settings)
    assert together[::-1] == model.generate(requests[::-1], settings)
    assert together == [model.generate([request], settings)[0] for request in requests]


def test_seeds_decide_and_only_they_do(model: HfModel, ask: Ask) -> None:
    outputs = model.generate(
        [ask("a", seed=s) for s in (1, 2, 1)], GenerationConfig(temperature=1.0, max_new_tokens=20)
    )
    assert outputs[0] == outputs[2] != outputs[1]
    greedy = model.generate([ask("a", seed=s) for s in (1, 2)], GenerationConfig(max_new_tokens=20))
    assert greedy[0] == greedy[1]


def test_later_tokens_have_noise_of_their_own(model: HfModel, ask: Ask) -> None:
    hot = one(model, ask("a", seed=5), temperature=1e6, max_new_tokens=60)
    assert len(set(hot.text or "")) > 15  # with the same noise at each step it would be one token again and again


def test_samples_have_the_distribution_of_the_logits() -> None:
    import torch

    from evalsuite.models.hf_sampling import GumbelSampler

    logits = torch.tensor([2.0, 1.0, 0.0, -1.0, 0.5])
    for config, allowed in (
        (GenerationConfig(temperature=1.0), [0, 1, 2, 3, 4]),
        (GenerationConfig(temperature=2.0), [0, 1, 2, 3, 4]),
        (GenerationConfig(temperature=1.0, top_k=3), [0, 1, 4]),
        (GenerationConfig(temperature=1.0, top_p=0.7), [0, 1]),
        (GenerationConfig(temperature=1.0, top_p=1.0), [0, 1, 2, 3, 4]),
    ):
        weights = {i: math.exp(float(logits[i]) / config.temperature) for i in allowed}
        n = 20_000
        sampler = GumbelSampler(range(n), config, prompt_length=3)
        counts = Counter(sampler(torch.zeros(n, 3, dtype=torch.long), logits.repeat(n, 1)).argmax(1).tolist())
        assert set(counts) == set(allowed)
        expected = {i: n * weight / sum(weights.values()) for i, weight in weights.items()}
        chi_squared = sum((counts[i] - expected[i]) ** 2 / expected[i] for i in allowed)
        assert chi_squared < 23.5  # 4 degrees of freedom, p = 1e-4


def test_noise_is_gumbel_and_a_function_of_seed_step_and_token() -> None:
    import torch

    from evalsuite.models.hf_sampling import gumbel_noise

    noise = gumbel_noise([0, 1, 2**64 - 1], 4, 50_000, device="cpu")
    assert noise.mean(1).tolist() == pytest.approx([0.5772] * 3, abs=0.03)
    assert noise.var(1).tolist() == pytest.approx([math.pi**2 / 6] * 3, abs=0.06)
    assert torch.isfinite(noise).all()
    assert torch.equal(noise[1:2], gumbel_noise([1], 4, 50_000, device="cpu"))
    assert (
        abs(float(torch.corrcoef(torch.cat([noise, gumbel_noise([0], 5, 50_000, device="cpu")])).triu(1).max())) < 0.03
    )


def test_noise_stays_the_same_between_releases() -> None:
    from evalsuite.models.hf_sampling import gumbel_noise
    from evalsuite.rng import CounterRng

    key = CounterRng((7 + 2 * 0xD1342543DE82EF95) % 2**64).next_u64()
    rng = CounterRng(key)
    expected = [-math.log(-math.log(((rng.next_u64() >> 11) + 0.5) * 2.0**-53)) for _ in range(6)]
    assert gumbel_noise([7], 2, 6, device="cpu")[0].tolist() == pytest.approx(expected, rel=1e-12)


def test_cuts_before_the_first_stop_string(model: HfModel, ask: Ask) -> None:
    config = {"max_new_tokens": 24, "temperature": 1.0}
    requests = [ask(prompt, seed=3) for prompt in PROMPTS[:3]]
    whole = model.generate(requests, GenerationConfig(**config))
    text = next(output.text for output in whole if output.text and len(output.text) > 20)
    stop = (text[9:11], text[5:8])
    for before, after in zip(whole, model.generate(requests, GenerationConfig(**config, stop=stop)), strict=True):
        assert before.text is not None
        ends = [at for item in stop if (at := before.text.find(item)) >= 0]
        assert after.text == before.text[: min(ends, default=None)]
        assert after.finish_reason == ("stop" if ends else before.finish_reason)
        if ends:
            assert after.tokens_out is not None
            # One character a token here: it went on no further than to the end of a stop string.
            assert after.tokens_out == min(before.text.find(s) + len(s) for s in stop if s in before.text)


def test_a_batch_ends_when_all_rows_have_met_a_stop_string(
    model: HfModel, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = one(model, ask("a", seed=3), max_new_tokens=40, temperature=1.0).text
    assert text
    model.load()
    calls = []
    forward = model._loaded.model.forward
    monkeypatch.setattr(model._loaded.model, "forward", lambda *args, **kw: calls.append(1) or forward(*args, **kw))
    one(model, ask("a", seed=3), max_new_tokens=40, temperature=1.0, stop=(text[2],))
    assert len(calls) <= text.index(text[2]) + 2


def test_new_tokens_are_counted(model: HfModel, ask: Ask) -> None:
    outputs = model.generate([ask(p, seed=1) for p in PROMPTS], GenerationConfig(max_new_tokens=5, temperature=0.5))
    for output in outputs:
        assert output.tokens_out is not None
        assert output.text is not None
        if output.finish_reason == "length":
            assert output.tokens_out == len(output.text) == 5
    assert any(output.finish_reason == "length" for output in outputs)


def test_an_end_of_text_is_counted_and_not_shown(model: HfModel, ask: Ask) -> None:
    outputs = model.generate(
        [ask("a", seed=s) for s in range(60)], GenerationConfig(max_new_tokens=16, temperature=3.0)
    )
    ended = [output for output in outputs if output.finish_reason == "stop"]
    # One character a token, but for a <start> here and there, which is not shown either.
    more = [output.tokens_out - len(output.text) for output in ended if output.tokens_out and output.text is not None]
    assert len(more) == len(ended) > 0
    assert min(more) == 1


def test_too_long_a_prompt_is_an_error_of_its_own(model: HfModel, ask: Ask) -> None:
    long, fits, short = model.generate([ask("x" * 96), ask("x" * 95), ask("a")], GenerationConfig(max_new_tokens=4))
    assert (long.text, long.finish_reason, long.tokens_in) == (None, "error", 96)
    assert "the prompt has 96 tokens, but the context holds 96" in (long.error or "")
    assert (fits.tokens_out, fits.error) == (1, None)
    assert short == one(model, ask("a"), max_new_tokens=4)


def test_max_length_narrows_the_context(folder: Path, ask: Ask) -> None:
    model = opened(f"hf:{folder},max_length=10")
    assert one(model, ask("x" * 10)).error
    output = one(model, ask("x" * 6), temperature=1e-3)
    assert (output.error, output.tokens_out) == (None, 4)


def test_an_answer_ends_where_the_context_does(model: HfModel, ask: Ask) -> None:
    requests = [ask("x" * n, seed=n) for n in (90, 70, 80, 94)]
    settings = GenerationConfig(max_new_tokens=1000, temperature=0.5, top_k=5)
    outputs = model.generate(requests, settings)
    assert outputs == [model.generate([request], settings)[0] for request in requests]
    for output in outputs:
        assert output.tokens_in is not None
        assert output.tokens_out is not None
        assert output.tokens_in + output.tokens_out <= 96
        assert output.finish_reason == "stop" or output.tokens_in + output.tokens_out == 96
    assert outputs[3].tokens_out in (1, 2)


def test_empty_prompts_begin_with_the_token_that_begins_texts(model: HfModel, ask: Ask) -> None:
    assert one(model, ask("")).tokens_in == 1


def test_nothing_asked_nothing_loaded(folder: Path) -> None:
    model = opened(f"hf:{folder}")
    assert model.generate([], GenerationConfig()) == []
    assert model._loaded is None


def test_chat_template_is_used_where_there_is_one(chat_folder: Path, folder: Path, ask: Ask) -> None:
    chat, off = opened(f"hf:{chat_folder}"), opened(f"hf:{chat_folder},chat=false")
    assert (chat.chat, off.chat, opened(f"hf:{folder}").chat) == (True, False, False)
    assert chat.fingerprint != off.fingerprint
    assert chat.fingerprint == opened(f"hf:{chat_folder},chat=true").fingerprint
    said = one(chat, ask("hello"), max_new_tokens=12)
    assert said == one(off, ask("[user]hello;[bot]"), max_new_tokens=12) != one(off, ask("hello"), max_new_tokens=12)
    talk = (Message(role="system", content="s"), Message(role="user", content="u"))
    asked = Request(sample_id="a", repeat=0, turn=0, prompt="p", messages=talk, seed=0)
    assert one(chat, asked, max_new_tokens=9) == one(off, ask("[system]s;[user]u;[bot]"), max_new_tokens=9)
    bare = Request(sample_id="a", repeat=0, turn=0, prompt="hello", messages=(), seed=0)
    assert one(chat, bare, max_new_tokens=12) == said


def test_chat_asked_for_without_a_template(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"chat=true, but the tokenizer in .* has no chat template"):
        open_model(f"hf:{folder},chat=true")


def test_a_template_that_refuses_fails_its_sample_only(chat_folder: Path, tmp_path: Path, ask: Ask) -> None:
    copy = shutil.copytree(chat_folder, tmp_path / "copy")
    (copy / "chat_template.jinja").write_text(
        "{% if 'bad' in messages[0].content %}{{ raise_exception('no bad words') }}{% endif %}{{ messages[0].content }}"
    )
    bad, good = opened(f"hf:{copy}").generate([ask("bad"), ask("good")], GenerationConfig(max_new_tokens=2))
    assert bad.finish_reason == "error"
    assert "no bad words" in (bad.error or "")
    assert good.text is not None


def test_add_bos(folder: Path, ask: Ask) -> None:
    with_bos, without = opened(f"hf:{folder},add_bos=true"), opened(f"hf:{folder},add_bos=false")
    assert (one(with_bos, ask("abc")).tokens_in, one(without, ask("abc")).tokens_in) == (4, 3)
    assert with_bos.fingerprint != without.fingerprint


def test_dtype(build_hf: Build, tmp_path: Path, ask: Ask) -> None:
    import torch

    folder = build_hf(tmp_path / "m")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "dtype": "bfloat16"}))
    automatic, default = opened(f"hf:{folder},dtype=auto"), opened(f"hf:{folder}")
    assert (automatic.dtype, default.dtype) == ("bfloat16", "float32")
    automatic.load()
    assert automatic._loaded.model.dtype == torch.bfloat16
    assert automatic.device in ("cpu", "cuda")


def test_settings_of_the_checkpoint_are_not_used(folder: Path, model: HfModel, tmp_path: Path, ask: Ask) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    settings = {"do_sample": True, "temperature": 5.0, "repetition_penalty": 9.0, "eos_token_id": 0, "max_length": 3}
    (copy / "generation_config.json").write_text(json.dumps(settings))
    changed = opened(f"hf:{copy}")
    assert one(changed, ask("hello")) == one(model, ask("hello"))
    assert changed.fingerprint != model.fingerprint


def test_tokens_that_end_a_text_come_from_the_checkpoint(
    folder: Path, model: HfModel, tmp_path: Path, ask: Ask
) -> None:
    text = one(model, ask("hello"), max_new_tokens=12).text
    assert text
    copy = shutil.copytree(folder, tmp_path / "copy")
    end = ord(text[3]) - 32 + 2
    (copy / "generation_config.json").write_text(json.dumps({"eos_token_id": [0, end]}))
    output = one(opened(f"hf:{copy}"), ask("hello"), max_new_tokens=12)
    assert (output.text, output.finish_reason) == (text[: text.index(text[3])], "stop")
