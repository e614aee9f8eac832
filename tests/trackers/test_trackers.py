"""Trackers: each tracks a run for real, without a network, and what it wrote is read back."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evalsuite.cli import main
from evalsuite.errors import DependencyError, UsageError
from evalsuite.evaluation import evaluate, priced
from evalsuite.models.scripted import ScriptedModel
from evalsuite.report import load_report
from evalsuite.report.prices import read_prices
from evalsuite.trackers import TRACKERS
from evalsuite.trackers.base import TrackedRun, need_package
from evalsuite.trackers.content import describe_run
from evalsuite.trackers.opening import open_trackers, track
from evalsuite.types import Output, Request

WriteTask = Callable[..., Path]
SPEC = "scripted:x,base_url=https://me:hunter2@example.org/v1,api_key=sk-123"


def half_right(request: Request) -> Any:
    right = request.prompt.removeprefix("Say ").removesuffix(".")
    number = int(request.sample_id[1:])
    return Output(text=right if number % 4 else "wrong | x", tokens_in=3, tokens_out=2)


@pytest.fixture
def model() -> ScriptedModel:
    return ScriptedModel(half_right, name="thrifty", fingerprint="fixed")


def tracked(write_task: WriteTask, root: Path, n: int = 12) -> tuple[Any, Path]:
    """Run a small task and return its report and folder."""
    model = ScriptedModel(half_right, name="thrifty", fingerprint="fixed")
    model.spec = SPEC
    (report,) = evaluate(model, str(write_task(n)), output=root)
    (path,) = root.rglob("report.json")
    assert load_report(path).record == report.record
    return report, path.parent


@pytest.fixture
def run(write_task: WriteTask, tmp_path: Path) -> TrackedRun:
    return describe_run(*tracked(write_task, tmp_path / "runs"))


def test_what_trackers_are_told(write_task: WriteTask, tmp_path: Path) -> None:
    report, folder = tracked(write_task, tmp_path / "runs")
    run = describe_run(report, folder)
    primary = report.primary
    assert run.scalars["score/exact_match"] == primary.value == 0.75
    assert (run.scalars["score/exact_match.low"], run.scalars["score/exact_match.high"]) == (
        primary.interval.low,
        primary.interval.high,
    )
    assert run.scalars["outcomes/right"] == 9.0
    assert run.scalars["count/outputs"] == 12.0
    assert "by_kind/exact_match.even" in run.scalars
    assert run.curves["by_depth/exact_match"] == [(part.key, part.value) for part in primary.slices["depth"]]
    assert len(run.curves["by_depth/exact_match.low"]) == 3
    efficiency = report.record["efficiency"]
    assert run.scalars["efficiency/tokens_per_second"] == efficiency["tokens_per_second"]
    assert run.scalars["efficiency/seconds_per_right"] == efficiency["seconds_per_right"]["value"]
    assert run.config["signature.0"] == primary.signature
    assert run.config["generation.temperature"] == "0.0"
    assert run.report == (folder / "report.json").resolve()
    assert all(isinstance(value, float) for value in run.scalars.values())
    names = [*run.scalars, *run.curves]
    assert not [name for name in names if any(other.startswith(name + "/") for other in names)]  # files and folders


def test_logins_and_keys_are_not_told(run: TrackedRun) -> None:
    told = repr(run)
    assert "hunter2" not in told
    assert "sk-123" not in told
    assert run.config["model_spec"] == "scripted:x,base_url=https://***@example.org/v1,api_key=***"


def test_the_cost_is_told(write_task: WriteTask, tmp_path: Path) -> None:
    from evalsuite.evaluation import Evaluation

    report, folder = tracked(write_task, tmp_path / "runs")
    (tmp_path / "prices.toml").write_text('currency = "EUR"\n[[model]]\nmatch = "*"\nper_request = 0.5\n')
    evaluation = Evaluation(report=report, folder=folder, was_complete=False)
    run = describe_run(priced(evaluation, read_prices(tmp_path / "prices.toml")).report, folder)
    assert (run.scalars["efficiency/cost"], run.config["currency"]) == (6.0, "EUR")
    assert run.scalars["efficiency/cost_per_right"] == pytest.approx(6 / 9)


def test_tensorboard(run: TrackedRun, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    (tracker,) = open_trackers(["tensorboard"], root=tmp_path).values()
    place = ""
    for _ in range(2):
        place = tracker.log(run)
    assert Path(place).is_relative_to(tmp_path / "tensorboard")
    assert len(list(Path(place).iterdir())) == 1  # the second in place of the first
    events = EventAccumulator(place).Reload()
    assert set(events.Tags()["scalars"]) == {*run.scalars, *run.curves}
    for name, value in run.scalars.items():
        assert [(one.step, one.value) for one in events.Scalars(name)] == [(0, pytest.approx(value))]
    for name, points in run.curves.items():
        assert [(one.step, one.value) for one in events.Scalars(name)] == [(at, pytest.approx(y)) for at, y in points]
    (text,) = events.Tensors("config")[0].tensor_proto.string_val
    assert f"| report | {run.report} |" in text.decode()
    assert f"| task_hash | {run.config['task_hash']} |" in text.decode()


def test_mlflow(run: TrackedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mlflow")
    for name in ("MLFLOW_ALLOW_FILE_STORE", "MLFLOW_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "true")  # and is taken back after the test
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    from mlflow.tracking import MlflowClient

    (tracker,) = open_trackers(["mlflow,experiment=small"], root=tmp_path).values()
    again = TrackedRun(
        **{**{name: getattr(run, name) for name in TrackedRun.__slots__}, "scalars": {"score/chrf++": 2.5}}
    )
    for one in (run, again):
        assert "experiment small" in tracker.log(one)
    client = MlflowClient(tracking_uri=(tmp_path / "mlruns").as_uri())
    experiment = client.get_experiment_by_name("small")
    assert experiment is not None
    (found,) = client.search_runs([experiment.experiment_id])  # one, not two
    assert found.info.status == "FINISHED"
    assert found.data.tags["evalsuite.report"] == str(run.report)
    assert found.data.params["task_hash"] == run.config["task_hash"]
    assert found.data.metrics["score/exact_match"] == 0.75
    assert found.data.metrics["score/chrf__"] == 2.5
    history = client.get_metric_history(found.info.run_id, "by_depth/exact_match")
    assert {(one.step, one.value) for one in history} == set(run.curves["by_depth/exact_match"])


def wandb_records(path: Path) -> Iterator[Any]:
    """Yield the records of an offline run: a log of LevelDB's form, in blocks of 32 KiB after a header of 7 bytes."""
    from wandb.proto import wandb_internal_pb2

    data = path.read_bytes()
    assert data[:4] == b":W&B"
    at, part = 7, b""
    while at < len(data):
        left = 32768 - at % 32768
        if left < 7:
            at += left
            continue
        _, length, kind = struct.unpack_from("<IHB", data, at)
        part += data[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in (1, 4):  # whole, or the last of several
            record = wandb_internal_pb2.Record()
            record.ParseFromString(part)
            yield record
            part = b""


def test_wandb(run: TrackedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wandb = pytest.importorskip("wandb")
    monkeypatch.setattr(sys, "argv", ["evalsuite", "run", "--secret", "hunter2"])
    (tracker,) = open_trackers(["wandb,mode=offline,project=small"], root=tmp_path).values()
    place = Path(tracker.log(run))
    wandb.teardown()  # as at the end of a process: what its own process has taken is written
    (path,) = place.parent.glob("*.wandb")
    records = list(wandb_records(path))
    begun = next(record.run for record in records if record.WhichOneof("record_type") == "run")
    assert (begun.project, begun.run_id, begun.display_name) == ("small", run.id[:32], run.name)
    config = {item.key: item.value_json for item in begun.config.update}
    assert config["task_hash"] == f'"{run.config["task_hash"]}"'
    assert config["report"] == f'"{run.report}"'
    rows = [record.history.item for record in records if record.WhichOneof("record_type") == "history"]
    points = [{item.key or item.nested_key[0]: item.value_json for item in items} for items in rows]
    curve = [(int(row["at"]), float(row["by_depth/exact_match"])) for row in points if "by_depth/exact_match" in row]
    assert curve == run.curves["by_depth/exact_match"]
    summary = {
        item.key or item.nested_key[0]: item.value_json
        for record in records
        if record.WhichOneof("record_type") == "summary"
        for item in record.summary.update
    }
    for name, value in run.scalars.items():
        assert float(summary[name]) == pytest.approx(value), name
    written = b"".join(file.read_bytes() for file in (tmp_path / "wandb").rglob("*") if file.is_file())
    assert b"hunter2" not in written


class Broken:
    def log(self, run: TrackedRun) -> str:
        raise ConnectionError("no route\nto the host")


class Ends:
    def log(self, run: TrackedRun) -> str:
        raise SystemExit(9)


class Told:
    def __init__(self) -> None:
        self.names: list[str] = []

    def log(self, run: TrackedRun) -> str:
        self.names.append(run.name)
        return "here"


def test_evaluate_tells_trackers(
    write_task: WriteTask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: ScriptedModel
) -> None:
    told = Told()
    monkeypatch.setattr(TRACKERS, "_added", {})
    TRACKERS.register("told", lambda options, *, root: told, "Is told.")
    TRACKERS.register("broken", lambda options, *, root: Broken(), "Fails.")
    tasks = [str(write_task(4, name=name)) for name in ("one", "two")]
    reports = evaluate(model, tasks, output=tmp_path / "runs", track="told")
    assert len(reports) == len(told.names) == 2
    with pytest.warns(UserWarning, match="broken: could not track thrifty one: ConnectionError"):
        evaluate(model, tasks[0], output=tmp_path / "runs", track=["told", "broken"])
    assert len(told.names) == 3
    with pytest.raises(UsageError, match="broke"):
        evaluate(model, tasks, output=tmp_path / "runs", track="broke")


def test_a_tracker_that_fails_costs_a_warning(
    write_task: WriteTask, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TRACKERS, "_added", {})
    TRACKERS.register("broken", lambda options, *, root: Broken(), "Fails.")
    TRACKERS.register("ends", lambda options, *, root: Ends(), "Ends the process.")
    task, root = str(write_task(4)), tmp_path / "runs"
    command = ["run", "-M", "scripted:echo", "-t", task, "-o", str(root), "--track", "broken", "--track", "ends"]
    assert main(command) == 0
    printed = capsys.readouterr()
    (path,) = root.rglob("report.json")
    assert f"warning: --track broken: could not track echo tiny: ConnectionError: no route. The report is {path}" in (
        printed.err
    )
    assert "warning: --track ends: could not track echo tiny: SystemExit: 9." in printed.err
    assert "Tracked by" not in printed.out
    assert (root / "leaderboard.json").exists()


def test_the_command_tells_where_runs_are(
    write_task: WriteTask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tensorboard")
    root = tmp_path / "runs"
    command = ["run", "-M", "scripted:echo", "-t", str(write_task(4)), "-o", str(root), "--track"]
    assert main([*command, f"tensorboard,dir={tmp_path / 'boards'}"]) == 0
    assert f"Tracked by tensorboard: {tmp_path / 'boards' / 'echo-tiny'}" in capsys.readouterr().out
    assert main(["list", "trackers"]) == 0
    assert "Event files for TensorBoard." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("tensorbord", 'unknown tracker "tensorbord"; did you mean "tensorboard"? See "evalsuite list trackers".'),
        ("tensorboard,folder=x", '--track tensorboard: unknown option "folder" (known: dir)'),
        ("tensorboard,dir", '--track tensorboard,dir: expected NAME[,key=value...], found "dir"'),
        ("tensorboard,dir=", "--track tensorboard: dir has no value"),
        ("wandb,mode=offlin", '--track wandb: mode must be one of online, offline, disabled, found "offlin"'),
        ("mlflow,url=x", '--track mlflow: unknown option "url"; did you mean "uri"? (known: uri, experiment)'),
    ],
)
def test_what_cannot_be_is_refused_before_the_run(
    write_task: WriteTask, tmp_path: Path, capsys: pytest.CaptureFixture[str], spec: str, message: str
) -> None:
    root = tmp_path / "runs"
    assert main(["run", "-M", "scripted:echo", "-t", str(write_task(4)), "-o", str(root), "--track", spec]) == 2
    assert message in capsys.readouterr().err
    assert not root.exists()
    with pytest.raises(UsageError):
        open_trackers([spec], root=root)


@pytest.mark.parametrize("name", ["tensorboard", "wandb", "mlflow"])
def test_a_package_that_is_not_there_is_named_before_the_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(
        DependencyError, match=rf"--track {name} needs the package {name}: pip install 'evalsuite\[{name}\]'"
    ):
        open_trackers([name], root=tmp_path)
    with pytest.raises(DependencyError):
        need_package(name, "no_such.package")


def test_no_tracker_is_imported_before_it_is_needed(run: TrackedRun, tmp_path: Path) -> None:
    import subprocess

    code = (
        "import sys\nfrom pathlib import Path\nfrom evalsuite.trackers.opening import open_trackers\n"
        f"open_trackers(['tensorboard', 'mlflow', 'wandb'], root=Path({str(tmp_path)!r}))\n"
        "assert not {'tensorboard', 'mlflow', 'wandb', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ})
    warnings: list[str] = []
    report = load_report(run.report)
    assert track({}, report, run.report.parent, warn=warnings.append) == {}
    assert warnings == []


def test_a_login_in_an_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="uri has a login in its address, which would be logged"):
        open_trackers(["mlflow,uri=http://user:hunter2@127.0.0.1:9/x"], root=tmp_path)
