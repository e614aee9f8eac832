"""Titles of a table's columns: scores of one metric are told apart by an option."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalsuite.evaluation import evaluate
from evalsuite.models.scripted import ScriptedModel
from evalsuite.report import build_leaderboard, load_leaderboard_runs
from evalsuite.report.columns import column_titles

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    WriteTask = Callable[..., Path]


@pytest.mark.parametrize(
    ("metrics", "titles"),
    [
        ('{ name = "exact_match", primary = true }, { name = "wer" }', ["exact_match", "wer"]),
        (
            '{ name = "pass_at_k", primary = true }, { name = "pass_at_k", k = 2 }, { name = "wer" }',
            ["pass_at_k (k: 1)", "pass_at_k (k: 2)", "wer"],
        ),
        (
            '{ name = "filtered_exact_match", pipeline = "strict-match", primary = true }, '
            '{ name = "filtered_exact_match", pipeline = "flexible-extract", filters = [{ function = "lowercase" }] }',
            ["filtered_exact_match (strict-match)", "filtered_exact_match (flexible-extract)"],
        ),
        (
            '{ name = "filtered_exact_match", primary = true }, { name = "filtered_exact_match", ignore_case = true }',
            ["filtered_exact_match (ignore_case: False)", "filtered_exact_match (ignore_case: True)"],
        ),
    ],
)
def test_scores_of_one_metric_are_told_apart(
    write_task: WriteTask, tmp_path: Path, metrics: str, titles: list[str]
) -> None:
    task = write_task(3, metrics=f"[{metrics}]")
    evaluate(ScriptedModel(["a"], fingerprint="a"), str(task), repeats=2, output=tmp_path / "runs")
    (runs,) = build_leaderboard(load_leaderboard_runs([tmp_path / "runs"])).tasks.values()
    first, others = column_titles(runs)
    assert [first, *others.values()] == titles
