"""Prompt formats: what each asks for and shows, that no two are ever taken for one another, and what is not scored."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evalsuite import evaluate
from evalsuite.answers import extract_answer, read_steps
from evalsuite.cli import main
from evalsuite.errors import TaskError
from evalsuite.evaluation import plan_run
from evalsuite.metrics import METRICS
from evalsuite.models.adapt import adapt_model
from evalsuite.report.schema import validate_file
from evalsuite.scoring import make_metric
from evalsuite.scoring.score import compute_rows
from evalsuite.task import MetricSpec, Task, load_task
from evalsuite.task.formats import NO_STEPS, PROMPT_FORMATS
from evalsuite.task.load import parse_task, task_files
from evalsuite.task.toml_file import read_toml
from evalsuite.types import Output, Sample
from evalsuite.worlds.families import FAMILIES

WriteTask = Callable[..., Path]
LEDGER = {
    "optional": 'If you like, write the count after each operation on a line of its own, as "number: count". Then end '
    'with one line "answer: count".',
    "direct": 'Write nothing but one line "answer: count".',
    "cot": 'Think step by step, in your own words. Then end with one line "answer: count".',
    "steps": 'Write the count after each operation on a line of its own, as "number: count". Then end with one line '
    '"answer: count".',
}


@cache
def in_format(name: str, prompt_format: str | None = None) -> Task:
    """Return a task of ours with its worked examples for samples, which are quicker to make."""
    path = task_files()[name]
    table = read_toml(path)
    table["samples"] = table["fewshot"]
    return parse_task(table, path.parent, str(path), source=name, prompt_format=prompt_format)


def prompt_of(task: Task, num_fewshot: int = 0) -> str:
    request = task.request(task.samples[0], repeat=0, turn=0, history=(), run_seed=0, num_fewshot=num_fewshot)
    assert request is not None
    assert request.messages[-1].content in request.prompt
    return request.prompt


@pytest.mark.parametrize("prompt_format", PROMPT_FORMATS)
def test_what_the_ledger_asks_for(prompt_format: str) -> None:
    task = in_format("ledger", prompt_format)
    assert prompt_of(task) == (
        "A count from 0 to 99 is changed by numbered operations, one after the other. All arithmetic is modulo 100: "
        f"after 99 comes 0, and before 0 comes 99.\n{LEDGER[prompt_format]}\n\nProblem: "
        f"{task.samples[0].input['problem']}\n"
    )


@pytest.mark.parametrize("name", FAMILIES)
def test_formats_differ_in_their_request_and_identity_and_in_nothing_else(name: str) -> None:
    default = in_format(name)
    tasks = {one: in_format(name, one) for one in PROMPT_FORMATS}
    assert tasks["optional"] == default
    assert default.prompt_formats == PROMPT_FORMATS
    assert {task.samples_digest for task in tasks.values()} == {default.samples_digest}
    assert all(task.samples == default.samples and task.metrics == default.metrics for task in tasks.values())
    assert [task.name for task in tasks.values()] == [name, f"{name}-direct", f"{name}-cot", f"{name}-steps"]
    assert len({task.content_hash for task in tasks.values()}) == len({prompt_of(task) for task in tasks.values()}) == 4
    for task in tasks.values():
        assert task.source == (name if task is tasks["optional"] else f"{name}:prompt={task.prompt_format}")
        assert "answer: " in prompt_of(task).split("Problem: ")[0]
    model = adapt_model(lambda prompt: "answer: 1")
    plans = [plan_run(model, task, root=Path("runs")) for task in tasks.values()]
    assert len({plan.identity.id for plan in plans}) == len({plan.folder for plan in plans}) == 4
    assert "\n\n" not in tasks["cot"].generation.stop
    assert tasks["cot"].generation.max_new_tokens > default.generation.max_new_tokens


@pytest.mark.parametrize("name", FAMILIES)
def test_worked_examples_are_in_the_format(name: str) -> None:
    given = in_format(name).fewshot
    for prompt_format in PROMPT_FORMATS:
        task = in_format(name, prompt_format)
        for sample, trace in zip(task.fewshot, given, strict=True):
            (shown,) = sample.references
            states = [str(state) for state in trace.metadata["states"]]  # type: ignore[union-attr]
            assert extract_answer(shown) == extract_answer(trace.references[0])
            stated = read_steps([shown])[0]
            if prompt_format in NO_STEPS:
                assert not stated
                assert shown.count("\n") == (prompt_format == "cot")
                assert prompt_format == "direct" or all(state in shown for state in states)
            else:
                assert shown == trace.references[0]
                assert len(stated) == len(states)
            assert f"\n{shown}\n\n" in prompt_of(task, len(given))


def test_a_format_is_scored_and_reported_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    oracle = {sample.input["problem"]: sample.references[0] for sample in load_task("ledger").samples}

    def answer(prompt: str) -> str:
        trace = oracle[prompt.rpartition("Problem: ")[2].rstrip("\n")]
        return trace.rpartition("\n")[2] if "nothing but" in prompt else trace

    names = ["ledger", "ledger:prompt=direct", "ledger:prompt=steps"]
    reports = evaluate(answer, names, limit=48, output=tmp_path)
    assert [report.task["name"] for report in reports] == ["ledger", "ledger-direct", "ledger-steps"]
    assert [report.task["prompt_format"] for report in reports] == ["optional", "direct", "steps"]
    # Of an oracle's steps all but recovery, which is of mistakes.
    for report, n_scored in zip(reports, (5, 2, 5), strict=True):
        assert report.primary.value == 1.0
        assert sum(score.value is not None for score in report.scores) == n_scored
    unscored = {score.metric: score for score in reports[1].scores if score.value is None}
    assert list(unscored) == ["step_error", "recovery", "step_accuracy", "first_error"]
    for score in unscored.values():
        assert score.outcomes == {"unextracted": 48}
        assert score.notes[0] == (
            'no value: the prompt format "direct" asks for the answer at once, and stated steps are judged'
        )
    for log in tmp_path.rglob("report.json"):
        validate_file(log)
    (folder,) = (path.parent for path in tmp_path.rglob("run.jsonl") if "ledger-direct" in str(path))
    assert main(["score", str(folder), "--metric", "step_error", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    found = {score["metric"]: score["value"] for score in again}
    assert found["accuracy"] == 1.0
    assert found["step_error"] is found["step_accuracy"] is None
    assert main(["score", str(folder), "--task", "ledger"]) == 2
    assert "of another content" in capsys.readouterr().err


def test_steps_that_nobody_asked_for_are_not_judged(tmp_path: Path) -> None:
    report = evaluate(lambda prompt: "1: 5\n2: 6\nanswer: 7", "ledger:prompt=cot", limit=48, output=tmp_path)[0]
    values = {score.metric: score.value for score in report.scores}
    assert values["step_accuracy"] is None
    assert values["accuracy"] is not None


def test_every_metric_that_needs_states_knows_that_it_reads_steps() -> None:
    """What cannot be computed without the true states reads steps, and nothing else does."""
    bare = Sample(id="1", input={"problem": "x"}, references=("answer: 7",), depth=1, cluster="a")
    outputs: list[list[Output]] = [[Output(text="1: 7\nanswer: 7")]]
    asked: list[tuple[str, dict[str, Any]]] = [
        *((name, {}) for name in METRICS.names()),
        ("format_loss", {"steps": True}),
    ]
    found = set()
    for name, options in asked:
        if METRICS.get(name).modality != "text":
            continue
        metric = make_metric(MetricSpec(name=name, options=options), "test")
        try:
            compute_rows(metric, [bare], outputs)
            needs = False
        except ValueError as error:
            needs = 'metadata["states"]' in str(error)
        except ImportError:
            continue
        assert metric.reads_steps is needs, name
        found |= {name} if needs else set()
    assert {"step_accuracy", "step_error", "recovery", "wrong_path", "first_error", "format_loss"} <= found


FORMATS = """
format = "direct"
[formats.direct]
instruction = "Just say it."
[formats.steps]
instruction = "Say all of it."
"""


def formatted(write_task: WriteTask, more: str = FORMATS, prompt: str = "{format} Say {word} {number}.") -> str:
    return str(write_task(prompt=prompt, more=more))


def test_a_file_of_ones_own(write_task: WriteTask) -> None:
    path = formatted(write_task)
    assert prompt_of(load_task(path)) == "Just say it. Say lake 0."
    other = load_task(f"{path}:prompt=steps")
    assert (other.name, prompt_of(other)) == ("tiny-steps", "Say all of it. Say lake 0.")
    assert load_task(other.source) == other


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[formats.steps]", "[formats.haiku]", r'formats: unknown field "haiku"'),
        ('format = "direct"', "", r'missing field "format"'),
        ('format = "direct"', 'format = "cot"', r'format "cot" is not one of its formats, direct, steps'),
        ("Say all of it.", "Just say it.", r"formats\.steps: instruction is that of formats\.direct"),
        ('instruction = "Say all of it."', "", r'formats\.steps: missing field "instruction"'),
        ("[formats.steps]", "[formats.steps]\nsteps = 3", r'formats\.steps: unknown field "steps"'),
        (
            "[formats.steps]",
            "[formats.steps]\ngeneration = { top_p = 2 }",
            r"formats\.steps\.generation: top_p must be",
        ),
        ("{format} Say", "Say", r"prompt must say \{format\} once, for the format, found it 0 times"),
        ("{format} Say", "{format} {format} Say", r"found it 2 times"),
        (FORMATS.split("[", 1)[1], "formats]\n", r"format must name one of the tables \[formats\.NAME\]"),
    ],
)
def test_files_that_are_wrong(write_task: WriteTask, old: str, new: str, message: str) -> None:
    path = Path(formatted(write_task))
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(TaskError, match=message):
        load_task(str(path))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ledger:prompt=dirct", r'ledger.*unknown prompt format "dirct"; did you mean "direct"\?'),
        ("ledger:prompt=", r'unknown prompt format ""'),
        ("ledger:promt=direct", r'task "ledger": unknown option "promt"; did you mean "prompt"\?'),
        ("fashion:prompt=direct", r'the task has no prompt formats, and so not "direct"'),
        ("lager:prompt=direct", r'unknown task "lager"'),
    ],
)
def test_names_that_are_wrong(name: str, message: str) -> None:
    with pytest.raises(TaskError, match=message):
        load_task(name)


def test_the_default_by_its_name_is_the_task_itself() -> None:
    assert load_task("relations:prompt=optional") == load_task("relations")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"references": ["lake"]}, r'must end with a line "answer: X".*"direct", found \'lake\''),
        ({"references": ["answer: lake"]}, None),
    ],
)
def test_worked_examples_that_do_not_suit_a_format(
    write_task: WriteTask, line: dict[str, Any], message: str | None
) -> None:
    import hashlib

    path = Path(formatted(write_task))
    content = json.dumps({"id": "a", "input": {"word": "x", "number": 1}, **line}) + "\n"
    (path.parent / "shots.jsonl").write_text(content)
    digest = hashlib.sha256(content.encode()).hexdigest()
    shots = f'fewshot = {{ file = "shots.jsonl", sha256 = "{digest}" }}\n'
    path.write_text(path.read_text().replace('format = "direct"', shots + 'format = "direct"'))
    if message is None:
        assert load_task(str(path)).fewshot[0].references == ("answer: lake",)
    else:
        with pytest.raises(TaskError, match=message):
            load_task(str(path))
