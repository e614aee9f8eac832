"""`evaluate`, the way in from Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import evalsuite
from evalsuite.errors import ModelError, RunLogError, SaveError, TaskError, UsageError
from evalsuite.evaluation import plan_run, run_plan, score_log, write_leaderboard
from evalsuite.models.adapt import adapt_model
from evalsuite.models.scripted import ScriptedModel
from evalsuite.report.html import write_page
from evalsuite.runlog import read_log
from tests.media.images import noise, png, write_folder

if TYPE_CHECKING:
    from evalsuite.types import Request

WriteTask = Callable[..., Path]


def right(request: Request) -> str:
    return request.prompt.removeprefix("Say ").removesuffix(".")


@pytest.fixture
def model() -> ScriptedModel:
    return ScriptedModel(right, fingerprint="fixed")


def test_a_function_is_a_model(write_task: WriteTask, tmp_path: Path) -> None:
    (report,) = evalsuite.evaluate(lambda prompt: prompt[4:-1], str(write_task(8)), output=tmp_path / "runs")
    assert report.primary.value == 1.0
    assert report.primary.interval is not None
    assert report.n_samples == 8


def test_tasks_in_order_and_progress_by_name(write_task: WriteTask, model: ScriptedModel, tmp_path: Path) -> None:
    said: list[tuple[str, int, int]] = []
    tasks = [str(write_task(8, name="one")), evalsuite.load_task(str(write_task(4, name="two")))]
    reports = evalsuite.evaluate(
        model,
        tasks,
        limit=6,
        repeats=2,
        batch_size=5,
        output=str(tmp_path / "runs"),
        progress=lambda *step: said.append(step),
    )
    assert [(report.task["name"], report.n_samples, report.n_outputs) for report in reports] == [
        ("one", 6, 12),
        ("two", 4, 8),
    ]
    assert said[0] == ("one", 0, 12)
    assert said[-1] == ("two", 8, 8)
    assert ("one", 12, 12) in said


def test_an_empty_name_is_no_folder(write_task: WriteTask, model: ScriptedModel) -> None:
    with pytest.raises(UsageError, match="output must name a folder, got an empty string"):
        evalsuite.evaluate(model, str(write_task(4)), output="")


def test_the_second_time_is_complete(write_task: WriteTask, model: ScriptedModel, tmp_path: Path) -> None:
    task = evalsuite.load_task(str(write_task(8)))
    first, second = (run_plan(plan_run(model, task, root=tmp_path)) for _ in range(2))
    assert (first.was_complete, second.was_complete) == (False, True)
    assert len(model.calls) == 1
    assert second.report == first.report
    third = run_plan(plan_run(model, task, root=tmp_path, limit=4))
    assert not third.was_complete  # nothing was generated, but the report is another
    assert third.report.n_samples == 4


def test_everything_is_checked_before_anything_runs(
    write_task: WriteTask, model: ScriptedModel, tmp_path: Path
) -> None:
    task = str(write_task(4))
    bad = str(write_task(4, name="bad", metrics='[{ name = "blue", primary = true }]'))
    cases = [
        (UsageError, 'unknown metric "blue"', {"tasks": [task, bad]}),
        (TaskError, "unknown task", {"tasks": [task, "ledgr"]}),
        (UsageError, "repeats must be at least 1", {"tasks": task, "repeats": 0}),
        (SaveError, "cannot be made", {"tasks": task, "output": "/dev/null/runs"}),
    ]
    for error, message, settings in cases:
        with pytest.raises(error, match=message):
            evalsuite.evaluate(model, **{"output": tmp_path / "runs", **settings})  # type: ignore[arg-type]
    with pytest.raises(ModelError):
        evalsuite.evaluate(3, task, output=tmp_path / "runs")
    assert model.calls == []
    assert not (tmp_path / "runs").exists()


def test_what_is_missing_is_counted(write_task: WriteTask, model: ScriptedModel, tmp_path: Path) -> None:
    task = evalsuite.load_task(str(write_task(8)))
    evaluation = run_plan(plan_run(model, task, root=tmp_path, limit=5))
    report, fresh = score_log(read_log(evaluation.folder / "run.jsonl"), task, repeats=1, limit=None)
    assert fresh
    assert (report.n_samples, report.n_errors) == (8, 3)
    assert report.primary.outcomes == {"right": 5, "error": 3}
    assert report.primary.value == 1.0
    assert report.record["errors"] == [{"message": "not generated", "count": 3, "n_messages": 1}]


def test_metrics_that_cannot_score_are_an_input_error(
    write_task: WriteTask, model: ScriptedModel, tmp_path: Path
) -> None:
    path = write_task(4, metrics='[{ name = "slot_accuracy", primary = true }]')
    with pytest.raises(evalsuite.EvalsuiteError, match='task "tiny": its samples do not suit metric "slot_accuracy"'):
        evalsuite.evaluate(model, str(path), output=tmp_path / "runs")


def test_a_damaged_log_ends_the_run(write_task: WriteTask, model: ScriptedModel, tmp_path: Path) -> None:
    path = str(write_task(4))
    evalsuite.evaluate(model, path, output=tmp_path)
    (log,) = tmp_path.rglob("run.jsonl")
    log.write_bytes(log.read_bytes().replace(b"lake", b"lace"))
    with pytest.raises(RunLogError, match=r"run\.jsonl:2: checksum differs"):
        evalsuite.evaluate(model, path, output=tmp_path)


def test_a_leaderboard_holds_the_runs_that_were_there_before(
    write_task: WriteTask, model: ScriptedModel, tmp_path: Path
) -> None:
    task = evalsuite.load_task(str(write_task(8)))
    other = ScriptedModel(lambda request: "no", name="other", fingerprint="other")
    run_plan(plan_run(other, task, root=tmp_path))
    evaluation = run_plan(plan_run(model, task, root=tmp_path))
    board = write_leaderboard([evaluation], tmp_path / "leaderboard.json")
    assert [row["model"] for row in board.record["rows"] if row["primary"]] == ["scripted", "other"]
    assert json.loads((tmp_path / "leaderboard.json").read_text()) == json.loads(json.dumps(board.record))


def test_samples_that_do_not_suit_a_metric_are_found_before_anything_is_generated(tmp_path):
    from evalsuite import Sample, Task, evaluate
    from evalsuite.errors import TaskError
    from evalsuite.task import MetricSpec

    task = Task(
        name="unsuited",
        version=1,
        samples=(Sample(id="a", input={"x": "1"}, references=("1",)),),
        samples_digest="none",
        prompt="{x}",
        metrics=(MetricSpec(name="step_accuracy", primary=True),),
    )
    asked = []
    with pytest.raises(TaskError, match=r'task "unsuited".*metric "step_accuracy".*sample "a".*states'):
        evaluate(lambda prompt: asked.append(prompt) or "1", task, output=tmp_path / "runs")
    assert asked == []


def paint(request: Request) -> object:
    return noise(request.seed)


def test_a_report_is_made_anew_when_files_that_a_metric_reads_have_changed(
    write_task: WriteTask, tmp_path: Path
) -> None:
    """A task file names a reference set by its path: the task is the same whatever images lie there."""
    real = tmp_path / "real"
    write_folder(real, {f"{i}.png": png(noise(i)) for i in range(8)})
    metrics = f'[{{ name = "kid", primary = true, reference_set = "{real}" }}, {{ name = "precision" }}]'
    task = evalsuite.load_task(str(write_task(8, metrics=metrics, more='modality = "image"')))
    plan = plan_run(adapt_model(paint, fingerprint="fixed"), task, root=tmp_path / "runs")
    first = run_plan(plan)
    assert run_plan(plan).was_complete

    (real / "0.png").write_bytes(png(noise(100)))  # the folder's own time of modification stays
    second = run_plan(plan)
    assert not second.was_complete
    assert second.report.primary.signature != first.report.primary.signature
    assert second.report.primary.value != first.report.primary.value
    assert second.report.scores[1] == first.report.scores[1]
    assert run_plan(plan).was_complete

    # With nothing there to compare with, the report and its page are the last word.
    real.rename(tmp_path / "hidden")
    real.mkdir()
    assert run_plan(plan).report.primary == second.report.primary
    page = tmp_path / "runs" / "report.html"
    assert write_page(write_leaderboard([second], tmp_path / "runs" / "leaderboard.json"), page)


def test_none_switches_a_setting_of_the_task_off(write_task: WriteTask, model: ScriptedModel, tmp_path: Path) -> None:
    more = "generation = { temperature = 0.7, top_k = 50, top_p = 0.9 }"
    task = str(write_task(4, more=more))
    for given, expected in (({}, (50, 0.9)), ({"top_k": None}, (None, 0.9)), ({"top_p": None}, (50, None))):
        evalsuite.evaluate(model, task, output=tmp_path / str(expected), generation=given)
        (log,) = (tmp_path / str(expected)).rglob("run.jsonl")
        found = read_log(log).header["identity"]["generation"]
        assert (found["top_k"], found["top_p"]) == expected
