"""Runs against a server with faults: nothing is lost or doubled, the exit code is right, the same command continues."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from evalsuite.cli import main
from evalsuite.evaluation import plan_run
from evalsuite.models import openai_retries
from evalsuite.models.spec import open_model
from evalsuite.runlog import read_log
from evalsuite.runner import generate
from evalsuite.task import load_task

pytest.importorskip("aiohttp")
from tests.servers.openai_answers import reply
from tests.servers.openai_server import Asked, OpenAIServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalsuite.runlog import RunLog

N = 60
KEY = "sk-Very-Secret-0123456789abcdef"
SOME = {f"Say {word}." for word in ("lake 8", "hut 17", "fern 31", "lake 56")}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr(openai_retries, "BACKOFF_SECONDS", 0.002)


@pytest.fixture
def task(write_task: Callable[..., Path]) -> Path:
    return write_task(
        N, metrics='[{ name = "exact_match", primary = true }]', more="generation = { max_new_tokens = 5 }"
    )


def command(task: Path, server: OpenAIServer, output: Path, options: str = "", *more: str) -> list[str]:
    spec = f"openai:tiny,base_url={server.url}{options}"
    return ["run", "--model", spec, "--tasks", str(task), "--output", str(output), *more]


def log_of(output: Path) -> RunLog:
    (path,) = output.rglob("run.jsonl")
    return read_log(path)


def assert_whole(output: Path, task: Path, repeats: int = 1) -> None:
    """Every output is there once, and is what a server without faults says."""
    log = log_of(output)
    samples = load_task(str(task)).samples
    assert sorted(log.outputs) == sorted((sample.id, repeat, 0) for sample in samples for repeat in range(repeats))
    prompts = {sample.id: f"Say {sample.input['word']} {sample.input['number']}." for sample in samples}
    for output_ in log.outputs.values():
        seed = (output_.seed ^ output_.seed >> 31 ^ output_.seed >> 62) & 0x7FFFFFFF
        text, reason, usage = reply({"seed": seed, "max_tokens": 5}, prompts[output_.sample_id])
        assert (output_.text, output_.finish_reason, output_.error) == (text, reason, None)
        assert (output_.tokens_in, output_.tokens_out) == (usage["prompt_tokens"], usage["completion_tokens"])
    written = [line for line in log.path.read_bytes().splitlines() if b'"type":"output"' in line]
    good = [line for line in written if b'"finish_reason":"error"' not in line]
    assert len(good) == len(log.outputs)  # nothing is there twice


def assert_no_key(output: Path, *texts: str) -> None:
    assert output.exists()
    assert not [text for text in texts if KEY in text or KEY[3:] in text]
    for path in output.rglob("*"):
        assert path.is_dir() or KEY[3:].encode() not in path.read_bytes(), path


def faulty(fault: str, times: int = 1) -> Callable[[Asked], str | None]:
    """Meet `fault` the first times that some of the prompts come."""
    return lambda one: fault if one.prompt in SOME and one.attempt <= times else None


@pytest.mark.parametrize(
    "fault",
    [
        "busy",
        "busy_until",
        "broken",
        "unavailable",
        "reset",
        "reset_late",
        "cut",
        "two",
        "none",
        "drip",
        "cut_stream",
        "reset_stream",
        "error_with_200",
        "other_budget",
        "no_stream",
    ],
)
def test_a_run_outlasts_faults(task: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str) -> None:
    output = tmp_path / "runs"
    with OpenAIServer(fault=faulty(fault)) as server:
        assert main(command(task, server, output, ",concurrency=8")) == 0
        n = len(server.asked)
        assert main(command(task, server, output, ",concurrency=8")) == 0
        assert len(server.asked) == n  # it was complete
    assert n == N if fault == "drip" else n > N
    assert_whole(output, task)
    assert_no_key(output, *capsys.readouterr())


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("stall", ",timeout=0.3"),
        ("drip_forever", ",timeout=0.3"),
        ("too_long", ""),
        ("busy_for_long", ""),
        ("broken", ",max_retries=0"),
        ("reset", ",max_retries=0"),
        ("cut_stream", ",max_retries=0"),
    ],
)
def test_what_fails_is_an_error_of_its_sample_and_the_same_command_continues(
    task: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str, options: str
) -> None:
    output = tmp_path / "runs"
    with OpenAIServer(fault=faulty(fault)) as server:
        assert main(command(task, server, output, options)) == 3
        log = log_of(output)
        assert len(log.outputs) == N
        failed = [one for one in log.outputs.values() if one.finish_reason == "error"]
        if "timeout" in options:  # a busy machine may miss such a deadline without any fault; not when it continues
            options = ",timeout=60"
            assert len(failed) >= len(SOME)
        else:
            assert len(failed) == len(SOME)
        assert all(one.error and one.text is None and one.seconds is not None for one in failed)
        n = len(server.asked)
        assert main(command(task, server, output, options)) == 0
        assert len(server.asked) == n + len(failed)
    assert_whole(output, task)
    assert_no_key(output, *capsys.readouterr())


@pytest.mark.parametrize("fault", ["denied", "forbidden", "unknown", "moved"])
def test_what_concerns_all_stops_with_one_message(
    task: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    output = tmp_path / "runs"
    with OpenAIServer(fault=lambda one: fault if one.count > 20 else None) as server:
        assert main(command(task, server, output, ",concurrency=4")) == 2
        out, err = capsys.readouterr()
        assert err.count("evalsuite: error: ") == 1
        assert "Traceback" not in err
        assert 0 < len(log_of(output).outputs) <= 20
        assert all(one.finish_reason != "error" for one in log_of(output).outputs.values())
        server.fault = lambda one: None
        assert main(command(task, server, output, ",concurrency=4")) == 0
    assert_whole(output, task)
    assert_no_key(output, out, err, *capsys.readouterr())


def test_a_server_that_goes_down_and_comes_back(task: Path, tmp_path: Path) -> None:
    with OpenAIServer(fault=lambda one: "down" if one.count in (15, 60) else None) as server:
        assert main(command(task, server, tmp_path / "runs", ",concurrency=8,max_retries=14")) == 0
    assert_whole(tmp_path / "runs", task)


def test_a_server_that_goes_for_good_stops_the_run_which_continues(
    task: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "runs"
    gone = OpenAIServer(fault=lambda one: "down" if one.count == 25 else None, down_seconds=None)
    with gone as server:
        assert main(command(task, server, output, ",concurrency=4,max_retries=3")) == 2
        assert "no server answers at" in capsys.readouterr().err
        known = len(log_of(output).outputs)
        assert 10 < known < N
        assert all(one.finish_reason != "error" for one in log_of(output).outputs.values())
        assert main(command(task, server, output, ",concurrency=4,max_retries=3")) == 2  # before anything is asked
        assert len(log_of(output).outputs) == known
        server.come_back()
        assert main(command(task, server, output, ",concurrency=4,max_retries=3")) == 0
    assert_whole(output, task)


def test_outputs_do_not_depend_on_how_many_at_a_time_or_on_streaming(task: Path, tmp_path: Path) -> None:
    logs = []
    for options in (",concurrency=1,stream=false", ",concurrency=64,stream=true"):
        with OpenAIServer() as server:
            model = open_model(f"openai:tiny,base_url={server.url}{options}")
            plan = plan_run(model, load_task(str(task)), root=tmp_path / options, repeats=2)
            logs.append(generate(plan))
        assert_whole(tmp_path / options, task, repeats=2)
    first, second = ([(key, one.text, one.seed) for key, one in sorted(log.outputs.items())] for log in logs)
    assert first == second


def test_the_report_tells_of_first_tokens(task: Path, tmp_path: Path) -> None:
    for stream, told in (("true", True), ("false", False)):
        output = tmp_path / stream
        with OpenAIServer() as server:
            assert main(command(task, server, output, f",stream={stream}")) == 0
        (path,) = output.rglob("report.json")
        timing = json.loads(path.read_bytes())["timing"]
        assert main(["validate", str(path)]) == 0
        names = {f"first_token_seconds_p{q}" for q in (50, 90, 99)}
        assert names & set(timing) == (names if told else set())
        assert not told or 0 < timing["first_token_seconds_p50"] <= timing["seconds_p50"]
        assert ("its first token: median" in (output / "report.html").read_text("utf-8")) == told


def start(arguments: list[str], program: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


# A shell that starts tests in the background has interrupts ignored: the child hears them as from a terminal.
CHILD = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from evalsuite.cli import main
sys.exit(main(sys.argv[1:]))
"""


def logged(output: Path) -> int:
    return sum(path.read_bytes().count(b"\n") - 1 for path in output.rglob("run.jsonl"))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_ended_in_the_middle_continues(task: Path, tmp_path: Path, how: signal.Signals) -> None:
    output = tmp_path / "runs"
    with OpenAIServer(fault=lambda one: "stall" if one.count > 30 else None) as server:
        process = start(command(task, server, output, ",concurrency=4"), CHILD)
        deadline = time.monotonic() + 60
        # 34 asked at four a time: 30 have been answered, and soon most of them are in the log.
        while (len(server.asked) < 34 or logged(output) < 25) and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(how)
        out, err = process.communicate(timeout=60)
        assert process.returncode == (130 if how == signal.SIGINT else -signal.SIGKILL)
        assert how == signal.SIGKILL or err.endswith("the same command continues.\n")
        known = len(log_of(output).outputs)
        assert 25 <= known <= 30
        while server.in_flight:
            time.sleep(0.005)
        n = len(server.asked)
        assert n == 34  # nothing goes on in the background
        server.fault = lambda one: None
        assert main(command(task, server, output, ",concurrency=4")) == 0
        assert len(server.asked) == n + N - known
    assert_whole(output, task)
    assert_no_key(output, out, err)


def test_adaptive_runs_go_on_batch_by_batch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with OpenAIServer(fault=faulty("broken")) as server:
        spec = f"openai:tiny,base_url={server.url}"
        arguments = ["run", "--model", spec, "--tasks", "ledger", "--adaptive", "--limit", "40", "--output"]
        assert main([*arguments, str(tmp_path / "runs")]) == 0
        asked = len(server.asked)
        assert main([*arguments, str(tmp_path / "runs")]) == 0
        assert len(server.asked) == asked
    assert 0 < asked <= 40
    assert "items were asked, at depths chosen by the answers" in capsys.readouterr().out


def test_the_key_is_in_no_crash_of_the_program(task: Path, tmp_path: Path) -> None:
    """Not even in the locals that a traceback's formatter could print."""
    with OpenAIServer(fault=lambda one: "denied") as server:
        done = subprocess.run(
            [sys.executable, "-m", "evalsuite", *command(task, server, tmp_path / "runs")],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONASYNCIODEBUG": "1", "PYTHONDEVMODE": "1"},
        )
    assert done.returncode == 2
    assert "environment variable OPENAI_API_KEY" in done.stderr
    assert_no_key(tmp_path / "runs", done.stdout, done.stderr)
