"""Turn a run's outputs into scores: rows, value, interval, outcomes, slices."""

from __future__ import annotations

import inspect
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from evalsuite import stats
from evalsuite.errors import EvalsuiteError, TaskError, UsageError, did_you_mean
from evalsuite.extractors import RUN_CODE
from evalsuite.metrics import METRICS
from evalsuite.metrics.base import (
    CurveMetric,
    Details,
    FloatArray,
    Metric,
    RowMetric,
    Rows,
    SampleOutputs,
    SetMetric,
    final_outputs,
)
from evalsuite.rng import derive_seed
from evalsuite.scoring.rowcache import RowCache
from evalsuite.types import OUTCOMES, Interval, Outcome, Output, Sample, Score, Slice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from evalsuite.task import MetricSpec, Task

__all__ = [
    "ComputeRows",
    "ScoringInput",
    "bootstrap_seed",
    "check_references",
    "compute_rows",
    "make_metric",
    "row_signature",
    "score_all",
    "score_outputs",
    "task_metrics",
]


ComputeRows: TypeAlias = "Callable[[Metric, Sequence[Sample], Sequence[SampleOutputs]], Rows]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringInput:
    """What is scored: a task's samples and, for each, its outputs in canonical order.

    `no_steps` says why the outputs state no steps that could be judged; it is empty where they may.
    """

    task_name: str
    samples: Sequence[Sample]
    outputs: Sequence[SampleOutputs]
    no_steps: str = ""


def make_metric(spec: MetricSpec, where: str, *, may_run_code: bool = False) -> Metric:
    """Build a metric from its name and options.

    Parameters
    ----------
    spec : MetricSpec
    where : str
        Of the options, for messages.
    may_run_code : bool, default False
        Whether a person gave the options, and not a file, from which no code runs.

    Raises
    ------
    UsageError
        If there is no such metric.
    TaskError
        If an option is unknown or wrong, or names a program that may not run; the message begins with `where`.
    """
    metric_class = METRICS.get(spec.name)
    known = list(inspect.signature(metric_class).parameters)
    for option in spec.options:
        if option not in known:
            raise TaskError(
                f'{where}: metric "{spec.name}" has no option "{option}"{did_you_mean(option, known)} '
                f"(it has: {', '.join(known) or 'none'})"
            )
    program = str(spec.options.get("extractor", "")).partition(":")[0]
    if program in RUN_CODE and not may_run_code:
        raise TaskError(f'{where}: files run no code, and "{program}:" is a program: give it to evalsuite score')
    try:
        return metric_class(**spec.options)
    except EvalsuiteError as error:
        raise TaskError(f"{where}: {error}") from error
    except (TypeError, ValueError) as error:
        raise TaskError(f'{where}: metric "{spec.name}": {error}') from error


def task_metrics(task: Task) -> list[tuple[MetricSpec, Metric]]:
    """Build all metrics of a task, and check that each reads what the task generates.

    Raises
    ------
    UsageError, TaskError
        As `make_metric`; TaskError also where a metric reads another modality, or what was not asked for.
    """
    made: list[tuple[MetricSpec, Metric]] = []
    for i, spec in enumerate(task.metrics):
        where = spec.place or f'task "{task.source or task.name}": metrics[{i}]'
        try:
            metric = make_metric(spec, where)
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from error
        if metric.modality != task.modality:
            raise TaskError(f'{where}: "{spec.name}" reads {metric.modality}, the task generates {task.modality}')
        if task.ask not in metric.asks:
            raise TaskError(
                f'{where}: "{spec.name}" is for tasks with ask = {" or ".join(map(repr, metric.asks))}, '
                f'this one has ask = "{task.ask}"'
            )
        made.append((spec, metric))
    return made


def check_references(task: Task) -> None:
    """Find out whether every metric has what it needs of every sample, before anything is generated.

    Raises
    ------
    TaskError
        If a reference or a field of the metadata is missing or wrong; the sample is named.
    EvalsuiteError
        If weights or a reference set are missing; see ``Metric.check``.
    """
    nothing = [(Output(finish_reason="error", error="not generated"),)] * len(task.samples)
    for spec, metric in task_metrics(task):
        metric.check()
        try:
            compute_rows(metric, task.samples, nothing)
        except ValueError as error:
            raise TaskError(f'task "{task.name}": its samples do not suit metric "{spec.name}": {error}') from error


def score_outputs(
    data: ScoringInput, spec: MetricSpec, metric: Metric, *, cache_folder: Path | None = None, digest: str = ""
) -> Score:
    """Score outputs by one metric.

    Parameters
    ----------
    data : ScoringInput
    spec : MetricSpec
        Says whether the metric is primary, and by what else to report it.
    metric : Metric
    cache_folder : Path, optional
        Where rows are kept (``<hash of the signature>.npy``); they are computed again when missing or stale.
    digest : str
        The outputs' SHA-256, by which stale rows are known.

    Returns
    -------
    Score

    Raises
    ------
    ValueError
        If a sample lacks what the metric needs; the message names the sample.
    """
    return score_all(data, [(spec, metric)], cache_folder=cache_folder, digest=digest)[0]


def score_all(
    data: ScoringInput,
    metrics: Sequence[tuple[MetricSpec, Metric]],
    *,
    cache_folder: Path | None = None,
    digest: str = "",
    computed: Mapping[str, Rows] | None = None,
    compute: ComputeRows | None = None,
) -> list[Score]:
    """Score outputs by several metrics; those with the same features share them. See `score_outputs`.

    `computed` may have rows that are there already, by what `row_signature` returns of their metrics; `compute` takes
    the place of `compute_rows` for those that are not.
    """
    shared = dict(computed or {})
    return [
        _score(data, spec, metric, shared, cache_folder, digest, compute or compute_rows) for spec, metric in metrics
    ]


def row_signature(metric: Metric) -> str:
    """Return what a metric's rows depend on, by which they are kept."""
    return metric.feature_signature() if isinstance(metric, SetMetric) else metric.signature()


def _score(
    data: ScoringInput,
    spec: MetricSpec,
    metric: Metric,
    shared: dict[str, Rows],
    cache_folder: Path | None,
    digest: str,
    compute: ComputeRows,
) -> Score:
    signature = row_signature(metric)
    cache = RowCache(cache_folder, signature, digest) if cache_folder is not None else None
    labels = stats.cluster_labels([sample.cluster or f"\x00{sample.id}" for sample in data.samples])
    rows = shared.get(signature) or (cache.load() if cache else None)
    unasked = data.no_steps if metric.reads_steps else ""
    if rows is None:
        rows = compute(metric, data.samples, data.outputs)
        if unasked:
            rows = _without_values(rows)
        if cache:
            cache.save(rows, labels, [sample.id for sample in data.samples], spec.options)
    shared[signature] = rows
    seed = bootstrap_seed(data.task_name, metric.signature())
    scored = rows.scored()
    reference = metric.reference(data.samples) if isinstance(metric, SetMetric) else None
    value, interval = _value_and_interval(metric, rows.values[scored], labels[scored], seed, reference)
    notes = metric.notes(rows.values[scored], reference)
    details = _details(metric, rows.values[scored], labels[scored], seed)
    no_steps = _why_no_steps(rows, unasked) if metric.reads_steps and value is None else ""
    floor = None
    scored_signature = metric.signature()
    if isinstance(metric, SetMetric):
        floor = metric.floor(rows.values[scored], reference) if value is not None else None
        scored_signature = metric.scored_signature(sum(len(final_outputs(outputs)) for outputs in data.outputs))
    return Score(
        metric=spec.name,
        signature=scored_signature,
        value=value,
        interval=interval,
        higher_is_better=metric.higher_is_better,
        primary=spec.primary,
        n=len(data.samples),
        n_unscored=int((~scored).sum()),
        n_clusters=len(np.unique(labels[scored])),
        outcomes=_count_outcomes(rows),
        bounds=_bounds(metric, rows),
        slices={key: _slices(key, metric, rows, labels, data.samples, seed, reference) for key in spec.by},
        notes=(
            *([f"no value: {no_steps}"] if no_steps else []),
            *notes,
            *details.notes,
        ),
        floor=floor,
        reach=details.reach,
        details=details.estimates,
    )


def bootstrap_seed(task_name: str, signature: str) -> int:
    """Return the seed of a metric's resamples on a task: the same for all models, so that they pair."""
    return derive_seed("bootstrap", task_name, signature)


def compute_rows(metric: Metric, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
    """Return a metric's rows, or a set metric's features."""
    if isinstance(metric, SetMetric):
        return metric.features(samples, outputs)
    assert isinstance(metric, (RowMetric, CurveMetric))
    return metric.rows(samples, outputs)


def _why_no_steps(rows: Rows, unasked: str) -> str:
    """Say why a metric of stated steps has no value; nothing where it is not for want of steps."""
    if unasked:
        return f"{unasked}, and stated steps are judged"
    is_unstated = set(rows.outcomes) == {"unextracted"}
    return "no output states any of its sample's steps" if is_unstated else ""


def _without_values(rows: Rows) -> Rows:
    """Return rows of the same outputs without a value: what was not asked for is not found."""
    kept = ("error", "refused", "truncated")
    outcomes: list[Outcome] = [outcome if outcome in kept else "unextracted" for outcome in rows.outcomes]
    return Rows(values=np.full_like(rows.values, np.nan), outcomes=tuple(outcomes))


def _value_and_interval(
    metric: Metric, values: FloatArray, clusters: NDArray[np.int64], seed: int, reference: FloatArray | None
) -> tuple[float | None, Interval | None]:
    labels = stats.dense_labels(clusters)
    interval: Interval | None
    if isinstance(metric, SetMetric):
        value = metric.value(values, reference)
        interval = metric.interval(values, labels, reference)
    elif isinstance(metric, CurveMetric):
        rows = np.asarray(values, dtype=np.float64)
        value = metric.value(rows)
        interval = metric.interval(rows, labels, seed=seed)
    else:
        assert isinstance(metric, RowMetric)
        rows = np.asarray(values, dtype=np.float64)
        value = float(metric.value(stats.sum_in_blocks(rows)))
        if metric.proportion:
            interval = stats.proportion_interval(rows, labels)
        elif metric.value_range == (0.0, 1.0) and rows.shape[1] == 2:
            interval = stats.share_interval(rows, labels, metric.value, seed=seed)
        else:
            interval = stats.row_interval(rows, labels, metric.value, seed=seed)
    if np.isnan(value):
        return None, None
    return float(value), interval


def _details(metric: Metric, values: FloatArray, clusters: NDArray[np.int64], seed: int) -> Details:
    if not isinstance(metric, CurveMetric):
        return Details()
    return metric.details(np.asarray(values, dtype=np.float64), stats.dense_labels(clusters), seed=seed)


def _slices(
    key: str,
    metric: Metric,
    rows: Rows,
    labels: NDArray[np.int64],
    samples: Sequence[Sample],
    seed: int,
    reference: FloatArray | None,
) -> tuple[Slice, ...]:
    members: dict[str | int, list[int]] = {}
    for i, sample in enumerate(samples):
        found = sample.depth if key == "depth" else sample.metadata.get(key)
        if isinstance(found, (str, int)) and not isinstance(found, bool):
            members.setdefault(found, []).append(i)
    scored = rows.scored()
    slices: list[Slice] = []
    for name in sorted(members, key=lambda name: (isinstance(name, str), name)):
        chosen = np.asarray(members[name], dtype=np.int64)
        kept = chosen[scored[chosen]]
        value, interval = _value_and_interval(metric, rows.values[kept], labels[kept], seed, reference)
        reach = None
        if isinstance(metric, CurveMetric) and value is not None:
            reach = metric.reach(np.asarray(rows.values[kept], dtype=np.float64))
        slices.append(
            Slice(
                key=name,
                value=value,
                interval=interval,
                n=len(chosen),
                n_unscored=len(chosen) - len(kept),
                reach=reach,
            )
        )
    return tuple(slices)


def _count_outcomes(rows: Rows) -> Mapping[str, int]:
    counts = Counter(rows.outcomes)
    return {outcome: counts[outcome] for outcome in OUTCOMES if counts[outcome]}


def _bounds(metric: Metric, rows: Rows) -> tuple[float, float] | None:
    """Worst and best case of a proportion: every sample without a verdict wrong, every one right.

    Without a verdict are the undecided and those that ended in error, which the value leaves out. Such a sample weighs
    as much as the others on average, which is its number of repeats.
    """
    n_open = sum(outcome in ("undecided", "error") for outcome in rows.outcomes)
    if not n_open or not isinstance(metric, RowMetric) or not metric.proportion:
        return None
    scored = rows.values[rows.scored()]
    successes, trials = stats.sum_in_blocks(scored)
    weight = n_open * (trials / len(scored) if len(scored) else 1.0)
    if trials + weight <= 0:  # nothing to take a share of, as where no answer is right and only those count
        return None
    return float(successes / (trials + weight)), float((successes + weight) / (trials + weight))
