"""Long logs, whose outputs are read from the file when they are wanted, say what short ones do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.errors import RunLogError
from evalsuite.evaluation import plan_run, run_plan
from evalsuite.models.scripted import ScriptedModel
from evalsuite.runlog import RunLogWriter, indexed, read_log, reader
from evalsuite.runlog.indexed import IndexedOutputs
from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

HEADER: dict[str, object] = {"type": "header", "schema_version": 1, "id": "x", "identity": {}, "task": {}, "model": {}}
LINES = st.lists(
    st.tuples(st.sampled_from("abcd\ud800"), st.integers(0, 2), st.integers(0, 1), st.booleans(), st.text(max_size=5)),
    max_size=30,
)


def write(path: Path, lines: list[tuple[str, int, int, bool, str]]) -> None:
    path.unlink(missing_ok=True)
    with RunLogWriter(path, header=HEADER) as writer:
        writer.append(
            [
                Output(sample_id=name, repeat=repeat, turn=turn, seed=i, error=text, finish_reason="error")
                if is_error
                else Output(sample_id=name, repeat=repeat, turn=turn, seed=i, text=text)
                for i, (name, repeat, turn, is_error, text) in enumerate(lines)
            ]
        )


@given(lines=LINES, few_hashes=st.booleans())
@settings(max_examples=40, deadline=None)
def test_indexed_outputs_are_those_of_a_dict(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, int, int, bool, str]], few_hashes: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "indexed.jsonl"
    write(path, lines)
    kept = read_log(path).outputs
    assert isinstance(kept, dict)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "IN_MEMORY_BYTES", 0)
        if few_hashes:  # different keys have one hash
            patch.setattr(indexed, "_hash", lambda key: len(key[0]) + key[1])
        found = read_log(path).outputs
        assert isinstance(found, IndexedOutputs)
        assert list(found) == list(kept)
        assert dict(found.items()) == kept
        assert len(found) == len(kept)
        for key in [*kept, ("a", 9, 9), ("", 0, 0)]:
            assert found.get(key) == kept.get(key)
            assert (key in found) == (key in kept)


def test_runs_with_long_logs_are_the_same(
    write_task: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evalsuite.task import load_task

    task = load_task(str(write_task(24)))

    def records(name: str) -> tuple[object, ...]:
        def reply(request: object) -> str:
            if request.sample_id == "s05":  # type: ignore[attr-defined]
                raise ValueError("no")
            return request.prompt.removeprefix("Say ").removesuffix(".")  # type: ignore[attr-defined,no-any-return]

        model = ScriptedModel(reply, fingerprint="x")
        first = run_plan(plan_run(model, task, root=tmp_path / name, repeats=2, limit=10)).report
        again = run_plan(plan_run(model, task, root=tmp_path / name, repeats=2)).report
        complete = run_plan(plan_run(ScriptedModel(lambda r: "x", fingerprint="x"), task, root=tmp_path / name)).report
        return tuple((one.scores, one.n_errors, one.record["inputs"]) for one in (first, again, complete))

    short = records("short")
    monkeypatch.setattr(reader, "IN_MEMORY_BYTES", 0)
    assert records("long") == short


def test_a_log_that_changes_under_a_reader_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "IN_MEMORY_BYTES", 0)
    path = tmp_path / "run.jsonl"
    write(path, [("a", 0, 0, False, "x")])
    outputs: Mapping[object, object] = read_log(path).outputs  # type: ignore[assignment]
    path.write_bytes(b"\n" * path.stat().st_size)
    with pytest.raises(RunLogError, match="has been changed since it was opened"):
        outputs["a", 0, 0]
