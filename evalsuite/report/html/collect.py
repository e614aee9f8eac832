"""Ask metrics and tasks for their figures, and put those of one title together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite.errors import EvalsuiteError
from evalsuite.figures import Figure, FigureInput, ImageGrid, slice_figures
from evalsuite.metrics.base import Metric, RowMetric
from evalsuite.report.numbers import is_share
from evalsuite.rng import derive_seed
from evalsuite.runlog import read_log
from evalsuite.scoring import load_stored_rows, make_metric
from evalsuite.task import MetricSpec, Task, load_task
from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from evalsuite.report.leaderboard import LeaderboardRun
    from evalsuite.types import Outcome, Sample, Score

__all__ = ["FigureGroup", "collect_figures"]


@dataclass(slots=True)
class FigureGroup:
    """Figures of one title and kind, by the place of their run in the table."""

    title: str
    caption: str
    kind: str
    figures: list[tuple[int, Figure]] = field(default_factory=list)


def collect_figures(runs: Sequence[LeaderboardRun], labels: Mapping[str, str]) -> tuple[list[FigureGroup], list[str]]:
    """Return the figures of a task's runs, those of the primary metric first, and what could not be made.

    A figure that fails costs itself: the page says so, and has the rest.
    """
    groups: dict[tuple[str, str], FigureGroup] = {}
    problems: list[str] = []
    tasks: dict[tuple[str, str], Task | str] = {}
    found: list[tuple[int, int, Figure]] = []
    for place, run in enumerate(runs):
        label = labels[str(run.report.record["id"])]
        data, problem = _run_data(run, tasks)
        if problem:
            problems.append(f"{label}: {problem}")
        specs = _specs(run)
        for i, (score, spec) in enumerate(zip(run.report.scores, specs, strict=True)):
            figures, problem = _metric_figures(run, score, spec, data)
            if problem:
                problems.append(f"{label}: {problem}")
            found += [(_order(figure, i, primary=score.primary), place, figure) for figure in figures]
        if data is not None:
            figures, problem = _task_figures(run, data)
            if problem:
                problems.append(f"{label}: {problem}")
            found += [(1, place, figure) for figure in figures]
    for _, place, figure in sorted(found, key=lambda entry: entry[:2]):
        kind = type(figure.content).__name__
        group = groups.setdefault((figure.title, kind), FigureGroup(figure.title, figure.caption, kind))
        group.figures.append((place, figure))
    return list(groups.values()), list(dict.fromkeys(problems))


def _order(figure: Figure, metric: int, *, primary: bool) -> int:
    """Return a place: the primary metric's curves, the task's own figures (1), the primary's images, the others'."""
    if not primary:
        return 3 + metric
    return 2 if isinstance(figure.content, ImageGrid) else 0


@dataclass(frozen=True, slots=True)
class _RunData:
    task: Task
    samples: Sequence[Sample]
    outputs: Sequence[tuple[Output, ...]]


def _run_data(run: LeaderboardRun, tasks: dict[tuple[str, str], Task | str]) -> tuple[_RunData | None, str]:
    """Return a run's samples and outputs, or why they cannot be had: a report may have come without its log."""
    record = run.report.record
    source, wanted = str(run.report.task.get("source") or ""), str(record["identity"]["task_hash"])
    task = tasks.get((source, wanted))
    if task is None:
        task = tasks[source, wanted] = _open_task(source, wanted)
    if isinstance(task, str):
        return None, task
    path = run.folder / "run.jsonl"
    if not path.exists():
        return None, "its log is not there, so its outputs are not shown"
    try:
        log = read_log(path)
    except EvalsuiteError as error:
        return None, f"its outputs are not shown: {error}"
    if log.header.get("id") != record["id"]:
        return None, "the log beside its report is of another run, so its outputs are not shown"
    samples = task.samples[: record["n_samples"]]
    missing = (Output(finish_reason="error", error="not generated"),)
    repeats = int(record["repeats"])
    outputs = [log.sample_outputs(sample.id, repeats, task.turns) or missing for sample in samples]
    return _RunData(task, samples, outputs), ""


def _open_task(source: str, wanted: str) -> Task | str:
    try:
        task = load_task(source)
    except EvalsuiteError as error:
        return f"its outputs are not shown: {error}"
    if task.content_hash != wanted:
        return f'its outputs are not shown: the task "{source}" is another one today'
    return task


def _specs(run: LeaderboardRun) -> list[MetricSpec]:
    """Return the metrics as the task asked for them; of a report that does not say, without options."""
    asked: Any = run.report.record["inputs"].get("metrics")
    scores = run.report.scores
    if not isinstance(asked, list) or [entry[0] for entry in asked] != [score.metric for score in scores]:
        return [MetricSpec(name=score.metric) for score in scores]
    return [MetricSpec(name=entry[0], by=tuple(entry[2]), options=entry[3]) for entry in asked]


def _metric_figures(
    run: LeaderboardRun, score: Score, spec: MetricSpec, data: _RunData | None
) -> tuple[list[Figure], str]:
    try:
        metric = make_metric(spec, "report")
        is_same = data is not None and metric.is_of(score.signature)
    except EvalsuiteError:  # a plugin, weights or a reference set that are gone
        return slice_figures(score, share=is_share(score)), ""
    if data is None or not is_same:
        return slice_figures(score, share=is_share(score)), ""
    return _asked(lambda: metric.figures(_figure_input(run, score, metric, data)), f"{score.metric}'s figures")


def _task_figures(run: LeaderboardRun, data: _RunData) -> tuple[list[Figure], str]:
    score = run.report.primary
    spec = next(spec for spec, each in zip(_specs(run), run.report.scores, strict=True) if each.primary)
    try:
        metric: Metric | None = make_metric(spec, "report")
    except EvalsuiteError:
        metric = None
    return _asked(lambda: data.task.figures(_figure_input(run, score, metric, data)), "the task's figures")


def _asked(make: Callable[[], Sequence[Figure]], what: str) -> tuple[list[Figure], str]:
    try:
        return list(make()), ""
    except Exception as error:  # whatever a plugin's drawing raises must not cost the page
        return [], f"{what} could not be made ({type(error).__name__}: {error})"


def _figure_input(run: LeaderboardRun, score: Score, metric: Metric | None, data: _RunData) -> FigureInput:
    values: NDArray[np.floating] | None = None
    outcomes: tuple[Outcome, ...] = ()
    sample_values: NDArray[np.float64] | None = None
    if metric is not None:
        signature = getattr(metric, "feature_signature", metric.signature)()
        digest = str(run.report.record["inputs"]["outputs"])
        stored = load_stored_rows(run.folder / "statistics", signature, digest)
        if stored is not None and len(stored.rows.outcomes) == len(data.samples):
            values, outcomes = stored.rows.values, stored.rows.outcomes
            if isinstance(metric, RowMetric):
                with np.errstate(all="ignore"):
                    sample_values = np.asarray(metric.value(values), dtype=np.float64)
    return FigureInput(
        task_name=data.task.name,
        score=score,
        samples=data.samples,
        outputs=data.outputs,
        values=values,
        outcomes=outcomes,
        sample_values=sample_values,
        seed=derive_seed("figures", data.task.name, int(run.report.record["identity"].get("run_seed", 0))),
    )
