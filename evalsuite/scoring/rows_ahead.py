"""Compute metrics' rows while outputs still come in."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import EvalsuiteError
from evalsuite.metrics.base import CurveMetric, RowMetric, Rows
from evalsuite.scoring.score import compute_rows, row_signature

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from evalsuite.metrics.base import Metric, SampleOutputs
    from evalsuite.types import Outcome, Output, Sample

__all__ = ["RowsAhead"]

_AT_ONCE = 256
_MOST_PENDING = 4096
# An interrupt waits for the thread that calls `add`.
_MOST_SECONDS = 1.0
_SLOW_SECONDS = 0.25


@dataclass(slots=True)
class _Part:
    """Rows of some samples, by what `submit` returned; `places` are the samples' among all."""

    places: NDArray[np.int64]
    wait: Callable[[], object]


@dataclass(slots=True)
class _OfMetric:
    metric: Metric
    parts: list[_Part] = field(default_factory=list)


class RowsAhead:
    """The rows of samples whose outputs are all there, computed before the run is over.

    Not for set metrics, whose features may take the device that generates. What goes wrong here is left to the scoring
    after the run, which computes the rows that are missing, and says what is wrong.

    Parameters
    ----------
    metrics : sequence of Metric
    samples : sequence of Sample
        Those that will be scored.
    n_outputs : int
        Outputs of each sample that is complete. Where there are several, and thousands of samples wait for more of
        theirs, rows are left to the end: outputs are not kept in memory for them.
    submit : callable
        Runs a function with its arguments somewhere, and returns what waits for its result.
    """

    def __init__(
        self,
        metrics: Sequence[Metric],
        samples: Sequence[Sample],
        n_outputs: int,
        submit: Callable[..., Callable[[], object]],
    ) -> None:
        kept = [metric for metric in metrics if isinstance(metric, (RowMetric, CurveMetric))]
        self._metrics = {row_signature(metric): _OfMetric(metric) for metric in kept}
        self._samples = samples
        self._places = {sample.id: place for place, sample in enumerate(samples)} if kept else {}
        self._n_outputs = n_outputs
        self._submit = submit
        self._pending: dict[int, list[Output]] = {}
        self._ready: list[tuple[int, SampleOutputs]] = []
        self._at_once = 1

    def add(self, outputs: Sequence[Output]) -> None:
        """Take note of outputs that are in the log now; what is not computed within a second waits for the next."""
        for output in outputs:
            place = self._places.get(output.sample_id)
            if place is None or output.finish_reason == "error":
                continue
            of_sample = self._pending.setdefault(place, [])
            of_sample.append(output)
            if len(of_sample) == self._n_outputs:
                del self._pending[place]
                self._ready.append((place, tuple(sorted(of_sample, key=lambda one: (one.repeat, one.turn)))))
        if len(self._pending) > _MOST_PENDING:
            self._pending, self._places = {}, {}
        start = now = time.monotonic()
        while len(self._ready) >= _AT_ONCE and now < start + _MOST_SECONDS:
            n = self._at_once
            self._compute(self._ready[:n])
            del self._ready[:n]
            before, now = now, time.monotonic()
            self._at_once = max(1, n // 4) if now > before + _SLOW_SECONDS else min(_AT_ONCE, 2 * n)
        del self._ready[_MOST_PENDING:]  # their rows are left to the end

    def rows(self, metric: Metric, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        """Return the metric's rows: those that are there, and the others computed now; as `compute_rows` does.

        The samples are those that were given in the beginning.
        """
        of_metric = self._metrics.get(row_signature(metric))
        found = [(part.places, part.wait()) for part in (of_metric.parts if of_metric else ())]
        known = [(places, rows) for places, rows in found if isinstance(rows, Rows)]
        if not known or len(samples) != len(self._samples):
            return compute_rows(metric, samples, outputs)
        missing = np.ones(len(samples), dtype=np.bool_)
        for places, _ in known:
            missing[places] = False
        rest = np.flatnonzero(missing).tolist()
        if rest:
            try:
                computed = compute_rows(metric, [samples[i] for i in rest], [outputs[i] for i in rest])
            except (EvalsuiteError, ValueError):  # too many faults for a part may be few for the whole
                return compute_rows(metric, samples, outputs)
            known.append((np.array(rest, dtype=np.int64), computed))
        values = np.empty((len(samples), known[0][1].values.shape[1]))
        outcomes: list[Outcome] = ["error"] * len(samples)
        for places, rows in known:
            values[places] = rows.values
            for place, outcome in zip(places.tolist(), rows.outcomes, strict=True):
                outcomes[place] = outcome
        return Rows(values=values, outcomes=tuple(outcomes))

    def _compute(self, ready: Sequence[tuple[int, SampleOutputs]]) -> None:
        places = np.array([place for place, _ in ready], dtype=np.int64)
        samples = [self._samples[place] for place, _ in ready]
        outputs = [one for _, one in ready]
        for of_metric in self._metrics.values():
            try:
                wait = self._submit(_rows_or_none, of_metric.metric, samples, outputs)
            except Exception:  # a metric that cannot be sent to another process is computed in the end
                continue
            of_metric.parts.append(_Part(places, wait))


def _rows_or_none(metric: Metric, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows | None:
    """Return the rows, or None where they cannot be computed: the scoring after the run says why."""
    try:
        return compute_rows(metric, samples, outputs)
    except BaseException:  # whatever a metric raises must not end the run; a panic in Rust is no Exception
        return None
