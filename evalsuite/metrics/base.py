"""The contract of a metric: samples become rows, rows become a score.

Three classes, by what a score is made of:

* `RowMetric`: a score from *sums* of rows (accuracy, BLEU, an error rate).
* `CurveMetric`: a score from the rows themselves (a quantile, a survival curve).
* `SetMetric`: a score of the outputs as a set (diversity, a distance between distributions).

A metric is a frozen dataclass; its fields are its options, all of which are in its signature.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evalsuite import stats
from evalsuite.figures import Figure, FigureInput, slice_figures
from evalsuite.types import Ask, Estimate, Interval, Modality, Outcome, Output, Reach, Sample

__all__ = [
    "CurveMetric",
    "Details",
    "Example",
    "FloatArray",
    "Metric",
    "RowMetric",
    "Rows",
    "SampleOutputs",
    "SetMetric",
    "final_outputs",
]

FloatArray: TypeAlias = NDArray[np.floating]
SampleOutputs: TypeAlias = Sequence[Output]


@dataclass(frozen=True, slots=True)
class Rows:
    """What a metric keeps of each sample.

    Parameters
    ----------
    values : float array, shape (n_samples, k)
        float64 statistics, or features. A row with a NaN is a sample without a value.
    outcomes : tuple of Outcome, length n_samples
        What became of each sample.
    """

    values: FloatArray
    outcomes: tuple[Outcome, ...]

    def scored(self) -> NDArray[np.bool_]:
        """Return which samples have a value: bool, shape (n_samples,)."""
        if self.values.shape[1] == 0:
            return np.zeros(self.values.shape[0], dtype=np.bool_)
        return np.asarray(~np.isnan(self.values).any(axis=1), dtype=np.bool_)

    def taken(self, order: Sequence[int]) -> Rows:
        """Return the rows of some samples, in that order."""
        return Rows(values=self.values[list(order)], outcomes=tuple(self.outcomes[i] for i in order))


@dataclass(frozen=True, slots=True)
class Example:
    """Outputs that a metric must put in order: the best, some worse, the worst there can be. One tuple a sample.

    `reference` holds outputs whose features stand for the reference set of a metric that has one; where there are none
    its own is meant.
    """

    samples: tuple[Sample, ...]
    best: tuple[SampleOutputs, ...]
    worse: tuple[SampleOutputs, ...]
    worst: tuple[SampleOutputs, ...]
    reference: tuple[SampleOutputs, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What stands beside the value of a `CurveMetric`.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        Further numbers of the same rows.
    notes : tuple of str
        What a reader must know, a sentence each.
    reach : tuple of float, optional
        As in `Score`.
    """

    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    reach: Reach | None = None


class Metric(ABC):
    """What all metrics share. Subclass `RowMetric`, `CurveMetric` or `SetMetric`, as a frozen dataclass.

    Attributes
    ----------
    name : str
        Registry name, in the field's own spelling.
    version : int
        Goes up whenever the value of a given input could change.
    higher_is_better : bool
    value_range : tuple of float
        Least and greatest value.
    modality : {"text", "image", "audio", "video"}
        What it reads.
    asks : tuple of {"text", "choices", "rolling"}
        What models may have been asked: texts, or the likeliest choice as text, by default.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    higher_is_better: ClassVar[bool] = True
    value_range: ClassVar[tuple[float, float]]
    modality: ClassVar[Modality] = "text"
    asks: ClassVar[tuple[Ask, ...]] = ("text", "choices")
    least_repeats: ClassVar[int] = 1
    """Outputs of a sample below which it has no value."""

    @classmethod
    def repeats_needed(cls, signature: str) -> int:
        """Return how many outputs of a sample the metric with this signature takes at least."""
        del signature
        return cls.least_repeats

    def signature(self) -> str:
        """Return the name, every option and the version: ``"bleu|...|version:1"``."""
        options = [f"{field.name}:{getattr(self, field.name)}" for field in fields(self)]  # type: ignore[arg-type]
        return "|".join([self.name, *options, f"version:{self.version}"])

    @property
    def reads_files(self) -> bool:
        """Whether the signature may change while the options stay: it has the hash of files, such as a reference set's.

        Scores by such a metric are computed again when it has changed.
        """
        return False

    @property
    def reads_steps(self) -> bool:
        """Whether it judges steps that outputs state: it has no value where they were not asked to state any."""
        return False

    def is_of(self, signature: str) -> bool:
        """Whether the signature of a score is this metric's; more may follow there, such as the number of outputs."""
        return f"{signature}|".startswith(f"{self.signature()}|")

    def check(self) -> None:
        """Find out whether all is there that the metric needs beside samples and outputs: weights, reference sets.

        Called before anything is generated.

        Raises
        ------
        EvalsuiteError
            If something is missing or wrong; the message says how to provide it.
        """
        return

    @abstractmethod
    def example(self) -> Example:
        """Return outputs that the metric must order, for its contract tests."""

    def figures(self, data: FigureInput) -> Sequence[Figure]:
        """Return what the report is to show of a run beside the score: by default, the score by depth and the like.

        Parameters
        ----------
        data : FigureInput
            The run: samples, outputs, the metric's own rows or features.

        Returns
        -------
        sequence of Figure
            Figures of one title, of all the models of a task, are shown together.
        """
        return slice_figures(data.score, share=self.value_range == (0.0, 1.0))

    def notes(self, features: FloatArray, reference: FloatArray | None = None) -> tuple[str, ...]:
        """Return what a reader of the score must know beside it, a sentence each; mostly nothing.

        Parameters
        ----------
        features : float array, shape (n, d), without NaN
            Features of a `SetMetric`, rows of another.
        reference : float array, shape (m, d), optional
        """
        del features, reference
        return ()

    def _check_pairs(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> None:
        if len(samples) != len(outputs):
            raise ValueError(
                f"{self.name}: `outputs` must hold one sequence for each sample, "
                f"expected {len(samples)}, got {len(outputs)}"
            )

    def _check_rows(self, rows: Rows, n_samples: int, n_columns: int | None) -> Rows:
        shape = rows.values.shape
        if len(shape) != 2 or shape[0] != n_samples or (n_columns is not None and shape[1] != n_columns):
            expected = f"({n_samples}, {'any' if n_columns is None else n_columns})"
            raise ValueError(f"{self.name}: rows must have shape {expected}, got {shape}")
        if len(rows.outcomes) != n_samples:
            raise ValueError(f"{self.name}: expected {n_samples} outcomes, got {len(rows.outcomes)}")
        return rows


class _RowwiseMetric(Metric):
    """A metric whose rows have a fixed number of columns."""

    @property
    @abstractmethod
    def n_columns(self) -> int:
        """Columns of a row."""

    def rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        """Reduce each sample's outputs to its statistics.

        Parameters
        ----------
        samples : sequence of Sample
        outputs : sequence of sequences of Output
            All the outputs of each sample, by repeat and turn.

        Returns
        -------
        Rows
            float64, shape (n_samples, n_columns); a NaN row where there is no value.

        Raises
        ------
        ValueError
            If the two differ in length, or a sample lacks what the metric needs.
        """
        self._check_pairs(samples, outputs)
        return self._check_rows(self._rows(samples, outputs), len(samples), self.n_columns)

    @abstractmethod
    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows: ...


class RowMetric(_RowwiseMetric):
    """A metric whose score comes from sums of rows.

    Attributes
    ----------
    proportion : bool
        Whether the two columns are successes and trials; the interval is then Wilson's.
    """

    proportion: ClassVar[bool] = False

    def value(self, sums: FloatArray) -> FloatArray:
        """Turn sums of rows into scores.

        Parameters
        ----------
        sums : float64, shape (..., n_columns)

        Returns
        -------
        float64, shape (...)
            NaN where the sums hold no value.

        Raises
        ------
        ValueError
            If the last axis is not `n_columns` long.
        """
        sums = np.asarray(sums, dtype=np.float64)
        if sums.ndim == 0 or sums.shape[-1] != self.n_columns:
            raise ValueError(f"{self.name}: `sums` must have shape (..., {self.n_columns}), got {sums.shape}")
        return self._value(sums)

    @abstractmethod
    def _value(self, sums: FloatArray) -> FloatArray: ...


class CurveMetric(_RowwiseMetric):
    """A metric whose score comes from the rows themselves, in no particular order."""

    def value(self, rows: FloatArray) -> float:
        """Turn rows, float64 of shape (n, n_columns) and without NaN, into a score; NaN when there are none.

        Raises
        ------
        ValueError
            If the shape is another.
        """
        rows = np.asarray(rows, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != self.n_columns:
            raise ValueError(f"{self.name}: `rows` must have shape (n, {self.n_columns}), got {rows.shape}")
        return self._value(rows) if len(rows) else float("nan")

    @abstractmethod
    def _value(self, rows: FloatArray) -> float: ...

    def interval(self, rows: NDArray[np.float64], clusters: NDArray[np.int64], *, seed: int) -> Interval | None:
        """Return how sure the value is: by default a cluster bootstrap of `value`.

        Parameters
        ----------
        rows : float64, shape (n, n_columns), without NaN
        clusters : int64, shape (n,)
            Labels 0..G-1 of samples that depend on one another.
        seed : int
            Of the resamples; the same for all models.
        """
        return stats.curve_interval(rows, clusters, self.value, seed=seed)

    def reach(self, rows: NDArray[np.float64]) -> Reach | None:
        """Return the least and greatest value that such rows can tell of; by default None, which is any.

        A value at one of them lies there or beyond.
        """
        del rows
        return None

    def details(self, rows: NDArray[np.float64], clusters: NDArray[np.int64], *, seed: int) -> Details:
        """Return what stands beside the value; by default nothing. Parameters as for `interval`."""
        del rows, clusters, seed
        return Details()


class SetMetric(Metric):
    """A metric of the outputs as a set.

    Attributes
    ----------
    padding : float
        What fills the rows of samples with fewer features than others; `value` passes over it.
    """

    padding: ClassVar[float] = -1.0

    def feature_signature(self) -> str:
        """Return all that the features depend on: metrics of one feature signature share them, and their file."""
        return self.signature()

    def scored_signature(self, n_outputs: int) -> str:
        """Return the signature of a score of so many outputs; they are part of it where they shift the value."""
        del n_outputs
        return self.signature()

    def features(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        """Reduce each sample's outputs to features, float array of shape (n_samples, d); NaN where there is no value.

        Features that are lists of varying length are padded to the longest of the batch.

        Raises
        ------
        ValueError
            If `samples` and `outputs` differ in length.
        """
        self._check_pairs(samples, outputs)
        return self._check_rows(self._features(samples, outputs), len(samples), None)

    @abstractmethod
    def _features(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows: ...

    def reference(self, samples: Sequence[Sample]) -> FloatArray | None:
        """Return the features of the reference set, shape (m, d); None for a metric that needs none."""
        del samples
        return None

    def value(self, features: FloatArray, reference: FloatArray | None = None) -> float:
        """Turn the set's features, shape (n, d) and without NaN, into a score; NaN when there are none, or too few.

        Raises
        ------
        ValueError
            If `features` is not two-dimensional.
        """
        features = np.asarray(features)
        if features.ndim != 2:
            raise ValueError(f"{self.name}: `features` must have shape (n, d), got {features.shape}")
        return self._value(features, reference) if len(features) else float("nan")

    @abstractmethod
    def _value(self, features: FloatArray, reference: FloatArray | None) -> float: ...

    def interval(
        self, features: FloatArray, clusters: NDArray[np.int64], reference: FloatArray | None = None
    ) -> Interval | None:
        """Return how sure the value is, over other outputs of the same model and with the reference held fixed.

        Parameters
        ----------
        features : float, shape (n, d), without NaN
        clusters : int64, shape (n,)
            Labels 0..G-1 of samples that depend on one another.
        reference : float, shape (m, d), optional

        Returns
        -------
        Interval, optional
            None where the features cannot tell. By default a delete-block jackknife.
        """
        return stats.jackknife_interval(
            features, clusters, lambda part: self.value(part, reference), value_range=self.value_range
        )

    def left_out(
        self, features: FloatArray, clusters: NDArray[np.int64], reference: FloatArray | None = None
    ) -> NDArray[np.float64] | None:
        """Return the values without one block of clusters at a time, float64 of shape (b,).

        Paired differences between sets of outputs for the same samples are made of them. None where there are too few
        clusters, or the metric has no such values.
        """
        del features, clusters, reference
        return None

    def floor(self, features: FloatArray, reference: FloatArray | None = None) -> float | None:
        """Return what as many of the reference's own kind would score; None where that is the best, or not known."""
        del features, reference
        return None


def final_outputs(outputs: SampleOutputs) -> list[Output]:
    """Return the last turn of each repeat, in the order of repeats."""
    last: dict[int, Output] = {}
    for output in outputs:
        if output.repeat not in last or output.turn > last[output.repeat].turn:
            last[output.repeat] = output
    return [last[repeat] for repeat in sorted(last)]
