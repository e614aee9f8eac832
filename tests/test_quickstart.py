"""The main job, end to end: what ``evalsuite run`` does when told nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Quickstart:
    folder: Path
    stdout: str
    stderr: str
    code: int


def evalsuite(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-m", "evalsuite", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Quickstart:
    folder = tmp_path_factory.mktemp("quickstart")
    result = evalsuite("run", cwd=folder)
    return Quickstart(folder, result.stdout, result.stderr, result.returncode)


@pytest.fixture(scope="module")
def rows(quickstart: Quickstart) -> list[dict]:
    return json.loads((quickstart.folder / "runs" / "leaderboard.json").read_text())["rows"]


@pytest.fixture(scope="module")
def reports(quickstart: Quickstart) -> dict[str, dict]:
    found = [json.loads(path.read_text()) for path in quickstart.folder.rglob("report.json")]
    return {report["model"]["name"]: report for report in found}


def test_it_ends_well(quickstart: Quickstart):
    assert quickstart.code == 0, quickstart.stderr
    assert "error" not in quickstart.stderr


def test_three_tasks_and_at_least_twelve_rows_with_intervals(rows: list[dict]):
    primary = [row for row in rows if row["primary"]]
    assert {row["task"] for row in primary} == {"data_to_text", "fashion", "ledger"}
    assert len(primary) >= 12
    for row in primary:
        assert row["interval"]["low"] <= row["value"] <= row["interval"]["high"]
        assert row["n_clusters"] >= 40


def test_what_it_wrote_is_valid(quickstart: Quickstart):
    files = [quickstart.folder / "runs" / "leaderboard.json", *quickstart.folder.rglob("report.json")]
    for path in files:
        result = evalsuite("validate", str(path), cwd=quickstart.folder)
        assert result.returncode == 0, result.stderr


def test_again_it_generates_nothing_and_changes_nothing(quickstart: Quickstart):
    before = {path: path.read_bytes() for path in sorted(quickstart.folder.rglob("*.json*"))}
    result = evalsuite("run", cwd=quickstart.folder)
    assert result.returncode == 0, result.stderr
    assert "complete already; nothing was generated" in result.stdout
    assert {path: path.read_bytes() for path in sorted(quickstart.folder.rglob("*.json*"))} == before


def test_writing_the_steps_outlasts_answering_at_once(reports: dict[str, dict]):
    cot, direct = (primary_score(reports[name]) for name in ("ledger_cot", "ledger_direct"))
    assert cot["interval"]["low"] > direct["interval"]["high"]
    by_depth = [{part["key"]: part for part in score["slices"]["depth"]} for score in (cot, direct)]
    assert by_depth[1][1]["value"] >= 0.85, "the direct model must know a single step (48 items; more in tests/zoo)"
    apart = [depth for depth in range(3, 25) if apart_at(by_depth[0][depth], by_depth[1][depth])]
    assert len(apart) >= 18


def apart_at(a: dict, b: dict) -> bool:
    return a["interval"]["low"] > b["interval"]["high"]


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ("ledger_cot_early", "ledger_cot"),
        ("data_to_text_transformer_early", "data_to_text_transformer"),
        ("fashion_ddpm", "real"),
        ("fashion_ddpm_early", "fashion_ddpm"),
        ("noise", "fashion_ddpm_early"),
        ("fashion_vae", "fashion_ddpm"),
        ("fashion_autoregressive", "fashion_ddpm"),
        ("fashion_autoencoder", "fashion_ddpm"),
        ("noise", "fashion_autoregressive"),
        ("noise", "fashion_autoencoder"),
    ],
)
def test_known_better_models_rank_higher(rows: list[dict], worse: str, better: str):
    ranked = {row["model"]: row for row in rows if row["primary"]}
    above, below = ranked[better], ranked[worse]
    if not above["higher_is_better"]:
        above, below = below, above
    assert below["interval"]["high"] < above["interval"]["low"]
    assert ranked[worse]["rank"][0] > ranked[better]["rank"][1]


def test_a_model_that_states_no_steps_has_no_step_scores(reports: dict[str, dict]):
    scores = {score["metric"]: score for score in reports["ledger_direct"]["scores"]}
    for metric in ("step_accuracy", "first_error"):
        assert scores[metric]["value"] is None
        assert scores[metric]["n_unscored"] == scores[metric]["n"]


def test_readme_shows_what_it_prints(quickstart: Quickstart):
    shown = re.search(
        r"<!-- output -->\n```text\n(.*?)```\n<!-- /output -->", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
    )
    assert shown, "README.md has no block of output"
    expected, found = words(shown[1]), words(quickstart.stdout)
    # The last digits may differ between processors; the words, the order and the rest of the figures may not.
    assert [NUMBER.sub("#", word) for word in expected] == [NUMBER.sub("#", word) for word in found]
    for word, other in zip(expected, found, strict=True):
        for number, other_number in zip(NUMBER.findall(word), NUMBER.findall(other), strict=True):
            assert float(number) == pytest.approx(float(other_number), abs=1.0), (word, other)


def words(text: str) -> list[str]:
    """The words of a printed table; bars, whose height is a figure too, are left to the figures."""
    return [word for word in text.split() if not re.fullmatch(r"[▁-█─]+", word)]


def primary_score(report: dict) -> dict:
    return next(score for score in report["scores"] if score["primary"])
