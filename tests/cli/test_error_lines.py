"""What `run` says of errors: equal ones once, and those that differ in numbers as one kind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from evalsuite.cli.error_lines import error_lines
from evalsuite.cli.main import main
from evalsuite.evaluation import evaluate
from evalsuite.models.scripted import ScriptedModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from evalsuite.types import Request


def failed(model: str, n_errors: int, **counts: int) -> Any:
    errors = [{"message": message.replace("_", " "), "count": count} for message, count in counts.items()]
    record = {"id": model, "errors": errors}
    return SimpleNamespace(folder=model, report=SimpleNamespace(task={"name": "t"}, record=record, n_errors=n_errors))


def lines(*evaluations: Any) -> list[str]:
    return error_lines(evaluations, {"a": "a", "b": "b (api=chat)"})


def test_equal_errors_are_told_once() -> None:
    assert lines(failed("a", 3, lost=2, late=1), failed("b", 7, lost=3)) == [
        "t 2 runs: 5 x error: lost",
        "t a: 1 x error: late",
        "t b (api=chat): 4 x error: other messages; the run's log has them",
    ]


def test_errors_that_differ_in_a_number_are_one_kind() -> None:
    assert lines(failed("a", 3, at_31_tokens=2, late=1), failed("b", 7, at_7_tokens=7)) == [
        "t 2 runs: 9 x error, for example: at 31 tokens",
        "t a: 1 x error: late",
    ]


def test_a_run_groups_what_its_model_raises(
    write_task: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def reply(request: Request) -> str:
        raise ValueError(f"the prompt of sample {request.sample_id} has {9000 + int(request.sample_id[1:])} tokens")

    task = str(write_task(12))
    report = evaluate(ScriptedModel(reply, name="m", fingerprint="m"), task, output=tmp_path / "runs")[0]
    first = "ValueError: the prompt of sample s00 has 9000 tokens"
    assert report.record["errors"] == [{"message": first, "count": 12, "n_messages": 12}]

    (tmp_path / "long.py").write_text(
        "def answer(prompt):\n    raise ValueError(f'{len(prompt)} tokens of {hash(prompt) % 89}')\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert main(["run", "-M", "python:long:answer", "-t", task]) == 3
    told = [line for line in capsys.readouterr().out.splitlines() if " x error" in line]
    assert len(told) == 1
    assert told[0].startswith("tiny answer: 12 x error, for example: ValueError: ")
