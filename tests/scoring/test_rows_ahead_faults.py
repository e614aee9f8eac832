"""What goes wrong with rows computed ahead is settled by the scoring of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite.metrics.chrf import ChrfPlusPlus
from evalsuite.scoring import RowsAhead
from evalsuite.scoring.score import compute_rows
from evalsuite.types import Output, Sample

if TYPE_CHECKING:
    from collections.abc import Callable

N = 600
SAMPLES = [Sample(id=f"s{i}", input={}, references=(str(i),)) for i in range(N)]
OUTPUTS = [Output(text=str(i), sample_id=f"s{i}") for i in range(N)]
BY_SAMPLE = [(one,) for one in OUTPUTS]


def at_once(function: Callable[..., object], *arguments: object) -> Callable[[], object]:
    result = function(*arguments)
    return lambda: result


class Panic(BaseException):
    """As one in Rust, which is no Exception."""


def failing(bad_sizes: set[int], error: BaseException) -> tuple[ChrfPlusPlus, list[int]]:
    """Return a metric that fails on so many samples, and the numbers of samples that it has seen."""
    sizes: list[int] = []

    class FailsOnParts(ChrfPlusPlus):
        def _rows(self, samples: Any, outputs: Any) -> Any:
            sizes.append(len(samples))
            if len(samples) in bad_sizes:
                raise error
            return super()._rows(samples, outputs)

    return FailsOnParts(), sizes


def test_too_many_faults_in_the_rest_may_be_few_in_the_whole() -> None:
    bad_sizes: set[int] = set()
    metric, sizes = failing(bad_sizes, ValueError("3 of 200 are too many"))
    ahead = RowsAhead([metric], SAMPLES, 1, at_once)
    ahead.add(OUTPUTS)
    rest = N - sum(sizes)
    assert 0 < rest < N
    bad_sizes.add(rest)
    rows = ahead.rows(metric, SAMPLES, BY_SAMPLE)
    assert sizes[-2:] == [rest, N]
    np.testing.assert_array_equal(rows.values, compute_rows(ChrfPlusPlus(), SAMPLES, BY_SAMPLE).values)


def test_a_panic_ahead_does_not_end_the_run() -> None:
    metric, sizes = failing(set(range(N)), Panic())
    ahead = RowsAhead([metric], SAMPLES, 1, at_once)
    ahead.add(OUTPUTS)
    assert sizes
    assert len(ahead.rows(metric, SAMPLES, BY_SAMPLE).values) == N
