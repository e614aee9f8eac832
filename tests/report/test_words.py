"""What a table says in words: labels, notes, warnings, the verdict, and numbers."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.evaluation import evaluate
from evalsuite.models.scripted import ScriptedModel
from evalsuite.report import build_leaderboard, load_leaderboard_runs
from evalsuite.report.labels import run_labels
from evalsuite.report.leaderboard import LeaderboardRun
from evalsuite.report.notes import table_notes
from evalsuite.report.numbers import format_score
from evalsuite.report.report import Report, score_record
from evalsuite.report.terminal import print_leaderboard
from evalsuite.report.verdict import verdict
from evalsuite.types import Interval, Score

if TYPE_CHECKING:
    from evalsuite.types import Request

WriteTask = Callable[..., Path]


def run(name: str, value: float | None = 0.5, **more: Any) -> LeaderboardRun:
    """Return a run by name and value; `more` sets generation settings, or fields of the score."""
    own = ("outcomes", "bounds", "notes", "n", "signature", "metric", "floor")
    fields = {key: more.pop(key) for key in own if key in more}
    score = Score(
        **{
            "metric": "accuracy",
            "signature": "accuracy|version:1",
            "value": value,
            "interval": None,
            "higher_is_better": True,
            "primary": True,
            "n": 100,
            "n_unscored": 0,
            "n_clusters": 100,
            "outcomes": {"right": 100},
            **fields,
        }
    )
    spec, seed, run_id = (more.pop(key, default) for key, default in (("spec", "x:y"), ("seed", 0), ("id", name)))
    record: dict[str, Any] = {
        "id": run_id,
        "model": {"name": name, "spec": spec},
        "task": {"name": "t", "version": 1},
        "identity": {
            "generation": {"temperature": 0.0, **more},
            "dtype": "",
            "run_seed": seed,
            "task_version": 1,
            "task_hash": "h",
        },
        "repeats": 1,
        "scores": [score_record(score)],
    }
    report = Report(
        model=record["model"],
        task=record["task"],
        scores=(score,),
        n_samples=100,
        n_outputs=100,
        n_errors=0,
        record=record,
    )
    return LeaderboardRun(report, Path())


def labels(*runs: LeaderboardRun) -> list[str]:
    return list(run_labels(runs).values())


def notes(*runs: LeaderboardRun) -> list[str]:
    return table_notes(runs, run_labels(runs))


def test_a_model_that_is_there_once_has_its_name() -> None:
    assert labels(run("a"), run("b", temperature=1.0)) == ["a", "b"]


def test_runs_of_one_model_show_the_settings_in_which_they_differ() -> None:
    found = labels(run("a", id="1"), run("a", id="2", temperature=0.7, seed=4), run("b"))
    assert found == ["a (temperature=0.0, seed=0)", "a (temperature=0.7, seed=4)", "b"]
    assert labels(run("a", id="1", top_k=None), run("a", id="2", top_k=5)) == ["a (top_k=-)", "a (top_k=5)"]


def test_runs_of_one_name_and_setting_show_their_spec_or_id() -> None:
    assert labels(run("a", id="1", spec="hf:p"), run("a", id="2", spec="hf:q")) == ["a (hf:p)", "a (hf:q)"]
    found = labels(run("a", id="0123456789"), run("a", id="9876543210"))
    assert found == ["a (run 01234567)", "a (run 98765432)"]


def test_settings_stand_in_the_table_and_in_the_leaderboard(write_task: WriteTask, tmp_path: Path) -> None:
    model = ScriptedModel(lambda request: "lake 0", name="m", fingerprint="m")
    for temperature in (0.0, 0.7):
        evaluate(model, str(write_task(12)), generation={"temperature": temperature}, output=tmp_path / "runs")
    board = build_leaderboard(load_leaderboard_runs([tmp_path / "runs"]))
    file = io.StringIO()
    print_leaderboard(board, file)
    assert "m (temperature=0.0)" in file.getvalue()
    assert "m (temperature=0.7)" in file.getvalue()
    rows = {row["label"]: row["settings"] for row in board.record["rows"]}
    assert {label: settings["temperature"] for label, settings in rows.items()} == {
        "m (temperature=0.0)": 0.0,
        "m (temperature=0.7)": 0.7,
    }


def test_slices_by_other_keys_than_depth_are_printed(write_task: WriteTask, tmp_path: Path) -> None:
    def reply(request: Request) -> str:
        right = request.prompt.removeprefix("Say ").removesuffix(".")
        return right if int(request.sample_id[1:]) % 2 else "wrong"

    evaluate(ScriptedModel(reply, name="m", fingerprint="m"), str(write_task(12)), output=tmp_path / "runs")
    file = io.StringIO()
    print_leaderboard(build_leaderboard(load_leaderboard_runs([tmp_path / "runs"])), file)
    assert "exact_match by kind\n  m  even 0.0 %, odd 100.0 %\n" in file.getvalue()


def test_a_score_that_is_missing_is_explained() -> None:
    lost = {"unextracted": 90, "truncated": 10}
    assert notes(run("a"), run("b", None, outcomes=lost), run("c", None, outcomes=lost)) == [
        "note: no accuracy for b and c: every sample is unextracted or truncated"
    ]


def test_a_score_that_takes_several_outputs_says_so() -> None:
    assert notes(run("a", None, metric="ece", outcomes={"undecided": 100})) == [
        "note: no ece for a: it takes 2 outputs of a sample or more (--repeats)"
    ]


def test_a_warning_of_all_models_says_so() -> None:
    warned = {"notes": ("warning: few images",)}
    assert notes(run("a", **warned), run("b", **warned)) == ["warning: accuracy of all models: few images"]
    assert notes(run("a", **warned)) == ["warning: accuracy: few images"]


def test_what_a_metric_says_of_its_score_is_passed_on_once() -> None:
    assert notes(run("a", notes=("few images",)), run("b", notes=("few images",))) == ["note: accuracy: few images"]
    assert notes(run("a", notes=("few images",)), run("b")) == ["note: accuracy of a: few images"]


def test_what_real_images_would_score_is_said_once_of_models_measured_alike() -> None:
    def of(name: str, value: float, floor: float | None) -> LeaderboardRun:
        return run(name, value, metric="frechet_distance", floor=floor)

    said = "note: frechet_distance of as many real images: about 0.12"
    assert notes(of("a", 0.05, 0.118), of("b", 47.9, 0.118)) == [said]
    assert notes(of("a", 0.05, 0.118), of("b", 47.9, None)) == [f"{said} (beside a)"]


WARNING = "warning: samples without a verdict are many enough to change this order"


@pytest.mark.parametrize(
    ("upper", "lower", "warned"),
    [
        ({}, {}, False),
        ({"bounds": (0.45, 0.55)}, {}, False),
        ({"bounds": (0.35, 0.65)}, {}, True),  # the upper one could fall below
        ({}, {"bounds": (0.3, 0.55)}, True),  # the lower one could rise above
        ({"bounds": (0.45, 0.6)}, {"bounds": (0.35, 0.46)}, True),
        ({}, {"outcomes": {"right": 40, "unextracted": 9}}, False),
        ({}, {"outcomes": {"right": 40, "unextracted": 11}}, True),
        ({}, {"outcomes": {"right": 40, "unextracted": 11}, "n": 90}, False),  # not comparable at all
    ],
)
def test_samples_without_a_verdict_that_could_change_the_order(
    upper: dict[str, Any], lower: dict[str, Any], warned: bool
) -> None:
    assert (WARNING in notes(run("a", 0.5, **upper), run("b", 0.4, **lower))) is warned
    assert WARNING not in notes(run("a", 0.5, **upper), run("b", 0.5, **lower))  # they are level
    between = run("c", 0.45)
    assert (WARNING in notes(run("a", 0.5, **upper), between, run("b", 0.4, **lower))) or not warned


@pytest.mark.parametrize(
    ("ranks", "said"),
    [
        ({"a": (1, 1), "b": (2, 3), "c": (2, 3)}, "a is best, with accuracy 70.0 %: surely ahead of both others."),
        ({"a": (1, 2), "b": (1, 2), "c": (3, 3)}, "a leads, with accuracy 70.0 %, but cannot be told apart from b."),
        ({"a": (1, 3), "b": (1, 3), "c": (1, 3)}, "a leads, with accuracy 70.0 %, but cannot be told apart from b, c."),
    ],
)
def test_the_verdict_follows_the_ranks(ranks: dict[str, tuple[int, int]], said: str) -> None:
    runs = [run("a", 0.7), run("b", 0.6), run("c", 0.5)]
    assert verdict(runs, ranks, run_labels(runs)) == said


def test_a_control_is_no_winner() -> None:
    runs = [run("real", 0.9, spec="zoo:real"), run("a", 0.7), run("b", 0.6), run("noise", 0.1, spec="zoo:noise")]
    ranks = {"real": (1, 1), "a": (2, 2), "b": (3, 3), "noise": (4, 4)}
    said = "a is best, with accuracy 70.0 %: surely ahead of the other, controls aside."
    assert verdict(runs, ranks, run_labels(runs)) == said
    assert verdict(runs[:1], ranks, run_labels(runs)).startswith("real has accuracy 90.0 %")


def test_there_may_be_nothing_to_say() -> None:
    runs = [run("a", None)]
    assert verdict(runs, {}, run_labels(runs)) == "No model has a value: none of 1 run could be scored."


@pytest.mark.parametrize(
    ("value", "ends", "shown"),
    [
        (0.0012345, (0.001, 0.0015), "0.0012 [0.0010, 0.0015]"),
        (-0.0027, (-0.01, 0.004), "-0.0027 [-0.0100, 0.0040]"),
        (0.055, (0.0, 0.127), "0.055 [0.000, 0.127]"),
        (47.936, (47.0, 48.0), "47.94 [47.00, 48.00]"),
        (0.0, None, "0.00"),
    ],
)
def test_small_values_keep_two_digits(value: float, ends: tuple[float, float] | None, shown: str) -> None:
    interval = Interval(low=ends[0], high=ends[1], level=0.95, method="") if ends else None
    assert format_score(replace(run("a").report.primary, metric="kid", value=value, interval=interval)) == shown
