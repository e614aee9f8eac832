"""Tasks that ask for log-probabilities: what their files and samples must have, and what they ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evalsuite.errors import TaskError
from evalsuite.scoring import task_metrics
from evalsuite.scoring.oracle import oracle_warnings
from evalsuite.task import Task, load_task
from evalsuite.task.review import first_requests, task_warnings
from evalsuite.worlds.choices import with_choices
from evalsuite.worlds.data_to_text import realised_slots
from evalsuite.worlds.data_to_text import samples as trails
from evalsuite.worlds.reading import read_problem
from evalsuite.worlds.tracking import samples as tracking

WriteTask = Callable[..., Path]
CHOICES = '[{ name = "choice_accuracy", primary = true }, { name = "exact_match" }]'
ASKED = 'ask = "choices"'
ROLLING = '[{ name = "bits_per_byte", primary = true }]'


def line(i: int = 0, *, references: list[str] | None = None, **metadata: object) -> str:
    content = {"id": f"s{i}", "input": {"word": f"lake {i}"}, "metadata": metadata}
    return json.dumps({**content, "references": ["yes"] if references is None else references})


@pytest.fixture
def choices(write_task: WriteTask) -> Callable[..., Task]:
    def load(
        *lines: str, more: str = 'ask = "choices"', metrics: str = CHOICES, prompt: str = "Is {word} wet?"
    ) -> Task:
        return load_task(str(write_task(lines=lines, more=more, metrics=metrics, prompt=prompt)))

    return load


def test_a_choice_is_sent_with_what_stands_before_it(choices: Callable[..., Task]) -> None:
    task = choices(line(choices=["no", "yes"]))
    (request,) = first_requests(task)
    assert (request.ask, request.prompt, request.choices) == ("choices", "Is lake 0 wet?", (" no", " yes"))
    (bare,) = first_requests(choices(line(choices=["no", "yes"]), more='ask = "choices"\ntarget_delimiter = ""'))
    assert bare.choices == ("no", "yes")
    assert [*task_warnings(task, [request]), *oracle_warnings(task)] == []


def test_what_is_asked_is_part_of_the_hash_where_it_is_not_text(choices: Callable[..., Task]) -> None:
    lines = [line(choices=["no", "yes"])]
    text = choices(*lines, more="", metrics='[{ name = "exact_match", primary = true }]')
    asked = choices(*lines)
    bare = choices(*lines, more='ask = "choices"\ntarget_delimiter = ""')
    assert len({text.content_hash, asked.content_hash, bare.content_hash}) == 3
    assert choices(*lines, more='ask = "text"', metrics='[{ name = "exact_match", primary = true }]').content_hash == (
        text.content_hash
    )


def test_a_rated_text_is_not_a_written_one(choices: Callable[..., Task]) -> None:
    one = line(references=["A lake."])
    rolling = choices(one, more='ask = "rolling"', metrics=ROLLING, prompt="")
    text = choices(one, more="", metrics='[{ name = "exact_match", primary = true }]', prompt="")
    assert rolling.content_hash != text.content_hash


def test_worked_examples_are_parted_as_choices_are(write_task: WriteTask) -> None:
    lines = [line(i, choices=["no", "yes"]) for i in range(3)]
    path = write_task(lines=lines, more=ASKED, metrics=CHOICES, prompt="Is {word} wet?")
    text = path.read_text("utf-8")
    samples = next(one for one in text.splitlines() if one.startswith("samples"))
    path.write_text(text + samples.replace("samples =", "fewshot =") + "\n", "utf-8")
    task = load_task(str(path))
    request = task.request(task.samples[0], repeat=0, turn=0, history=(), run_seed=0, num_fewshot=1)
    assert request is not None
    assert request.prompt == "Is lake 0 wet? yes\n\nIs lake 0 wet?"


def test_a_whole_text_has_no_prompt(choices: Callable[..., Task]) -> None:
    task = choices(line(references=["A lake."]), more='ask = "rolling"', metrics=ROLLING, prompt="")
    (request,) = first_requests(task)
    assert (request.ask, request.prompt, request.choices, request.messages) == ("rolling", "", ("A lake.",), ())
    assert [*task_warnings(task, [request]), *oracle_warnings(task)] == []


@pytest.mark.parametrize(
    ("sample", "message"),
    [
        (line(), 'sample "s0": metadata.choices must be a list of at least one string, found None'),
        (line(choices=[]), "metadata.choices must be a list of at least one string, found []"),
        (line(choices="yes"), "metadata.choices must be a list of at least one string, found 'yes'"),
        (line(choices=["yes", ""]), "metadata.choices[1] must be a string that is not empty, found ''"),
        (line(choices=["yes", 3]), "metadata.choices[1] must be a string that is not empty, found 3"),
        (line(choices=["no", "maybe"]), "its reference 'yes' is none of its choices: 'no', 'maybe'"),
        (line(choices=["no"], references=[]), 'sample "s0" has no reference, which is the right choice'),
    ],
)
def test_samples_without_sound_choices_are_refused(choices: Callable[..., Task], sample: str, message: str) -> None:
    with pytest.raises(TaskError) as caught:
        choices(sample)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("more", "metrics", "prompt", "message"),
    [
        ('ask = "chioces"', CHOICES, "", 'ask must be one of text, choices, rolling, found "chioces"'),
        ('target_delimiter = ""', CHOICES, "", 'for tasks with ask = "choices"'),
        ('ask = "rolling"', ROLLING, "Go on: ", "there is no prompt and no worked example"),
        ('ask = "choices"\nmodality = "image"', CHOICES, "", 'ask = "choices" is for tasks of text alone'),
        ('ask = "choices"\ndraw = "word"', CHOICES, "", 'ask = "choices" is for tasks of text alone'),
    ],
)
def test_what_does_not_fit_is_refused(
    choices: Callable[..., Task], more: str, metrics: str, prompt: str, message: str
) -> None:
    with pytest.raises(TaskError) as caught:
        choices(line(choices=["no", "yes"]), more=more, metrics=metrics, prompt=prompt)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("ask", "metric", "wanted"),
    [("text", "choice_accuracy", "'choices'"), ("rolling", "exact_match", "'text' or 'choices'")],
)
def test_a_metric_reads_what_was_asked_for(choices: Callable[..., Task], ask: str, metric: str, wanted: str) -> None:
    metrics = f'[{{ name = "{metric}", primary = true }}]'
    task = choices(line(choices=["no", "yes"]), more=f'ask = "{ask}"', metrics=metrics, prompt="")
    with pytest.raises(TaskError, match=f'"{metric}" is for tasks with ask = {wanted}, this one has ask = "{ask}"'):
        task_metrics(task)


def test_an_empty_text_is_refused(choices: Callable[..., Task]) -> None:
    with pytest.raises(TaskError, match=r"references\[0\] is the text to rate, and is empty"):
        choices(line(references=[""]), more='ask = "rolling"', metrics=ROLLING, prompt="")


def test_the_author_is_told_of_what_comes_twice(choices: Callable[..., Task]) -> None:
    twice = choices(line(choices=["no", "yes", "no"]))
    assert task_warnings(twice, first_requests(twice)) == ['1 sample has a choice twice, such as "s0"']
    same = choices(
        line(0, references=["A."]), line(1, references=["A."]), more='ask = "rolling"', metrics=ROLLING, prompt=""
    )
    assert task_warnings(same, first_requests(same)) == ['1 text is that of a sample before, such as "s0" and "s1"']


def test_answers_of_an_item() -> None:
    made = tracking(seed=3, n=64, depths=(1, 8))
    places = []
    for before, sample in zip(made, with_choices("tracking", made, 4, seed=3), strict=True):
        found = sample.metadata["choices"]
        assert isinstance(found, list)
        answer = before.references[0].rpartition("\n")[2]
        assert sample.references == (answer,)
        assert len(set(found)) == 4
        possible = {f"answer: {one}" for one in read_problem("tracking", str(sample.input["problem"])).candidates()}
        assert answer in found
        assert set(found) <= possible
        places.append(found.index(answer))
    assert {places.count(i) > 6 for i in range(4)} == {True}
    assert with_choices("tracking", made, 4, seed=3) == with_choices("tracking", made, 4, seed=3)
    assert with_choices("tracking", made[:9], 4, seed=3) == with_choices("tracking", made, 4, seed=3)[:9]


def test_texts_of_a_record_differ_in_one_slot_each() -> None:
    for sample in with_choices("data_to_text", trails(seed=3, n=60), 4, seed=3):
        found, record = sample.metadata["choices"], sample.metadata["slots"]
        assert isinstance(found, list)
        assert isinstance(record, dict)
        assert len(set(found)) == 4
        wrong: list[str] = []
        for text in found:
            said = realised_slots(str(text), {key: str(value) for key, value in record.items()})
            faults = [slot for slot, state in said.states.items() if state != "right"]
            assert len(faults) == (text != sample.references[0])
            wrong += faults
        assert len(set(wrong)) == 3


@pytest.mark.parametrize(
    ("world", "n", "message"),
    [
        ("tracking", 1, "`choices` must be at least 2, got 1"),
        ("tracking", 9, "allows 8 answers, `choices` asks for 9"),
        ("plan", 4, "its items have several right answers"),
        ("data_to_text", 12, "so that `choices` is at most"),
    ],
)
def test_too_many_choices_are_refused(world: str, n: int, message: str) -> None:
    from evalsuite.worlds import load_world

    with pytest.raises(TaskError, match=message):
        with_choices(world, load_world(world).samples(seed=1, n=3), n, seed=1)
