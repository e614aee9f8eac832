"""Runs on a real Ray cluster of several processes: the same rows as a local run, whatever dies."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

import evalsuite
from evalsuite.cli import main
from evalsuite.errors import DependencyError, ModelError, UsageError
from evalsuite.evaluation import plan_run, run_plan
from evalsuite.executors import make_executor, ray_cluster
from evalsuite.executors import ray as ray_executor
from evalsuite.executors.ray import RayExecutor
from evalsuite.models.spec import open_model
from evalsuite.runlog import read_log
from evalsuite.runlog.reader import digest_outputs
from evalsuite.task import Task, load_task
from tests.executors import ray_models
from tests.executors.ray_models import DiesLoading, DiesOnce, Meeting, Plain, Poisoned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from evalsuite.evaluation import Evaluation

ray = pytest.importorskip("ray", reason="needs the package ray")
N = 40


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    ray_cluster.connect(ray, num_cpus=4)
    ray.cloudpickle.register_pickle_by_value(ray_models)
    yield
    ray.cloudpickle.unregister_pickle_by_value(ray_models)
    ray.shutdown()


@pytest.fixture
def task(write_task: Callable[..., Path]) -> Task:
    return load_task(str(write_task(N)))


@pytest.fixture
def pids(tmp_path: Path) -> Path:
    (tmp_path / "pids").mkdir()
    return tmp_path / "pids"


def run(model: Any, task: Task, root: Path, workers: int | None, **settings: Any) -> Evaluation:
    executor = make_executor("ray", workers=workers) if workers else None
    return run_plan(plan_run(model, task, root=root, executor=executor, **settings))


def outputs_of(evaluation: Evaluation) -> list[tuple[Any, ...]]:
    log = read_log(evaluation.folder / "run.jsonl")
    found = [
        (key, one.text, one.seed, one.finish_reason, one.error, one.tokens_out) for key, one in log.outputs.items()
    ]
    lines = (evaluation.folder / "run.jsonl").read_text().count('"type":"output"')
    assert lines == len(found)  # nothing twice
    return sorted(found)


def lasting(evaluation: Evaluation) -> dict[str, Any]:
    """All of a report but when, where and how fast it was made."""
    kept = ("scores", "outcomes", "n_samples", "n_outputs", "errors", "identity", "inputs", "limit", "repeats", "task")
    return {key: evaluation.report.record.get(key) for key in kept}


def test_one_and_four_workers_give_the_rows_and_reports_of_a_local_run(tmp_path: Path) -> None:
    spec = "zoo:ledger_cot_early"
    found = {}
    for workers in (None, 1, 4):
        executor = make_executor("ray", workers=workers, spec=spec) if workers else None
        plan = plan_run(
            open_model(spec, device="cpu"),
            load_task("ledger"),
            root=tmp_path / str(workers),
            limit=24,
            repeats=2,
            generation={"temperature": 0.7},
            batch_size=8,
            executor=executor,
        )
        evaluation = run_plan(plan)
        rows = [path.read_bytes() for path in sorted((evaluation.folder / "statistics").glob("*.npy"))]
        found[workers] = (outputs_of(evaluation), rows, lasting(evaluation))
    assert found[None] == found[1] == found[4]
    assert 0 < found[None][2]["scores"][0]["value"] < 1


def test_videos_come_back_from_workers_as_they_were(tmp_path: Path) -> None:
    spec, found = "zoo:films", []
    for workers in (None, 2):
        executor = make_executor("ray", workers=workers, spec=spec) if workers else None
        task, root = load_task("moving_shapes"), tmp_path / str(workers)
        evaluation = run_plan(plan_run(open_model(spec), task, root=root, limit=8, batch_size=2, executor=executor))
        log = read_log(evaluation.folder / "run.jsonl")
        digest = digest_outputs(log.sample_outputs(sample.id, 1, 1) for sample in task.samples[:8])
        found.append((digest, lasting(evaluation)))
    assert found[0] == found[1]
    assert evaluation.report.primary.outcomes == {"right": 8}


def test_the_work_is_spread_and_rows_are_computed_there(task: Task, tmp_path: Path, pids: Path) -> None:
    made: list[int] = []
    original = RayExecutor.submit

    def submit(self: RayExecutor, *arguments: Any) -> Any:
        made.append(1)
        return original(self, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RayExecutor, "submit", submit)
        patch.setattr("evalsuite.scoring.rows_ahead._AT_ONCE", 8)
        spread = run(Meeting(pids), task, tmp_path / "ray", workers=3)
    assert len(list(pids.iterdir())) == 3
    assert str(os.getpid()) not in {path.name for path in pids.iterdir()}
    assert len(made) >= 4  # parts of both metrics
    local = run(Plain(pids), task, tmp_path / "local", workers=None)
    assert outputs_of(spread) == outputs_of(local)
    assert lasting(spread) == lasting(local)
    header = read_log(spread.folder / "run.jsonl").header
    assert header["executor"] == "ray"


def test_workers_that_die_are_replaced(task: Task, tmp_path: Path, pids: Path) -> None:
    evaluation = run(DiesOnce(pids), task, tmp_path / "ray", workers=2)
    assert {path.name for path in pids.glob("died-*")} == {"died-s05", "died-s06", "died-s17"}
    assert outputs_of(evaluation) == outputs_of(run(Plain(pids), task, tmp_path / "local", workers=None))


def test_a_sample_that_kills_its_worker_is_an_error_and_the_others_are_kept(
    task: Task, tmp_path: Path, pids: Path
) -> None:
    evaluation = run(Poisoned(pids), task, tmp_path / "ray", workers=2)
    (error,) = evaluation.report.record["errors"]
    assert error["message"] == "4 worker processes died while they answered this request"
    assert error["count"] == 1
    local = outputs_of(run(Plain(pids), task, tmp_path / "local", workers=None))
    assert [one for one in outputs_of(evaluation) if one[0][0] != "s09"] == [one for one in local if one[0][0] != "s09"]
    again = run(Plain(pids), task, tmp_path / "ray", workers=None)  # the same command continues, here or there
    assert {one.text for one in read_log(again.folder / "run.jsonl").outputs.values()} == {one[1] for one in local}


def test_workers_killed_from_outside_at_random(task: Task, tmp_path: Path, pids: Path) -> None:
    over = threading.Event()
    killed: list[int] = []
    draw = random.Random(1)

    def kill() -> None:
        while not over.wait(0.15):
            alive = [int(path.name) for path in pids.iterdir() if int(path.name) not in killed]
            if alive and len(killed) < 5:
                killed.append(draw.choice(alive))
                os.kill(killed[-1], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        evaluation = run(Plain(pids, seconds=0.1), task, tmp_path / "ray", workers=3, repeats=2)
    finally:
        over.set()
        killer.join()
    assert len(killed) >= 2
    assert len(list(pids.iterdir())) > 3
    local = run(Plain(pids), task, tmp_path / "local", workers=None, repeats=2)
    assert outputs_of(evaluation) == outputs_of(local)
    assert lasting(evaluation) == lasting(local)


def test_a_model_that_no_worker_survives_ends_the_run(task: Task, tmp_path: Path, pids: Path) -> None:
    with pytest.raises(UsageError, match="worker processes died one after the other, and none finished a batch"):
        run(DiesLoading(pids), task, tmp_path, workers=1)


def test_a_model_that_cannot_be_loaded_there_says_so(task: Task, tmp_path: Path) -> None:
    plan = plan_run(Plain(tmp_path), task, root=tmp_path, executor=RayExecutor(workers=1, spec="zoo:ledger_kot"))
    with pytest.raises(ModelError, match="did you mean"):
        run_plan(plan)
    assert not list(tmp_path.rglob("run.jsonl"))


def test_workers_with_another_model_under_the_name_are_refused(task: Task, tmp_path: Path) -> None:
    plan = plan_run(Plain(tmp_path), task, root=tmp_path, executor=RayExecutor(workers=1, spec="scripted:echo"))
    with pytest.raises(ModelError, match="has another model under this name"):
        run_plan(plan)


def test_an_interrupt_keeps_what_is_done_and_ends_the_workers(task: Task, tmp_path: Path, pids: Path) -> None:
    def progress(done: int, wanted: int) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    plan = plan_run(Plain(pids, seconds=0.1), task, root=tmp_path, executor=make_executor("ray", workers=2))
    with pytest.raises(KeyboardInterrupt):
        run_plan(plan, progress=progress)
    assert 8 <= len(read_log(plan.log_path).outputs) < N
    workers = {int(path.name) for path in pids.iterdir()}
    end = time.monotonic() + 60.0
    while any(os.path.exists(f"/proc/{pid}") for pid in workers) and time.monotonic() < end:  # noqa: PTH110 (a process)
        time.sleep(0.05)
    assert not any(os.path.exists(f"/proc/{pid}") for pid in workers)  # noqa: PTH110
    assert len(outputs_of(run(Plain(pids), task, tmp_path, workers=2))) == N


def test_the_command_and_python(task: Task, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["run", "--model", "scripted:echo", "--tasks", task.source, "-o", str(tmp_path / "runs"), "--json"]
    assert main([*command, "--executor", "ray", "--workers", "2"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"][:1]
    (report,) = evalsuite.evaluate("scripted:echo", task, executor="ray", workers=1, output=tmp_path / "python")
    assert report.primary.value == row["value"]


def test_what_cannot_be_sent_is_refused(task: Task, tmp_path: Path) -> None:
    model = Plain(tmp_path)
    model.lock = threading.Lock()  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match='model "plain" cannot be sent to another process'):
        run(model, task, tmp_path, workers=1)


def test_an_address_where_nothing_answers_is_told_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def is_initialized(self) -> bool:
            return False

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setenv("RAY_ADDRESS", address)
    with pytest.raises(UsageError, match=f"nothing answers at RAY_ADDRESS={address}"):
        ray_cluster.connect(Away())


def test_what_workers_take_is_not_taken_for_what_this_process_does(task: Task, tmp_path: Path, pids: Path) -> None:
    found = run(Plain(pids), task, tmp_path, workers=2).report.record["efficiency"]
    assert "whose energy is not measured" in found["left_out"]["energy_joules"]
    assert "n_devices" not in found
    model = Plain(pids)
    model.device = "cuda"
    model.fingerprint = "other"
    assert run(model, task, tmp_path, workers=2).report.record["efficiency"]["n_devices"] == 2


def test_workers_keep_the_model_from_task_to_task_and_end_afterwards(
    task: Task, write_task: Callable[..., Path], tmp_path: Path, pids: Path
) -> None:
    other = load_task(str(write_task(N, name="other")))
    evalsuite.evaluate(Plain(pids), [task, other], executor="ray", workers=1, output=tmp_path / "runs")
    (pid,) = [int(path.name) for path in pids.iterdir()]
    end = time.monotonic() + 60.0
    while os.path.exists(f"/proc/{pid}"):  # noqa: PTH110 (a process)
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_cluster_without_room_is_told_of_once(
    task: Task, tmp_path: Path, pids: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Occupant:
        pass

    occupant = ray.remote(Occupant).options(num_cpus=4).remote()
    ray.get(occupant.__ray_ready__.remote())
    told: list[str] = []

    class Terminal(io.StringIO):
        def write(self, text: str) -> int:
            if "no room" in text:
                told.append(text)
                ray.kill(occupant)
            return len(text)

    monkeypatch.setattr(ray_executor, "_ROOM_SECONDS", 0.2)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert run(Plain(pids), task, tmp_path, workers=2).report.n_errors == 0
    assert told == [
        "evalsuite: the Ray cluster has no room for a worker yet: each takes 1 CPU, and 0 of them are free; waiting\n"
    ]


def test_what_makes_no_sense_is_refused_before_anything_runs(
    task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["run", "--model", "scripted:echo", "--tasks", task.source, "-o", str(tmp_path / "runs")]
    assert main([*command, "--executor", "rai"]) == 2
    assert 'unknown executor "rai"; did you mean "ray"?' in capsys.readouterr().err
    assert main([*command, "--workers", "2"]) == 2
    assert "a local run has one process" in capsys.readouterr().err
    assert main([*command, "--executor", "ray", "--workers", "0"]) == 2
    assert "must be at least 1" in capsys.readouterr().err
    monkeypatch.setattr(ray_cluster, "find_spec", lambda name: None)
    with pytest.raises(DependencyError, match="needs the package ray: pip install"):
        make_executor("ray")
    assert not (tmp_path / "runs").exists()


def test_a_local_run_does_not_import_ray(task: Task, tmp_path: Path) -> None:
    command = ["run", "--model", "scripted:echo", "--tasks", task.source, "-o", str(tmp_path / "runs"), "--quiet"]
    code = f"import sys\nfrom evalsuite.cli import main\nmain({command!r})\nprint('ray' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.stdout == "False\n", found.stderr
