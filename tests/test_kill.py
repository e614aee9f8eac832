"""Kill a run at any moment: the same command continues it, and nothing is lost, doubled or changed.

Runs of texts and of images, against a server, and on a Ray cluster. Eight kills by default (of Ray, whose processes
take long to begin, four); as many as ``EVALSUITE_KILLS`` says otherwise, of each.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tarfile
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.media import StoredImage
from evalsuite.runlog import read_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from evalsuite.runlog.reader import RunLog

KILLS = int(os.environ.get("EVALSUITE_KILLS", "0"))
N = 60
# Lines to hear before a kill. A run of images says more: a sync and a write for the images and the records of a batch.
MOMENTS = {
    "text": [0, 1, 2, 5, 9, 14, 17, 19, 22, 25],
    "image": [0, 1, 3, 6, 10, 15, 21, 28, 36, 45, 55],
    "http": [0, 1, 2, 4, 6, 9, 12, 16, 22],
    "ray": [0, 1, 2, 4, 6, 9, 12, 15],
}
# Where the process says "n", it has been told that n outputs are done. What comes after generation is slowed down and
# announced, so that kills fall there too.
CHILD = """
import dataclasses, os, pathlib, sys, time
import numpy
from evalsuite import evaluation
from evalsuite.evaluation import scored
from evalsuite.media import pixels_of
from evalsuite.metrics import METRICS
from evalsuite.metrics.base import RowMetric, Rows
from evalsuite.models.scripted import ScriptedModel

kind, task, output, pause = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
settings = {"executor": "ray", "workers": 2} if kind == "ray" else {}

def say(text):
    sys.stdout.write(f"{text}\\n")
    sys.stdout.flush()

def reply(request):
    time.sleep(pause)
    if int(request.sample_id[1:]) % 3 == 0:
        return f"not {request.seed}"
    return request.prompt.removeprefix("Say ").removesuffix(".")

def paint(request):
    time.sleep(pause)
    return numpy.random.default_rng(request.seed).integers(0, 256, (6, 5, 3), dtype=numpy.uint8)

@dataclasses.dataclass(frozen=True)
class Brightness(RowMetric):
    name = "brightness"
    value_range = (0.0, 255.0)
    modality = "image"
    n_columns = 2

    def example(self):
        raise NotImplementedError

    def _rows(self, samples, outputs):
        means = [[pixels_of(one).mean() if one.image else numpy.nan for one in several] for several in outputs]
        rows = [[sum(several), len(several)] for several in means]
        return Rows(numpy.array(rows), ("scored",) * len(rows))

    def _value(self, sums):
        return sums[..., 0] / sums[..., 1]

def slowly(thing, name, text):
    original = getattr(thing, name)
    def slow(*arguments, **settings):
        say(text)
        time.sleep(pause * 4)
        return original(*arguments, **settings)
    setattr(thing, name, slow)

slowly(numpy, "save", "rows")
slowly(pathlib.Path, "replace", "rename")
slowly(scored, "save_json", "report")
if kind == "image":
    METRICS.register("brightness", Brightness, "Mean of all pixels.")
    slowly(os, "fsync", "sync")
    slowly(os, "pwrite", "write")
if kind == "http":
    model = "openai:tiny,concurrency=6,base_url=" + os.environ["SERVER_URL"]
else:
    modality = "image" if kind == "image" else "text"
    answer = paint if kind == "image" else reply
    model = ScriptedModel(answer, fingerprint="fixed", batch_size=7, modalities=frozenset({modality}))
progress = lambda name, done, wanted: say(done)
evaluation.evaluate(model, task, output=output, repeats=2, progress=progress, **settings)
say("end")
"""


TASKS: dict[str, dict[str, str]] = {
    "text": {},
    "image": {"metrics": '[{ name = "brightness", primary = true }]', "more": 'modality = "image"'},
    "http": {},
    "ray": {},
}


@pytest.fixture
def surroundings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start the server or the cluster that a kind of run needs, and tell its address to the processes."""
    kind = request.getfixturevalue("kind")
    if kind == "http":
        from tests.servers.openai_server import OpenAIServer

        with OpenAIServer(seconds=0.005) as server:
            monkeypatch.setenv("SERVER_URL", server.url)
            yield
    elif kind == "ray":
        ray = pytest.importorskip("ray", reason="needs the package ray")
        from evalsuite.executors.ray_cluster import connect

        connect(ray, num_cpus=4)
        monkeypatch.setenv("RAY_ADDRESS", ray.get_runtime_context().gcs_address)
        yield
        ray.shutdown()
    else:
        yield


def start(kind: str, task: Path, output: Path, pause: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", CHILD, kind, str(task), str(output), str(pause)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(kind: str, task: Path, output: Path) -> None:
    process = start(kind, task, output, 0.0)
    said, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    assert said.endswith(b"end\n")


def only(folder: Path, name: str) -> Path:
    (path,) = folder.rglob(name)
    return path


def canonical(log: RunLog) -> list[dict[str, Any]]:
    keys = [(f"s{i:02}", repeat, 0) for i in range(N) for repeat in range(2)]
    assert sorted(log.outputs) == sorted(keys)
    outputs = [log.outputs[key] for key in keys]
    found = [{name: getattr(one, name) for name in ("sample_id", "repeat", "seed", "text")} for one in outputs]
    return [{**entry, "image": one.image and one.image.sha256} for entry, one in zip(found, outputs, strict=True)]


def assert_shards_agree(log: RunLog) -> None:
    """Every record's image is right, and nothing else is in the shards but padding."""
    images = [output.image for output in log.outputs.values()]
    for output, image in zip(log.outputs.values(), images, strict=True):
        assert isinstance(image, StoredImage)
        expected = np.random.default_rng(output.seed).integers(0, 256, (6, 5, 3), dtype=np.uint8)
        assert np.array_equal(image.pixels(), expected)  # which checks its hash
    shards = sorted((log.path.parent / "media").iterdir())
    assert [path.name for path in shards] == sorted(log.media)
    for path in shards:
        with tarfile.open(path) as archive:
            held = [(member.offset_data, member.size) for member in archive]
        assert held == sorted((image.offset, image.length) for image in images if image.path == path)
        assert path.stat().st_size == log.media[path.name] + 2 * tarfile.BLOCKSIZE


def lasting(report: dict[str, Any]) -> str:
    """Return a report as text, without times and environment."""
    kept = {
        key: value for key, value in report.items() if key not in ("timing", "efficiency", "environment", "started")
    }
    return json.dumps(kept, sort_keys=True)


def rows(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("statistics/*") if path.suffix in (".npy", ".json")]
    return {path.name: path.read_bytes() for path in files}


@pytest.mark.usefixtures("surroundings")
@pytest.mark.parametrize("kind", TASKS)
def test_killed_runs_end_like_one_that_was_not(write_task: Callable[..., Path], tmp_path: Path, kind: str) -> None:
    task = write_task(N, **TASKS[kind])
    whole = tmp_path / "whole"
    finish(kind, task, whole)
    expected = canonical(read_log(only(whole, "run.jsonl")))
    expected_report = lasting(json.loads(only(whole, "report.json").read_bytes()))

    rng = random.Random(20261121)
    killed, lines_seen = 0, set()
    kills = KILLS or (4 if kind == "ray" else 8)
    output = tmp_path / "killed"
    for attempt in count():
        assert attempt < 8 * kills  # some runs are over before they are killed
        if attempt % 4 == 0:  # begin anew now and then, so that the beginning is killed as well
            output = tmp_path / f"killed-{attempt}"
        # A moment: so many lines are heard, then a few milliseconds pass.
        stop_at, delay = rng.choice(MOMENTS[kind]), rng.random() * 0.02
        done = 0
        process = start(kind, task, output, 0.002)
        assert process.stdout is not None
        for heard, line in enumerate(process.stdout):
            lines_seen.add(line.strip())
            done = int(line) if line.strip().isdigit() else done
            if heard >= stop_at:
                break
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            killed += 1
        rest, errors = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), errors.decode()
        done = max([done, *(int(line) for line in rest.split() if line.isdigit())])
        logs = list(output.rglob("run.jsonl"))
        if logs and done:
            log = read_log(logs[0])  # raises if the kill left more than a torn tail
            assert len(log.outputs) >= done  # what was reported as done is there
        assert_no_half_report(output)
        if attempt % 4 == 3 or killed == kills:
            finish(kind, task, output)
            log = read_log(only(output, "run.jsonl"))
            assert canonical(log) == expected
            if kind == "image":
                assert_shards_agree(log)
            content = log.path.read_bytes()
            assert content.count(b'"type":"output"') == len(expected)  # nothing is written twice
            assert lasting(json.loads(only(output, "report.json").read_bytes())) == expected_report
            assert rows(output) == rows(whole)
            assert not list(output.rglob(".probe-*"))
        if killed == kills:
            break
    assert kind != "text" or lines_seen & {b"rows", b"rename", b"report"}


def assert_no_half_report(output: Path) -> None:
    for path in output.rglob("report.json"):
        assert json.loads(path.read_bytes())["kind"] == "report"
    for path in output.rglob("*.npy"):
        np.load(path, allow_pickle=False)


@pytest.mark.parametrize("word", [b"rows", b"rename", b"report"])
def test_killed_while_scoring_or_writing_the_report(
    write_task: Callable[..., Path], tmp_path: Path, word: bytes
) -> None:
    task = write_task(N)
    finish("text", task, tmp_path / "whole")
    finish("text", task, tmp_path / "runs")
    # Generation is complete; rows and report have to be made again.
    only(tmp_path / "runs", "report.json").unlink()
    for path in (tmp_path / "runs").rglob("statistics/*"):
        path.unlink()
    process = start("text", task, tmp_path / "runs", 0.05)
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == word:
            break
    else:
        pytest.fail(f"never came to {word!r}")
    process.kill()
    process.communicate()
    assert_no_half_report(tmp_path / "runs")
    finish("text", task, tmp_path / "runs")
    assert rows(tmp_path / "runs") == rows(tmp_path / "whole")
    reports = [json.loads(only(tmp_path / name, "report.json").read_bytes()) for name in ("runs", "whole")]
    assert lasting(reports[0]) == lasting(reports[1])


@pytest.mark.parametrize("batches", [0, 2])
def test_killed_between_images_and_their_records(write_task: Callable[..., Path], tmp_path: Path, batches: int) -> None:
    task = write_task(N, **TASKS["image"])
    finish("image", task, tmp_path / "whole")
    process = start("image", task, tmp_path / "runs", 0.02)
    assert process.stdout is not None
    writes = 0
    for line in process.stdout:
        writes += line.strip() == b"write"
        if writes == 3 + 2 * batches:  # the header; images and records, of a batch or more; then only images
            break
    process.kill()
    process.communicate()
    log = read_log(only(tmp_path / "runs", "run.jsonl"))
    (shard,) = (log.path.parent / "media").iterdir()
    assert len(log.outputs) % 7 == 0
    assert len(log.outputs) >= 7 * batches
    assert shard.stat().st_size > log.media.get(shard.name, 0)
    finish("image", task, tmp_path / "runs")
    log, whole = (read_log(only(tmp_path / name, "run.jsonl")) for name in ("runs", "whole"))
    assert canonical(log) == canonical(whole)
    assert_shards_agree(log)
    assert shard.read_bytes() == only(tmp_path / "whole", shard.name).read_bytes()
