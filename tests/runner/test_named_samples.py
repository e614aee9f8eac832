"""Runs of some samples, named by id or by place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import evalsuite
from evalsuite.cli import main
from evalsuite.errors import UsageError
from evalsuite.evaluation import plan_run, run_plan
from evalsuite.task import named_samples, read_named_samples
from tests.runner.scripted_runs import N, asked, model_of, names, run

if TYPE_CHECKING:
    from pathlib import Path

    from evalsuite.task import Task


def test_only_these_are_asked_and_scored(task: Task, tmp_path: Path) -> None:
    model = model_of(batch_size=2)
    plan = plan_run(model, task, root=tmp_path, sample_ids=frozenset({"s20", "s03", "s07"}))
    evaluation = run_plan(plan)
    assert asked(model) == [["s03", "s07"], ["s20"]]
    assert evaluation.report.n_samples == 3
    assert run_plan(plan).was_complete
    part = run_plan(plan_run(model, task, root=tmp_path, sample_ids=frozenset({"s20", "s07"}), limit=1))
    assert part.report.n_samples == 1
    whole = model_of()
    run(whole, task, tmp_path)  # the other samples, and those that share a batch with them
    assert asked(whole) == [names(first, first + 2) for first in range(0, N, 2)]


def test_the_command_and_scoring_the_log_again(task: Task, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "runs"
    command = ["run", "--model", "scripted:echo", "--tasks", task.source, "-o", str(output), "--quiet"]
    assert main([*command, "--samples", "s05,s02"]) == 0
    (log,) = output.rglob("run.jsonl")
    before = (log.parent / "report.json").read_bytes()
    assert main(["score", str(log), "--json"]) == 0
    assert {score["n"] for score in json.loads(capsys.readouterr().out)} == {2}
    assert (log.parent / "report.json").read_bytes() == before
    assert main([*command, "--samples", '{"tiny": [0, "s05"]}']) == 0
    assert json.loads((log.parent / "report.json").read_bytes())["inputs"]["samples"] == ["s00", "s05"]
    for wrong, message in {
        "s05,s99": 'task "tiny" has no sample "s99"',
        '{"tiny": [24]}': 'task "tiny" has 24 samples, counted from 0; there is no 24',
        '{"other": [0]}': 'task "other" is not run',
        '{"tiny": "s05"}': '"tiny" needs a list of ids or of places from 0',
        '{"tiny": [true]}': "needs a list",
        "{": "--samples: not JSON",
        " , ": "found none",
    }.items():
        assert main([*command, "--samples", wrong]) == 2
        assert message in capsys.readouterr().err


def test_scoring_a_log_reads_all_of_it_though_less_was_asked_for_last(
    task: Task, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "runs"
    command = ["run", "--model", "scripted:echo", "--tasks", task.source, "-o", str(output), "--quiet"]
    assert main([*command, "--limit", "10"]) == 0
    assert main([*command, "--samples", "s20"]) == 0
    (log,) = output.rglob("run.jsonl")
    before = (log.parent / "report.json").read_bytes()
    assert main(["score", str(log), "--json"]) == 0
    assert {score["n"] for score in json.loads(capsys.readouterr().out)} == {11}
    assert (log.parent / "report.json").read_bytes() == before  # which is of the one


def test_from_python(task: Task, tmp_path: Path) -> None:
    (report,) = evalsuite.evaluate(lambda prompt: prompt, task, samples={"tiny": [3, "s04"]}, output=tmp_path)
    assert report.n_samples == 2
    with pytest.raises(UsageError, match='task "other" is not run'):
        evalsuite.evaluate(lambda prompt: prompt, task, samples={"other": [3]}, output=tmp_path)
    for wrong in (5, {"tiny": 5}, {"tiny": [True]}, {"tiny": [1.5]}):
        with pytest.raises(UsageError, match=r"samples (must be|are named by) ids"):
            evalsuite.evaluate(lambda prompt: prompt, task, samples=wrong, output=tmp_path)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "found"), [("a, b", ["a", "b"]), ('{"t": [0, "x"]}', {"t": [0, "x"]}), (" {} ", {})])
def test_reading(text: str, found: Any) -> None:
    assert read_named_samples(text) == found


def test_places_and_ids(task: Task) -> None:
    assert named_samples(None, task) is None
    assert named_samples({"other": [1]}, task) is None
    assert named_samples({"tiny": [0, "s00", 1]}, task) == {"s00", "s01"}
