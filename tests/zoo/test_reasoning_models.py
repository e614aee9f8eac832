"""The models of the reasoning suite do what their cards say, and writing the steps carries them further."""

from __future__ import annotations

import re

import numpy as np
import pytest

from evalsuite.cli import main
from evalsuite.metrics import METRICS
from evalsuite.task import load_suite, load_task
from evalsuite.types import Output
from evalsuite.worlds.families import FAMILIES
from evalsuite.zoo.card import CARDS
from evalsuite.zoo.measure import answer_texts, measure_reasoning, task_samples
from evalsuite.zoo.model import open_model

NAMES = ["program_cot", "program_direct", "tracking_cot", "tracking_direct", "tracking_lstm"]
FEW_STEPS = (1, 2, 5)


def by_depth(name):
    """Return the accuracies that a card states, by depth."""
    card = (CARDS / f"{name}.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (depth|accuracy) \| (.*) \|$", card, re.MULTILINE)
    depths = [int(cell) for kind, cells in rows if kind == "depth" for cell in cells.split(" | ")]
    return dict(
        zip(
            depths,
            [float(cell) for kind, cells in rows if kind == "accuracy" for cell in cells.split(" | ")],
            strict=True,
        )
    )


def horizon(name, samples):
    """Return H50 of a model on samples, as the metric does."""
    texts, _ = answer_texts(open_model(name, {}), samples, "problem")
    metric = METRICS.get("horizon")(floor=FAMILIES[name.partition("_")[0]].guess_floor)
    rows = metric.rows(samples, [[Output(text=text)] for text in texts]).values
    return float(metric.value(rows[~np.isnan(rows).any(axis=1)]))


@pytest.mark.parametrize("name", NAMES)
def test_accuracy_is_the_cards(name):
    shown = [sample for sample in task_samples(name.partition("_")[0]) if sample.depth in FEW_STEPS]
    assert len(shown) == 48 * len(FEW_STEPS)
    found, told = measure_reasoning(open_model(name, {}), shown).by_depth, by_depth(name)
    for depth in FEW_STEPS:  # the same items as the card's; another processor may round a few the other way
        assert found[depth] == pytest.approx(told[depth], abs=3 / 48 + 0.005)


@pytest.mark.parametrize("family", ["program", "tracking"])
def test_writing_the_steps_gives_the_longer_horizon(family):
    shown = [sample for sample in task_samples(family) if sample.depth <= 4]
    cot, direct = (horizon(f"{family}_{way}", shown) for way in ("cot", "direct"))
    assert cot > 1.2 * direct


def test_the_suite_has_both_ways_of_answering_in_three_families():
    suite = load_suite("reasoning")
    ways = {}
    for entry in suite.runs:
        family, _, way = entry.model.removeprefix("zoo:").partition("_")
        assert family == entry.task
        ways.setdefault(family, set()).add(way)
    assert len(ways) >= 3
    assert all({"cot", "direct"} <= found for found in ways.values())
    for family in ways:
        asked = {spec.name: spec.options for spec in load_task(family).metrics}
        assert {"accuracy", "horizon", "step_error", "recovery"} <= set(asked)
        assert asked["horizon"]["floor"] == FAMILIES[family].guess_floor


def test_the_suite_prints_horizon_error_and_recovery_and_draws_the_curve(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["run", "reasoning", "-t", "tracking", "-M", "zoo:tracking_cot", "--limit", "24"]) == 0
    lines = capsys.readouterr().out.splitlines()
    head, cot = (next(line for line in lines if name in line) for name in ("rank", "tracking_cot"))
    assert re.search(r"horizon +step_error +recovery", head), head
    steps, percent = r"(?:[<>] )?\d[\d.]*", r"\d+\.\d %"
    assert re.search(rf"\] +{steps} \[{steps}, {steps}\] +{percent} +{percent}", cot), cot
    page = (tmp_path / "runs" / "report.html").read_text(encoding="utf-8")
    assert "Accuracy against depth" in page
    assert "the Weibull law fitted" in page
