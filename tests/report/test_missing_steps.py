"""What is said of metrics of steps where no steps were stated, or asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalsuite.cli.main import main
from evalsuite.task import load_task

if TYPE_CHECKING:
    from pathlib import Path

STEP_METRICS = "step_error, recovery, step_accuracy and first_error"


@pytest.mark.parametrize(
    ("task", "n_with_steps", "why"),
    [
        ("ledger", 0, "no output states any of its sample's steps"),
        (
            "ledger:prompt=direct",
            0,
            'the prompt format "direct" asks for the answer at once, and stated steps are judged',
        ),
        ("ledger", 1, None),
    ],
)
def test_a_model_that_states_no_steps_is_told_so_once(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    task: str,
    n_with_steps: int,
    why: str | None,
) -> None:
    samples = load_task(task).samples
    with (tmp_path / "answers.jsonl").open("w") as file:
        for i, sample in enumerate(samples):
            text = sample.references[0] if i < n_with_steps else sample.references[0].splitlines()[-1]
            file.write('{"text": "' + text.replace("\n", "\\n") + '"}\n')
    monkeypatch.chdir(tmp_path)
    assert main(["run", "-M", "files:answers.jsonl", "-t", task]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("note: ")]
    of_steps = [line for line in told if "step" in line]
    assert of_steps == ([f"note: no {STEP_METRICS} for answers: {why}"] if why else [])
    assert not any("unextracted" in line for line in told)
