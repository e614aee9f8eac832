"""Adaptive runs: items chosen by the answers, a log that goes on where it was cut, and a report that says so."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import evalsuite
from evalsuite.adaptive import BATCH, DepthSelection
from evalsuite.cli.main import main
from evalsuite.errors import UsageError
from evalsuite.evaluation import plan_run, run_plan
from evalsuite.models.scripted import ScriptedModel
from evalsuite.report.comparable import comparison_key
from evalsuite.report.report import load_report
from evalsuite.runlog import read_log
from evalsuite.runner import is_complete, open_log
from evalsuite.task import Task, load_task
from evalsuite.task.adaptive import adaptive_task
from evalsuite.types import Output, Request

if TYPE_CHECKING:
    from evalsuite.report.report import Report
    from evalsuite.runlog.reader import RunLog

WriteTask = Callable[..., Path]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def ledger() -> Task:
    """The task without a floor, by which fits are ten times faster."""
    task = load_task("ledger")
    metrics = (replace(spec, options={}) if spec.name == "horizon" else spec for spec in task.metrics)
    return replace(task, metrics=tuple(metrics))


def solver(task: Task, error: float, *, fails: Callable[[Request], bool] = lambda _: False) -> ScriptedModel:
    """Return a model that survives each step with the same chance, its luck drawn by the request's seed."""
    samples = {sample.id: sample for sample in task.samples}

    def reply(request: Request) -> str | Exception:
        sample = samples[request.sample_id]
        if fails(request):
            return RuntimeError("too long")
        survives = random.Random(request.seed).random() < (1 - error) ** (sample.depth or 0)
        return sample.references[0] if survives else "answer: -1"

    return ScriptedModel(reply, fingerprint=f"solver {error}", batch_size=BATCH)


def lasting(report: Report) -> str:
    """Return a report as text, without times and environment."""
    passing = ("timing", "efficiency", "environment", "started")
    kept = {key: value for key, value in report.record.items() if key not in passing}
    return json.dumps(kept, sort_keys=True)


def asked(log: RunLog) -> list[str]:
    return [sample_id for sample_id, _, _ in log.outputs]


def test_it_stops_when_the_horizon_is_known(ledger: Task, tmp_path: Path) -> None:
    """At a step error of 0.1 H50 is 6.58; of the 1,152 items of the task a fifth is enough for plus or minus 20 %."""
    model = solver(ledger, 0.1)
    (report,) = evalsuite.evaluate(model, ledger, adaptive=True, output=tmp_path)
    adaptive = report.record["inputs"]["adaptive"]
    score = report.primary
    assert (score.metric, len(report.scores), report.task["name"]) == ("horizon", 1, "ledger-adaptive")
    assert adaptive["reason"] == "precise"
    assert adaptive["n_items"] == report.n_samples == score.n == sum(len(call) for call in model.calls)
    assert 100 < adaptive["n_items"] < 400
    assert score.value is not None
    assert score.interval is not None
    assert score.interval.low < 6.58 < score.interval.high
    assert (score.interval.high - score.interval.low) / 2 / score.value == pytest.approx(adaptive["reached"])
    assert adaptive["reached"] <= 0.2
    assert adaptive["fixed_grid_items"] > 1.3 * adaptive["n_items"]
    assert f"{adaptive['n_items']} of at most 1152 items were asked" in score.notes[-1]
    assert "H50 is known to plus or minus 20 %" in score.notes[-1]
    # Every item as the task itself asks it, and no template much more often than another.
    (request, *_) = model.calls[0]
    sample = next(sample for sample in ledger.samples if sample.id == request.sample_id)
    assert request == ledger.request(sample, repeat=0, turn=0, history=(), run_seed=0)
    by_id = {sample.id: sample for sample in ledger.samples}
    templates = [by_id[one.sample_id].cluster for call in model.calls for one in call]
    counts = [templates.count(name) for name in set(templates)]
    assert len(counts) == 48
    assert max(counts) - min(counts) <= 4


@pytest.mark.parametrize(("error", "reason", "told"), [(0.0005, "above", 24.0), (0.97, "below", 1.0)])
def test_nothing_is_told_beyond_the_depths(
    ledger: Task, tmp_path: Path, error: float, reason: str, told: float
) -> None:
    (report,) = evalsuite.evaluate(solver(ledger, error), ledger, adaptive=True, output=tmp_path)
    adaptive = report.record["inputs"]["adaptive"]
    assert adaptive["reason"] == reason
    assert adaptive["n_items"] < 100
    assert (adaptive["reached"], adaptive["fixed_grid_items"]) == (None, None)
    assert report.primary.value == told
    assert report.primary.reach == (1.0, 24.0)


def test_a_limit_is_the_most_it_asks_and_more_precision_goes_on(ledger: Task, tmp_path: Path) -> None:
    model = solver(ledger, 0.2)
    few, more, whole = (
        run_plan(plan_run(model, ledger, root=tmp_path / root, limit=limit, adaptive=True, precision=0.3))
        for root, limit in (("a", 40), ("a", None), ("b", None))
    )
    assert few.report.record["inputs"]["adaptive"]["reason"] == "most items"
    assert few.report.n_samples == 40
    assert "no more may be asked" in few.report.primary.notes[-1]
    assert few.folder == more.folder
    assert more.report.n_samples > 40
    assert lasting(more.report) == lasting(whole.report)
    # What was asked for the precision of 0.3 is the beginning of what is asked for 0.25.
    before = asked(read_log(whole.folder / "run.jsonl"))
    finer = run_plan(plan_run(model, ledger, root=tmp_path / "b", adaptive=True, precision=0.25))
    assert finer.folder == whole.folder
    after = asked(read_log(whole.folder / "run.jsonl"))
    assert before == after[: len(before)]
    assert len(after) > len(before)
    again = run_plan(plan_run(model, ledger, root=tmp_path / "b", adaptive=True, precision=0.3))
    assert lasting(again.report) == lasting(whole.report)


def test_a_run_cut_after_any_batch_ends_like_one_that_was_not(ledger: Task, tmp_path: Path) -> None:
    def plan(root: str, model: ScriptedModel) -> Any:
        return plan_run(model, ledger, root=tmp_path / root, limit=80, adaptive=True, precision=0.2)

    whole = run_plan(plan("whole", solver(ledger, 0.1)))
    expected = read_log(whole.folder / "run.jsonl")
    for n_lines in (1, BATCH - 3, BATCH + 1, 3 * BATCH + 9):
        again = plan(f"cut {n_lines}", solver(ledger, 0.1))
        again.folder.mkdir(parents=True)
        lines = (whole.folder / "run.jsonl").read_bytes().splitlines(keepends=True)
        again.log_path.write_bytes(b"".join(lines[:n_lines]) + lines[n_lines][:20])  # and a line that is torn
        assert not is_complete(again, open_log(again))
        done = run_plan(again)
        assert asked(read_log(again.log_path)) == asked(expected)
        assert lasting(done.report) == lasting(whole.report)
    second = run_plan(plan("whole", solver(ledger, 0.1)))
    assert second.was_complete


def test_another_size_of_batches_asks_the_same(ledger: Task, tmp_path: Path) -> None:
    reports = [
        run_plan(
            plan_run(solver(ledger, 0.1), ledger, root=tmp_path / str(size), limit=60, adaptive=True, batch_size=size)
        ).report
        for size in (1, 7, 500)
    ]
    assert len({lasting(report) for report in reports}) == 1


def test_what_failed_is_tried_again_when_the_run_is_continued(ledger: Task, tmp_path: Path) -> None:
    def deep(request: Request) -> bool:
        return int(request.sample_id.rsplit("-", 1)[-1]) % 5 == 0

    failing = solver(ledger, 0.1, fails=deep)
    first = run_plan(plan_run(failing, ledger, root=tmp_path / "a", limit=80, adaptive=True))
    assert first.report.n_errors > 0
    assert first.report.n_samples == 80
    log = read_log(first.folder / "run.jsonl")
    assert len(log.outputs) == 80
    healed = run_plan(plan_run(solver(ledger, 0.1), ledger, root=tmp_path / "a", limit=80, adaptive=True))
    never = run_plan(plan_run(solver(ledger, 0.1), ledger, root=tmp_path / "b", limit=80, adaptive=True))
    assert healed.folder == first.folder
    assert healed.report.n_errors == 0
    assert lasting(healed.report) == lasting(never.report)


def test_without_a_verdict_it_ends(ledger: Task, tmp_path: Path) -> None:
    broken = ScriptedModel(lambda _: RuntimeError("no memory"), fingerprint="broken")
    (report,) = evalsuite.evaluate(broken, ledger, adaptive=True, output=tmp_path)
    assert report.record["inputs"]["adaptive"]["reason"] == "no verdicts"
    assert report.n_errors == report.n_samples == 2 * BATCH
    assert report.primary.value is None


def test_the_choice_is_a_function_of_the_outputs(ledger: Task) -> None:
    task = adaptive_task(ledger)
    samples = {sample.id: sample for sample in task.samples}

    def answered(ids: list[str]) -> dict[tuple[str, int, int], Output]:
        return {
            (one, 0, 0): Output(
                text=samples[one].references[0] if (samples[one].depth or 0) < 6 else "answer: -1", sample_id=one
            )
            for one in ids
        }

    going, ids = DepthSelection(task, run_seed=3), list[str]()
    for _ in range(4):
        batches = going.batches(answered(ids))
        ids = [sample.id for batch in batches for sample in batch]
    assert len(ids) == len(set(ids)) == 4 * BATCH
    fresh = DepthSelection(task, run_seed=3)
    assert fresh.batches(answered(ids)) == going.batches(answered(ids))
    assert fresh.batches(answered(ids[: BATCH + 3])) == batches[:2]  # and back again
    other = DepthSelection(task, run_seed=4).batches({})
    assert [sample.depth for sample in other[0]] == [sample.depth for sample in batches[0]]
    assert other[0] != batches[0]


def test_runs_of_two_models_compare_though_they_have_other_samples(ledger: Task, tmp_path: Path) -> None:
    reports = [
        evalsuite.evaluate(solver(ledger, error), ledger, limit=limit, adaptive=True, output=tmp_path)[0]
        for error, limit in ((0.05, 48), (0.3, 64))
    ]
    assert reports[0].n_samples != reports[1].n_samples
    assert comparison_key(reports[0]) == comparison_key(reports[1])
    (plain,) = evalsuite.evaluate(solver(ledger, 0.3), ledger, limit=48, output=tmp_path)
    assert plain.task["name"] == "ledger"
    assert comparison_key(plain) != comparison_key(reports[0])


def test_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["run", "-M", "scripted:last_line", "-t", "ledger", "--adaptive", "--precision", "0.5"]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "ledger-adaptive: adaptive depth: 16 of at most 1152 items were asked" in said
    assert "the horizon lies below the shallowest items there are" in said
    (path,) = Path("runs").rglob("report.json")
    before = lasting(load_report(path))
    assert main(["validate", str(path)]) == 0
    assert main(arguments) == 0
    assert "complete already" in capsys.readouterr().out
    # Scored again from the log, and no other metric with it.
    path.unlink()
    assert main(["score", str(path.parent)]) == 0
    assert lasting(load_report(path)) == before
    assert main(["score", str(path.parent), "--metric", "accuracy"]) == 2
    assert 'of an adaptive run, whose depths the answers have chosen: "accuracy"' in capsys.readouterr().err
    assert main(["leaderboard", "runs"]) == 0


def test_a_log_without_a_whole_batch_is_not_scored(tmp_path: Path, capsys: Capture) -> None:
    ledger = load_task("ledger")
    whole = run_plan(plan_run(solver(ledger, 0.1), ledger, root=tmp_path, limit=48, adaptive=True))
    lines = (whole.folder / "run.jsonl").read_bytes().splitlines(keepends=True)
    (whole.folder / "report.json").unlink()
    (whole.folder / "run.jsonl").write_bytes(b"".join(lines[: BATCH + 5]))
    assert main(["score", str(whole.folder)]) == 0
    assert (
        "12 of the 32 outputs it was to have are missing. Scored are the batches that are complete, of 16 samples"
        in capsys.readouterr().err
    )
    (whole.folder / "run.jsonl").write_bytes(b"".join(lines[:5]))
    assert main(["score", str(whole.folder)]) == 2
    assert "no batch of items is complete yet" in capsys.readouterr().err


def test_a_task_of_one_template_is_refused(ledger: Task) -> None:
    """No interval can be told of it, and so no precision reached."""
    alike = replace(ledger, samples=tuple(replace(sample, cluster="one") for sample in ledger.samples))
    with pytest.raises(UsageError, match="samples of one template"):
        adaptive_task(alike)


def test_it_says_so_where_an_end_of_the_interval_is_not_told(ledger: Task, tmp_path: Path) -> None:
    """At a step error of 0.03 H50 is 22.8, and the deepest items have 24 steps."""
    (report,) = evalsuite.evaluate(solver(ledger, 0.03), ledger, adaptive=True, precision=0.45, output=tmp_path)
    adaptive = report.record["inputs"]["adaptive"]
    assert (adaptive["reason"], adaptive["reached"]) == ("open", None)
    assert report.primary.interval is not None
    assert "its interval has an end outside the depths asked" in report.primary.notes[-1]


def test_options_of_the_horizon_make_another_task(ledger: Task) -> None:
    """They decide how answers read, and so which items are asked."""
    specs = tuple(replace(spec, options={"floor": 0.25}) if spec.name == "horizon" else spec for spec in ledger.metrics)
    assert adaptive_task(replace(ledger, metrics=specs)).content_hash != adaptive_task(ledger).content_hash


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-t", "plan", "--adaptive"], 'task "plan" has 0 metrics "horizon"'),
        (["-t", "ledger", "--adaptive", "--precision", "0"], "precision must be above 0 and below 1, got 0:"),
        (["-t", "ledger", "--adaptive", "--precision", "1"], "precision must be above 0 and below 1, got 1:"),
        (["-t", "ledger", "--adaptive", "--precision", "nan"], "precision must be above 0 and below 1, got nan"),
        (["-t", "ledger", "--precision", "0.2"], "precision is for adaptive runs: give --adaptive too"),
        (["-t", "ledger", "--adaptive", "--repeats", "2"], "asks each item once, --repeats 2 asks for more"),
        (["-t", "ledger", "--adaptive", "--limit", "0"], "limit must be at least 1, got 0"),
        (["-t", "ledger", "--adaptive", "-M", "scripted:empty"], "--adaptive: give one model"),
    ],
)
def test_mistakes_are_explained(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", "-M", "scripted:echo", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not list(Path().iterdir())


def test_samples_that_fit_no_horizon_are_refused(ledger: Task) -> None:
    flat = replace(ledger, samples=tuple(sample for sample in ledger.samples if sample.depth == 3))
    with pytest.raises(UsageError, match="samples of one depth: there is nothing to choose"):
        adaptive_task(flat)
    first, *others = ledger.samples
    with pytest.raises(UsageError, match="has no depth"):
        adaptive_task(replace(ledger, samples=(replace(first, depth=None), *others)))
    with pytest.raises(UsageError, match="several families"):
        adaptive_task(replace(ledger, samples=(replace(first, metadata={"family": "other"}), *others)))
    horizon = next(spec for spec in ledger.metrics if spec.name == "horizon")
    twice = replace(ledger, metrics=(*ledger.metrics, horizon))
    with pytest.raises(UsageError, match='has 2 metrics "horizon"'):
        adaptive_task(twice)


def test_outputs_that_exist_are_not_chosen_from(ledger: Task, tmp_path: Path) -> None:
    model = solver(ledger, 0.1)
    model.n_outputs = 5  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="exist already: there is nothing to save"):
        plan_run(model, ledger, root=tmp_path, adaptive=True)
