"""The command line: what it prints, what it returns, and what it never does."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalsuite.cli import main
from evalsuite.cli.parser import COMMANDS, normalise

WriteTask = Callable[..., Path]
Capture = pytest.CaptureFixture[str]
PROGRAM = [sys.executable, "-m", "evalsuite"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def call(capsys: Capture, *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    return code, printed.out, printed.err


def program(*arguments: object, **settings: Any) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **settings)


@pytest.mark.parametrize("command", COMMANDS)
def test_help(capsys: Capture, command: str) -> None:
    code, out, err = call(capsys, command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: evalsuite {command}")
    assert "--help" in out
    assert command in call(capsys, "--help")[1]


def test_no_arguments_print_help(capsys: Capture) -> None:
    code, out, err = call(capsys)
    assert (code, err) == (0, "")
    assert out.startswith("usage: evalsuite")


def test_version(capsys: Capture) -> None:
    from importlib.metadata import version

    assert call(capsys, "--version") == (0, f"evalsuite {version('evalsuite')}\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rnu"], 'unknown: "rnu"; did you mean "run"?'),
        (["--quite"], 'unknown option "--quite"'),
        (["list", "taskz"], 'unknown: "taskz"; did you mean "tasks"?'),
        (["list", "tasks", "more"], 'unknown argument "more"'),
        (["list", "metrics", "bleuu"], 'unknown metric "bleuu"; did you mean "bleu"?'),
        (["run", "--modle", "x"], 'unknown option "--modle"; did you mean "--model"?'),
        (["run", "--lim", "3"], 'unknown option "--lim"'),  # no abbreviations: a later option could change them
        (["run", "--limit", "x"], "--limit: invalid int value: 'x'"),
        (["run", "--limit"], "expected one argument"),
        (["run", "-o", ""], "--output-path: expected a folder, got an empty name"),
        (["run", "-M", "scripted:echo", "-t", "ledgr"], 'unknown task "ledgr"; did you mean "ledger"?'),
        (["run", "-M", "scripted:echo", "-t", ","], "--tasks: expected task names"),
        (["run", "-M", "scripted:echo", "-t", "ledger", "worlds"], "--tasks ledger,worlds"),
        (["run", "-M", "scripted:ecko", "-t", "ledger"], 'there is no pattern "ecko"; did you mean "echo"?'),
        (["run", "-M", "scriptd:echo", "-t", "ledger"], 'unknown backend "scriptd"; did you mean "scripted"?'),
        (["run", "-M", "zoo:ledger_cott", "-t", "ledger"], 'no model "ledger_cott"; did you mean "ledger_cot"?'),
        (["run", "quickstrt"], 'unknown suite "quickstrt"; did you mean "quickstart"?'),
        (["run", "-t", "ledgr"], 'suite "quickstart" has no task "ledgr"; did you mean "ledger"?'),
        (["run", "-M", "scripted:echo", "-L", "0"], "limit must be at least 1, got 0"),
        (["run", "-M", "scripted:echo", "-L", "-3"], "limit must be at least 1, got -3"),
        (["run", "-M", "scripted:echo", "--repeats", "0"], "repeats must be at least 1"),
        (["run", "-M", "scripted:echo", "--seed", "-1"], "seed must be in [0, 2**63), got -1"),
        (["run", "-M", "scripted:echo", "-b", "many"], '--batch-size: expected a whole number or "auto", found "many"'),
        (["run", "-M", "scripted:echo", "-b", "0"], "batch_size must be at least 1, got 0"),
        (["run", "-M", "scripted:echo", "-f", "99"], "has 8 worked examples, num_fewshot asks for 99"),
        (["run", "-M", "scripted:echo", "--max-errors", "-1"], "--max-errors: must be at least 0, got -1"),
        (["run", "--gen-kwargs", "temperature"], 'expected key=value, found "temperature"'),
        (["run", "--gen-kwargs", "temprature=1"], 'unknown setting "temprature"; did you mean "temperature"?'),
        (["run", "--gen-kwargs", "temperature=hot"], 'temperature must be a number, found "hot"'),
        (["run", "--gen-kwargs", "top_k=1.5"], 'top_k must be a number, found "1.5"'),
        (["run", "-M", "scripted:echo", "--gen-kwargs", "top_p=2"], "top_p must be in (0, 1], found 2.0"),
        (["run", "-M", "scripted:echo", "--gen-kwargs", "temperature=nan"], "temperature must be at least 0"),
        (["score"], "give a run log, or --hyp FILE --ref FILE --metric NAME"),
        (["score", "none"], "none: cannot be read: No such file"),
        (["score", "x", "--hyp", "y"], "give either a run log or --hyp and --ref, not both"),
        (["score", "--ref", "x", "--metric", "bleu"], "--hyp is missing"),
        (["score", "--hyp", "x", "--metric", "bleu,chrf"], "separated by spaces: --metric bleu chrf"),
        (["score", "--real", "x", "--metric", "kid"], "--real and --fake go together"),
        (["score", "--real", "x", "--fake", "y"], "--metric is missing, for example --metric frechet_distance kid"),
        (["score", "x", "--extractor", "y"], "--extractor is for --real and --fake"),
        (["score", "."], ".: there is no run.jsonl in or below it"),
        (["score", "--hyp", "x", "--ref", "y"], "--metric is missing"),
        (["leaderboard"], "required: DIR"),
        (["leaderboard", "none"], "none: there is no such folder"),
        (["leaderboard", "."], "there is no report.json in or below it"),
        (["validate"], "required: FILE|TASK"),
        (["validate", "none.json"], "none.json: cannot be read: No such file"),
        (["validate", "ledgr"], 'unknown task "ledgr"; did you mean "ledger"?'),
        (["validate", "."], "there is no task file task.toml"),
    ],
)
def test_mistakes_are_explained(capsys: Capture, arguments: list[str], message: str) -> None:
    code, out, err = call(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert message in err
    assert err.startswith("evalsuite: error: ")
    assert not list(Path().iterdir())  # and nothing was made on the way


def test_underscores_are_hyphens_in_names_and_nowhere_else() -> None:
    given = ["run", "--num_fewshot", "2", "--gen_kwargs=top_k=1", "-t", "a_b", "--", "--c_d"]
    assert normalise(given) == ["run", "--num-fewshot", "2", "--gen-kwargs=top_k=1", "-t", "a_b", "--", "--c_d"]


def test_list(capsys: Capture) -> None:
    code, out, err = call(capsys, "list")
    assert (code, err) == (0, "")
    for word in ("tasks:", "metrics:", "models:", "suites:", "ledger", "exact_match", "scripted:", "quickstart"):
        assert word in out
    code, out, err = call(capsys, "list", "--json")
    found = json.loads(out)
    assert set(found) == {"tasks", "metrics", "models", "suites", "trackers"}
    assert all(entry["name"] and entry["summary"] for entries in found.values() for entry in entries)


@pytest.fixture
def task(write_task: WriteTask) -> Path:
    return write_task(6)


def test_run_then_run_again(capsys: Capture, task: Path) -> None:
    command = ("run", "--model", "scripted:last_line", "--tasks", task, "--output", "out", "--gen_kwargs", "top_k=5")
    code, out, err = call(capsys, *command)
    assert code == 0
    assert "tiny: A small task." in out
    assert "Leaderboard: out/leaderboard.json" in out
    assert "nothing was generated" not in out
    assert err.startswith("tiny last_line: exact_match ")
    code, out, err = call(capsys, *command)
    assert code == 0
    assert "All of this was complete already; nothing was generated." in out
    assert call(capsys, "leaderboard", "out", "-o", "merged.json")[0] == 0
    assert Path("merged.json").read_bytes() == Path("out/leaderboard.json").read_bytes()
    assert call(capsys, "validate", "merged.json") == (0, "merged.json: a valid leaderboard\n", "")
    (report,) = Path("out").rglob("report.json")
    assert call(capsys, "validate", report) == (0, f"{report}: a valid report\n", "")


def test_quiet_and_json(capsys: Capture, task: Path) -> None:
    run = ("run", "-M", "scripted:echo", "-t", task)
    assert call(capsys, *run, "--quiet") == (0, "", "")
    code, out, err = call(capsys, *run, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == json.loads(Path("runs/leaderboard.json").read_text())
    code, out, err = call(capsys, "leaderboard", "runs", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["kind"] == "leaderboard"


LOUD = """
print("imported")

def answer(prompt):
    print("thinking about", prompt)
    return prompt
"""


def test_what_a_model_prints_is_no_result(task: Path) -> None:
    Path("loud.py").write_text(LOUD)
    done = program("run", "-M", "python:loud:answer", "-t", task, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["kind"] == "leaderboard"
    assert "imported" in done.stderr
    assert done.stderr.count("thinking about") == 6


@pytest.mark.parametrize(("max_errors", "expected"), [(None, 3), (5, 3), (6, 0)])
def test_samples_that_fail_are_shown_and_counted(
    capsys: Capture, task: Path, max_errors: int | None, expected: int
) -> None:
    more = () if max_errors is None else ("--max_errors", max_errors)
    code, out, err = call(capsys, "run", "-M", "scripted:error", "-t", task, *more)
    assert code == expected
    assert "6 x error: RuntimeError: this model always fails" in out
    assert "6 of 6 outputs ended in error" in err


@pytest.mark.parametrize("output", ["/dev/full/runs", "file", "file/below", "link"])
def test_an_output_that_cannot_be_written_is_found_out_first(capsys: Capture, task: Path, output: str) -> None:
    Path("file").touch()
    Path("link").symlink_to("nowhere/at/all")
    code, out, err = call(capsys, "run", "-M", "scripted:echo", "-t", task, "-o", output)
    assert (code, out) == (4, "")
    assert f"{output}: cannot be made" in err
    assert "Nothing was run" in err
    assert sorted(path.name for path in Path().iterdir()) == ["file", "link"]


def test_a_full_standard_output_is_not_a_success(task: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*PROGRAM, "list"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 4
    assert done.stderr == "evalsuite: error: cannot write the output: No space left on device\n"


def test_a_pipe_that_is_closed_early_is_no_traceback(task: Path) -> None:
    main(["run", "-M", "scripted:echo", "-t", str(task), "-q"])
    for arguments in ("leaderboard runs", "list --json", "--help", "validate ledger"):
        command = f"{sys.executable} -m evalsuite {arguments} | true; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
        assert done.stderr == ""
        assert done.stdout == "0\n"


def test_a_run_whose_reader_has_gone_keeps_its_exit_code(task: Path) -> None:
    command = f"{sys.executable} -m evalsuite run -M scripted:error -t {task} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout == "3\n"


def test_equal_errors_are_told_once(capsys: Capture, task: Path) -> None:
    code, out, _ = call(capsys, "run", "-M", "scripted:error", "-M", "scripted:error,batch_size=2", "-t", str(task))
    assert code == 3
    assert "tiny error: 6 x error: RuntimeError: this model always fails\n" in out  # both are one run


def test_a_metric_of_images_does_not_score_text(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "hyp.txt").write_text("a\n")
    code, _, err = call(
        capsys, "score", "--hyp", tmp_path / "hyp.txt", "--ref", tmp_path / "hyp.txt", "--metric", "kid"
    )
    assert (code, err) == (
        2,
        'evalsuite: error: --metric: "kid" reads image, these files hold text; see --real and --fake\n',
    )


def test_no_escape_codes_on_a_pipe(task: Path) -> None:
    environment = {**os.environ, "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    done = program("run", "-M", "scripted:echo", "-t", task, env=environment)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert "rank" in done.stdout


def test_an_ascii_terminal_gets_what_it_can_show(write_task: WriteTask) -> None:
    task = write_task(3, prompt="Dîtes {word} {number} 日本 \u202e.")
    done = program("validate", task, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "D\\xeetes lake 0 \\u65e5\\u672c ?." in done.stdout


def test_messages_do_not_steer_the_terminal(capsys: Capture) -> None:
    code, _, err = call(capsys, "run", "-M", "scripted:\x1b[31m\u202eecho", "-t", "ledger")
    assert code == 2
    assert not {"\x1b", "\u202e"} & set(err)


SLOW = "scripted:echo,sleep=0.3,batch_size=1"


def test_an_interrupt_is_clean_and_the_run_continues(capsys: Capture, task: Path) -> None:
    command = [*PROGRAM, "run", "-M", SLOW, "-t", str(task)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A test run in the background of a shell ignores the signal, and would hand that down.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        while not any(path.read_bytes().count(b'"type":"output"') for path in Path().rglob("run.jsonl")):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130
    assert out == ""
    assert err == "evalsuite: interrupted. What was finished is kept; the same command continues.\n"
    (log,) = Path().rglob("run.jsonl")
    kept = log.read_bytes()
    assert kept.endswith(b"\n")
    assert not list(Path().rglob("run.owner"))
    code, out, _ = call(capsys, "run", "-M", SLOW, "-t", task, "-q")
    assert code == 0
    assert log.read_bytes().startswith(kept)
    assert log.read_bytes().count(b'"type":"output"') == 6


def scores(out: str) -> dict[str, Any]:
    return {score["metric"]: score for score in json.loads(out)}


def write(name: str, content: str | bytes) -> str:
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def test_score_files(capsys: Capture) -> None:
    hyp, ref = write("hyp", "the lake lies\r\nno\n"), write("ref", "the lake lies\nyes")
    code, out, err = call(
        capsys, "score", "--hyp", hyp, "--ref", ref, "--ref", hyp, "--metric", "exact_match", "--json"
    )
    assert (code, err) == (0, "")
    assert scores(out)["exact_match"]["value"] == 1.0  # either reference will do
    code, out, _ = call(capsys, "score", "--hyp", hyp, "--ref", ref, "--metric", "exact_match", "bleu", "exact_match")
    assert code == 0
    assert re.search(r"^exact_match +50\.0 % \[.*\]  \(n = 2\)$", out, re.MULTILINE)
    assert len(out.splitlines()) == 6


@pytest.mark.parametrize(
    ("hyp", "ref", "metric", "message"),
    [
        ("a\nb\n", "a\n", "bleu", "ref: has 1 lines, hyp has 2; they must pair up"),
        ("", "a\n", "bleu", "hyp: the file is empty"),
        ("a\n", "", "bleu", "ref: the file is empty"),
        (b"ok\nca\xffe\n", "a\nb\n", "bleu", "hyp:2: not UTF-8 (byte 5 of the file)"),
        ("a\n", "a\n", "blue", 'unknown metric "blue"; did you mean "bleu"?'),
        ("a\n", "a\n", "slot_accuracy", 'metric "slot_accuracy" cannot score these files'),
        ("a\n", "no number\n", "step_accuracy", 'metric "step_accuracy" cannot score these files'),
    ],
)
def test_files_that_cannot_be_scored(capsys: Capture, hyp: str | bytes, ref: str, metric: str, message: str) -> None:
    code, out, err = call(capsys, "score", "--hyp", write("hyp", hyp), "--ref", write("ref", ref), "--metric", metric)
    assert (code, out) == (2, "")
    assert message in err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"kind": "report", "scores": ' + "[" * 900 + "]" * 900 + "}", "x.json"),
        ("[]", "expected a JSON object"),
        ('{"kind": "leaderbord"}', 'did you mean "leaderboard"?'),
        ('{"kind": "report"}', "is a required property"),
    ],
)
def test_files_that_are_not_valid(capsys: Capture, content: str, message: str) -> None:
    code, out, err = call(capsys, "validate", write("x.json", content))
    assert (code, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) <= 11


def test_validate_a_task(capsys: Capture, task: Path) -> None:
    code, out, err = call(capsys, "validate", task)
    assert (code, err) == (0, "")
    assert "tiny version 1: valid" in out
    assert "6 samples in 3 clusters" in out
    assert "Say lake 0." in out


def test_list_shows_the_options_of_a_metric(capsys: Capture) -> None:
    code, out, err = call(capsys, "list", "metrics", "bleu")
    assert (code, err) == (0, "")
    assert "  max_order        4        Longest n-gram, in [1, 16]\n" in out
    assert "--metric bleu --option bleu.max_order=VALUE" in out
    code, out, _ = call(capsys, "list", "metrics", "step_accuracy")
    assert "It has no options." in out
    assert "--option" not in call(capsys, "list", "metrics", "kid")[1]
    found = json.loads(call(capsys, "list", "metrics", "wer", "--json")[1])
    assert found["options"] == [{"name": "lowercase", "default": False, "meaning": "Fold case first"}]


def test_every_option_of_every_metric_is_explained() -> None:
    from evalsuite.cli.metric_options import metric_options
    from evalsuite.metrics import METRICS

    for name in METRICS.names():
        for option in metric_options(METRICS.get(name)):
            assert option.meaning, f"{name}: {option.name}"


def test_progress_tells_two_specs_of_one_model_apart(
    write_task: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    specs = ("scripted:constant,text=8", "scripted:constant,text=7")
    task = str(write_task(2))
    assert main(["run", "-M", specs[0], "-M", specs[1], "-t", task, "-o", str(tmp_path / "runs")]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert all(any(f"({spec}): " in line for line in lines) for spec in specs)
