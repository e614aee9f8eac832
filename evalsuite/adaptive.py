"""Which items of a task to ask next, and when to stop, so that its horizon is known from as few as may be."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from evalsuite.errors import UsageError
from evalsuite.horizon import count_records
from evalsuite.horizon.adaptive import choose_depths
from evalsuite.horizon.information import equal_grid_items
from evalsuite.horizon.law import fit_laws
from evalsuite.metrics.horizon import Horizon, depth_tables
from evalsuite.rng import derive_seed
from evalsuite.scoring import bootstrap_seed, task_metrics
from evalsuite.stats import cluster_labels, dense_labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from evalsuite.metrics.base import FloatArray, Rows
    from evalsuite.runlog.reader import Key
    from evalsuite.task.adaptive import AdaptiveTask
    from evalsuite.types import Interval, Output, Sample

__all__ = ["BATCH", "DEFAULT_PRECISION", "DepthSelection", "Selected"]

BATCH: Final = 16
"""Items that are chosen at once."""
DEFAULT_PRECISION: Final = 0.2

Reason = Literal["precise", "open", "above", "below", "most items", "used up", "no verdicts", "unfinished"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """What a selection came to.

    Parameters
    ----------
    reason : {"precise", "open", "above", "below", "most items", "used up", "no verdicts", "unfinished"}
        Why no more is asked: the interval is narrow enough; it would be, but for an end outside the depths that were
        asked; the horizon lies above the deepest, or below the shallowest
        depth; no more are allowed; there are no more of the depths that tell of it; no item of two batches had a
        verdict. Or items that were chosen have no output yet.
    precision : float
        What was asked for: half of the interval's width over H50.
    reached : float, optional
        What was reached; None where H50 has no interval, or an end of it lies outside the depths that were asked.
    n_items : int
        Items that were asked.
    most_items : int
        How many it could have been.
    fixed_grid_items : int, optional
        How many items, equally many at each of the task's depths, would tell as much of H50; None where H50 is not
        known.
    """

    reason: Reason
    precision: float
    reached: float | None
    n_items: int
    most_items: int
    fixed_grid_items: int | None

    def sentence(self) -> str:
        """Say how many items were asked, and why no more."""
        goal = f"plus or minus {100 * self.precision:g} %"
        told = {
            "precise": f"H50 is known to {goal}",
            "open": f"H50 is thought to be known to {goal}, but its interval has an end outside the depths asked",
            "above": "the horizon lies above the deepest items there are",
            "below": "the horizon lies below the shallowest items there are",
            "most items": f"no more may be asked, and {goal} is not reached",
            "used up": f"there are no more of the depths that tell of it, and {goal} is not reached",
            "no verdicts": "none of them has a verdict",
            "unfinished": "outputs are missing",
        }[self.reason]
        text = f"{self.n_items} of at most {self.most_items} items were asked, at depths chosen by the answers: {told}"
        if self.reached is not None:
            text += f" (reached {100 * self.reached:.3g} %)"
        if self.fixed_grid_items is not None:
            text += f"; as many at each depth would have to be about {self.fixed_grid_items} items to tell as much"
        return text


@dataclass(slots=True)
class _Step:
    """A batch, the outputs it had when the next one was chosen, and their rows."""

    batch: tuple[Sample, ...]
    outputs: tuple[Output, ...] = ()
    rows: Rows | None = None


class DepthSelection:
    """The items a run asks: a function of the outputs so far, so that a run that is continued asks the same.

    Batches of `BATCH` items have the depths that `evalsuite.horizon.adaptive.choose_depths` asks for, after all items
    before have an output. At a depth, items whose template was asked least come first, in an order fixed by the seed.
    No more is asked when both what is thought of H50 there and the interval that will be reported are narrow enough.

    Parameters
    ----------
    task : AdaptiveTask
    run_seed : int
    precision : float, default 0.2
        Stop where the interval's half width is at most so many times H50, in (0, 1).
    most_items : int, optional
        Stop after so many items; all of the task's by default.

    Raises
    ------
    UsageError
        If a number is out of range.
    """

    def __init__(
        self,
        task: AdaptiveTask,
        *,
        run_seed: int,
        precision: float = DEFAULT_PRECISION,
        most_items: int | None = None,
    ) -> None:
        if not 0.0 < precision < 1.0:
            raise UsageError(
                f"precision must be above 0 and below 1, got {precision:g}: half the width of the interval over H50, "
                "such as 0.2 for plus or minus 20 %"
            )
        if most_items is not None and most_items < 1:
            raise UsageError(f"limit must be at least 1, got {most_items}")
        self.precision = precision
        self.most_items = min(len(task.samples), most_items or len(task.samples))
        ((_, metric),) = task_metrics(task)
        assert isinstance(metric, Horizon)
        self._metric = metric
        self._seed = bootstrap_seed(task.name, metric.signature())
        self._task = task
        self._place = {sample.id: i for i, sample in enumerate(task.samples)}
        order = sorted(task.samples, key=lambda sample: derive_seed("adaptive", run_seed, sample.id))
        self._pools: dict[int, list[Sample]] = {}
        for sample in order:
            self._pools.setdefault(sample.depth or 0, []).append(sample)
        self._steps: list[_Step] = []
        self._reason: Reason = "unfinished"
        self._known: tuple[bytes, Interval | None] = (b"", None)

    def batches(self, outputs: Mapping[Key, Output]) -> tuple[tuple[Sample, ...], ...]:
        """Return the items to ask, batch by batch: once all of them have outputs, no more are wanted.

        Parameters
        ----------
        outputs : mapping of (sample id, repeat, turn) to Output
            Those so far, also of other items.
        """
        done = 0
        while True:
            if done == len(self._steps):
                batch = self._next()
                if not batch:
                    break
                self._steps.append(_Step(batch))
            step = self._steps[done]
            found = tuple(outputs[key] for sample in step.batch if (key := (sample.id, 0, 0)) in outputs)
            if len(found) < len(step.batch):
                self._reason = "unfinished"
                del self._steps[done + 1 :]
                step.rows = None
                break
            if step.rows is None or not _alike(step.outputs, found):
                del self._steps[done + 1 :]
                step.outputs = found
                step.rows = self._metric.rows(step.batch, [(output,) for output in found])
            done += 1
        return tuple(step.batch for step in self._steps)

    def samples(self, outputs: Mapping[Key, Output]) -> tuple[Sample, ...]:
        """Return the items of all batches that have their outputs, in the task's order."""
        self.batches(outputs)
        return tuple(self._task.samples[i] for i in sorted(self._place[one.id] for one, _ in self._asked()))

    def record(self, outputs: Mapping[Key, Output]) -> dict[str, object]:
        """Return what the selection came to as a JSON object."""
        return asdict(self.selected(outputs))

    def remarks(self, record: Mapping[str, Any]) -> tuple[str, ...]:
        """Return a record in sentences."""
        return (f"adaptive depth: {Selected(**record).sentence()}",)

    def selected(self, outputs: Mapping[Key, Output]) -> Selected:
        """Return what the selection came to."""
        self.batches(outputs)
        asked = self._asked()
        rows, labels = self._scored()
        return Selected(
            reason=self._reason,
            precision=self.precision,
            reached=self._half_width(rows, self._interval(rows, labels)),
            n_items=len(asked),
            most_items=self.most_items,
            fixed_grid_items=self._grid_items(rows, [sample.depth or 0 for sample, _ in asked]),
        )

    def _next(self) -> tuple[Sample, ...]:
        """Choose the next batch, all that were chosen having outputs; empty, with the reason, where there is none."""
        asked = self._asked()
        if len(asked) >= self.most_items:
            return self._stopped("most items")
        rows, labels = self._scored()
        if not len(rows) and len(asked) >= 2 * BATCH:
            return self._stopped("no verdicts")
        used = {sample.id for sample, _ in asked}
        left = {depth: sum(one.id not in used for one in pool) for depth, pool in self._pools.items()}
        table = depth_tables(rows, labels)[0] if len(rows) else count_records([], [])
        choice = choose_depths(
            table,
            sorted(self._pools),
            batch=min(BATCH, self.most_items - len(asked)),
            floor=self._metric.floors(rows)[0] if len(rows) else self._metric.floor,
            remaining=left,
        )
        if choice.reason in ("above", "below", "used up"):
            return self._stopped(choice.reason)
        if choice.relative_width is not None and choice.relative_width <= 2 * self.precision:
            interval = self._interval(rows, labels)
            reached = self._half_width(rows, interval)
            if interval is not None and (reached is None or reached <= self.precision):
                return self._stopped("open" if reached is None else "precise")
        return self._pick(choice.depths, used, Counter(sample.cluster or sample.id for sample, _ in asked))

    def _stopped(self, reason: Reason) -> tuple[Sample, ...]:
        self._reason = reason
        return ()

    def _pick(self, depths: Sequence[int], used: set[str], seen: Counter[str]) -> tuple[Sample, ...]:
        """Take an item of each depth, of the template that was asked least."""
        batch: list[Sample] = []
        for depth in depths:
            free = [sample for sample in self._pools[depth] if sample.id not in used]
            sample = min(free, key=lambda one: seen[one.cluster or one.id])
            used.add(sample.id)
            seen[sample.cluster or sample.id] += 1
            batch.append(sample)
        return tuple(batch)

    def _asked(self) -> list[tuple[Sample, FloatArray]]:
        return [
            pair
            for step in self._steps
            if step.rows is not None
            for pair in zip(step.batch, step.rows.values, strict=True)
        ]

    def _scored(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the rows that have a verdict, and the labels of their clusters, as scoring has them."""
        asked = sorted(self._asked(), key=lambda pair: self._place[pair[0].id])
        if not asked:
            return np.empty((0, self._metric.n_columns)), np.empty(0, dtype=np.int64)
        rows = np.array([row for _, row in asked], dtype=np.float64)
        scored = ~np.isnan(rows).any(axis=1)
        labels = cluster_labels([sample.cluster or f"\x00{sample.id}" for sample, _ in asked])[scored]
        return np.asarray(rows[scored], dtype=np.float64), dense_labels(labels)

    def _interval(self, rows: NDArray[np.float64], labels: NDArray[np.int64]) -> Interval | None:
        """Return the interval that is reported."""
        key = rows.tobytes() + labels.tobytes()
        if key != self._known[0]:
            self._known = (key, self._metric.interval(rows, labels, seed=self._seed) if len(rows) else None)
        return self._known[1]

    def _half_width(self, rows: NDArray[np.float64], interval: Interval | None) -> float | None:
        """Return half the width of an interval over H50; None without one, or with an end beyond what was asked."""
        if interval is None:
            return None
        (table,) = depth_tables(rows, np.zeros(len(rows), dtype=np.int64))
        low, high = table.reach or (0.0, 0.0)
        if not low < interval.low <= interval.high < high:
            return None
        return (interval.high - interval.low) / 2 / self._metric.value(rows)

    def _grid_items(self, rows: FloatArray, asked: Sequence[int]) -> int | None:
        if not len(rows):
            return None
        (table,) = depth_tables(rows, np.zeros(len(rows), dtype=np.int64))
        (floor,) = self._metric.floors(rows)
        laws = fit_laws(table, table.totals[None], floor=floor)
        h50, shape = float(laws.horizon(0.5)[0]), float(laws.shape[0])
        grid = sorted(self._pools)
        if np.isnan(shape) or not grid[0] < h50 < grid[-1]:
            return None
        found = equal_grid_items(asked, grid, h50, shape, floor=floor)
        return None if found is None else round(found)


def _alike(before: Sequence[Output], now: Sequence[Output]) -> bool:
    return all((a.finish_reason, a.text) == (b.finish_reason, b.text) for a, b in zip(before, now, strict=True))
