"""What ``evalsuite validate`` says of a task: its facts, its prompts, and what its author may have missed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalsuite.cli import main
from evalsuite.task.review import estimate_tokens

WriteTask = Callable[..., Path]
Validate = Callable[..., list[str]]
EXACT = '[{ name = "exact_match", primary = true }]'


@pytest.fixture
def validate(capsys: pytest.CaptureFixture[str]) -> Validate:
    """Return a function that validates a task and returns the lines printed."""

    def run(path: Path, *options: str) -> list[str]:
        assert main(["validate", str(path), *options]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return [line.strip() for line in out.splitlines()]

    return run


def sample(i: int, **fields: Any) -> str:
    word = ("lake", "hut", "path")[i % 3]
    record = {"id": f"s{i}", "input": {"word": word, "number": i}, "references": [f"{word} {i}"], **fields}
    return json.dumps(record)


def warnings(lines: list[str]) -> list[str]:
    return [line.removeprefix("warning: ") for line in lines if line.startswith("warning: ")]


def test_facts(write_task: WriteTask, validate: Validate) -> None:
    lines = [sample(i, cluster=f"c{i // 2}", depth=1 + i % 2) for i in range(9)]
    lines.append(sample(10, cluster="c0", depth=4, references=["path 10", "path ten"]))
    assert validate(write_task(lines=lines, metrics=EXACT)) == [
        "tiny version 1: valid",
        "10 samples in 5 clusters, 0 worked examples",
        "depths 1 to 4, 1 to 5 samples each",
        'prompts: 10 to 11 characters, median 11, 95 % at most 11; the longest is that of "s8"',
        "references: 1 to 2 a sample, the longest about 2 tokens",
        "metrics: exact_match|ignore_case:False|ignore_punctuation:False|version:1",
        "first prompt:",
        "Say lake 0.",
    ]


def test_prompts_are_shown(write_task: WriteTask, validate: Validate) -> None:
    path = write_task(6)
    assert validate(path, "--show", "2")[-4:] == ["first prompt:", "Say lake 0.", "prompt 2:", "Say hut 1."]
    assert not any("prompt:" in line for line in validate(path, "--show", "0"))
    assert validate(path, "--show", "99")[-2:] == ["prompt 6:", "Say stone 5."]


def test_a_number_of_prompts_must_not_be_negative(write_task: WriteTask, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(write_task(2)), "--show", "-1"]) == 2
    assert "--show: must be at least 0, got -1" in capsys.readouterr().err


@pytest.mark.parametrize("more", ["", "generation = { max_new_tokens = 2, stop = ['\\n', 'Say'] }"])
def test_a_sound_task_has_no_warnings(write_task: WriteTask, validate: Validate, more: str) -> None:
    assert warnings(validate(write_task(24, more=more), "--strict")) == []


def test_a_warning_is_an_error_where_that_is_asked(write_task: WriteTask, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_task(4, more="generation = { max_new_tokens = 1 }")
    assert main(["validate", str(path), "--strict"]) == 2
    out, err = capsys.readouterr()
    assert "warning: max_new_tokens is 1" in out
    assert err == f"evalsuite: error: {path}: 1 warning, and --strict allows none\n"


def test_duplicates(write_task: WriteTask, validate: Validate) -> None:
    same = {"word": "lake", "number": 0}
    lines = [sample(0), sample(1), sample(2, input=same, references=["lake 0"])]
    assert warnings(validate(write_task(lines=lines, metrics=EXACT))) == [
        '1 sample asks what one before asks, such as "s0" and "s2"'
    ]
    lines += [sample(3, input=same, references=["sea"])]
    assert warnings(validate(write_task(lines=lines, metrics=EXACT))) == [
        '2 samples ask what one before asks, such as "s0" and "s2"',
        '1 prompt is asked again with other references, such as "s0" and "s2"',
    ]


def test_asking_again_is_meant_where_nothing_is_right(write_task: WriteTask, validate: Validate) -> None:
    lines = [sample(i, references=[]) for i in range(4)]
    metrics = '[{ name = "distinct_2", primary = true }]'
    assert warnings(validate(write_task(lines=lines, metrics=metrics, prompt="Tell a story."))) == []


def write_shots(path: Path, *lines: str) -> str:
    content = "".join(f"{line}\n" for line in lines).encode()
    (path / "shots.jsonl").write_bytes(content)
    return f'fewshot = {{ file = "shots.jsonl", sha256 = "{hashlib.sha256(content).hexdigest()}" }}'


def test_worked_examples_that_are_samples(write_task: WriteTask, validate: Validate) -> None:
    folder = write_task(3).parent
    leak = {"id": "x", "input": {"word": "LAKE ", "number": 0}, "references": ["lake 0"]}
    other = {"id": "y", "input": {"word": "lake", "number": 77}, "references": ["lake 77"]}
    more = write_shots(folder, json.dumps(other))
    assert warnings(validate(write_task(3, more=more))) == []
    more = write_shots(folder, json.dumps(other), json.dumps(leak))
    assert warnings(validate(write_task(3, more=more))) == [
        '1 worked example asks what a sample asks, such as "x" and "s00": '
        "with --num-fewshot the prompt shows the answer"
    ]


def test_stop_strings_in_references(write_task: WriteTask, validate: Validate) -> None:
    lines = [sample(0), sample(1, references=["hut\nand more", "hut"]), sample(2, references=["path 2\n"])]
    found = warnings(
        validate(write_task(lines=lines, metrics=EXACT, more="generation = { stop = ['Say', \"\\n\"] }"))
    )  # the last reference loses nothing but a line's end
    assert found == [
        "the stop string '\\n' is in references of 1 sample, such as \"s1\": "
        "an output that says as much would be cut off"
    ]


def test_a_budget_that_is_too_small(write_task: WriteTask, validate: Validate) -> None:
    lines = [sample(0), sample(1, references=["hut " * 30])]
    assert warnings(validate(write_task(lines=lines, metrics=EXACT, more="generation = { max_new_tokens = 29 }"))) == [
        'max_new_tokens is 29, and references of 1 sample take more by a crude estimate, "s1" about 30'
    ]
    assert not warnings(validate(write_task(lines=lines, metrics=EXACT, more="generation = { max_new_tokens = 30 }")))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("lake 0", 2), ("forty-eight", 3), ("internationally 12345", 5), ("a\n\nb", 4), ("湖は", 2)],
)
def test_tokens_are_estimated(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


@pytest.mark.parametrize(
    ("metrics", "references", "warning"),
    [
        (EXACT, [["lake 0"], ["hut", " hut "]], None),
        ('[{ name = "accuracy", primary = true }]', [["answer: 4"], ["5"]], None),
        (
            '[{ name = "accuracy", primary = true }]',
            [["answer: 4"], ["answer: 5", "between 3 and 4, or so they say"]],
            'metric "accuracy": of 2 references at 2, as outputs, not all are right',
        ),
        ('[{ name = "bleu", primary = true }]', [["a b c d e"], ["f g h i", "j k l m n"]], None),
        (
            '[{ name = "bleu", primary = true }]',
            [["lake 0"], ["hut"]],
            'metric "bleu": references as outputs score 0 and not 100; farthest from it is that of sample "s0":',
        ),
        ('[{ name = "wer", primary = true }, { name = "distinct_2" }]', [["the hut"], ["the hut"]], None),
        ('[{ name = "pass_at_k", k = 4, primary = true }]', [["answer: 4"], ["answer: 5"]], None),
        ('[{ name = "step_accuracy", primary = true }]', [["1: 3\n2: 4\nanswer: 4"], ["1: 3\n2: 4"]], None),
        (
            '[{ name = "step_accuracy", primary = true }]',
            [["1: 3\n2: 4\nanswer: 4"], ["1: 3\n2: 5\nanswer: 4"]],
            'metric "step_accuracy": references as outputs score 0.75 and not 1; farthest from it is that of sample',
        ),
    ],
)
def test_references_must_be_right(
    write_task: WriteTask, validate: Validate, metrics: str, references: list[list[str]], warning: str | None
) -> None:
    lines = [sample(i, references=texts, metadata={"states": [3, 4]}) for i, texts in enumerate(references)]
    found = warnings(validate(write_task(lines=lines, metrics=metrics)))
    if warning is None:
        assert found == []
    else:
        (one,) = found
        assert one.startswith(warning)
        assert '"s' in one
