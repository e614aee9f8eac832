"""What the values of every registered metric keep to."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from evalsuite.metrics import METRICS
from evalsuite.metrics.base import RowMetric, Rows, SetMetric
from tests.contracts.metric_examples import (
    NAMES,
    ROW_METRICS,
    SET_METRICS,
    compute,
    example,
    join,
    larger,
    make,
    reference,
    value,
)

pytestmark = pytest.mark.usefixtures("inception_without_weights")


@pytest.mark.parametrize("name", NAMES)
def test_example_is_ordered_in_the_metrics_direction(name: str) -> None:
    metric, made = make(name), example(name)
    best, worse, worst = (value(metric, compute(metric, made.samples, k)) for k in (made.best, made.worse, made.worst))
    sign = 1 if metric.higher_is_better else -1
    assert sign * best > sign * worse > sign * worst
    low, high = metric.value_range
    assert all(low <= v <= high * (1 + 1e-12) for v in (best, worse, worst))


@pytest.mark.parametrize("name", NAMES)
def test_perfect_outputs_reach_the_best_end_of_the_range(name: str) -> None:
    metric, made = make(name), example(name)
    best_end = metric.value_range[1 if metric.higher_is_better else 0]
    best = value(metric, compute(metric, made.samples, made.best))
    if np.isfinite(best_end):
        # A distance of 0 is the difference of traces: rounding is as large as a few of their last places.
        assert best == pytest.approx(best_end, rel=1e-14, abs=1e-9 if metric.modality == "image" else 1e-12)
    elif metric.higher_is_better:  # there is always a better one
        assert best > value(metric, compute(metric, made.samples, made.worse))
    else:  # an estimate without bias, which is on either side of 0 where the truth is 0
        assert abs(best) < abs(value(metric, compute(metric, made.samples, made.worse)))


@pytest.mark.parametrize("name", NAMES)
def test_splitting_the_batch_changes_nothing(name: str) -> None:
    metric = make(name)
    samples, outputs = larger(name)
    whole = compute(metric, samples, outputs)
    draw = random.Random(0)
    for _ in range(5):
        cuts = sorted(draw.sample(range(1, len(samples)), draw.randint(1, len(samples) - 1)))
        parts = [
            compute(metric, samples[a:b], outputs[a:b]) for a, b in zip([0, *cuts], [*cuts, len(samples)], strict=True)
        ]
        joined = Rows(
            values=join(metric, [part.values for part in parts]),
            outcomes=tuple(o for part in parts for o in part.outcomes),
        )
        np.testing.assert_array_equal(joined.values, whole.values)
        assert joined.outcomes == whole.outcomes
        assert value(metric, joined) == value(metric, whole)


# torch-fidelity draws its subsets by place, and the metric is there to give its figures.
IN_ORDER = {"kid_subsets"}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in IN_ORDER])
def test_order_of_samples_does_not_matter(name: str) -> None:
    metric = make(name)
    samples, outputs = larger(name)
    expected = compute(metric, samples, outputs)
    order = list(range(len(samples)))
    random.Random(1).shuffle(order)
    shuffled = compute(metric, [samples[i] for i in order], [outputs[i] for i in order])
    np.testing.assert_array_equal(shuffled.values, expected.values[order])
    assert value(metric, shuffled) == pytest.approx(value(metric, expected), rel=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_same_input_gives_the_same_bytes(name: str) -> None:
    samples, outputs = larger(name)
    first, second = (compute(make(name), samples, outputs) for _ in range(2))
    assert first.values.tobytes() == second.values.tobytes()
    assert first.values.dtype == np.float64 or (isinstance(make(name), SetMetric) and first.values.dtype == np.float32)
    assert first.outcomes == second.outcomes


@pytest.mark.parametrize("name", NAMES)
def test_last_turn_is_scored(name: str) -> None:
    metric, made = make(name), example(name)
    outputs = [
        (*(replace(output, turn=0) for output in worst), *(replace(output, turn=1) for output in best))
        for best, worst in zip(made.best, made.worst, strict=True)
    ]
    rows = compute(metric, made.samples, outputs)
    assert rows.values.tobytes() == compute(metric, made.samples, made.best).values.tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_no_samples_give_no_value(name: str) -> None:
    metric = make(name)
    rows = compute(metric, [], [])
    assert len(rows.values) == 0
    assert rows.outcomes == ()
    assert np.isnan(value(metric, rows))


@pytest.mark.parametrize("name", SET_METRICS)
def test_interval_holds_the_value_within_the_range(name: str) -> None:
    metric = make(name)
    assert isinstance(metric, SetMetric)
    samples, outputs = larger(name)
    rows = compute(metric, samples, outputs)
    kept = rows.values[rows.scored()]
    found = metric.interval(kept, np.arange(len(kept)), reference(name))
    assert found is not None
    assert metric.value_range[0] <= found.low <= value(metric, rows) <= found.high <= metric.value_range[1]
    assert metric.interval(kept, np.zeros(len(kept), dtype=np.int64), reference(name)) is None
    assert metric.interval(kept[:0], np.zeros(0, dtype=np.int64), reference(name)) is None
    assert metric.interval(kept, np.arange(len(kept)), reference(name)) == found


@pytest.mark.parametrize("name", ROW_METRICS)
def test_value_is_vectorised_over_leading_axes(name: str) -> None:
    metric = make(name)
    assert isinstance(metric, RowMetric)
    samples, outputs = larger(name)
    rows = compute(metric, samples, outputs)
    kept = rows.values[rows.scored()]
    draws = np.random.default_rng(0).integers(len(kept), size=(3, 4, len(kept)))
    sums = kept[draws].sum(axis=2)
    sums[0, 0] = 0.0
    sums[1, 1] = np.nan
    values = metric.value(sums)
    assert values.shape == (3, 4)
    assert values.dtype == np.float64
    for i in np.ndindex(3, 4):
        np.testing.assert_array_equal(values[i], metric.value(sums[i]))
    assert np.isnan(values[0, 0])
    assert np.isnan(values[1, 1])
    assert np.isfinite(values).sum() == 10
    assert metric.value(np.zeros((0, metric.n_columns))).shape == (0,)


@pytest.mark.parametrize(
    "name", [name for name in NAMES if METRICS.get(name) and issubclass(METRICS.get(name), RowMetric)]
)
def test_proportion_has_successes_and_trials(name: str) -> None:
    metric = make(name)
    assert isinstance(metric, RowMetric)
    if metric.proportion:
        assert metric.n_columns == 2
        assert metric.value(np.array([3.0, 4.0])) == 0.75


def test_listing_metrics_imports_no_numpy() -> None:
    code = "import sys, evalsuite.metrics as m; m.METRICS.names(); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_importing_metrics_imports_no_reference_implementation() -> None:
    code = (
        "import sys; from evalsuite.metrics import METRICS\n"
        "for name in METRICS.names(): METRICS.get(name)()\n"
        "sys.exit(any(name in sys.modules for name in ('sacrebleu', 'rouge_score', 'nltk', 'torch')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
