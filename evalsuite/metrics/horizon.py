"""The reasoning horizon: how many dependent steps half of the outputs survive."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from evalsuite.answers import read_steps
from evalsuite.errors import UsageError
from evalsuite.horizon import count_records, fit_horizon
from evalsuite.horizon.families import CombinedHorizon, combine_horizons, mean_horizon
from evalsuite.horizon.figure import depth_curve_figure
from evalsuite.horizon.law import fit_laws
from evalsuite.horizon.remarks import described, sentences_of
from evalsuite.horizon.sudden_fall import told_horizon
from evalsuite.metrics._cut_outputs import cut_verdicts
from evalsuite.metrics._options import check_choice
from evalsuite.metrics._outputs import example_outputs
from evalsuite.metrics._steps import checked_depth
from evalsuite.metrics.accuracy import Accuracy, UndecidedPolicy
from evalsuite.metrics.base import CurveMetric, Details, Example, FloatArray, Rows, SampleOutputs, final_outputs
from evalsuite.types import Estimate, Interval, Outcome, Output, Reach, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.figures import Figure, FigureInput
    from evalsuite.horizon import DepthTable

__all__ = ["Horizon", "depth_tables"]

_FAMILY, _DEPTH, _RIGHT, _WRONG, _CUT_DEPTH, _CUT_RIGHT, _CUT_WRONG, _WORKED = range(8)


@dataclass(frozen=True)
class Horizon(CurveMetric):
    r"""Reasoning horizon H50: dependent steps that half of the outputs survive, by the Weibull law of depth.

    Parameters
    ----------
    floor : float, default 0
        Share of right answers among guesses, in [0, 1): 0.25 with four choices.
    undecided : {"apart", "wrong"}, default "apart"
        What becomes of answers that cannot be settled; see `evalsuite.metrics.accuracy.Accuracy`.
    cut : str, default "censored"
        Outputs that the token budget cut count as far as they stated steps; there is no other way.

    Notes
    -----
    ``S(d) = c + (1 - c) exp(-(d / s)**k)`` is fitted to right and wrong answers at each depth by maximum likelihood,
    and H50 solves ``exp(-(d / s)**k) = 1/2``. Range 0 to infinity; higher is better. It is never told outside the
    depths tested: there it is ``> 24``, or ``< 1``. The interval is a cluster bootstrap of 2,000 refits.

    In `details`: H80 and H99, the shape ``k``, the step error ``e`` of the law with k = 1, p-values of the fit, and
    H50 under grader noise of 2 %. The notes say whether the law fits, and whether e may be called an error rate.

    Answers are judged as by `evalsuite.metrics.accuracy.Accuracy`; what has no verdict there has none here. An output
    that the token budget cut before it answered counts by the last step it stated: right, it survived so many steps,
    wrong, it did not. Without a stated step it says nothing. Of several repeats of a sample that were cut all count up
    to where the shortest was cut.

    Only who guesses is right by chance: an output that states its last step (``metadata["states"]`` says which that is)
    has worked its answer out. With w wrong outputs that do not, and v that do, c is ``floor * g``, where
    ``g = w / (1 - floor) / (w / (1 - floor) + v)`` estimates the share of guesses among outputs that lost the path.

    Samples of several families (``metadata["family"]``) have a horizon each; the value is their geometric mean. Where
    one lies above its deepest depth that is the least it can be, and is shown so; likewise below. There is no value
    where one lies above and another below, or has no horizon: a note says so.

    A row is [family, depth, right, wrong, steps before the cut, on the right path there, off it, wrong but worked out].

    References
    ----------
    .. [1] Weibull, "A statistical distribution function of wide applicability", Journal of Applied Mechanics 18, 1951.
    .. [2] Ord, "Is there a half-life for the success rates of AI agents?", 2025, arXiv:2505.05115, for constant hazard.

    Examples
    --------
    Half are right at depth 1, a quarter at 2, a sixteenth at 4: each step is survived by half.

    >>> rows = np.array([[0, 1, 8, 8, 0, 0, 0, 0], [0, 2, 4, 12, 0, 0, 0, 0], [0, 4, 1, 15, 0, 0, 0, 0]])
    >>> round(Horizon().value(rows), 6)
    1.0
    """

    name = "horizon"
    value_range = (0.0, float("inf"))

    floor: float = 0.0
    undecided: UndecidedPolicy = "apart"
    cut: InitVar[str] = "censored"  # nothing that could vary, and so no part of the signature

    def __post_init__(self, cut: str) -> None:
        is_number = isinstance(self.floor, (int, float)) and not isinstance(self.floor, bool)
        if not (is_number and 0 <= self.floor < 1):
            raise UsageError(f"{self.name}: `floor` must be a share of at least 0 and below 1, got {self.floor!r}")
        count_records([], [], cut_counts_as=cut)
        check_choice(self.name, "undecided", self.undecided, ("apart", "wrong"))

    @property
    def n_columns(self) -> int:
        """Family, depth, two counts of answers, depth and two counts of outputs that were cut, and those worked out."""
        return 8

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        finals = [final_outputs(sample_outputs) for sample_outputs in outputs]
        owners = [i for i, found in enumerate(finals) for _ in found]
        accuracy = Accuracy(undecided=self.undecided)
        judged = accuracy.rows([samples[i] for i in owners], [[output] for found in finals for output in found])
        # A sample without a reference is named even where there is nothing to judge.
        accuracy.rows([sample for sample, found in zip(samples, finals, strict=True) if not found], _nothing(finals))
        values = np.full((len(samples), self.n_columns), np.nan)
        outcomes: list[Outcome] = []
        start = 0
        for i, (sample, found) in enumerate(zip(samples, finals, strict=True)):
            places = slice(start, start + len(found))
            start += len(found)
            row, outcome = _row(sample, found, judged.values[places], judged.outcomes[places])
            outcomes.append(outcome)
            if row is not None:
                values[i] = row
        return Rows(values=values, outcomes=tuple(outcomes))

    def _value(self, rows: FloatArray) -> float:
        value = self._told(rows).value
        return float("nan") if value is None else value

    def reach(self, rows: NDArray[np.float64]) -> Reach | None:
        """Return between which depths rows tell of a horizon: the shallowest and the deepest that was tested.

        Of several families these are geometric means; where one lies beyond its depths, the mean itself is an end.
        """
        return self._told(rows).reach

    def _told(self, rows: FloatArray) -> Estimate:
        """Return the horizon, of several families their mean, without an interval."""
        tables = depth_tables(rows, np.zeros(len(rows), dtype=np.int64))
        found: list[Estimate] = []
        for table, floor in zip(tables, self.floors(rows), strict=True):
            laws = fit_laws(table, table.totals[None], floor=floor)
            found.append(told_horizon(table, laws, 0.5, floor=floor))
        return mean_horizon(found)[0]

    def interval(self, rows: NDArray[np.float64], clusters: NDArray[np.int64], *, seed: int) -> Interval | None:
        """Return percentiles of 2,000 refits to resampled clusters; of several families, over those too."""
        return self._combined(rows, clusters, seed).h50.interval if len(rows) else None

    def details(self, rows: NDArray[np.float64], clusters: NDArray[np.int64], *, seed: int) -> Details:
        """Return the other numbers of the fit, and what to know before believing them."""
        if not len(rows):
            return Details()
        combined = self._combined(rows, clusters, seed)
        if len(combined.parts) > 1:
            told = [described(part.h50) for part in combined.parts]
            return Details(
                notes=(
                    f"geometric mean of {len(told)} families, H50 {', '.join(told)}",
                    *(f"warning: {text}" for text in combined.warnings),
                    *dict.fromkeys(f"warning: {text}" for part in combined.parts for text in part.warnings),
                ),
                reach=combined.h50.reach,
            )
        (fit,) = combined.parts
        (floor,) = self.floors(rows)
        notes = sentences_of(fit)
        if floor < self.floor:
            chance = f"guessing: {100 * floor:.2g} % of lost outputs are right by chance, not {100 * self.floor:.3g} %"
            notes = (*notes, f"{chance}: who states the last step does not guess")
        return Details(estimates=fit.estimates(), notes=notes, reach=fit.h50.reach)

    def _combined(self, rows: FloatArray, clusters: NDArray[np.int64], seed: int) -> CombinedHorizon:
        return combine_horizons(depth_tables(rows, clusters), floors=self.floors(rows), seed=seed)

    def floors(self, rows: FloatArray) -> list[float]:
        """Return the share of right answers among outputs that lost the path, for each family of `depth_tables`."""
        floors: list[float] = []
        for family in np.unique(rows[:, _FAMILY]):
            part = rows[rows[:, _FAMILY] == family]
            worked = float(part[:, _WORKED].sum())
            guessed = (float(part[:, _WRONG].sum()) - worked) / (1.0 - self.floor)
            floors.append(self.floor * guessed / (guessed + worked) if worked else self.floor)
        return floors

    def figures(self, data: FigureInput) -> Sequence[Figure]:
        """Return accuracy against depth, with the law that was fitted to it, and the horizon by what divides it."""
        figures = list(super().figures(data))
        if data.values is None:
            return figures
        scored = ~np.isnan(data.values).any(axis=1)
        rows = np.asarray(data.values[scored], dtype=np.float64)
        names = [
            sample.cluster or f"\x00{sample.id}" for sample, kept in zip(data.samples, scored, strict=True) if kept
        ]
        _, labels = np.unique(np.array(names, dtype=object), return_inverse=True) if names else (None, np.zeros(0))
        if not len(rows) or len(np.unique(rows[:, _FAMILY])) > 1:
            return figures
        (table,) = depth_tables(rows, np.asarray(labels, dtype=np.int64))
        (floor,) = self.floors(rows)
        figure = depth_curve_figure(table, fit_horizon(table, floor=floor, seed=data.seed))
        return figures if figure is None else [figure, *figures]

    def example(self) -> Example:
        """Return all right, right up to depth 2, and all wrong."""
        samples = tuple(
            Sample(id=str(i), input={}, references=(f"answer: {i}",), depth=i % 4 + 1, cluster=f"t{i // 4}")
            for i in range(16)
        )
        depths = [sample.depth or 0 for sample in samples]
        return Example(
            samples=samples,
            best=example_outputs(samples, [f"answer: {i}" for i in range(16)]),
            worse=example_outputs(samples, [f"answer: {i if depths[i] < 3 else -1}" for i in range(16)]),
            worst=example_outputs(samples, ["answer: -1"] * 16),
        )


def _nothing(finals: Sequence[Sequence[Output]]) -> list[SampleOutputs]:
    return [() for found in finals if not found]


def _row(
    sample: Sample, outputs: Sequence[Output], verdicts: FloatArray, outcomes: Sequence[Outcome]
) -> tuple[list[float] | None, Outcome]:
    """Return the row of a sample, None where it says nothing, and its outcome."""
    if sample.depth is None:
        raise ValueError(f'horizon: sample "{sample.id}" has no depth; a horizon needs the number of dependent steps')
    depth = checked_depth("horizon", sample)
    is_cut = [outcome == "truncated" for outcome in outcomes]
    answered = ~np.isnan(verdicts[:, 1]) & ~np.array(is_cut, dtype=np.bool_)
    right = float(verdicts[answered, 0].sum())
    wrong = float(answered.sum()) - right
    cut = cut_verdicts(sample, [output for output, found in zip(outputs, is_cut, strict=True) if found])
    family = sample.metadata.get("family")
    told = right + wrong + cut.right + cut.wrong > 0
    row = [float(crc32(str(family or "").encode())), float(depth), right, wrong]
    row += [float(cut.depth), float(cut.right), float(cut.wrong)]
    lost = answered & (verdicts[:, 0] == 0)
    row.append(float(sum(_is_worked(sample, output) for output, one in zip(outputs, lost, strict=True) if one)))
    kinds = dict.fromkeys(outcomes)
    outcome: Outcome = "error"
    if len(kinds) == 1:
        (outcome,) = kinds
    elif told:
        outcome = "scored"
    elif kinds:
        outcome = next(kind for kind in kinds if kind != "error")
    return row if told else None, outcome


def _is_worked(sample: Sample, output: Output) -> bool:
    """Whether an output states the last step of its sample."""
    states = sample.metadata.get("states")
    return isinstance(states, list) and bool(states) and len(states) in read_steps([output.text or ""])[0]


def depth_tables(rows: FloatArray, clusters: NDArray[np.int64]) -> list[DepthTable]:
    """Return the counts of each family, in the order of their codes."""
    tables: list[DepthTable] = []
    for family in np.unique(rows[:, _FAMILY]):
        chosen = rows[:, _FAMILY] == family
        part = rows[chosen]
        _, labels = np.unique(clusters[chosen], return_inverse=True)
        tables.append(
            count_records(
                np.concatenate([part[:, _DEPTH], part[:, _CUT_DEPTH]]),
                np.concatenate([part[:, _RIGHT], part[:, _CUT_RIGHT]]),
                np.concatenate([part[:, _WRONG], part[:, _CUT_WRONG]]),
                clusters=np.tile(labels.reshape(-1), 2),
                cut=np.repeat([False, True], len(part)),
            )
        )
    return tables
