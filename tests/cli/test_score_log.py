"""``evalsuite score LOG``: what it scores, what it says of a run that is not complete, and what it leaves alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalsuite.cli import main

WriteTask = Callable[..., Path]
Capture = pytest.CaptureFixture[str]
ECHO = ("-M", "scripted:echo")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def task(write_task: WriteTask) -> Path:
    return write_task(6)


def call(capsys: Capture, *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    return code, printed.out, printed.err


def run(task: Path, *more: object) -> Path:
    assert main(["run", *ECHO, "-t", str(task), "-q", *map(str, more)]) == 0
    (log,) = Path().rglob("run.jsonl")
    return log


def cut(log: Path, n_lines: int) -> None:
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[: 1 + n_lines]))


def ns(out: str) -> set[int]:
    return {score["n"] for score in json.loads(out)}


def test_a_run_that_is_not_complete_is_said_to_be(capsys: Capture, task: Path) -> None:
    log = run(task)
    (log.parent / "report.json").unlink()
    cut(log, 4)
    code, out, err = call(capsys, "score", log, "--json")
    assert (code, ns(out)) == (0, {4})
    assert "the run is not complete: 2 of the 6 outputs it was to have are missing" in err
    assert 'Scored are the first 4 samples; the same "evalsuite run" completes it.' in err
    assert not (log.parent / "report.json").exists()  # half a run has no report
    run(task)
    code, out, err = call(capsys, "score", log, "--json")
    assert (code, ns(out), err) == (0, {6}, "")


def test_what_was_asked_for_last_is_what_must_be_there(capsys: Capture, task: Path) -> None:
    log = run(task, "-L", 3)
    assert call(capsys, "score", log)[2] == ""
    run(task, "-L", 5, "--repeats", 2)
    assert call(capsys, "score", log)[2] == ""
    lines = len(log.read_bytes().splitlines())
    cut(log, lines - 4)  # the last line closes the session
    assert "2 of the 10 outputs" in call(capsys, "score", log)[2]


def test_a_log_of_no_outputs(capsys: Capture, task: Path) -> None:
    log = run(task)
    cut(log, 0)
    code, out, err = call(capsys, "score", log)
    assert code == 0
    assert "6 of the 6 outputs" in err
    assert "exact_match  -  (n = 6, 6 without a value)" in out


def reported(log: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((log.parent / "report.json").read_bytes())
    return found


def test_metrics_that_are_added_are_printed_and_the_report_is_left_alone(capsys: Capture, task: Path) -> None:
    log = run(task, "-L", 4)
    before = (log.parent / "report.json").read_bytes()
    code, out, _ = call(capsys, "score", log, "--metric", "bleu", "--json")
    assert (code, [score["metric"] for score in json.loads(out)]) == (0, ["exact_match", "chrf", "bleu"])
    assert call(capsys, "score", log)[0] == 0
    assert (log.parent / "report.json").read_bytes() == before
    code, out, _ = call(capsys, "run", *ECHO, "-t", task, "-L", 4)
    assert "nothing was generated" in out
    assert (log.parent / "report.json").read_bytes() == before


def test_the_report_of_another_limit_is_left_alone(capsys: Capture, task: Path) -> None:
    log = run(task)
    run(task, "-L", 2)
    assert reported(log)["limit"] == 2
    code, out, _ = call(capsys, "score", log, "--json")
    assert (code, ns(out)) == (0, {6})
    assert reported(log)["limit"] == 2


@pytest.mark.parametrize("damage", ["gone", "stale", "damaged"])
def test_a_report_that_is_gone_or_stale_is_made_again(capsys: Capture, task: Path, damage: str) -> None:
    log = run(task)
    path, before = log.parent / "report.json", reported(log)
    if damage == "gone":
        path.unlink()
    elif damage == "stale":
        path.write_text(json.dumps({**before, "inputs": {**before["inputs"], "release": "older"}}))
    else:
        path.write_text("{")
    assert call(capsys, "score", log)[0] == 0
    assert reported(log)["scores"] == before["scores"]
    assert reported(log)["inputs"] == before["inputs"]


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        ("blue", 'error: unknown metric "blue"; did you mean "bleu"?'),
        ("kid", '--metric: "kid" reads image, task "tiny" generates text'),
    ],
)
def test_a_wrong_metric_is_the_options_fault(capsys: Capture, task: Path, metric: str, message: str) -> None:
    code, out, err = call(capsys, "score", run(task), "--metric", metric)
    assert (code, out) == (2, "")
    assert message in err
    assert "task.toml" not in err


def test_a_report_is_no_log(capsys: Capture, task: Path) -> None:
    log = run(task)
    for path in (log.parent / "report.json", Path("runs/leaderboard.json")):
        code, _, err = call(capsys, "score", path)
        assert code == 2
        assert f"{path}: is a report, made from run logs; score a run.jsonl or its folder" in err
    assert f"the log is {log}" in call(capsys, "score", log.parent / "report.json")[2]


def test_a_folder_of_several_runs_lists_them(capsys: Capture, task: Path) -> None:
    for seed in range(12):
        assert main(["run", *ECHO, "-t", str(task), "-q", "-L", "1", "--seed", str(seed)]) == 0
    code, out, err = call(capsys, "score", "runs")
    assert (code, out) == (2, "")
    lines = err.splitlines()
    assert lines[0] == "evalsuite: error: runs: is not a run's folder; give one of the 12 below it:"
    assert (len(lines), lines[-1]) == (12, "  and 2 more")
    assert call(capsys, "score", lines[1].strip())[0] == 0


def scores(out: str) -> dict[str, Any]:
    return {score["metric"]: score for score in json.loads(out)}


def test_score_a_log_with_one_metric_more(capsys: Capture, task: Path) -> None:
    main(["run", "-M", "scripted:echo", "-t", str(task), "-q"])
    (log,) = Path().rglob("run.jsonl")
    content = log.read_bytes()
    for target in (log, log.parent):
        code, out, err = call(capsys, "score", target, "--metric", "bleu", "chrf", "--json")
        assert (code, err) == (0, "")
        assert list(scores(out)) == ["exact_match", "chrf", "bleu"]
        assert scores(out)["bleu"]["n"] == 6
    assert log.read_bytes() == content
    code, out, _ = call(capsys, "score", log)
    assert code == 0
    assert "exact_match" in out
    assert "n = 6" in out
    code, _, err = call(capsys, "score", log, "--metric", "blue")
    assert code == 2
    assert 'unknown metric "blue"; did you mean "bleu"?' in err
    code, _, err = call(capsys, "score", log, "--metric", "step_accuracy")
    assert code == 2
    assert "cannot be scored" in err


def test_options_of_metrics_that_are_added(capsys: Capture, task: Path) -> None:
    log = run(task, "--repeats", 4)
    before = (log.parent / "report.json").read_bytes()
    code, out, err = call(
        capsys, "score", log, "--metric", "pass_at_k", "chrf", "--option", "pass_at_k.k=3", "chrf.word_order=2"
    )
    assert (code, err) == (0, "")
    assert "pass_at_k|k:3|" in out
    # The task's own chrf stays, and stands beside that with other options.
    signatures = [line.strip() for line in out.splitlines() if line.strip().startswith("chrf|")]
    assert len(signatures) == len(set(signatures)) == 2
    assert "|nw:2|" in signatures[1]
    assert (log.parent / "report.json").read_bytes() == before
    code, out, _ = call(capsys, "score", log, "--metric", "pass_at_k", "--option", "pass_at_k.k=4", "--json")
    assert (code, json.loads(out)[-1]["signature"].partition("|")[2][:4]) == (0, "k:4|")
    for option, message in (
        (
            "chrf.word_order=2",
            'is for "chrf", which is not among the metrics asked for by --metric',
        ),
        ("bleu.n=3", 'metric "bleu" has no option "n"'),
        ("bleu.lowercase=maybe", "`lowercase` must be true or false"),
    ):
        code, out, err = call(capsys, "score", log, "--metric", "bleu", "--option", option)
        assert (code, out) == (2, "")
        assert message in err


def test_score_a_log_of_another_task_or_none(capsys: Capture, task: Path, write_task: WriteTask) -> None:
    main(["run", "-M", "scripted:echo", "-t", str(task), "-q"])
    (log,) = Path().rglob("run.jsonl")
    code, _, err = call(capsys, "score", log, "--task", "ledger")
    assert code == 2
    assert 'was made with task "tiny" version 1 of another content than "ledger"' in err
    task.unlink()
    code, _, err = call(capsys, "score", log)
    assert code == 2
    assert "there is no task file" in err
    code, _out, _ = call(capsys, "score", log, "--task", write_task(6), "--json")
    assert code == 0


def test_score_a_damaged_log(capsys: Capture, task: Path) -> None:
    main(["run", "-M", "scripted:echo", "-t", str(task), "-q"])
    (log,) = Path().rglob("run.jsonl")
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join([*lines[:2], *lines[3:]]))
    for command in (("score", log), ("run", "-M", "scripted:echo", "-t", task)):
        code, _, err = call(capsys, *command)
        assert code == 2
        assert f"{log}:3: checksum differs" in err
