"""Models from outside the zoo run both embedded tasks: a checkpoint of transformers, a callable, a file of outputs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.cli import main
from evalsuite.task import load_task

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TASKS = ("data_to_text", "ledger")
PERFECT = {"data_to_text": 100.0, "ledger": 1.0}


def leaderboard(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, dict[str, Any]]:
    """Run the command; return the primary row of each task."""
    code = main(["run", *map(str, arguments), "--json"])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    rows = [row for row in json.loads(printed.out)["rows"] if row["primary"]]
    assert sorted(row["task"] for row in rows) == sorted(TASKS)
    return {row["task"]: row for row in rows}


def test_checkpoint_of_transformers(
    build_hf: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("transformers", reason="the extra hf is not installed")
    folder = build_hf(tmp_path / "tiny", positions=2048)
    rows = leaderboard(
        capsys,
        "--model",
        f"hf:{folder}",
        "--tasks",
        ",".join(TASKS),
        "--limit",
        6,
        "--gen-kwargs",
        "max_new_tokens=12",
        "--output",
        tmp_path / "runs",
    )
    for task, row in rows.items():
        assert row["n"] == 6
        assert row["outcomes"].get("error", 0) == 0
        assert row["value"] is None or row["value"] < 0.2 * PERFECT[task], "random weights know nothing"


def test_callable(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one_answer.py").write_text(
        "def answer(prompt: str) -> str:\n    return 'answer: 7' if 'modulo' in prompt else 'The trail is long.'\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    rows = leaderboard(
        capsys, "--model", "python:one_answer:answer", "--tasks", ",".join(TASKS), "--output", tmp_path / "runs"
    )
    ledger = load_task("ledger")
    sevens = sum(sample.references[0].endswith("answer: 7") for sample in ledger.samples)
    assert rows["ledger"]["value"] == pytest.approx(sevens / len(ledger.samples))
    assert rows["data_to_text"]["n"] == len(load_task("data_to_text").samples)
    assert 0 < rows["data_to_text"]["value"] < 20


@pytest.mark.parametrize("name", TASKS)
def test_file_of_outputs(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "oracle.jsonl"
    path.write_text(
        "".join(
            json.dumps({"id": sample.id, "text": sample.references[0]}) + "\n" for sample in load_task(name).samples
        )
    )
    assert main(["run", "--model", f"files:{path}", "--tasks", name, "--output", str(tmp_path / "runs"), "--json"]) == 0
    (row,) = (row for row in json.loads(capsys.readouterr().out)["rows"] if row["primary"])
    assert row["value"] == pytest.approx(PERFECT[name])
    assert row["interval"]["low"] <= row["value"] <= row["interval"]["high"]
