"""Data of others by path: what becomes of their records, and messages about those that are wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite import evaluate
from evalsuite.cli import main
from evalsuite.errors import TaskError
from evalsuite.scoring import task_metrics
from evalsuite.task import load_task

if TYPE_CHECKING:
    from pathlib import Path

GSM8K = [
    {"question": "Two bags hold 3 nuts each. How many?", "answer": "There are 2*3=<<2*3=6>>6 nuts.\n#### 6"},
    {"question": "And {choices}?", "answer": "Half is 3.\n\nTwice is <<3*2=6>>6.\nLess one.\n#### 1,005"},
]


def write(path: Path, *records: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_word_problems(tmp_path: Path) -> None:
    task = load_task(f"gsm8k:{write(tmp_path / 'my test.jsonl', *GSM8K)}")
    assert (task.name, task.version, task.primary.name, task.primary.by) == ("gsm8k-my_test", 1, "accuracy", ("depth",))
    first, second = task.samples
    assert (first.depth, second.depth) == (1, 3)
    assert first.references == ("There are 2*3=6 nuts.\nanswer: 6",)
    assert second.references[0].endswith("Less one.\nanswer: 1,005")
    request = task.request(second, repeat=0, turn=0, history=(), run_seed=1)
    assert request is not None
    assert request.prompt.endswith("Problem: And {choices}?\n")
    assert load_task(task.source).content_hash == task.content_hash
    moved = load_task(f"gsm8k:{write(tmp_path / 'other.jsonl', *GSM8K)}")
    assert moved.samples_digest == task.samples_digest


def test_mathematics_from_a_file_and_from_a_folder(tmp_path: Path) -> None:
    records = [
        {"problem": "p", "level": "Level 5", "type": "Algebra", "solution": r"So \boxed{\frac{1}{2}}."},
        {"problem": "q", "level": 2, "subject": "Number theory", "solution": "no box", "answer": "7"},
        {"problem": "r", "solution": r"\boxed{3}"},
    ]
    task = load_task(f"math:{write(tmp_path / 'five.jsonl', *records)}")
    assert [sample.references for sample in task.samples] == [
        (r"So \boxed{\frac{1}{2}}.",),
        ("answer: 7",),
        (r"\boxed{3}",),
    ]
    assert [dict(sample.metadata) for sample in task.samples] == [
        {"level": 5, "subject": "Algebra"},
        {"level": 2, "subject": "Number theory"},
        {},
    ]
    assert task.primary.by == ("level", "subject")
    for i, record in enumerate(records):
        write(tmp_path / "folder" / ("algebra" if i else "geometry") / f"{i}.json", record)
    folder = load_task(f"math:{tmp_path / 'folder'}")
    assert [sample.id for sample in folder.samples] == ["algebra/1", "algebra/2", "geometry/0"]
    plain = load_task(f"math:{write(tmp_path / 'plain.jsonl', records[2])}")
    assert plain.primary.by == ()


@pytest.mark.parametrize(
    "record",
    [
        {"choices": ["red", "blue", "green"], "answer": 1},
        {"choices": ["red", "blue", "green"], "answer": "B"},
        {"choices": ["red", "blue", "green"], "answer": "blue"},
        {"choices": {"text": ["red", "blue", "green"], "label": ["1", "2", "3"]}, "answerKey": "2"},
    ],
)
def test_choices(tmp_path: Path, record: dict[str, Any]) -> None:
    task = load_task(f"multiple_choice:{write(tmp_path / 'x.jsonl', {'question': 'Which?', **record})}")
    (sample,) = task.samples
    assert sample.input["choices"] == "A. red\nB. blue\nC. green"
    assert sample.references == ("answer: B", "answer: blue")
    assert sample.metadata == {"n_choices": 3}


@pytest.mark.parametrize(
    ("choices", "said", "expected"),
    [
        (["blue", "red", "green"], "blue", "right"),
        (["blue", "red", "green"], "red", "wrong"),
        (["blue", "red", "green"], "B", "wrong"),
        (["blue", "dark blue", "green"], "dark blue", "wrong"),  # the text may be part of another: letters count alone
        (["18", "19"], "B", "wrong"),
        (["B", "A"], "B", "wrong"),
    ],
)
def test_the_text_of_a_choice(tmp_path: Path, choices: list[str], said: str, expected: str) -> None:
    path = write(tmp_path / "x.jsonl", {"question": "Which?", "choices": choices, "answer": 0})
    (score,) = evaluate(lambda _: f"I think (A).\nanswer: {said}", load_task(f"multiple_choice:{path}"))[0].scores
    assert score.value == (1.0 if expected == "right" else 0.0)


def test_solutions_to_criticise(tmp_path: Path) -> None:
    records = [
        {"id": "a-1", "problem": "p", "steps": ["one", "two"], "label": 1, "final_answer_correct": False},
        {"problem": "p", "steps": ["one"], "label": -1},
    ]
    task = load_task(f"processbench:{write(tmp_path / 'x.jsonl', *records)}")
    assert [sample.references[0] for sample in task.samples] == ["answer: 1", "answer: -1"]
    assert task.samples[0].input["steps"] == "[0] one\n\n[1] two"
    report = evaluate(lambda prompt: "answer: 1" if "[1]" in prompt else "answer: 0", task)[0]
    assert {score.metric: score.value for score in report.scores} == {"error_location_f1": 0.0, "accuracy": 0.5}


@pytest.mark.parametrize(
    ("form", "record", "message"),
    [
        ("gsm8k", {"question": "q"}, r':1: missing field "answer" \(a string\)'),
        ("gsm8k", {"question": "q", "answer": "so 4"}, r""":1: answer must end with "#### NUMBER", found 'so 4'"""),
        ("gsm8k", {"question": "q", "answer": "#### five"}, ':1: answer must end with "#### NUMBER"'),
        ("gsm8k", {"question": "q", "answer": "#### 5\nmore"}, ':1: answer must end with "#### NUMBER"'),
        ("gsm8k", {"question": "q", "answer": "#### 3 #### 4"}, ':1: answer must have "####" once'),
        ("math", {"problem": "p", "solution": r"\boxed{2} or \boxed{3"}, r":1: the last \\boxed\{ .* is not closed"),
        ("math", {"problem": "p", "solution": r"\boxed{\frac{1}{2}"}, r":1: the last \\boxed\{ .* is not closed"),
        (
            "multiple_choice",
            {"question": "q", "choices": ["B", "A"], "answer": "B"},
            ":1: answer 'B' is the label of one choice and the text of another; give the index",
        ),
        ("gsm8k", {"question": 3, "answer": "#### 4"}, ":1: question must be a string, found an integer: 3"),
        ("gsm8k", [1], ":1: expected a JSON object, found a list"),
        ("math", {"problem": "p", "solution": "s"}, r":1: expected a solution with its answer in \\boxed"),
        ("multiple_choice", {"question": "q", "choices": ["a"], "answer": 0}, ":1: choices must be 2 to 26, found 1"),
        ("multiple_choice", {"question": "q", "choices": "ab", "answer": 0}, ":1: choices must be a list of strings"),
        ("multiple_choice", {"question": "q", "choices": ["a", "b"], "answer": 2}, ":1: answer must be the index"),
        ("multiple_choice", {"question": "q", "choices": ["a", "a"], "answer": "a"}, ":1: answer must be the index"),
        ("processbench", {"problem": "p", "steps": [], "label": -1}, ":1: steps must be a list of strings"),
        ("processbench", {"problem": "p", "steps": ["s"], "label": 1}, ":1: label must be -1 or the index of one of 1"),
    ],
)
def test_records_that_are_wrong(tmp_path: Path, form: str, record: Any, message: str) -> None:
    with pytest.raises(TaskError, match=message):
        load_task(f"{form}:{write(tmp_path / 'x.jsonl', record)}")


@pytest.mark.parametrize("number", ["5", "-1,005", "$2.50", ".5", "1/2", "40%", "\u22123", "1.5e6", "- 18"])
def test_numbers_of_word_problems(tmp_path: Path, number: str) -> None:
    path = write(tmp_path / "x.jsonl", {"question": "q", "answer": f"So.\n#### {number}"})
    assert load_task(f"gsm8k:{path}").samples[0].references == (f"So.\nanswer: {number}",)


def test_a_label_that_is_its_own_text_and_a_box_with_braces(tmp_path: Path) -> None:
    record = {"question": "q", "choices": ["A", "B"], "answer": "B"}
    (sample,) = load_task(f"multiple_choice:{write(tmp_path / 'x.jsonl', record)}").samples
    assert sample.references == ("answer: B",)
    solution = r"\boxed{1} but {all} in all \boxed{\left\{ \frac{1}{2} \right\}} {"
    (sample,) = load_task(f"math:{write(tmp_path / 'y.jsonl', {'problem': 'p', 'solution': solution})}").samples
    assert sample.references == (solution,)
    record = {"problem": "p", "solution": r"\boxed{2} or \boxed{3", "answer": "3"}
    (sample,) = load_task(f"math:{write(tmp_path / 'z.jsonl', record)}").samples
    assert sample.references == ("answer: 3",)


def test_a_form_that_is_nearly_one(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match=r'unknown form of data "gsmk8"; did you mean "gsm8k"\? \(known: gsm8k, math, '):
        load_task(f"gsmk8:{tmp_path}/x.jsonl")
    with pytest.raises(TaskError, match='unknown task "other:x"'):
        load_task("other:x")


def test_files_that_are_wrong(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match=r"^gsm8k:.*gone\.jsonl: cannot be read: No such file"):
        load_task(f"gsm8k:{tmp_path / 'gone.jsonl'}")
    with pytest.raises(TaskError, match="cannot be read: Is a directory"):
        load_task(f"gsm8k:{tmp_path}")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(TaskError, match="there is no sample in it"):
        load_task(f"gsm8k:{tmp_path / 'empty.jsonl'}")
    with pytest.raises(TaskError, match="there is no sample in it"):
        load_task(f"math:{tmp_path}")
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\x00")
    with pytest.raises(TaskError, match=r"binary\.jsonl:1: not UTF-8 at byte 0 of the line"):
        load_task(f"processbench:{tmp_path / 'binary.jsonl'}")
    with pytest.raises(TaskError, match="embedded null byte"):
        load_task("gsm8k:a\0b")


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "test.jsonl", *GSM8K)
    assert main(["validate", f"gsm8k:{path}"]) == 0
    assert "Two bags hold 3 nuts each" in capsys.readouterr().out
    answers = write(tmp_path / "said.jsonl", {"id": "00000", "text": "answer: 6"}, {"id": "00001", "text": "answer: 5"})
    code = main(["run", "--model", f"files:{answers}", "--tasks", f"gsm8k:{path}", "--output", str(tmp_path / "runs")])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    assert "gsm8k-test" in printed.out
    assert "50.0 %" in printed.out
    task_metrics(load_task(f"gsm8k:{path}"))
