"""The runner: fixed slices, and runs that continue one another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.errors import RunLogError, SaveError, TaskError, UsageError
from evalsuite.evaluation import plan_run
from evalsuite.models.scripted import ScriptedModel
from evalsuite.rng import derive_seed
from evalsuite.runlog import RunLock
from evalsuite.runner import generate
from evalsuite.task import Task, load_task
from tests.runner.scripted_runs import N, answer, asked, model_of, names, run

if TYPE_CHECKING:
    from evalsuite.types import Request

WriteTask = Callable[..., Path]


def test_every_sample_is_asked_once_in_slices(task: Task, tmp_path: Path) -> None:
    model = model_of(batch_size=10)
    log = run(model, task, tmp_path)
    assert asked(model) == [names(0, 10), names(10, 20), names(20, 24)]
    assert list(log.outputs) == [(name, 0, 0) for name in names(0, N)]
    for name in names(0, N):
        output = log.outputs[name, 0, 0]
        assert output.seed == derive_seed(0, "tiny", name, 0, 0)
        assert output.text == f"{name} 0 {output.seed}"
        assert output.seconds is not None


def test_seeds_are_pinned(task: Task, tmp_path: Path) -> None:
    # The first 8 bytes of: printf '%s' '[0,"tiny","s00",0,0]' | sha256sum
    log = run(model_of(), task, tmp_path, limit=1)
    assert f"{log.outputs['s00', 0, 0].seed:016x}" == "6a8a22fc65b69d3d"


def test_a_complete_run_asks_nothing_and_writes_nothing(task: Task, tmp_path: Path) -> None:
    before = run(model_of(), task, tmp_path)
    content = before.path.read_bytes()
    model = model_of(lambda request: pytest.fail("was asked"))
    assert run(model, task, tmp_path) == before
    assert run(model, task, tmp_path, limit=3).outputs == before.outputs
    assert before.path.read_bytes() == content


def test_a_larger_limit_and_more_repeats_continue_the_run(task: Task, tmp_path: Path) -> None:
    run(model_of(batch_size=8), task, tmp_path, limit=10)
    model = model_of(batch_size=8)
    run(model, task, tmp_path, limit=20)
    assert asked(model) == [names(8, 16), names(16, 20)]  # the slice that was cut off is asked whole
    model = model_of(batch_size=8)
    log = run(model, task, tmp_path, limit=9, repeats=2)
    assert asked(model) == [names(0, 8), names(8, 9)]
    assert {request.repeat for call in model.calls for request in call} == {1}
    assert len(log.outputs) == 29
    assert len({output.seed for output in log.outputs.values()}) == 29


def test_another_batch_size_continues_with_the_one_the_run_began_with(task: Task, tmp_path: Path) -> None:
    first = run(model_of(), task, tmp_path, limit=6, batch_size=6)
    assert first.header["batch_size"] == 6
    model = model_of(batch_size=3)
    second = run(model, task, tmp_path, batch_size=5)
    assert second.path == first.path
    assert asked(model) == [names(6, 12), names(12, 18), names(18, 24)]


@pytest.mark.parametrize("batch_size", [1, 7, 24, 1000])
def test_batch_size_does_not_change_outputs(task: Task, tmp_path: Path, batch_size: int) -> None:
    log = run(model_of(), task, tmp_path, batch_size=batch_size)
    assert [output.text for output in log.outputs.values()] == [
        f"{name} 0 {derive_seed(0, 'tiny', name, 0, 0)}" for name in names(0, N)
    ]


def test_a_slice_of_which_one_is_missing_is_asked_whole_and_what_was_there_is_kept(task: Task, tmp_path: Path) -> None:
    log = run(model_of(batch_size=8), task, tmp_path, batch_size=8)
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(b"".join(lines[:-4]) + lines[-4][:9])  # the last line closes the session
    model = model_of(lambda request: "new " + request.sample_id, batch_size=8)
    again = run(model, task, tmp_path)
    assert asked(model) == [names(16, 24)]
    changed = [key[0] for key, output in again.outputs.items() if output.text == f"new {key[0]}"]
    assert changed == names(21, 24)
    assert b'"torn_bytes":9' in log.path.read_bytes()


def test_a_model_that_is_not_batch_invariant_gets_padded_constant_batches(task: Task, tmp_path: Path) -> None:
    model = model_of(batch_size=10, batch_invariant=False)
    log = run(model, task, tmp_path)
    assert asked(model)[:2] == [names(0, 10), names(10, 20)]
    assert asked(model)[2] == [*names(20, 24), *["s23"] * 6]
    assert list(log.outputs) == [(name, 0, 0) for name in names(0, N)]
    assert log.path.read_bytes().count(b'"type":"output"') == N


def test_identity(task: Task, write_task: WriteTask, tmp_path: Path) -> None:
    def run_id(model: Any = None, of: Task = task, **settings: Any) -> str:
        return plan_run(model or model_of(), of, root=tmp_path, **settings).identity.id

    same = run_id()
    moved = model_of()
    moved.device = "cuda:1"  # type: ignore[misc]
    assert {run_id(limit=3), run_id(repeats=4), run_id(batch_size=5), run_id(moved)} == {same}
    halved = model_of()
    halved.dtype = "float16"  # type: ignore[misc]
    changed = [
        run_id(ScriptedModel(answer, fingerprint="other")),
        run_id(halved),
        run_id(seed=1),
        run_id(generation={"temperature": 0.5}),
        run_id(generation={"stop": ["x"]}),
        run_id(of=load_task(str(write_task(N, version=2)))),
        run_id(of=load_task(str(write_task(N - 1)))),
        run_id(of=load_task(str(write_task(N, prompt="Tell {word} {number}.")))),
        run_id(of=load_task(str(write_task(N, name="tiny2")))),
    ]
    assert len({same, *changed}) == 1 + len(changed)
    metrics = '[{ name = "chrf", primary = true }]'
    assert run_id(of=load_task(str(write_task(N, metrics=metrics)))) == same  # scoring is not generating


def test_the_log_of_another_run_in_the_folder_is_refused(task: Task, tmp_path: Path) -> None:
    run(model_of(), task, tmp_path, limit=2)
    theirs = plan_run(model_of(), task, root=tmp_path)
    ours = plan_run(model_of(), task, root=tmp_path, seed=1)
    ours.folder.mkdir(parents=True)
    theirs.log_path.rename(ours.log_path)
    content = ours.log_path.read_bytes()
    with pytest.raises(RunLogError, match="the log is of another run"):
        generate(ours)
    assert ours.log_path.read_bytes() == content


def test_a_run_in_use_is_refused(task: Task, tmp_path: Path) -> None:
    plan = plan_run(model_of(), task, root=tmp_path)
    plan.folder.mkdir(parents=True)
    with RunLock(plan.folder), pytest.raises(RunLogError, match="another process is working on this run"):
        generate(plan)


def test_a_torn_header_begins_anew(task: Task, tmp_path: Path) -> None:
    plan = plan_run(model_of(), task, root=tmp_path)
    whole = generate(plan).outputs
    header = plan.log_path.read_bytes().splitlines(keepends=True)[0]
    for content in (b"", b"\0" * 100, header[:1], header[:-1]):
        plan.log_path.write_bytes(content)
        assert [output.text for output in generate(plan).outputs.values()] == [output.text for output in whole.values()]


def test_a_folder_in_the_way_is_a_save_error(task: Task, tmp_path: Path) -> None:
    plan = plan_run(model_of(), task, root=tmp_path / "runs")
    (tmp_path / "runs").mkdir()
    plan.folder.parent.parent.touch()
    with pytest.raises(SaveError, match="cannot be made: Not a directory"):
        generate(plan)


def test_progress_counts_what_was_asked_for(task: Task, tmp_path: Path) -> None:
    run(model_of(batch_size=8), task, tmp_path, limit=16, repeats=2)
    said: list[tuple[int, int]] = []
    plan = plan_run(model_of(), task, root=tmp_path, limit=24)
    generate(plan, progress=lambda done, wanted: said.append((done, wanted)))
    assert said == [(16, 24), (24, 24)]


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"limit": 0}, UsageError, "limit must be at least 1, got 0"),
        ({"repeats": -1}, UsageError, "repeats must be at least 1, got -1"),
        ({"batch_size": 0}, UsageError, "batch_size must be at least 1"),
        ({"seed": -1}, UsageError, "seed must be in"),
        ({"num_fewshot": 1}, TaskError, "has 0 worked examples, num_fewshot asks for 1"),
        ({"generation": {"temprature": 1}}, TaskError, 'unknown field "temprature"; did you mean "temperature"?'),
        ({"generation": {"temperature": 10**400}}, TaskError, "temperature is too large"),
        ({"generation": {"top_p": 1.5}}, TaskError, "top_p must be in"),
    ],
)
def test_settings_that_make_no_sense(
    task: Task, tmp_path: Path, settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        plan_run(model_of(), task, root=tmp_path, **settings)


def test_a_model_of_another_modality_is_refused(task: Task, tmp_path: Path) -> None:
    painter = model_of(modalities=frozenset({"image"}))
    with pytest.raises(UsageError, match='task "tiny" asks for text, model "scripted" generates image'):
        plan_run(painter, task, root=tmp_path)


def test_stop_strings_may_be_a_tuple_and_a_model_without_a_batch_size_gets_one(task: Task, tmp_path: Path) -> None:
    model = model_of(batch_size=0)
    plan = plan_run(model, task, root=tmp_path, generation={"stop": ("a", "b")}, limit=2)
    assert plan.config.stop == ("a", "b")
    generate(plan)
    assert [len(call) for call in model.calls] == [1, 1]


def test_each_process_says_what_it_took_also_when_it_is_interrupted(task: Task, tmp_path: Path) -> None:
    def reply(request: Request) -> str:
        if request.sample_id == "s10":
            raise KeyboardInterrupt
        return "x"

    with pytest.raises(KeyboardInterrupt):
        run(model_of(reply, batch_size=5), task, tmp_path, batch_size=5)
    log = run(model_of(batch_size=5), task, tmp_path)
    assert [session.n_outputs for session in log.sessions] == [10, N - 10]
    for session in log.sessions:
        assert session.usage is not None
        assert session.usage["seconds"] > 0
        assert session.usage["peak_rss_bytes"] > 1 << 20
    ends = [line for line in log.path.read_bytes().splitlines() if b'"type":"session_end"' in line]
    assert [b'"interrupted":true' in line for line in ends] == [True, False]
    assert run(model_of(), task, tmp_path) == log  # complete: no session for nothing
