"""Log-probabilities of transformers' models: equal to its own loss, and to lm-evaluation-harness's conventions."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evalsuite.errors import ModelError
from evalsuite.evaluation import plan_run
from evalsuite.likelihood import encode_pair, rolling_windows
from evalsuite.models.base import LikelihoodModel
from evalsuite.models.hf import HfModel
from evalsuite.models.spec import open_model
from evalsuite.task import load_task
from evalsuite.types import GenerationConfig, Output, Request
from tests.reference.likelihood import pair_tokens, token_logprobs, windows

pytest.importorskip("transformers")
CONFIG = GenerationConfig()
Ask = Callable[..., Request]
Build = Callable[..., Path]
QUESTIONS = [
    ("What is 12 + 30?", (" 42", " forty-two", " 43")),
    ("Is it so?\n", ("yes", "no", "y")),
    ("", ("Ada", " Bo")),
    ("Größe 山 \U0001f3d4: ", ("Ö", "überall", "山山")),
    ("a  ", (" b", "\tb")),
]


def opened(spec: str) -> HfModel:
    model = open_model(spec)
    assert isinstance(model, HfModel)
    return model


def choices(prompt: str, options: Sequence[str]) -> Request:
    return Request(
        sample_id=prompt, repeat=0, turn=0, prompt=prompt, messages=(), seed=0, ask="choices", choices=tuple(options)
    )


def rolling(text: str) -> Request:
    return replace(choices("", (text,)), ask="rolling", sample_id=text[:20])


def load(folder: Path) -> tuple[Any, Callable[[str], list[int]]]:
    import transformers

    auto = transformers.AutoConfig.from_pretrained(folder).is_encoder_decoder
    network = (transformers.AutoModelForSeq2SeqLM if auto else transformers.AutoModelForCausalLM).from_pretrained(
        folder
    )
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    network.config.loss_type = "ForCausalLM"
    return network.eval(), lambda text: tokenizer(text, add_special_tokens=False)["input_ids"]


def expected(network: Any, encode: Callable[[str], list[int]], prompt: str, choice: str) -> tuple[float, int]:
    context, added = pair_tokens(encode, prompt, choice)
    return math.fsum(token_logprobs(network, [*(context or [1]), *added])[-len(added) :]), len(added)


def rated(outputs: Sequence[Output]) -> list[tuple[float, ...]]:
    assert all(output.error is None for output in outputs)
    return [output.logprobs for output in outputs]


def near(left: Sequence[Sequence[float]], right: Sequence[Sequence[float]], within: float = 1e-5) -> bool:
    return all(
        len(a) == len(b) and all(math.isclose(x, y, rel_tol=within, abs_tol=within) for x, y in zip(a, b, strict=True))
        for a, b in zip(left, right, strict=True)
    )


def test_choices_equal_transformers_loss(folder: Path) -> None:
    network, encode = load(folder)
    model = opened(f"hf:{folder}")
    assert isinstance(model, LikelihoodModel)
    outputs = model.loglikelihood([choices(*question) for question in QUESTIONS], CONFIG)
    wanted = [[expected(network, encode, prompt, choice) for choice in options] for prompt, options in QUESTIONS]
    assert near(rated(outputs), [[value for value, _ in one] for one in wanted])
    assert [list(output.choice_tokens) for output in outputs] == [[n for _, n in one] for one in wanted]


def test_greedy_is_what_the_model_would_write(folder: Path, ask: Ask) -> None:
    model = opened(f"hf:{folder}")
    prompts = ["What is 12 + 30?", "The quick brown fox"]
    written = model.generate([ask(prompt) for prompt in prompts], GenerationConfig(max_new_tokens=4))
    texts = [output.text or "" for output in written]
    assert all(text.strip() == text and text for text in texts)
    outputs = model.loglikelihood(
        [choices(prompt, (text, text[:2], text + "~", "~~")) for prompt, text in zip(prompts, texts, strict=True)],
        CONFIG,
    )
    assert [output.greedy[:2] for output in outputs] == [(True, True)] * 2
    assert [output.greedy[3] for output in outputs] == [False] * 2


def test_batches_do_not_matter(folder: Path) -> None:
    draw = random.Random(0)
    alphabet = "abc XYZ 0123 äöü 山川 \U0001f600\n."
    asked = [
        choices(
            "".join(draw.choices(alphabet, k=draw.randint(0, 20))),
            ["x" + "".join(draw.choices(alphabet, k=draw.randint(0, 9))) for _ in range(draw.randint(1, 4))],
        )
        for _ in range(14)
    ]
    model = opened(f"hf:{folder}")
    alone = [output for request in asked for output in model.loglikelihood([request], CONFIG)]
    sevens = [output for at in (0, 7) for output in model.loglikelihood(asked[at : at + 7], CONFIG)]
    assert near(rated(alone), rated(sevens))
    assert [one.choice_tokens for one in alone] == [one.choice_tokens for one in sevens]


@pytest.mark.parametrize("stride", [None, 7, 500])
def test_windows_equal_the_sum_of_each_token_in_its_window(folder: Path, stride: int | None) -> None:
    network, encode = load(folder)
    text = "The lake lies still, and Größe 山 too. " * 3
    model = opened(f"hf:{folder},max_length=32" + (f",stride={stride}" if stride else ""))
    (output,) = model.loglikelihood([rolling(text)], CONFIG)
    tokens = encode(text)
    step = 32 if stride is None else min(stride, 32)
    parts = windows(tokens, 1, 32, context_len=32 - step + 1)
    ends = [token_logprobs(network, [*read, targets[-1]])[-len(targets) :] for read, targets in parts]
    assert output.logprobs[0] == pytest.approx(math.fsum(value for end in ends for value in end), rel=1e-5)
    assert output.choice_tokens == (len(tokens),)
    made = list(rolling_windows(tokens, 1, 32, stride))
    assert [(read, tokens_of(tokens, made, i)) for i, (read, _) in enumerate(made)] == parts


def tokens_of(tokens: list[int], made: list[tuple[list[int], int]], i: int) -> list[int]:
    start = sum(n for _, n in made[:i])
    return tokens[start : start + made[i][1]]


def test_stride_of_one_is_a_window_a_token(folder: Path) -> None:
    network, encode = load(folder)
    text = "abcdefghijkl" * 2
    whole = [1, *encode(text)]
    total = math.fsum(token_logprobs(network, whole[max(0, i - 8) : i + 1])[-1] for i in range(1, len(whole)))
    (output,) = opened(f"hf:{folder},max_length=8,stride=1").loglikelihood([rolling(text)], CONFIG)
    assert output.logprobs[0] == pytest.approx(total, rel=1e-5)


def test_a_text_that_fits_is_one_window(folder: Path) -> None:
    import torch

    network, encode = load(folder)
    text = "A hut by the lake."
    ids = [1, *encode(text)]
    with torch.no_grad():
        loss = float(network(input_ids=torch.tensor([ids]), labels=torch.tensor([[-100, *ids[1:]]])).loss)
    (output,) = opened(f"hf:{folder}").loglikelihood([rolling(text)], CONFIG)
    assert output.logprobs[0] == pytest.approx(-loss * (len(ids) - 1), rel=1e-5)


def test_one_token_choices_take_one_forward(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from evalsuite.models import hf_likelihood

    sizes: list[list[int]] = []
    compute = hf_likelihood.rate_rows
    monkeypatch.setattr(
        hf_likelihood,
        "rate_rows",
        lambda loaded, rows: (sizes.append([len(row.targets) for row in rows]), compute(loaded, rows)),
    )
    model = opened(f"hf:{folder}")
    model.loglikelihood([choices("Which?", "ABCD"), choices("Who?", ("Ada", "Adb", "Bo"))], CONFIG)
    assert sorted(size for batch in sizes for size in batch) == [1, 2, 4]


def test_what_does_not_fit_is_an_error_of_its_own(folder: Path) -> None:
    long = "x" * 95
    outputs = opened(f"hf:{folder}").loglikelihood(
        [choices(long, (" y", "abc")), choices("a", ("b",)), choices(long, ("a", "ab"))], CONFIG
    )
    assert outputs[0].finish_reason == "error"
    assert outputs[0].error == (
        "the prompt has 95 tokens and choice 2 has 3, but the context holds 96 and one more; nothing is cut off, as it "
        "would be another question"
    )
    assert outputs[0].logprobs == ()
    assert outputs[1].error is None
    assert outputs[2].error is None  # the last token is rated, and not read


def test_a_choice_without_tokens_of_its_own_is_an_error(folder: Path) -> None:
    (output,) = opened(f"hf:{folder}").loglikelihood([choices("abc", ("d", ""))], CONFIG)
    assert output.error == "choice 2 adds no tokens to what stands before it: there is nothing to rate"


def test_logits_of_a_batch_are_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from evalsuite.models import hf_likelihood

    model, compute = opened(f"hf:{folder}"), hf_likelihood.rate_rows
    asked = [choices(*question) for question in QUESTIONS]
    whole = model.loglikelihood(asked, CONFIG)
    sizes: list[tuple[int, int]] = []

    def watched(loaded: Any, rows: Sequence[Any]) -> None:
        sizes.append((len(rows), len(rows) * hf_likelihood._kept(loaded, rows) * loaded.vocabulary))
        compute(loaded, rows)

    monkeypatch.setattr(hf_likelihood, "rate_rows", watched)
    monkeypatch.setattr(hf_likelihood, "_MOST_LOGITS", 700)
    assert near(rated(model.loglikelihood(asked, CONFIG)), rated(whole))
    assert all(n == 1 or n_logits <= 700 for n, n_logits in sizes)
    assert {n for n, _ in sizes} > {1}


def test_memory_runs_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from evalsuite.models import hf_likelihood

    model, compute = opened(f"hf:{folder}"), hf_likelihood.rate_rows
    asked = [choices(*question) for question in QUESTIONS[:2]]
    whole = model.loglikelihood(asked, CONFIG)

    def small(loaded: Any, rows: Sequence[Any]) -> None:
        if len(rows) > 2 or any(len(row.read) > 30 for row in rows):
            raise torch.OutOfMemoryError("out of memory")
        compute(loaded, rows)

    monkeypatch.setattr(hf_likelihood, "rate_rows", small)
    outputs = model.loglikelihood([*asked, choices("y" * 40, ("a",))], CONFIG)
    assert near(rated(outputs[:-1]), rated(whole))
    assert outputs[-1].error == "out of memory with this request alone, of 40 tokens: out of memory"


def test_bfloat16_is_summed_in_more(folder: Path) -> None:
    exact = rated(opened(f"hf:{folder}").loglikelihood([choices(*QUESTIONS[0])], CONFIG))
    rough = rated(opened(f"hf:{folder},dtype=bfloat16").loglikelihood([choices(*QUESTIONS[0])], CONFIG))
    assert near(exact, rough, within=0.05)
    assert exact != rough


def test_encoder_decoders_rate_choices(seq2seq_folder: Path) -> None:
    import torch
    import transformers

    network, encode = load(seq2seq_folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(seq2seq_folder)
    asked = [("What is 12 + 30?", (" 42", " forty-two")), ("Is it so? ", ("yes", "no"))]
    outputs = opened(f"hf:{seq2seq_folder}").loglikelihood([choices(*one) for one in asked], CONFIG)
    wanted = []
    for prompt, options in asked:
        values = []
        for choice in options:
            text = prompt[len(prompt.rstrip()) :] + choice
            labels = torch.tensor([encode(text)])
            with torch.no_grad():
                loss = network(input_ids=torch.tensor([tokenizer(prompt.rstrip())["input_ids"]]), labels=labels).loss
            values.append(-float(loss) * labels.shape[1])
        wanted.append(values)
    assert near(rated(outputs), wanted)


def test_encoder_decoders_have_no_likelihood_of_a_text(seq2seq_folder: Path) -> None:
    with pytest.raises(ModelError, match="has no likelihood of a whole text"):
        opened(f"hf:{seq2seq_folder}").loglikelihood([rolling("abc")], CONFIG)


def test_beginning_of_texts(build_hf: Build, tmp_path: Path) -> None:
    folder = build_hf(tmp_path / "a")
    network, encode = load(folder)
    (plain,) = opened(f"hf:{folder}").loglikelihood([choices("ab", ("cd",))], CONFIG)
    (begun,) = opened(f"hf:{folder},add_bos=true").loglikelihood([choices("ab", ("cd",))], CONFIG)
    ids = encode("abcd")
    assert plain.logprobs[0] == pytest.approx(sum(token_logprobs(network, ids)[-2:]), rel=1e-5)
    assert begun.logprobs[0] == pytest.approx(sum(token_logprobs(network, [1, *ids])[-2:]), rel=1e-5)
    assert (plain.tokens_in, begun.tokens_in) == (2, 3)


def test_a_chat_template_is_used_when_it_is_asked_for(build_hf: Build, tmp_path: Path) -> None:
    folder = build_hf(tmp_path / "a", chat=True)
    asked = [choices("ab", (" cd", " e"))]
    (auto,), (chat,), (plain,) = (
        opened(f"hf:{folder}{option}").loglikelihood(asked, CONFIG)
        for option in ("", ",chat_choices=true", ",chat=true")
    )
    template = [choices("[user]ab;[bot]", ("cd", "e"))]
    assert auto.logprobs == plain.logprobs
    assert near(rated([chat]), rated(opened(f"hf:{folder}").loglikelihood(template, CONFIG)))
    assert opened(f"hf:{folder},chat_choices=true").fingerprint != opened(f"hf:{folder}").fingerprint
    with pytest.raises(ModelError, match=r"chat_choices=true, but the tokenizer in .* has no chat template"):
        open_model(f"hf:{build_hf(tmp_path / 'b')},chat_choices=true")
    assert opened(f"hf:{folder},stride=3").fingerprint != opened(f"hf:{folder}").fingerprint


def test_a_tokenizer_that_begins_texts_is_followed(build_hf: Build, tmp_path: Path) -> None:
    import transformers
    from tokenizers import processors

    folder = build_hf(tmp_path / "a")
    network, encode = load(folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<start> $A <end>", special_tokens=[("<start>", 1), ("<end>", 0)]
    )
    tokenizer.save_pretrained(folder)
    asked, text = [choices("ab ", ("cd", "e")), choices("", ("cd",))], "abcdefgh"
    pairs = [(prompt, choice) for prompt, options in (("ab ", ("cd", "e")), ("", ("cd",))) for choice in options]
    wanted = []
    for prompt, choice in pairs:
        context, added = pair_tokens(encode, prompt, choice)
        wanted.append(sum(token_logprobs(network, [1, *context, *added])[-len(added) :]))
    outputs = opened(f"hf:{folder}").loglikelihood(asked, CONFIG)
    assert [value for output in outputs for value in output.logprobs] == pytest.approx(wanted, rel=1e-5)
    (whole,) = opened(f"hf:{folder}").loglikelihood([rolling(text)], CONFIG)
    assert whole.logprobs[0] == pytest.approx(sum(token_logprobs(network, [1, *encode(text)])), rel=1e-5)
    (bare,) = opened(f"hf:{folder},add_bos=false").loglikelihood(asked[:1], CONFIG)
    context, added = pair_tokens(encode, "ab ", "cd")
    assert bare.logprobs[0] == pytest.approx(sum(token_logprobs(network, [*context, *added])[-len(added) :]), rel=1e-5)


def test_pairs_of_a_vocabulary_with_merges() -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    words = ["so", "soon", "on", "the", "lake", "lakes", "is", "it", "s", "Größe", "山", ".", "\n", "  "]
    draw = random.Random(3)
    texts = [" ".join(draw.choices(words, k=8)) for _ in range(200)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=320, initial_alphabet=alphabet, show_progress=False)
    )

    def encode(text: str) -> list[int]:
        return list(tokenizer.encode(text).ids)

    crossed = 0
    for _ in range(2000):
        prompt = " ".join(draw.choices([*words, ""], k=draw.randint(1, 6)))
        choice = draw.choice(["", " ", "\n"]) + draw.choice([*words, "on", "s"]) + draw.choice(["", "on", " it"])
        if not prompt.strip():
            continue
        context, added = encode_pair(prompt, choice, encode)
        assert (context, added) == pair_tokens(encode, prompt, choice)
        crossed += context + added != encode(prompt + choice)
    assert crossed > 10  # letters of the choice in the prompt's last token


def test_an_encoder_decoder_is_refused_before_anything_runs(seq2seq_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="has no likelihood of a whole text"):
        plan_run(opened(f"hf:{seq2seq_folder}"), load_task("trail_prose"), root=tmp_path)
