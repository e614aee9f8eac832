"""Runs of one model name are told apart by the options of their specs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from evalsuite.evaluation import evaluate
from evalsuite.models.scripted import ScriptedModel
from evalsuite.report import build_leaderboard, load_leaderboard_runs
from evalsuite.report.terminal import print_leaderboard

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def run_labels_of(write_task: Callable[..., Path], folder: Path, **specs: int) -> list[str]:
    """Run a model a spec, with a seed each; return the labels of the leaderboard, after its table has been printed."""
    task = str(write_task(4))
    for spec, seed in specs.items():
        model = ScriptedModel(lambda _: "x", name="tiny", fingerprint=spec)
        model.spec = spec
        evaluate(model, task, output=folder, seed=seed)
    board = build_leaderboard(load_leaderboard_runs([folder]))
    file = io.StringIO()
    print_leaderboard(board, file)
    found = sorted({row["label"] for row in board.record["rows"]})
    assert all(label in file.getvalue() for label in found)
    return found


URL = "base_url=http://localhost:8000/v1"


def test_the_option_that_differs_tells_models_apart(write_task: Callable[..., Path], tmp_path: Path) -> None:
    specs = {f"openai:tiny,api={api},{URL}": 0 for api in ("chat", "completions")}
    assert run_labels_of(write_task, tmp_path, **specs) == ["tiny (api=chat)", "tiny (api=completions)"]


def test_it_does_so_beside_settings_that_differ(write_task: Callable[..., Path], tmp_path: Path) -> None:
    specs = {f"openai:tiny,api=chat,{URL}": 1, f"openai:tiny,{URL}": 2}
    assert run_labels_of(write_task, tmp_path, **specs) == ["tiny (api=-, seed=2)", "tiny (api=chat, seed=1)"]


def test_a_spec_that_is_none_is_no_harm(write_task: Callable[..., Path], tmp_path: Path) -> None:
    found = run_labels_of(write_task, tmp_path, **{"an object": 0, f"openai:tiny,{URL}": 0})
    assert found == ["tiny (base_url=-)", f"tiny ({URL})"]
