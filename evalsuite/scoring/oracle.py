"""Whether a task's own references, as outputs, score best."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.metrics.base import RowMetric
from evalsuite.scoring.score import compute_rows, task_metrics
from evalsuite.task.likelihood import perfect_output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.metrics.base import Metric, SampleOutputs
    from evalsuite.task import Task
    from evalsuite.types import Ask, Output, Sample

__all__ = ["oracle_warnings"]

_PRECISION = 1e-6
# Best where references and metadata of the samples agree.
_BY_METADATA = ("slot_accuracy", "step_accuracy", "step_error")
_LONGEST = 80


def oracle_warnings(task: Task) -> list[str]:
    """Return of which references, as outputs, a task's metrics do not say that they are right, a sentence each.

    Parameters
    ----------
    task : Task

    Returns
    -------
    list of str
        Where a metric has verdicts, every reference must be right. Where it has scores alone, and is one of those that
        are best for the references (its own example says so) or for what the metadata say of them, all first
        references together must score best, then all second ones, and so on; the sample farthest from it is named.
    """
    samples = [sample for sample in task.samples if sample.references]
    if task.modality != "text" or not samples:
        return []
    most = 1 if task.ask == "rolling" else max(len(sample.references) for sample in samples)
    found: list[str] = []
    for spec, metric in task_metrics(task):
        if task.no_steps and metric.reads_steps:
            continue
        told = (_reference_warning(metric, samples, place, task.ask) for place in range(most))
        found += [f'metric "{spec.name}": {warning}' for warning in told if warning][:1]
    return found


def _reference_warning(metric: Metric, samples: Sequence[Sample], place: int, ask: Ask) -> str:
    """Return what is wrong where each sample's output is its reference at `place`, or the first; empty if nothing."""
    texts = [sample.references[place if place < len(sample.references) else 0] for sample in samples]
    rows = compute_rows(metric, samples, _said(metric, samples, texts, ask))
    doubtful = [i for i, outcome in enumerate(rows.outcomes) if outcome not in ("right", "scored")]
    which = "references" if place == 0 else f"references at {place + 1}"
    if doubtful:
        counts = ", ".join(f"{n} {outcome}" for outcome, n in Counter(rows.outcomes[i] for i in doubtful).items())
        first = doubtful[0]
        return (
            f"of {len(samples)} {which}, as outputs, not all are right ({counts}), such as that of sample "
            f'"{samples[first].id}": {_cut(texts[first])}'
        )
    if "right" in rows.outcomes or not isinstance(metric, RowMetric):
        return ""  # verdicts have been looked at
    if metric.name not in _BY_METADATA and not _rewards_references(metric, ask):
        return ""
    scored = np.flatnonzero(rows.scored())
    values = np.asarray(rows.values[scored], dtype=np.float64)
    value = float(metric.value(stats.sum_in_blocks(values)))
    if _is_best(metric, value):
        return ""
    best = _best(metric)
    distances = np.nan_to_num(np.abs(metric.value(values) - best), nan=np.inf)
    farthest = int(scored[np.argmax(distances)]) if len(scored) else 0
    return (
        f"{which} as outputs score {value:.4g} and not {best:g}; farthest from it is that of sample "
        f'"{samples[farthest].id}": {_cut(texts[farthest])}'
    )


def _rewards_references(metric: RowMetric, ask: Ask) -> bool:
    """Whether the metric, in its own example, is best for references and not for the worst outputs."""
    try:
        example = metric.example()
        if not all(sample.references for sample in example.samples):
            return False
        if ask == "choices" and not all("choices" in sample.metadata for sample in example.samples):
            ask = "text"  # a metric of texts, here of the likeliest choice
        said = _said(metric, example.samples, [sample.references[0] for sample in example.samples], ask)
        ours, worst = (compute_rows(metric, example.samples, outputs) for outputs in (said, example.worst))
    except ValueError:  # the example does not suit options of this task's
        return False
    values = [
        float(metric.value(np.asarray(rows.values[rows.scored()], dtype=np.float64).sum(axis=0)))
        for rows in (ours, worst)
    ]
    return _is_best(metric, values[0]) and not _is_best(metric, values[1])


def _said(metric: Metric, samples: Sequence[Sample], texts: Sequence[str], ask: Ask) -> list[SampleOutputs]:
    repeats = range(max(metric.least_repeats, getattr(metric, "k", 1)))  # pass@k has no verdict of fewer
    perfect: list[Output] = [perfect_output(sample, ask, text) for sample, text in zip(samples, texts, strict=True)]
    return [tuple(replace(output, repeat=repeat) for repeat in repeats) for output in perfect]


def _best(metric: Metric) -> float:
    return metric.value_range[1] if metric.higher_is_better else metric.value_range[0]


def _is_best(metric: Metric, value: float) -> bool:
    best = _best(metric)
    return math.isfinite(best) and abs(value - best) <= _PRECISION * max(1.0, abs(best))


def _cut(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else text[:_LONGEST] + "...")
