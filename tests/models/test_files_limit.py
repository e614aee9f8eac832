"""Lines without ids and a run's limit: outputs of what is run are enough, and no other number will do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evalsuite.cli.main import main
from evalsuite.errors import ModelError
from evalsuite.models.spec import open_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def run(folder: Path, task: Path, *options: str, n: int, suffix: str = ".txt") -> int:
    """Run `n` right outputs, as text or JSONL, on a task of 12 samples; return the exit code."""
    texts = [json.loads(line)["references"][0] for line in (task.parent / "samples.jsonl").read_text().splitlines()]
    lines = [json.dumps({"text": text}) if suffix == ".jsonl" else text for text in [*texts, *texts][:n]]
    path = folder / f"out{suffix}"
    path.write_text("".join(line + "\n" for line in lines))
    return main(["run", "-M", f"files:{path}", "-t", str(task), "-o", str(folder / "runs"), *options])


@pytest.fixture
def task(write_task: Callable[..., Path]) -> Path:
    """Return a task of 12 samples."""
    return write_task(12)


@pytest.mark.parametrize("suffix", [".txt", ".jsonl"])
@pytest.mark.parametrize(("n", "options"), [(12, ()), (5, ("--limit", "5")), (12, ("--limit", "5"))])
def test_outputs_of_the_task_or_of_what_is_run_will_do(
    task: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], n: int, options: tuple[str, ...], suffix: str
) -> None:
    assert run(tmp_path, task, *options, n=n, suffix=suffix) == 0
    assert "100.0 %" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("n", "options", "message"),
    [
        (
            5,
            (),
            "has 5 outputs without ids, but the task has 12 samples; give an output for each sample of",
        ),
        (13, (), "has 13 outputs without ids, but the task has 12 samples; give"),
        (
            4,
            ("--limit", "5"),
            "has 4 outputs without ids, but the task has 12 samples, of which 5 are run; give",
        ),
        (6, ("--limit", "5"), "has 6 outputs without ids, but the task has 12 samples, of which 5 are run"),
        (2, ("--samples", "s03,s07"), "has 2 outputs without ids, but the task has 12 samples, of which 2 are run"),
    ],
)
def test_another_number_is_refused(
    task: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], n: int, options: tuple[str, ...], message: str
) -> None:
    assert run(tmp_path, task, *options, n=n) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.rglob("run.jsonl"))


def test_more_lines_than_samples_are_never_bound(tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_text("a\nb\nc\n")
    model = open_model(f"files:{tmp_path / 'out.txt'}")
    with pytest.raises(ModelError, match="has 3 outputs without ids, but the task has 2 samples"):
        model.bind(["a", "b"])  # type: ignore[attr-defined]
