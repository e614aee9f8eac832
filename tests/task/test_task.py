"""Tasks that are right: what a model is asked, and what a task made in Python must keep to."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from evalsuite.errors import TaskError
from evalsuite.task import MetricSpec, Task, list_suites, list_tasks, load_suite, load_task
from evalsuite.types import GenerationConfig, Message, Sample

WriteTask = Callable[..., Path]


def make_task(*samples: Sample, prompt: str = "Q: {q}", **fields: object) -> Task:
    settings = {
        "name": "t",
        "version": 1,
        "samples_digest": "0",
        "metrics": (MetricSpec(name="exact_match", primary=True),),
        **fields,
    }
    return Task(samples=samples, prompt=prompt, **settings)  # type: ignore[arg-type]


def sample(name: str = "a", **fields: object) -> Sample:
    return Sample(id=name, input=fields, references=("yes",))


def prompt_of(task: Task, **settings: int) -> str:
    request = task.request(task.samples[0], repeat=0, turn=0, history=(), run_seed=0, **settings)
    assert request is not None
    return request.prompt


def test_a_file_becomes_a_task(write_task: WriteTask) -> None:
    path = write_task(3, more='generation = { max_new_tokens = 9, temperature = 1, stop = ["."] }')
    task = load_task(str(path))
    assert load_task(str(path.parent)).content_hash == task.content_hash
    assert (task.name, task.version, task.summary, task.modality) == ("tiny", 1, "A small task.", "text")
    assert task.generation == GenerationConfig(max_new_tokens=9, temperature=1.0, stop=(".",))
    assert task.samples[1] == Sample(
        id="s01",
        input={"word": "hut", "number": 1},
        references=("hut 1",),
        cluster="c0",
        depth=2,
        metadata={"kind": "odd"},
    )
    assert task.metrics == (
        MetricSpec(name="exact_match", primary=True, by=("depth", "kind")),
        MetricSpec(name="chrf"),
    )
    assert task.primary.name == "exact_match"
    assert task.source == str(path)
    assert prompt_of(task) == "Say lake 0."


def test_empty_lines_and_windows_line_ends_are_no_samples(write_task: WriteTask) -> None:
    line = json.dumps({"id": "a", "input": {"word": "x", "number": 1}, "references": ["x"]})
    path = write_task(lines=["", line + "\r", "   "], metrics='[{ name = "chrf", primary = true }]')
    assert [one.id for one in load_task(str(path)).samples] == ["a"]


@pytest.mark.parametrize(
    ("prompt", "fields", "shown"),
    [
        ("{q}", {"q": "{r}", "r": "no"}, "{r}"),  # what comes from a sample is never a placeholder
        ("{q} {q}", {"q": "a"}, "a a"),
        ("{ q } {} {0} {{q}}", {"q": "a"}, "{ q } {} {0} {a}"),
        ("%s {q} $q", {"q": "\\1 %d {0}"}, "%s \\1 %d {0} $q"),
        ("{q}", {"q": ["é", 1, None]}, '["é", 1, null]'),
        ("{q}", {"q": ""}, ""),
        ("{q.x} {q[0]} {q!r} {q:>3}", {"q": "a"}, "{q.x} {q[0]} {q!r} {q:>3}"),
    ],
)
def test_placeholders_are_replaced_literally_and_once(prompt: str, fields: dict[str, object], shown: str) -> None:
    assert prompt_of(make_task(sample(**fields), prompt=prompt)) == shown


def test_worked_examples_come_first_as_text_and_as_messages() -> None:
    shots = (sample("x", q="1"), sample("y", q="2"), sample("z", q="3"))
    task = make_task(sample(q="4"), fewshot=shots)
    assert prompt_of(task) == "Q: 4"
    assert prompt_of(task, num_fewshot=2) == "Q: 1\nyes\n\nQ: 2\nyes\n\nQ: 4"
    request = task.request(task.samples[0], repeat=0, turn=0, history=(), run_seed=0, num_fewshot=1)
    assert request is not None
    assert request.messages == (
        Message(role="user", content="Q: 1"),
        Message(role="assistant", content="yes"),
        Message(role="user", content="Q: 4"),
    )
    with pytest.raises(TaskError, match="has 3 worked examples, num_fewshot asks for 4"):
        prompt_of(task, num_fewshot=4)


def test_the_seed_depends_on_run_task_sample_repeat_and_nothing_else() -> None:
    task = make_task(sample("a", q="1"), sample("b", q="1"))

    def seed(of: Task = task, which: int = 0, repeat: int = 0, run_seed: int = 0) -> int:
        request = of.request(of.samples[which], repeat=repeat, turn=0, history=(), run_seed=run_seed)
        assert request is not None
        return request.seed

    seeds = [seed(), seed(which=1), seed(repeat=1), seed(run_seed=1), seed(replace(task, name="u"))]
    assert len(set(seeds)) == 5
    assert seed(replace(task, prompt="R: {q}", version=2)) == seeds[0]


def test_the_content_hash_covers_what_a_model_is_asked() -> None:
    task = make_task(sample(q="1"), fewshot=(sample("x", q="1"),))
    changed = [
        replace(task, prompt="R: {q}"),
        replace(task, samples_digest="1"),
        replace(task, fewshot=()),
        replace(task, fewshot=(sample("x", q="2"),)),
        replace(task, fewshot=(replace(task.fewshot[0], references=("no",)),)),
        replace(task, modality="image"),
    ]
    assert len({one.content_hash for one in (task, *changed)}) == 7
    same = replace(task, name="u", version=3, summary="s", source="elsewhere", generation=GenerationConfig(top_k=1))
    assert same.content_hash == task.content_hash


def test_a_task_made_in_python_is_checked_too() -> None:
    with pytest.raises(TaskError, match='task "t": there is no sample in it'):
        make_task()
    with pytest.raises(TaskError, match='different ids, found "a" more than once'):
        make_task(sample("a"), sample("b"), sample("a"))
    with pytest.raises(TaskError, match="exactly one must be primary, found 0"):
        make_task(sample(), metrics=(MetricSpec(name="bleu"),))


def write_suite(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return str(path)


def test_a_suite(tmp_path: Path) -> None:
    suite = load_suite(
        write_suite(tmp_path, 'runs = [{ model = "m:a", task = "t", limit = 3 }, { model = "m:b", task = "t" }]')
    )
    assert (suite.name, suite.summary) == ("mine", "")
    assert [(one.model, one.task, one.limit, one.repeats) for one in suite.runs] == [
        ("m:a", "t", 3, None),
        ("m:b", "t", None, None),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'missing field "runs"'),
        ("runs = []", "runs is empty"),
        ("runs = 3", "runs must be a list"),
        ('runs = ["x"]', r"runs\[0\] must be a table with model and task, found a string"),
        ('runs = [{ model = "m" }]', r'runs\[0\]: missing field "task"'),
        ('runs = [{ modle = "m" }]', r'runs\[0\]: unknown field "modle"; did you mean "model"'),
        ('runs = [{ model = "m", task = "t", limit = 0 }]', "limit and repeats must be at least 1"),
        ('runs = [{ model = "m", task = "t", repeats = 0 }]', "limit and repeats must be at least 1"),
        ('run = [{ model = "m", task = "t" }]', 'unknown field "run"; did you mean "runs"'),
        ("runs = [", "not TOML"),
    ],
)
def test_a_malformed_suite(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TaskError, match=message) as raised:
        load_suite(write_suite(tmp_path, text))
    assert str(tmp_path) in str(raised.value)


def test_a_suite_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match='unknown suite "quickstrt"; did you mean "quickstart"'):
        load_suite("quickstrt")
    with pytest.raises(TaskError, match="No such file"):
        load_suite(str(tmp_path / "none.toml"))


def test_lists_have_a_line_each() -> None:
    assert all(name and summary for name, summary in [*list_tasks(), *list_suites()])
    assert [name for name, _ in list_tasks()] == sorted(name for name, _ in list_tasks())
