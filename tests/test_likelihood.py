"""Runs that ask for log-probabilities, from a task to the page."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import evalsuite
from evalsuite.cli.main import main
from evalsuite.errors import UsageError
from evalsuite.evaluation import plan_run, run_plan, write_leaderboard
from evalsuite.models.adapt import adapt_model
from evalsuite.models.checked import check_likelihoods
from evalsuite.models.scripted import ScriptedModel
from evalsuite.report.html import write_page
from evalsuite.runlog import read_log
from evalsuite.types import GenerationConfig, Output, Request

WriteTask = Callable[..., Path]
METRICS = (
    '[{ name = "choice_accuracy", primary = true, by = ["kind"] }, { name = "brier_score" }, { name = "perplexity" },'
    ' { name = "exact_match" }]'
)
ROLLING = '[{ name = "bits_per_byte", primary = true }, { name = "perplexity" }]'


class Hashing:
    """Rates texts by their hash: any model will do, as long as it says the same each time."""

    fingerprint = "hashing"
    batch_size = 4

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails_at = ""

    def loglikelihood(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        self.asked += [request.sample_id for request in requests]
        if self.fails_at in [request.sample_id for request in requests]:
            raise KeyboardInterrupt
        return [self.rate(request) for request in requests]

    def rate(self, request: Request) -> Output:
        numbers = [
            int.from_bytes(hashlib.sha256(f"{request.prompt}{one}".encode()).digest()[:6]) for one in request.choices
        ]
        values = tuple(-number / 1e13 for number in numbers)
        return Output(logprobs=values, choice_tokens=(3,) * len(values), greedy=tuple(v > -1 for v in values))


def lines(n: int) -> list[str]:
    return [
        json.dumps(
            {
                "id": f"s{i:02}",
                "input": {"number": i},
                "references": [f"right {i}"],
                "metadata": {
                    "choices": [f"wrong {i}", f"right {i}", "neither"],
                    "kind": "even" if i % 2 == 0 else "odd",
                },
            }
        )
        for i in range(n)
    ]


@pytest.fixture
def task(write_task: WriteTask) -> str:
    return str(write_task(lines=lines(10), prompt="Which? {number}:", metrics=METRICS, more='ask = "choices"'))


@pytest.fixture
def rolling(write_task: WriteTask) -> str:
    return str(write_task(lines=lines(10), prompt="", metrics=ROLLING, more='ask = "rolling"', name="rolling"))


def outputs(root: Path) -> dict[str, Output]:
    (log,) = root.rglob("run.jsonl")
    return {key[0]: replace(output, seconds=None) for key, output in read_log(log).outputs.items()}


def test_an_object_with_loglikelihood_is_a_model(task: str, tmp_path: Path) -> None:
    model = Hashing()
    (report,) = evalsuite.evaluate(model, task, output=tmp_path / "runs")
    found = outputs(tmp_path / "runs")
    right = 0
    for i in range(10):
        choices = [f" {one}" for one in (f"wrong {i}", f"right {i}", "neither")]
        request = Request(
            sample_id="", repeat=0, turn=0, prompt=f"Which? {i}:", messages=(), seed=0, choices=tuple(choices)
        )
        rated = model.rate(request)
        best = choices[rated.logprobs.index(max(rated.logprobs))].strip()
        assert (found[f"s{i:02}"].text, found[f"s{i:02}"].logprobs) == (best, rated.logprobs)
        right += best == f"right {i}"
    assert report.primary.value == right / 10
    assert report.scores[3].value == right / 10  # a metric of texts reads the likeliest
    assert [part.n for part in report.primary.slices["kind"]] == [5, 5]


def test_whole_texts(rolling: str, tmp_path: Path) -> None:
    (report,) = evalsuite.evaluate(Hashing(), rolling, output=tmp_path / "runs")
    found = outputs(tmp_path / "runs")
    assert {output.text for output in found.values()} == {""}
    total = -sum(output.logprobs[0] for output in found.values())
    assert report.primary.value == pytest.approx(total / 70 / math.log(2))
    assert report.scores[1].value == pytest.approx(math.exp(total / 30))


def test_an_interrupted_run_goes_on_to_the_same_scores(task: str, tmp_path: Path) -> None:
    whole, broken = Hashing(), Hashing()
    (expected,) = evalsuite.evaluate(whole, task, output=tmp_path / "whole")
    broken.fails_at = "s05"
    with pytest.raises(KeyboardInterrupt):
        evalsuite.evaluate(broken, task, output=tmp_path / "broken")
    assert len(outputs(tmp_path / "broken")) == 4
    again = Hashing()
    (report,) = evalsuite.evaluate(again, task, output=tmp_path / "broken")
    assert again.asked == [f"s{i:02}" for i in range(4, 10)]
    assert report.scores == expected.scores
    assert outputs(tmp_path / "broken") == outputs(tmp_path / "whole")
    assert report.record["inputs"]["outputs"] == expected.record["inputs"]["outputs"]


def test_a_model_that_writes_texts_alone_is_refused(task: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        evalsuite.evaluate(ScriptedModel({}), task, output=tmp_path / "runs")
    assert str(caught.value) == (
        'task "tiny" asks for log-probabilities (ask = "choices"), which model "scripted" does not give. Models that '
        "do: hf:, the language models of zoo:, openai: with api=completions (choices alone), and an object in Python "
        "with a method loglikelihood(requests, config)"
    )
    assert not (tmp_path / "runs").exists()


def test_a_model_may_say_what_it_can_be_asked(rolling: str, tmp_path: Path) -> None:
    class OfChoices(Hashing):
        likelihoods = ("choices",)

    with pytest.raises(UsageError, match=r'\(ask = "rolling"\), which model "OfChoices" does not give'):
        plan_run(adapt_model(OfChoices()), evalsuite.load_task(rolling), root=tmp_path)


def test_log_probabilities_that_nobody_asked_for_are_not_kept(write_task: WriteTask, tmp_path: Path) -> None:
    said = Output(text="lake 0", logprobs=(math.nan, 1.0), choice_tokens=(1,), greedy=())
    (report,) = evalsuite.evaluate(ScriptedModel(lambda _: said), str(write_task(3)), output=tmp_path / "runs")
    assert report.n_outputs == 3
    assert {(output.text, output.logprobs, output.choice_tokens) for output in outputs(tmp_path / "runs").values()} == {
        ("lake 0", (), ())
    }


def test_a_model_that_only_rates_writes_no_texts(write_task: WriteTask, tmp_path: Path) -> None:
    (report,) = evalsuite.evaluate(Hashing(), str(write_task(3)), output=tmp_path / "runs")
    assert report.record["errors"][0]["message"] == (
        "TypeError: the model has loglikelihood and no generate: it writes no texts"
    )


class Streaming(Hashing):
    """Answers one by one, in reverse."""

    spec, name, modalities, batch_invariant, dtype, device = "s:s", "s", frozenset({"text"}), True, "", ""

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        raise AssertionError

    def generate_each(self, requests: Iterable[Request], config: GenerationConfig) -> Iterator[tuple[Request, Output]]:
        for request in list(requests)[::-1]:
            yield request, self.rate(request)


def test_a_model_may_answer_one_by_one(task: str, tmp_path: Path) -> None:
    (expected,) = evalsuite.evaluate(Hashing(), task, output=tmp_path / "whole")
    (report,) = evalsuite.evaluate(Streaming(), task, output=tmp_path / "streamed")
    assert report.scores == expected.scores
    assert outputs(tmp_path / "streamed") == outputs(tmp_path / "whole")


def ask(*choices: str, kind: str = "choices") -> Request:
    return Request(
        sample_id="a",
        repeat=0,
        turn=0,
        prompt="?",
        messages=(),
        seed=0,
        ask=kind,
        choices=choices,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (Output(text="yes"), "must give logprobs, choice_tokens and greedy of each of 2 choices, got 0, 0 and 0"),
        (Output(logprobs=(-1.0, -2.0), choice_tokens=(1, 1)), "of each of 2 choices, got 2, 2 and 0"),
        (Output(logprobs=(math.nan, -2.0), choice_tokens=(1, 1), greedy=(True, True)), "at most 0, the model gave nan"),
        (Output(logprobs=(0.5, -2.0), choice_tokens=(1, 1), greedy=(True, True)), "at most 0, the model gave 0.5"),
    ],
)
def test_an_unsound_output_is_an_error_of_its_sample(output: Output, message: str) -> None:
    (found,) = check_likelihoods([output], [ask(" a", " b")], delimiter=" ")
    assert found.finish_reason == "error"
    assert message in (found.error or "")
    assert (found.text, found.logprobs) == (None, ())


def test_the_likeliest_choice_is_the_text() -> None:
    made = Output(logprobs=(-2.0, -1.0, -1.0), choice_tokens=(1, 1, 1), greedy=(False, False, False))
    (found,) = check_likelihoods([made], [ask(" a", "  b", " c")], delimiter=" ")
    assert found.text == " b"
    (rounded,) = check_likelihoods([replace(made, logprobs=(1e-7, -math.inf, -math.inf))], [ask("a", "b", "c")])
    assert (rounded.text, rounded.logprobs) == ("a", (0.0, -math.inf, -math.inf))
    with pytest.raises(ValueError, match="one output a request, expected 2, got 1"):
        check_likelihoods([made], [ask("a"), ask("b")])


def test_scores_of_other_metrics_come_from_the_log(
    task: str, rolling: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (task, rolling):
        evalsuite.evaluate(Hashing(), name, output=tmp_path / "runs")
    logs = {path.parent.parent.name: str(path) for path in (tmp_path / "runs").rglob("run.jsonl")}
    assert main(["score", logs["tiny"], "--metric", "greedy_accuracy"]) == 0
    assert "greedy_accuracy" in capsys.readouterr().out
    assert main(["score", logs["rolling"], "--metric", "bleu"]) == 2
    assert '"bleu" is for tasks with ask = \'text\' or \'choices\', task "rolling" has ask = "rolling"' in (
        capsys.readouterr().err
    )


def test_files_of_texts_have_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("a lake\n")
    texts = str(tmp_path / "a.txt")
    assert main(["score", "--hyp", texts, "--ref", texts, "--metric", "bits_per_byte"]) == 2
    assert '--metric: "bits_per_byte" reads log-probabilities, these files hold text' in capsys.readouterr().err


def test_the_page_and_the_tables_show_them(
    task: str, rolling: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = adapt_model(Hashing())
    plans = [plan_run(model, evalsuite.load_task(name), root=tmp_path / "runs") for name in (task, rolling)]
    board = write_leaderboard([run_plan(plan) for plan in plans], tmp_path / "runs" / "leaderboard.json")
    assert write_page(board, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page.count("[log-probabilities -") >= 2
    assert page.count("[log-probability -") >= 2
    for name in (task, rolling):
        assert main(["validate", name]) == 0
    said = capsys.readouterr().out
    assert 'asks for log-probabilities: ask = "choices"' in said
    assert "    ' right 0'" in said
    assert "warning" not in said
