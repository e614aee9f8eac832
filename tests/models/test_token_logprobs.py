"""Log-probabilities of what models write: equal to the model's own, through the server's forms, and kept by the log."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.errors import ModelError, RunLogError
from evalsuite.metrics.likelihood_calibration import LikelihoodAreaUnderRisk, LikelihoodCalibrationError
from evalsuite.models.checked import check_outputs
from evalsuite.models.openai_answers import StreamReader, read_answer
from evalsuite.models.spec import open_model
from evalsuite.runlog.line import output_from_record, output_record
from evalsuite.runlog.reader import digest_outputs
from evalsuite.types import GenerationConfig, Output, Request, Sample
from tests.servers.openai_answers import pieces, token_logprob
from tests.servers.openai_server import OpenAIServer

if TYPE_CHECKING:
    from aiohttp import web

HERE = Path("/nowhere")
CONFIG = GenerationConfig(max_new_tokens=24)
Ask = Callable[..., Request]


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
@pytest.mark.parametrize(
    "config",
    [
        CONFIG,
        GenerationConfig(max_new_tokens=24, temperature=1.3, top_k=9),
        GenerationConfig(max_new_tokens=24, temperature=1.0, stop=("a", "e ")),
    ],
)
def test_those_of_transformers_are_the_models_own(
    build_hf: Callable[..., Path], ask: Ask, tmp_path: Path, kind: str, config: GenerationConfig
) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    folder = build_hf(tmp_path / kind, kind=kind)
    prompts = ["a", "What is 12 + 30?", "xyz " * 15, "Q: why?", "b" * 90]
    requests = [ask(prompt, seed=i) for i, prompt in enumerate(prompts)]
    plain = open_model(f"hf:{folder}").generate(requests, config)
    outputs = open_model(f"hf:{folder},logprobs=true").generate(requests, config)
    assert [output.text for output in outputs] == [output.text for output in plain]
    assert all(output.token_logprobs == () for output in plain)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder).eval()
    for prompt, output in zip(prompts, outputs, strict=True):
        assert output.text is not None
        assert len(output.token_logprobs) == output.tokens_out
        before, written = tokenizer(prompt)["input_ids"], tokenizer(output.text)["input_ids"]
        with torch.inference_mode():
            logits = model(torch.tensor([before + written])).logits[0, len(before) - 1 :]
        rated = torch.log_softmax(logits, dim=-1)
        own = [float(rated[i, token]) for i, token in enumerate(written)]
        assert output.token_logprobs[: len(own)] == pytest.approx(own, abs=1e-4)
        if not config.stop and output.finish_reason == "stop":  # then the token that ends texts was written, too
            assert output.token_logprobs[len(own) :] == pytest.approx([float(rated[len(written), 0])], abs=1e-4)


def test_an_encoder_decoder_has_them(build_seq2seq: Callable[..., Path], ask: Ask, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    folder = build_seq2seq(tmp_path / "t5", kind="t5")
    requests = [ask("What is 12 + 30?"), ask("b")]
    outputs = open_model(f"hf:{folder},logprobs=true").generate(requests, CONFIG)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    for request, output in zip(requests, outputs, strict=True):
        inputs = tokenizer(request.prompt, return_tensors="pt")
        with torch.inference_mode():
            made = model.generate(
                input_ids=inputs["input_ids"],
                attention_mask=inputs["attention_mask"],
                max_new_tokens=24,
                do_sample=False,
                output_logits=True,
                return_dict_in_generate=True,
            )
        rated = [torch.log_softmax(logits[0], dim=-1) for logits in made.logits]
        tokens = made.sequences[0, 1 : 1 + len(output.token_logprobs)].tolist()
        own = [float(row[token]) for row, token in zip(rated, tokens, strict=False)]
        assert output.tokens_out == len(output.token_logprobs)
        assert output.token_logprobs == pytest.approx(own, abs=1e-4)


def test_beams_have_none(build_hf: Callable[..., Path], tmp_path: Path) -> None:
    folder = build_hf(tmp_path / "gpt2")
    with pytest.raises(ModelError, match="num_beams must be 1"):
        open_model(f"hf:{folder},logprobs=true,num_beams=2")


def test_a_run_without_them_is_another_run(build_hf: Callable[..., Path], tmp_path: Path) -> None:
    folder = build_hf(tmp_path / "gpt2")
    for spec in (f"hf:{folder}", "openai:tiny,base_url=http://127.0.0.1:9/v1"):
        with_them, without = open_model(f"{spec},logprobs=true"), open_model(f"{spec},logprobs=false")
        assert with_them.fingerprint != without.fingerprint == open_model(spec).fingerprint


class TellingServer(OpenAIServer):
    """Tells the log-probabilities of its tokens where it is asked for them."""

    def _told(self, text: str, before: str, *, chat: bool) -> dict[str, Any]:
        tokens = pieces(text)
        values = [token_logprob(before + "".join(tokens[:i]), token) for i, token in enumerate(tokens)]
        if chat:
            return {"content": [{"token": t, "logprob": v, "bytes": None} for t, v in zip(tokens, values, strict=True)]}
        return {"tokens": tokens, "token_logprobs": values, "top_logprobs": None}

    def _record(self, request: web.Request, body: dict[str, Any], prompt: str) -> dict[str, Any]:
        record = super()._record(request, body, prompt)
        if body.get("logprobs"):
            chat = request.path.endswith("chat/completions")
            assert body["logprobs"] is True if chat else body["logprobs"] == 1
            (choice,) = record["choices"]
            choice["logprobs"] = self._told(choice["message"]["content"] if chat else choice["text"], "", chat=chat)
        return record

    def _events(self, request: web.Request, body: dict[str, Any], prompt: str) -> list[bytes]:
        if not body.get("logprobs"):
            return super()._events(request, body, prompt)
        chat = request.path.endswith("chat/completions")
        choice = self._record(request, {**body, "stream": False}, prompt)["choices"][0]
        tokens = pieces(choice["message"]["content"] if chat else choice["text"])
        events = []
        for i, token in enumerate(tokens):
            said = {"delta": {"content": token}} if chat else {"text": token}
            told = self._told(token, "".join(tokens[:i]), chat=chat)
            events.append({"choices": [{"index": 0, **said, "logprobs": told, "finish_reason": None}]})
        last = {"delta": {}} if chat else {"text": ""}
        events.append({"choices": [{"index": 0, **last, "logprobs": None, "finish_reason": choice["finish_reason"]}]})
        return [*(b"data: %s\n\n" % json.dumps(one).encode() for one in events), b"data: [DONE]\n\n"]


@pytest.mark.parametrize("api", ["chat", "completions"])
@pytest.mark.parametrize("stream", ["true", "false"])
def test_those_of_a_server(ask: Ask, api: str, stream: str) -> None:
    requests = [ask(f"Prompt {i}", seed=i) for i in range(4)]
    with TellingServer() as server:
        spec = f"openai:tiny,base_url={server.url},api={api},stream={stream}"
        plain = open_model(spec).generate(requests, CONFIG)
        outputs = open_model(f"{spec},logprobs=true").generate(requests, CONFIG)
    assert [output.text for output in outputs] == [output.text for output in plain]
    assert all(output.token_logprobs == () for output in plain)
    for output in outputs:
        assert output.text
        tokens = pieces(output.text)
        own = [token_logprob("".join(tokens[:i]), token) for i, token in enumerate(tokens)]
        assert output.token_logprobs == pytest.approx(own, abs=1e-12)


def test_a_server_that_tells_nothing(ask: Ask) -> None:
    with OpenAIServer() as server:
        (output,) = open_model(f"openai:tiny,base_url={server.url},logprobs=true").generate([ask("Prompt")], CONFIG)
    assert output.text
    assert output.token_logprobs == ()


def test_pictures_have_none() -> None:
    with pytest.raises(ModelError, match="no tokens of images"):
        open_model("openai:tiny,base_url=http://127.0.0.1:9/v1,api=images,logprobs=true")


@pytest.mark.parametrize(
    "told",
    [
        {"content": [{"logprob": "x"}]},
        {"content": [{"logprob": None}, {"logprob": -1}]},
        {"content": [{"logprob": math.nan}]},
        {"content": [{"logprob": 0.5}]},
        {"content": [{"logprob": True}]},
        {"content": [3]},
        {"content": {"logprob": -1}},
        {"content": "text"},
        {"content": []},
        {"content": None},
        {"content": 5},
        {"content": True},
        {"content": [{"logprob": -(10**400)}]},
        {},
        [],
        "x",
        None,
    ],
)
def test_what_is_no_log_probability_is_left_out(told: object) -> None:
    choice = {"index": 0, "message": {"content": "so"}, "finish_reason": "stop", "logprobs": told}
    output = read_answer(json.dumps({"choices": [choice]}).encode(), "chat", CONFIG)
    assert (output.text, output.token_logprobs) == ("so", ())
    good = {"content": [{"logprob": -0.5}]}
    reader = StreamReader("chat", CONFIG)
    for one in (good, told, good):
        event = {"choices": [{"index": 0, "delta": {"content": "x"}, "logprobs": one, "finish_reason": None}]}
        reader.feed(b"data: " + json.dumps(event).encode() + b"\n\n")
    reader.feed(b"data: [DONE]\n\n")
    assert reader.output().token_logprobs == ()  # of a part of the text only


def test_parts_of_a_stream_without_text_need_none() -> None:
    reader = StreamReader("chat", CONFIG)
    for delta, told in (
        ({"role": "assistant", "content": ""}, None),
        ({"content": "so"}, {"content": [{"logprob": -0.5}, {"logprob": -0.25}]}),
        ({}, None),
    ):
        event = {"choices": [{"index": 0, "delta": delta, "logprobs": told, "finish_reason": None}]}
        reader.feed(b"data: " + json.dumps(event).encode() + b"\n\n")
    reader.feed(b"data: [DONE]\n\n")
    assert reader.output().token_logprobs == (-0.5, -0.25)


def test_those_of_thoughts_are_not_taken_for_the_answers() -> None:
    told = {"content": [{"logprob": -0.5}] * 9}
    message = {"content": "so", "reasoning_content": "let me think"}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": told}
    assert read_answer(json.dumps({"choices": [choice]}).encode(), "chat", CONFIG).token_logprobs == ()


def test_a_text_that_is_cut_here_has_none() -> None:
    choice = {
        "index": 0,
        "message": {"content": "one\ntwo"},
        "finish_reason": "stop",
        "logprobs": {"content": [{"logprob": -0.5}] * 3},
    }
    content = json.dumps({"choices": [choice]}).encode()
    assert read_answer(content, "chat", CONFIG).token_logprobs == (-0.5,) * 3
    assert read_answer(content, "chat", GenerationConfig(stop=("\n",))).token_logprobs == ()


@settings(deadline=None)
@given(st.lists(st.floats(max_value=0.0, allow_nan=False), max_size=5))
def test_the_log_keeps_them(values: list[float]) -> None:
    output = Output(text="so", sample_id="a", token_logprobs=tuple(values))
    record = json.loads(json.dumps(output_record(output, HERE), allow_nan=False))
    assert output_from_record(record, "log, line 2", HERE) == output


def test_scores_depend_on_them() -> None:
    outputs = [
        Output(text="so", sample_id="a", token_logprobs=values) for values in ((), (-0.5,), (-0.25,), (-math.inf,))
    ]
    assert len({digest_outputs([(output,)]) for output in outputs}) == 4


@pytest.mark.parametrize("values", [[], [0.1], [True], ["nan"], "x", None, {}, [[-1.0]], [None], [-(10**400)]])
def test_the_log_trusts_nothing(values: object) -> None:
    record = output_record(Output(text="so", sample_id="a", token_logprobs=(-1.0,)), HERE)
    record["token_logprobs"] = values
    with pytest.raises(RunLogError, match="line 2: the output's token_logprobs"):
        output_from_record(record, "log, line 2", HERE)


@pytest.mark.parametrize("values", [None, (math.nan,), (-0.5, math.nan)])
def test_a_model_that_does_not_know_them_has_none(values: Any) -> None:
    (output,) = check_outputs([Output(text="so", token_logprobs=values)], 1, "text")
    assert (output.text, output.finish_reason, output.token_logprobs) == ("so", "stop", ())


@pytest.mark.parametrize(("values", "error"), [((0.5,), ValueError), (("x",), TypeError)])
def test_a_model_with_wrong_ones_is_told(values: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="token_logprobs"):
        check_outputs([Output(text="so", token_logprobs=values)], 1, "text")


def test_they_are_plain_numbers() -> None:
    numpy = pytest.importorskip("numpy")
    values: Any = numpy.array([-1.5, 1e-6], dtype=numpy.float32)
    (output,) = check_outputs([Output(text="so", token_logprobs=values)], 1, "text")
    assert output.token_logprobs == (-1.5, 0.0)
    assert [type(value) for value in output.token_logprobs] == [float, float]


def test_confidence_is_the_mean_probability_of_a_token() -> None:
    sample = Sample(id="1", input={}, references=("answer: 18",))
    outputs = [
        [Output(text="answer: 18", token_logprobs=(math.log(0.9), math.log(0.4)))],
        [Output(text="answer: 17", token_logprobs=(-math.inf, -1.0))],
        [Output(text="nothing", token_logprobs=(0.0,))],
        [Output(text="answer: 18")],
        [Output(error="x", finish_reason="error")],
    ]
    for metric in (LikelihoodCalibrationError(), LikelihoodAreaUnderRisk()):
        rows = metric.rows([sample] * 5, outputs)
        assert rows.values[:3].ravel().tolist() == pytest.approx([0.6, 1.0, 0.0, 0.0, 1.0, 0.0])
        assert rows.outcomes == ("right", "wrong", "unextracted", "undecided", "error")
        assert metric.notes(rows.values[:3]) == ()
        (note,) = metric.notes(rows.values[:0])
        assert note.startswith("no value: no output that could be judged has the log-probabilities of its tokens")
    assert LikelihoodCalibrationError().value(rows.values[:3]) == pytest.approx((0.4 + 0.0 + 1.0) / 3)
