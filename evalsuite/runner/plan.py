"""What to generate, with what, and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from evalsuite.executors import Executor, LocalExecutor
from evalsuite.runlog import RunIdentity

if TYPE_CHECKING:
    from pathlib import Path

    from evalsuite.models.base import Model
    from evalsuite.runlog.reader import Key
    from evalsuite.task import Task
    from evalsuite.types import GenerationConfig, Output, Sample

__all__ = ["ItemSelection", "Progress", "RunPlan", "chosen_samples", "run_identity"]

Progress = Callable[[int, int], None]


class ItemSelection(Protocol):
    """Says which samples to ask, as results come in."""

    @property
    def precision(self) -> float:
        """What it stops at, for the log."""
        ...

    def batches(self, outputs: Mapping[Key, Output]) -> tuple[tuple[Sample, ...], ...]:
        """Return the samples to ask, in batches: once all have outputs, no more are wanted.

        A function of the outputs alone, so that a run that is continued asks the same samples.
        """
        ...

    def samples(self, outputs: Mapping[Key, Output]) -> tuple[Sample, ...]:
        """Return the samples of all batches that have their outputs, in the task's order: those to score."""
        ...

    def record(self, outputs: Mapping[Key, Output]) -> dict[str, object]:
        """Return what the selection came to as a JSON object, for the report."""
        ...

    def remarks(self, record: Mapping[str, object]) -> tuple[str, ...]:
        """Return a record in sentences, for readers of the scores."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What to generate, and where.

    Parameters
    ----------
    task : Task
    model : Model
    config : GenerationConfig
    run_seed : int
    limit : int, optional
        The first so many samples only; all when None.
    sample_ids : frozenset of str, optional
        These samples only; the limit is then of them.
    repeats : int
        Outputs of each sample, with different seeds.
    batch_size : int, optional
        Requests a call; the model's own when None. A run that is continued keeps the size it began with.
    sample_seconds : float, optional
        Seconds a sample may take; one that takes longer is an error. No limit when None.
    folder : Path
        The run's folder.
    selection : ItemSelection, optional
        Chooses among the task's samples; without one all within the limit are asked.
    executor : Executor
        Where the model runs: in this process by default.
    """

    task: Task
    model: Model
    config: GenerationConfig
    run_seed: int = 0
    limit: int | None = None
    sample_ids: frozenset[str] | None = None
    repeats: int = 1
    batch_size: int | None = None
    sample_seconds: float | None = None
    folder: Path
    selection: ItemSelection | None = None
    executor: Executor = field(default_factory=LocalExecutor)

    @property
    def identity(self) -> RunIdentity:
        """What the outputs depend on."""
        return run_identity(self.task, self.model, self.config, self.run_seed)

    @property
    def samples(self) -> tuple[Sample, ...]:
        """The samples asked for: those named, within the limit."""
        return chosen_samples(self.task, self.sample_ids, self.limit)

    def parts(self, outputs: Mapping[Key, Output]) -> tuple[tuple[Sample, ...], ...]:
        """Return the samples wanted, as far as outputs tell, in parts that are never divided but into batches."""
        return (self.samples,) if self.selection is None else self.selection.batches(outputs)

    @property
    def log_path(self) -> Path:
        """The run log."""
        return self.folder / "run.jsonl"


def chosen_samples(task: Task, sample_ids: frozenset[str] | None, limit: int | None) -> tuple[Sample, ...]:
    """Return a task's samples with these ids (all when None), the first `limit` of them, in canonical order."""
    if sample_ids is None:
        return task.samples[:limit]
    return tuple(sample for sample in task.samples if sample.id in sample_ids)[:limit]


def run_identity(task: Task, model: Model, config: GenerationConfig, run_seed: int) -> RunIdentity:
    """Return the identity of a run."""
    return RunIdentity(
        model_fingerprint=model.fingerprint,
        task_name=task.name,
        task_version=task.version,
        task_hash=task.content_hash,
        generation=config,
        dtype=model.dtype,
        run_seed=run_seed,
    )
