"""How many outputs a sample gets: as many as the run says, or else the task."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import evalsuite
from evalsuite.cli.main import main

FOLDER = Path(__file__).parent / "lm_eval_files"
VOTES = str(FOLDER / "votes.yaml")
N = 7


@pytest.mark.parametrize(("options", "repeats"), [((), 3), (("--repeats", "1"), 1), (("--repeats", "4"), 4)])
def test_the_file_says_unless_the_command_does(tmp_path: Path, options: tuple[str, ...], repeats: int) -> None:
    assert main(["run", "-M", "scripted:constant,text=14", "-t", VOTES, "-o", str(tmp_path), "-q", *options]) == 0
    report = json.loads(next(tmp_path.rglob("report.json")).read_text())
    assert report["repeats"] == repeats
    assert (report["scores"][0]["value"] is None) == (repeats == 1)


def test_a_suite_asks_as_often_as_the_task_or_as_it_says(tmp_path: Path) -> None:
    model = "scripted:constant,text=14"
    for name, said, repeats in (("unsaid", "", 3), ("said", ", repeats = 2", 2)):
        suite = tmp_path / f"{name}.toml"
        suite.write_text(f'runs = [{{ model = "{model}", task = {json.dumps(VOTES)}{said} }}]')
        for options in ([], ["-M", model, "-t", VOTES]):
            output = tmp_path / f"{name}{len(options)}"
            assert main(["run", str(suite), *options, "-o", str(output), "-q"]) == 0
            assert json.loads(next(output.rglob("report.json")).read_text())["repeats"] == repeats


def test_in_python(tmp_path: Path) -> None:
    task = evalsuite.load_task(VOTES)
    assert task.repeats == 3
    asked = [evalsuite.evaluate(lambda _: "14", task, output=tmp_path, repeats=n)[0].n_outputs for n in (None, 2)]
    assert asked == [3 * N, 2 * N]
    assert replace(task, repeats=1).content_hash == task.content_hash


def test_more_repeats_continue_the_run(tmp_path: Path) -> None:
    for options in (["--repeats", "2"], []):
        assert main(["run", "-M", "scripted:last_line", "-t", VOTES, "-o", str(tmp_path), "-q", *options]) == 0
    assert len(list(tmp_path.rglob("run.jsonl"))) == 1


def test_likelihoods_are_asked_for_once(tmp_path: Path) -> None:
    for name in ("colours.yaml", "colours.jsonl"):
        (tmp_path / name).write_text((FOLDER / name).read_text())
    with (tmp_path / "colours.yaml").open("a") as file:
        file.write("repeats: 3\n")
    assert evalsuite.load_task(str(tmp_path / "colours.yaml")).repeats == 1
