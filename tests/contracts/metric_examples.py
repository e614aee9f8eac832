"""Every registered metric with its example, and what contracts compute of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from evalsuite.metrics import METRICS
from evalsuite.metrics.base import CurveMetric, Example, FloatArray, Metric, RowMetric, Rows, SetMetric
from evalsuite.types import Output, Sample

NAMES = METRICS.names()
SET_METRICS = [name for name in NAMES if issubclass(METRICS.get(name), SetMetric)]
ROW_METRICS = [name for name in NAMES if issubclass(METRICS.get(name), RowMetric)]
ERROR = (Output(text=None, finish_reason="error", error="out of memory"),)


def make(name: str) -> Metric:
    return METRICS.get(name)()


@cache
def example(name: str) -> Example:
    return make(name).example()


def compute(metric: Metric, samples: object, outputs: object) -> Rows:
    if isinstance(metric, SetMetric):
        return metric.features(samples, outputs)  # type: ignore[arg-type]
    assert isinstance(metric, (RowMetric, CurveMetric))
    return metric.rows(samples, outputs)  # type: ignore[arg-type]


@cache
def reference(name: str) -> FloatArray | None:
    """Features of the reference set: that of the example, or else the metric's own."""
    metric, made = make(name), example(name)
    assert isinstance(metric, SetMetric)
    return metric.features(made.samples, made.reference).values if made.reference else metric.reference(made.samples)


def value(metric: Metric, rows: Rows) -> float:
    kept = rows.values[rows.scored()]
    if isinstance(metric, RowMetric):
        return float(metric.value(kept.sum(axis=0)))
    if isinstance(metric, SetMetric):
        return float(metric.value(kept, reference(metric.name)))
    assert isinstance(metric, CurveMetric)
    return float(metric.value(kept))


def join(metric: Metric, parts: list[FloatArray]) -> FloatArray:
    """Join feature matrices of different width, as `SetMetric` says: rows without a value are filled with NaN."""
    filling = metric.padding if isinstance(metric, SetMetric) else np.nan
    width = max(part.shape[1] for part in parts)
    joined = []
    for part in parts:
        padding = np.where(np.isnan(part).any(axis=1), np.nan, filling).astype(part.dtype)
        joined.append(np.hstack([part, np.repeat(padding[:, None], width - part.shape[1], axis=1)]))
    return np.concatenate(joined)


def larger(name: str) -> tuple[list[Sample], list[tuple[Output, ...]]]:
    """Samples of all three kinds of example, some with several repeats and some in error."""
    made = example(name)
    samples, outputs = [], []
    for kind in (made.best, made.worse, made.worst):
        for i, sample in enumerate(made.samples):
            first = kind[i][0]
            samples.append(replace(sample, id=f"{len(samples)}"))
            outputs.append(tuple(kind[i]))
            samples.append(replace(sample, id=f"{len(samples)}"))
            outputs.append((first, replace(made.worse[i][0], repeat=1)))
        samples.append(replace(made.samples[0], id=f"{len(samples)}"))
        outputs.append(ERROR)
    return samples, outputs
