"""The commands and the Python of README.md do what it says, word for word as they stand there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import sacrebleu

from evalsuite.metrics import METRICS
from evalsuite.runlog import read_log
from evalsuite.task import list_tasks, load_task
from tests.readme.commands import ELSEWHERE, README, commands, option, python_blocks, shell_lines, words_of
from tests.readme.things import HYPOTHESES, REFERENCES, ROOT, THINGS, WORSE, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PACKAGES = {"ray": "ray"}  # that words of a command need, where nothing has to be prepared for them
KNOWN = {"evalsuite", "run", "score", "contamination", "doctor", *PACKAGES, *METRICS.names()}
KNOWN |= {name for name, _ in list_tasks()}
# What comes of the outputs that were prepared: half of them are right; one number of a hundred is 7.
ACCURACIES = {"files:outputs.jsonl": (0.5, 0.5), "python:my_module:answer": (0.003, 0.03), "hf:PATH": (0.0, 0.0)}


@dataclass(frozen=True)
class Run:
    words: list[str]
    folder: Path
    stdout: str


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    with made.stack:
        yield made


def execute(place: Place, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1"}
    environment["XDG_CACHE_HOME"] = str(place.folder / "cache")
    return subprocess.run(
        [sys.executable, "-P", *arguments],
        cwd=place.folder,
        env={**environment, **place.environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def unknown(words: list[str]) -> list[str]:
    """Return the words that are neither evalsuite's own nor prepared here."""
    values = [word for word in words if not word.startswith("--") and word not in THINGS]
    return [one for value in values for one in value.split(",") if one not in KNOWN and not one.isdecimal()]


@pytest.mark.parametrize("line", commands(), ids=lambda line: " ".join(words_of(line)))
def test_a_command(line: str, place: Place) -> None:
    words = words_of(line)
    assert words[0] == "evalsuite", (
        f"README.md: `{line}`: not evalsuite's; which test runs it? Say so in tests/readme/commands.py, ELSEWHERE"
    )
    strange = unknown(words)
    assert not strange, f"README.md: `{line}` names {strange}; tests/readme/things.py must prepare it, in THINGS"
    check = next((one for start, one in CHECKS.items() if " ".join(words[1:]).startswith(start)), None)
    assert check is not None, f"README.md: `{line}`: CHECKS must say what is to be seen of `{words[1]}`"
    for word in words:
        if word in PACKAGES:
            pytest.importorskip(PACKAGES[word], reason=f"needs the package {PACKAGES[word]}")
        if word in THINGS:
            THINGS[word](place)
    done = execute(place, "-m", "evalsuite", *words[1:])
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    assert "Traceback" not in done.stdout + done.stderr
    check(Run(words, place.folder, done.stdout))


def check_run(run: Run) -> None:
    """A table of each task with the model's score, and a log with as many outputs as there are samples."""
    rows = json.loads((run.folder / "runs" / "leaderboard.json").read_text())["rows"]
    tasks = option(run.words, "--tasks")[0].split(",")
    (spec,), limits = option(run.words, "--model"), option(run.words, "--limit")
    assert (run.folder / "runs" / "report.html").stat().st_size > 10_000
    for name in tasks:
        task = load_task(name)
        n = min([len(task.samples), *map(int, limits)])
        table = run.stdout.split(f"{task.summary}\n")[1]
        (row,) = (one for one in rows if one["task"] == name and one["primary"])
        shown = next(line for line in table.splitlines() if re.match(rf"\s+1\s+{re.escape(row['model'])}\s", line))
        score = re.search(rf"([\d.]+)( %)? \[[-\d.]+( %)?, [\d.]+( %)?\].*\s{n}\s", shown)
        assert score, shown
        assert float(score[1]) / (100 if score[2] else 1) == pytest.approx(row["value"], rel=0.005, abs=5e-4)
        assert row["interval"]["low"] <= row["value"] <= row["interval"]["high"]
        if spec in ACCURACIES and row["metric"] == "accuracy":
            assert ACCURACIES[spec][0] <= row["value"] <= ACCURACIES[spec][1]
        (log,) = run.folder.glob(f"runs/*/{name}/*/run.jsonl")
        outputs = read_log(log).outputs
        assert len(outputs) == n
        assert all(output.error is None for output in outputs.values())


def check_texts(run: Run) -> None:
    """A column for each metric with the scores of both systems, those of sacrebleu, and a p-value of the difference."""
    metrics = option(run.words, "--metric")
    head, first, second, difference, p = (line.split() for line in run.stdout.splitlines()[:5])
    assert head == ["system", *metrics]
    names = [first[0], second[0]]
    assert names == option(run.words, "--hyp")
    for name, row, texts in zip(names, (first, second), (HYPOTHESES, WORSE), strict=True):
        assert row[0] == name
        assert float(row[1]) == pytest.approx(sacrebleu.corpus_bleu(texts, [REFERENCES]).score, abs=0.006)
    assert difference.count("Δ") == p.count("p") == len(metrics)


def check_sets(run: Run) -> None:
    """The scores of two sets that differ by chance alone, with their intervals."""
    assert re.search(r"^real: real/: 300 images .*\nfake: samples/: 300 images ", run.stdout), run.stdout
    values = {}
    for metric in option(run.words, "--metric"):
        found = re.search(rf"^{metric} +([-\d.]+).* \[.*\]  \(n = 300[;)]", run.stdout, re.MULTILINE)
        assert found, run.stdout
        values[metric] = float(found[1])
    assert 0 < values["frechet_distance"] < 2
    assert abs(values["kid"]) < 0.05
    assert min(values["precision"], values["recall"]) > 70


def check_contamination(run: Run) -> None:
    """One of two questions is in the corpus, and where is said."""
    assert run.stdout.startswith("2 items, 2 documents\n")
    assert re.search(r"^questions\.txt:1 .* corpus/b\.txt:1 ", run.stdout, re.MULTILINE), run.stdout
    assert "questions.txt:2" not in run.stdout


def check_doctor(run: Run) -> None:
    """A line of each part, and that all is well."""
    assert run.stdout.endswith("all that is needed works\n")
    for part in ("numpy", "torch", "vllm", "cpu", "zoo:ledger_cot"):
        assert re.search(rf"^  (ok|missing|warning) +{part} ", run.stdout, re.MULTILINE), run.stdout


CHECKS: dict[str, Callable[[Run], None]] = {
    "run --model": check_run,
    "score --hyp": check_texts,
    "score --real": check_sets,
    "contamination": check_contamination,
    "doctor": check_doctor,
}


def test_the_lines_that_other_tests_run_are_there() -> None:
    lines = {" ".join(words_of(line)) for line in shell_lines()}
    assert {" ".join(words_of(line)) for line in ELSEWHERE} <= lines
    assert len(commands()) >= 14


def test_the_extras_that_backends_need_have_their_names() -> None:
    (sentence,) = re.findall(r"^(`\w+:`.*) need the extra of their name: `pip install '\.\[(\w+)\]'`", README, re.M)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    named = re.findall(r"`(?:--executor )?(\w+):?`", sentence[0])
    assert len(named) == 5
    assert {*named, sentence[1]} <= extras.keys()


def test_a_function_is_a_model(place: Place) -> None:
    (block,) = (block for block in python_blocks() if "evalsuite.evaluate" in block)
    done = execute(place, "-c", block)
    assert done.returncode == 0, done.stderr
    found = re.fullmatch(r"([\d.]+) Interval\(low=([\d.]+), high=([\d.]+), level=0\.95, .*\)\n", done.stdout)
    assert found, done.stdout
    value, low, high = map(float, found.groups())
    (log,) = place.folder.glob("runs/*/ledger/*/run.jsonl")
    run = read_log(log)
    answers = {sample.id: sample.references[0] for sample in load_task("ledger").samples}
    assert len(run.outputs) == 48
    assert value == sum(answers[sample_id] == "7" for sample_id, _, _ in run.outputs) / 48
    assert low <= value <= high


def test_text_metrics_are_those_of_the_packages_that_they_replace(place: Place) -> None:
    for package in ("jiwer", "rouge_score"):
        pytest.importorskip(package, reason=f"needs the package {package}")
    (block,) = (block for block in python_blocks() if "evalsuite.text" in block)
    imports = "from jiwer import wer; from rouge_score.rouge_scorer import RougeScorer; from sacrebleu import BLEU"
    ours, theirs = (
        execute(place, "-c", code) for code in (block, re.sub(r"from evalsuite\.text import .*", imports, block))
    )
    assert (ours.returncode, theirs.returncode) == (0, 0), ours.stderr + theirs.stderr
    assert ours.stdout == theirs.stdout
    assert len(ours.stdout.splitlines()) == 3
