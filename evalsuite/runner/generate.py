"""Generate what is missing from a run's log."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from evalsuite.answering import key_of, stream
from evalsuite.environment import describe_environment
from evalsuite.errors import SaveError
from evalsuite.executors import Asking, LocalExecutor
from evalsuite.models.base import StreamingModel
from evalsuite.runlog import RunLock, RunLog, RunLogWriter
from evalsuite.runner.batches import BY_LENGTH, batches
from evalsuite.runner.done import Done
from evalsuite.runner.logs import header_record, is_complete, open_log, session_record
from evalsuite.runner.measured import measured
from evalsuite.runner.requests import missing_requests
from evalsuite.runner.storing import Storing, WithOutputs

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from evalsuite.executors import Batch, Executor
    from evalsuite.runner.plan import Progress, RunPlan
    from evalsuite.types import Output, Sample

__all__ = ["generate"]


def generate(plan: RunPlan, *, progress: Progress | None = None, watcher: WithOutputs | None = None) -> RunLog:
    """Generate what is missing from a run's log.

    Batches are fixed parts of the task's samples; one of which anything is missing is generated whole, so that the
    outputs do not depend on where a run was interrupted. A `StreamingModel` is asked for what is missing, without
    batches. Outputs that are there already are kept. What is generated is written, and shown to the watcher, in
    another thread, while the model goes on.

    Parameters
    ----------
    plan : RunPlan
    progress : callable, optional
        Called with the number of outputs done and wanted.
    watcher : WithOutputs, optional
        Told of new outputs when they are in the log.

    Returns
    -------
    RunLog

    Raises
    ------
    RunLogError
        If the log is damaged, belongs to another run, or another process is writing it.
    SaveError
        If the log cannot be written.
    TaskError
        If the task cannot render a request.
    """
    log = open_log(plan)
    if log is not None and is_complete(plan, log):
        return log
    try:
        plan.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(f"{plan.folder}: cannot be made: {error.strerror}") from error
    with RunLock(plan.folder):
        log = open_log(plan)
        batch_size, order = _batching(plan, log)
        with _released_after_errors(plan.executor) as executor:
            device = executor.start(plan.model, _asking(plan, batch_size))
            environment = describe_environment()
            if log is None:
                header = header_record(plan, batch_size, order, device, environment)
                writer = RunLogWriter(plan.log_path, header=header)
            else:
                writer = RunLogWriter(plan.log_path, existing=log)
            with writer:
                if log is not None:
                    writer.append_session(session_record(plan, log, environment))
                with measured(device, plan.executor.n_remote, writer), Storing(writer, watcher) as storing:
                    _generate_missing(plan, log, storing, batch_size, order, progress)
    finished = open_log(plan)
    assert finished is not None
    return finished


@contextmanager
def _released_after_errors(executor: Executor) -> Iterator[Executor]:
    """Close the executor, which keeps the model for the next run, but not after an error or an interrupt."""
    try:
        yield executor
    except BaseException:
        executor.release()
        raise
    executor.close()


def _generate_missing(
    plan: RunPlan,
    log: RunLog | None,
    storing: Storing,
    batch_size: int,
    order: str | None,
    progress: Progress | None,
) -> None:
    keep = plan.task.turns > 1 or plan.selection is not None
    asked = plan.samples if plan.selection is None else plan.task.samples
    done = Done(asked, plan.repeats, plan.task.turns, log.outputs if log else {}, keep=keep)
    for part in _parts(plan, done):
        within = (
            plan.samples if plan.selection is None else [one for known in plan.parts(done.outputs) for one in known]
        )
        wanted = len(within) * plan.repeats * plan.task.turns
        count = done.count(within)
        if progress:
            progress(count, wanted)
        for turn in range(plan.task.turns):  # a later turn reads the outputs of those before
            with closing(_answered(plan, part, turn, batch_size, order, done)) as groups:
                for new in groups:
                    storing.put(new)
                    count = _told(done, storing.stored(), count, wanted, progress)
            count = _told(done, storing.flush(), count, wanted, progress)


def _told(done: Done, stored: list[Output], count: int, wanted: int, progress: Progress | None) -> int:
    """Note what has been written; what is an error is progress too, as it is not asked again today."""
    if stored:
        done.add(stored)
        count += len(stored)
        if progress:
            progress(count, wanted)
    return count


def _parts(plan: RunPlan, done: Done) -> Iterator[tuple[Sample, ...]]:
    """Yield each part once: what failed is tried again when a run is continued, and a selection goes on without it."""
    if plan.selection is None:
        yield plan.samples
        return
    yielded: set[tuple[str, ...]] = set()
    while True:
        ids = {tuple(sample.id for sample in part): part for part in plan.parts(done.outputs)}
        fresh = next((key for key in ids if key not in yielded), None)
        if fresh is None:
            return
        yielded.add(fresh)
        yield ids[fresh]


def _answered(
    plan: RunPlan, samples: Sequence[Sample], turn: int, batch_size: int, order: str | None, done: Done
) -> Generator[list[Output]]:
    """Ask what is missing of a turn, and yield the new outputs: of a batch, or those that have come."""
    if isinstance(plan.model, StreamingModel) and isinstance(plan.executor, LocalExecutor):
        missing = missing_requests(plan, done, samples, turn)
        with closing(stream(plan.task, plan.model, plan.config, missing)) as outputs:
            for output in outputs:
                yield [output]
        return
    with closing(plan.executor.answers(batches(plan, done, samples, turn, batch_size, order))) as answers:
        for batch, outputs_of_batch in answers:
            new = {key_of(one): one for one in _with_copies(batch, outputs_of_batch)}
            yield [one for key, one in new.items() if not done.has(key)]


def _with_copies(batch: Batch, outputs: Sequence[Output]) -> Iterator[Output]:
    """Yield the outputs of the requests that were asked, and of those that are equal to one of them."""
    for place, output in enumerate(outputs):
        yield output
        for request in batch.copies.get(place, ()):
            yield replace(
                output,
                sample_id=request.sample_id,
                repeat=request.repeat,
                turn=request.turn,
                seed=request.seed,
                same_as=key_of(output),
                seconds=None,
                first_token_seconds=None,
            )


def _asking(plan: RunPlan, batch_size: int) -> Asking:
    return Asking(
        config=plan.config,
        modality=plan.task.modality,
        image_shape=plan.task.image_shape,
        batch_size=batch_size,
        delimiter=plan.task.target_delimiter,
        sample_ids=tuple(sample.id for sample in plan.task.samples),
        sample_seconds=plan.sample_seconds,
    )


def _batching(plan: RunPlan, log: RunLog | None) -> tuple[int, str | None]:
    """Return the size of batches, and the order of requests: those the run began with, or the model's."""
    if log is not None and isinstance(log.header.get("batch_size"), int):
        order = log.header.get("batch_order")
        return max(1, int(log.header["batch_size"])), order if order == BY_LENGTH else None
    order = BY_LENGTH if getattr(plan.model, "pads_to_longest", False) else None
    return plan.batch_size or max(1, plan.model.batch_size), order
