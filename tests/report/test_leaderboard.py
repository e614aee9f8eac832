"""Leaderboards: merged runs, rank intervals, and text that cannot steer a terminal."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalsuite.errors import InputError
from evalsuite.evaluation import evaluate
from evalsuite.models.scripted import ScriptedModel
from evalsuite.report import Leaderboard, build_leaderboard, load_leaderboard_runs, save_json
from evalsuite.report.numbers import format_score
from evalsuite.report.schema import validate_file
from evalsuite.report.terminal import print_leaderboard, printable
from evalsuite.types import Interval, Request, Score

WriteTask = Callable[..., Path]


def right_up_to(percent: int) -> Callable[[Request], str]:
    def reply(request: Request) -> str:
        number = int(request.sample_id[1:])
        right = request.prompt.removeprefix("Say ").removesuffix(".")
        return right if (number * 37) % 100 < percent else "wrong"

    return reply


@pytest.fixture
def board(write_task: WriteTask, tmp_path: Path) -> Callable[..., Leaderboard]:
    """Run models that are right on so many percent of 100 samples; return their leaderboard."""

    def make(metrics: str | None = None, **models: int) -> Leaderboard:
        task = write_task(100, **({"metrics": metrics} if metrics else {}))
        for name, percent in models.items():
            evaluate(
                ScriptedModel(right_up_to(percent), name=name, fingerprint=name), str(task), output=tmp_path / "runs"
            )
        return build_leaderboard(load_leaderboard_runs([tmp_path / "runs"]))

    return make


def ranks(board: Leaderboard) -> dict[str, tuple[int, int]]:
    return {
        run.report.model["name"]: board.ranks[run.report.record["id"]] for runs in board.tasks.values() for run in runs
    }


def test_models_that_say_the_same_share_their_ranks(board: Callable[..., Leaderboard]) -> None:
    assert ranks(board(a=50, b=50)) == {"a": (1, 2), "b": (1, 2)}


def test_models_that_differ_clearly_do_not(board: Callable[..., Leaderboard]) -> None:
    found = board(low=20, high=90, top=90, middle=55)
    assert ranks(found) == {"high": (1, 2), "top": (1, 2), "middle": (3, 3), "low": (4, 4)}
    assert [run.report.model["name"] for run in found.tasks["tiny"]] == ["high", "top", "middle", "low"]


def test_a_small_difference_on_the_same_samples_is_found_by_pairing(board: Callable[..., Leaderboard]) -> None:
    # 12 of 100 samples differ, all in one direction: the intervals overlap, the paired difference is sure.
    found = board(a=50, b=62)
    first, second = (run.report.primary.interval for run in found.tasks["tiny"])
    assert first is not None
    assert second is not None
    assert first.low < second.high
    assert ranks(found) == {"b": (1, 1), "a": (2, 2)}


@pytest.mark.parametrize(("clusters", "told_apart"), [(3, False), (5, False), (6, True)])
def test_few_clusters_tell_no_models_apart(
    write_task: WriteTask, tmp_path: Path, clusters: int, told_apart: bool
) -> None:
    # Of two equal models one is the better in all of five clusters in one case of sixteen.
    task = str(write_task(2 * clusters))
    for name, percent in (("right", 100), ("wrong", 0)):
        evaluate(ScriptedModel(right_up_to(percent), name=name, fingerprint=name), task, output=tmp_path / "runs")
    found = ranks(build_leaderboard(load_leaderboard_runs([tmp_path / "runs"])))
    assert found == ({"right": (1, 1), "wrong": (2, 2)} if told_apart else {"right": (1, 2), "wrong": (1, 2)})


def test_the_statements_of_a_table_hold_together(
    board: Callable[..., Leaderboard], monkeypatch: pytest.MonkeyPatch
) -> None:
    levels: list[float] = []

    def sure_sign(name: str, a: object, b: object, level: float) -> int:
        levels.append(level)
        return 0

    monkeypatch.setattr("evalsuite.report.ranking._sure_sign", sure_sign)
    assert set(ranks(board(a=1, b=2, c=3, d=4)).values()) == {(1, 4)}
    assert levels == [pytest.approx(1 - 0.05 / 6)] * 6  # Bonferroni, over six pairs


def test_without_rows_the_intervals_decide(board: Callable[..., Leaderboard], tmp_path: Path) -> None:
    board(a=50, b=62, c=99)
    for path in tmp_path.rglob("statistics/*"):
        path.unlink()
    assert ranks(build_leaderboard(load_leaderboard_runs([tmp_path / "runs"]))) == {
        "c": (1, 1),
        "b": (2, 3),
        "a": (2, 3),
    }


def test_an_interval_that_is_cut_off_is_as_wide_as_its_longer_half(
    board: Callable[..., Leaderboard], tmp_path: Path
) -> None:
    """A distance of 1 give or take 5 is told as 0 to 6: it is not surely below one of 5."""
    board(a=50, b=62)
    ends = {"a": (1.0, 0.0, 6.0), "b": (5.0, 4.5, 5.5)}
    for path in tmp_path.rglob("report.json"):
        record = json.loads(path.read_text())
        value, low, high = ends[record["model"]["name"]]
        (primary,) = (score for score in record["scores"] if score["primary"])
        primary |= {"value": value, "interval": {**primary["interval"], "low": low, "high": high}}
        path.write_text(json.dumps(record))
    for path in tmp_path.rglob("statistics/*"):
        path.unlink()
    assert set(ranks(build_leaderboard(load_leaderboard_runs([tmp_path / "runs"]))).values()) == {(1, 2)}


def test_rows_of_other_outputs_are_not_paired(board: Callable[..., Leaderboard], tmp_path: Path) -> None:
    board(a=50, b=62)
    (path,) = (path for path in tmp_path.rglob("report.json") if "/a-" in str(path))
    record = json.loads(path.read_text())
    record["inputs"]["outputs"] = "0" * 64
    path.write_text(json.dumps(record))
    assert ranks(build_leaderboard(load_leaderboard_runs([tmp_path / "runs"]))) == {"b": (1, 2), "a": (1, 2)}


def test_a_model_without_a_value_has_no_rank(
    board: Callable[..., Leaderboard], write_task: WriteTask, tmp_path: Path
) -> None:
    def fail(request: Request) -> Any:
        raise ValueError

    evaluate(ScriptedModel(fail, name="z", fingerprint="z"), str(write_task(100)), output=tmp_path / "runs")
    found = board(a=0, b=90)
    assert [run.report.model["name"] for run in found.tasks["tiny"]] == ["b", "a", "z"]
    rows = {row["model"]: row for row in found.record["rows"] if row["primary"]}
    assert rows["a"]["value"] == 0.0
    assert (rows["z"]["value"], rows["z"]["interval"], rows["z"]["rank"]) == (None, None, None)
    assert rows["a"]["rank"] == [2, 2]


def test_scores_of_other_choices_of_samples_are_ranked_apart(
    board: Callable[..., Leaderboard], write_task: WriteTask, tmp_path: Path
) -> None:
    few = ScriptedModel(right_up_to(100), name="few", fingerprint="few")
    evaluate(few, str(write_task(100)), limit=10, output=tmp_path / "runs")
    found = board(a=50, b=90)
    assert ranks(found) == {"few": (1, 1), "b": (1, 1), "a": (2, 2)}
    text = text_of(found)
    assert "note: * is of another signature or number of samples, and does not compare with the others" in text
    rows = {line.split()[1]: line for line in text.splitlines() if len(line.split()) > 5 and line.split()[0] == "1"}
    assert "]*" in rows["few"]
    assert "]*" not in rows["b"]
    assert len(rows["few"].split()) == len(rows["b"].split())  # its other metrics stand in the same columns


def test_the_record_keeps_to_its_schema(board: Callable[..., Leaderboard], tmp_path: Path) -> None:
    found = board(a=50, b=60)
    save_json(found.record, tmp_path / "leaderboard.json")
    assert validate_file(tmp_path / "leaderboard.json") == "leaderboard"
    assert [(row["model"], row["metric"]) for row in found.record["rows"]] == [
        ("b", "exact_match"),
        ("b", "chrf"),
        ("a", "exact_match"),
        ("a", "chrf"),
    ]
    assert [row["rank"] for row in found.record["rows"] if not row["primary"]] == [None, None]


def test_a_run_in_two_folders_is_taken_once(board: Callable[..., Leaderboard], tmp_path: Path) -> None:
    board(a=50)
    folders = [tmp_path, tmp_path / "runs", next(tmp_path.rglob("report.json"))]
    assert len(load_leaderboard_runs(folders)) == 1


def test_folders_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no report\.json in or below it"):
        load_leaderboard_runs([tmp_path])
    with pytest.raises(InputError, match="there is no such folder"):
        load_leaderboard_runs([tmp_path / "none"])
    (tmp_path / "report.json").write_text("{}")
    with pytest.raises(InputError, match="not a report of schema version 1"):
        load_leaderboard_runs([tmp_path])


def text_of(board: Leaderboard) -> str:
    file = io.StringIO()
    print_leaderboard(board, file)
    return file.getvalue()


def test_a_table_without_a_terminal_is_plain(
    board: Callable[..., Leaderboard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("CLICOLOR_FORCE", "1")
    text = text_of(board(a=50, b=50))
    assert "\x1b" not in text
    assert "tiny: A small task." in text
    assert [line.split()[:2] for line in text.splitlines() if line.strip().startswith("1-2")] == [
        ["1-2", "a"],
        ["1-2", "b"],
    ]
    assert "exact_match by depth, 1 to 3 steps" in text


HOSTILE = "\x1b[31m[bold]red[/bold]\u202etxt\x07\r\n:smile: \\"


def test_names_are_shown_as_they_are_and_harmless(write_task: WriteTask, tmp_path: Path) -> None:
    model = ScriptedModel(right_up_to(50), name=HOSTILE, fingerprint="h")
    evaluate(model, str(write_task(20)), output=tmp_path / "runs")
    text = text_of(build_leaderboard(load_leaderboard_runs([tmp_path / "runs"])))
    assert "?[31m[bold]red[/bold]?txt???:smile: \\" in text
    assert not {"\x1b", "\u202e", "\x07", "\r"} & set(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日本 👍", "plain é 日本 👍"),
        ("\x1b[2J\x1b]0;title\x07", "?[2J?]0;title?"),
        ("a\u202eb\u2066c\u200fd\ufeffe", "a?b?c?d?e"),
        ("a\nb\tc\rd\0e\x7ff\x9bg", "a?b?c?d?e?f?g"),
        ("\ud800", "?"),
        ("", ""),
    ],
)
def test_control_and_format_characters_are_not_printed(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_long_texts_are_cut() -> None:
    assert printable("x" * 200) == "x" * 200
    assert printable("x" * 201) == "x" * 200 + "..."
    assert printable("abc", 2) == "ab..."


def make_score(metric: str, value: float | None, ends: tuple[float, float] | None) -> Score:
    interval = Interval(low=ends[0], high=ends[1], level=0.95, method="") if ends else None
    return Score(
        metric=metric,
        signature=metric,
        value=value,
        interval=interval,
        higher_is_better=True,
        primary=True,
        n=1,
        n_unscored=0,
        n_clusters=1,
        outcomes={},
    )


@pytest.mark.parametrize(
    ("metric", "value", "ends", "shown"),
    [
        ("exact_match", 0.5, (0.25, 0.75), "50.0 % [25.0 %, 75.0 %]"),
        ("exact_match", 0.0, None, "0.0 %"),
        ("bleu", 12.345, (1.0, 99.994), "12.35 [1.00, 99.99]"),
        ("bleu", None, None, "-"),
        ("of a plugin that is gone", 0.5, None, "0.50"),
    ],
)
def test_scores_as_text(metric: str, value: float | None, ends: tuple[float, float] | None, shown: str) -> None:
    assert format_score(make_score(metric, value, ends)) in (shown, shown.replace("12.35", "12.34"))
