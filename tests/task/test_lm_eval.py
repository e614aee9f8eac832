"""Task files of lm-evaluation-harness: prompts, filtered outputs and scores are those of lm-eval 0.4.13.

``lm_eval_files/golden.json`` holds what lm-eval itself makes of the same files, with the rules of
`tests.reference.lm_eval_model` for a model: ``python docs/lm_eval_equality.py golden`` writes it.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import evalsuite
from evalsuite.answers.filters import Filters
from evalsuite.cli.main import main
from evalsuite.errors import TaskError, UsageError
from evalsuite.models.scripted import ScriptedModel
from evalsuite.task import list_tasks, load_task
from evalsuite.types import GenerationConfig, Output, Request
from tests.reference import lm_eval_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.task import Task

FOLDER = Path(__file__).parent / "lm_eval_files"
GOLDEN: dict[str, Any] = json.loads((FOLDER / "golden.json").read_text("ascii"))
REPEATS = {"votes": 3}


class Rules:
    """The same rules for a model as `docs/lm_eval_equality.py` gives to lm-eval."""

    fingerprint = "rules"

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        return [Output(text=self.write(request, config)) for request in requests]

    def loglikelihood(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        return [self.rate(request) for request in requests]

    @staticmethod
    def write(request: Request, config: GenerationConfig) -> str:
        text = lm_eval_model.write(request.prompt, request.repeat)
        for stop in config.stop:
            text = text.split(stop)[0]
        return text

    @staticmethod
    def rate(request: Request) -> Output:
        if request.ask == "rolling":
            rated = [(lm_eval_model.rate_text(request.choices[0]), False)]
        else:
            rated = [lm_eval_model.rate(request.prompt, choice) for choice in request.choices]
        return Output(
            logprobs=tuple(value for value, _ in rated),
            choice_tokens=(1,) * len(rated),
            greedy=tuple(greedy for _, greedy in rated),
        )


def load(name: str) -> Task:
    return load_task(str(FOLDER / f"{name}.yaml"))


def ask(task: Task) -> list[Request]:
    shots = task.generation.num_fewshot
    made = [task.request(s, repeat=0, turn=0, history=(), run_seed=0, num_fewshot=shots) for s in task.samples]
    return [request for request in made if request is not None]


@pytest.mark.parametrize("name", GOLDEN)
def test_models_are_asked_what_lm_eval_asks(name: str) -> None:
    task = load(name)
    found: list[object] = []
    for request in ask(task):
        if task.ask == "text":
            found.append([request.prompt, list(task.generation.stop)])
        elif task.ask == "rolling":
            found.append([request.choices[0]])
        else:
            found.append([[request.prompt, choice] for choice in request.choices])
    wanted = GOLDEN[name]["requests"]
    if task.ask == "text":
        wanted = [[prompt, [*settings["until"]]] for ((prompt, settings),) in wanted]
        (settings,) = {json.dumps(request[0][1]) for request in GOLDEN[name]["requests"]}
        assert task.generation.max_new_tokens == json.loads(settings)["max_gen_toks"]
    elif task.ask == "rolling":
        wanted = [request[0] for request in wanted]
    assert found == wanted


@pytest.mark.parametrize("name", GOLDEN)
def test_scores_are_lm_evals(name: str, tmp_path: Path) -> None:
    path = str(FOLDER / f"{name}.yaml")
    (report,) = evalsuite.evaluate(Rules(), path, repeats=REPEATS.get(name, 1), output=tmp_path)
    wanted = GOLDEN[name]["scores"]
    assert len(report.scores) == len(wanted) > 0
    for score, (key, value) in zip(report.scores, wanted.items(), strict=True):
        pipeline = key.partition(",")[2]
        assert score.metric != "filtered_exact_match" or f"|pipeline:{pipeline}|" in score.signature
        assert score.value is not None
        assert math.isclose(score.value, value, rel_tol=1e-12), key
    assert [score.primary for score in report.scores] == [i == 0 for i in range(len(wanted))]


@pytest.mark.parametrize("name", ["sums", "votes", "names"])
def test_filters_leave_what_lm_evals_leave(name: str) -> None:
    task = load(name)
    requests, repeats = ask(task), REPEATS.get(name, 1)
    for spec in task.metrics:
        filters = Filters.of(spec.options["filters"])
        left = []
        for request in requests:
            written = [lm_eval_model.write(request.prompt, repeat) for repeat in range(repeats)]
            left.append([one.text for one in filters.apply(written)])
        assert left == [[one] for one in GOLDEN[name]["filtered"][spec.options["pipeline"]]]


def test_nothing_found_is_unextracted_and_counts(tmp_path: Path) -> None:
    (report,) = evalsuite.evaluate(Rules(), str(FOLDER / "sums.yaml"), output=tmp_path)
    n_invalid = GOLDEN["sums"]["filtered"]["strict-match"].count("[invalid]")
    assert report.scores[0].outcomes["unextracted"] == n_invalid == 3
    assert report.scores[0].n_unscored == 0


def test_votes_of_fewer_outputs_have_no_value(tmp_path: Path) -> None:
    (report,) = evalsuite.evaluate(Rules(), str(FOLDER / "votes.yaml"), repeats=2, output=tmp_path)
    assert report.scores[0].value is None
    assert report.scores[0].n_unscored == 7


def test_worked_examples_do_not_depend_on_how_many_samples_are_asked() -> None:
    task = load("colours")
    last = task.samples[-1]
    alone = task.request(last, repeat=0, turn=0, history=(), run_seed=5, num_fewshot=2)
    assert alone is not None
    assert alone.prompt == GOLDEN["colours"]["requests"][-1][0][0]
    other = load("colours").request(last, repeat=1, turn=0, history=(), run_seed=9, num_fewshot=2)
    assert other is not None
    assert other.prompt == alone.prompt


def test_a_record_is_never_shown_with_its_own_answer() -> None:
    task = load("colours")
    for sample in task.samples:
        request = task.request(sample, repeat=0, turn=0, history=(), run_seed=0, num_fewshot=4)
        assert request is not None
        assert request.prompt.count(str(sample.input["text"])) == 1


# SHA-256 of the prompts, joined by NUL, that lm-eval 0.4.13 made of the same files and records.
DRAWN = {
    "default": "a4df9f2e0ad24c53fded1366c14e506f3968d47268c22aa0e3e158022db7f3b5",
    "first_n": "997cb8a34dc0198be4f0400352ea846af3055ed61c54e67428dcdd217d2d2ca1",
}


@pytest.mark.parametrize("sampler", DRAWN)
def test_examples_among_many_equal_records_are_lm_evals(sampler: str, tmp_path: Path) -> None:
    generator = random.Random(1)
    records = [{"q": f"q{generator.randrange(12)}", "a": generator.randrange(2)} for _ in range(80)]
    (tmp_path / "many.jsonl").write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    (tmp_path / "many.yaml").write_text(
        "task: many\ndataset_path: json\ndataset_kwargs: {data_files: {test: many.jsonl}}\ntest_split: test\n"
        "fewshot_split: test\nnum_fewshot: 20\noutput_type: multiple_choice\ndoc_to_text: '{{q}}:'\n"
        f"doc_to_choice: ['no', 'yes']\ndoc_to_target: a\nfewshot_config: {{sampler: {sampler}}}\n",
        "utf-8",
    )
    prompts = [request.prompt for request in ask(load_task(str(tmp_path / "many.yaml")))]
    assert hashlib.sha256("\0".join(prompts).encode()).hexdigest() == DRAWN[sampler]


def test_messages_are_description_examples_and_question() -> None:
    request = ask(load("sums"))[0]
    assert [message.role for message in request.messages] == [
        "system",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert request.messages[0].content == "Add the numbers.\n\n"
    assert request.messages[-1].content == "Question: What is 2 plus 3?\nAnswer:"


def test_too_few_worked_examples() -> None:
    task = load("sums")
    with pytest.raises(TaskError, match=r'task "sums": there are 5 worked examples, num_fewshot asks for 6'):
        task.request(task.samples[0], repeat=0, turn=0, history=(), run_seed=0, num_fewshot=6)
    plain = load("names")
    with pytest.raises(TaskError, match=r'task "names" has no worked examples, num_fewshot asks for 3'):
        plain.request(plain.samples[0], repeat=0, turn=0, history=(), run_seed=0, num_fewshot=3)


def test_the_hash_tells_delimiters_and_samplers_apart(tmp_path: Path) -> None:
    hashes = set()
    for i, change in enumerate(
        ("", "fewshot_delimiter: '#'\n", "fewshot_config: {sampler: first_n}\n", "target_delimiter: '='\n")
    ):
        path = tmp_path / f"{i}.yaml"
        path.write_text(
            f"include: {FOLDER}/colours.yaml\n{change}",
            "utf-8",
        )
        hashes.add(load_task(str(path)).content_hash)
    assert len(hashes) == 4


def test_validate_shows_the_first_prompt(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(FOLDER / "colours.yaml")]) == 0
    shown = capsys.readouterr().out
    assert "colours version 1: valid" in shown
    assert "What colour is snow? white" in shown


def test_a_run_from_the_command_line_continues(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = tmp_path / "outputs.jsonl"
    records = [{"sample_id": sample.id, "text": sample.references[0]} for sample in load("names").samples]
    outputs.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    arguments = ["run", "--model", f"files:{outputs}", "--tasks", str(FOLDER / "names.yaml"), "-o", str(tmp_path)]
    for _ in range(2):
        assert main([*arguments, "--json"]) == 0
        board = json.loads(capsys.readouterr().out)
        assert [(row["metric"], row["value"]) for row in board["rows"]] == [("filtered_exact_match", 1.0)]


def test_a_model_without_log_probabilities_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="asks for log-probabilities"):
        evalsuite.evaluate(ScriptedModel(["x"]), str(FOLDER / "colours.yaml"), output=tmp_path)


def test_files_in_folders_are_found_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    listed = dict(list_tasks([FOLDER]))
    assert set(GOLDEN) <= set(listed)  # and no sums_base, which has no task
    assert "sums_base" not in listed
    assert listed["colours"] == "Task file of lm-evaluation-harness: output_type multiple_choice, version 1."
    task = load_task("sums", [FOLDER])
    assert (task.name, task.source) == ("sums", str(FOLDER / "sums.yaml"))
    assert load_task(task.source).content_hash == task.content_hash
    assert main(["list", "tasks", "--include-path", str(FOLDER)]) == 0
    assert "colours" in capsys.readouterr().out


def test_there_are_no_prompt_formats() -> None:
    with pytest.raises(TaskError, match=r'names.yaml: the task has no prompt formats, and so not "cot"'):
        load_task(f"{FOLDER / 'names.yaml'}:prompt=cot")
