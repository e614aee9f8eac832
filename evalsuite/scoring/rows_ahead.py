"""Compute metrics' rows while outputs still come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.metrics.base import CurveMetric, RowMetric, Rows
from evalsuite.scoring.score import compute_rows, row_signature

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalsuite.metrics.base import Metric, SampleOutputs
    from evalsuite.types import Output, Sample

__all__ = ["RowsAhead"]

_AT_ONCE = 256
_MOST_PENDING = 4096


@dataclass(slots=True)
class _Part:
    """Rows of some samples, by what `submit` returned."""

    samples: list[str]
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
        self._samples = {sample.id: sample for sample in samples} if kept else {}
        self._n_outputs = n_outputs
        self._submit = submit
        self._pending: dict[str, list[Output]] = {}
        self._ready: list[tuple[Sample, SampleOutputs]] = []

    def add(self, outputs: Sequence[Output]) -> None:
        """Take note of outputs that are in the log now."""
        for output in outputs:
            sample = self._samples.get(output.sample_id)
            if sample is None or output.finish_reason == "error":
                continue
            of_sample = self._pending.setdefault(sample.id, [])
            of_sample.append(output)
            if len(of_sample) == self._n_outputs:
                del self._pending[sample.id]
                self._ready.append((sample, tuple(sorted(of_sample, key=lambda one: (one.repeat, one.turn)))))
        if len(self._pending) > _MOST_PENDING:
            self._pending, self._samples = {}, {}
        while len(self._ready) >= _AT_ONCE:
            self._compute(self._ready[:_AT_ONCE])
            del self._ready[:_AT_ONCE]

    def rows(self, metric: Metric, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        """Return the metric's rows: those that are there, and the others computed now; as `compute_rows` does."""
        known = self._known(metric)
        rest = [i for i, sample in enumerate(samples) if sample.id not in known]
        if not known or len(rest) == len(samples):
            return compute_rows(metric, samples, outputs)
        computed = compute_rows(metric, [samples[i] for i in rest], [outputs[i] for i in rest])
        found = {samples[at].id: (computed, i) for i, at in enumerate(rest)}
        places = [found.get(sample.id) or known[sample.id] for sample in samples]
        return Rows(
            values=np.stack([part.values[i] for part, i in places]),
            outcomes=tuple(part.outcomes[i] for part, i in places),
        )

    def _compute(self, ready: Sequence[tuple[Sample, SampleOutputs]]) -> None:
        samples = [sample for sample, _ in ready]
        outputs = [one for _, one in ready]
        for of_metric in self._metrics.values():
            wait = self._submit(_rows_or_none, of_metric.metric, samples, outputs)
            of_metric.parts.append(_Part([sample.id for sample in samples], wait))

    def _known(self, metric: Metric) -> dict[str, tuple[Rows, int]]:
        """Return where each sample's row is: the rows of a part, and its place there."""
        of_metric = self._metrics.get(row_signature(metric))
        known: dict[str, tuple[Rows, int]] = {}
        for part in of_metric.parts if of_metric else ():
            rows = part.wait()
            if isinstance(rows, Rows):
                known.update((sample_id, (rows, i)) for i, sample_id in enumerate(part.samples))
        return known


def _rows_or_none(metric: Metric, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows | None:
    """Return the rows, or None where they cannot be computed: the scoring after the run says why."""
    try:
        return compute_rows(metric, samples, outputs)
    except Exception:  # whatever a metric raises must not end the run that feeds it
        return None
