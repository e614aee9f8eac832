"""Generate a task's outputs with a model, into a run log, so that nothing is lost and nothing is done twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from evalsuite.answering import describe, filled, key_of, stream
from evalsuite.environment import describe_environment
from evalsuite.errors import EvalsuiteError, RunLogError, SaveError
from evalsuite.models.base import StreamingModel
from evalsuite.models.checked import check_outputs
from evalsuite.resources import UsageMeter
from evalsuite.runlog import RunIdentity, RunLock, RunLog, RunLogWriter, read_log
from evalsuite.runlog.reader import SCHEMA_VERSION, Key
from evalsuite.types import GenerationConfig, Output, Request, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evalsuite.models.base import Model
    from evalsuite.task import Task

__all__ = ["ItemSelection", "Progress", "RunPlan", "generate"]

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
    repeats : int
        Outputs of each sample, with different seeds.
    batch_size : int, optional
        Requests a call; the model's own when None. A run that is continued keeps the size it began with.
    folder : Path
        The run's folder.
    selection : ItemSelection, optional
        Chooses among the task's samples; without one all within the limit are asked.
    """

    task: Task
    model: Model
    config: GenerationConfig
    run_seed: int = 0
    limit: int | None = None
    repeats: int = 1
    batch_size: int | None = None
    folder: Path
    selection: ItemSelection | None = None

    @property
    def identity(self) -> RunIdentity:
        """What the outputs depend on."""
        return run_identity(self.task, self.model, self.config, self.run_seed)

    @property
    def samples(self) -> tuple[Sample, ...]:
        """The samples within the limit."""
        return self.task.samples[: self.limit]

    def parts(self, outputs: Mapping[Key, Output]) -> tuple[tuple[Sample, ...], ...]:
        """Return the samples wanted, as far as outputs tell, in parts that are never divided but into batches."""
        return (self.samples,) if self.selection is None else self.selection.batches(outputs)

    @property
    def log_path(self) -> Path:
        """The run log."""
        return self.folder / "run.jsonl"


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


def generate(plan: RunPlan, *, progress: Progress | None = None) -> RunLog:
    """Generate what is missing from a run's log.

    Batches are fixed slices of the task's samples; a slice of which anything is missing is generated whole, so that
    the outputs do not depend on where a run was interrupted. A `StreamingModel` is asked for what is missing, without
    batches. Outputs that are there already are kept.

    Parameters
    ----------
    plan : RunPlan
    progress : callable, optional
        Called with the number of outputs done and wanted.

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
        load = getattr(plan.model, "load", None)
        if load is not None:
            load()
        batch_size = _batch_size(plan, log)
        environment = describe_environment()
        if log is None:
            writer = RunLogWriter(plan.log_path, header=_header(plan, batch_size, environment))
        else:
            writer = RunLogWriter(plan.log_path, existing=log)
        with writer:
            if log is not None:
                writer.append_session(
                    {"environment": environment, "torn_bytes": log.torn_bytes, **_asked(plan), **_started()}
                )
            with _measured(plan, writer):
                _generate_missing(plan, log, writer, batch_size, progress)
    finished = open_log(plan)
    assert finished is not None
    return finished


def open_log(plan: RunPlan) -> RunLog | None:
    """Read a run's log; None where there is none, or not even a whole header line.

    Raises
    ------
    RunLogError
        If it is damaged or belongs to another run.
    """
    if not plan.log_path.exists() or _has_no_line(plan.log_path):
        return None
    log = read_log(plan.log_path)
    if log.header.get("id") != plan.identity.id:
        raise RunLogError(
            f"{plan.log_path}: the log is of another run (id {log.header.get('id')}, expected {plan.identity.id}); "
            "move its folder away"
        )
    return log


def is_complete(plan: RunPlan, log: RunLog) -> bool:
    """Whether every output of the plan is in the log, none of them an error."""
    # A task of one turn asks for everything it is going to ask for: no need to render it.
    samples = [sample for part in plan.parts(log.outputs) for sample in part]
    known = plan.task.turns == 1 and all(
        (output := log.outputs.get((sample.id, repeat, 0))) is not None and output.finish_reason != "error"
        for sample in samples
        for repeat in range(plan.repeats)
    )
    return known or not any(_missing(plan, samples, log.outputs))


@contextmanager
def _measured(plan: RunPlan, writer: RunLogWriter) -> Iterator[None]:
    """Close the log's session with what generating took; after a failure too, as far as the log can be written."""
    meter = UsageMeter(plan.model.device)
    try:
        with meter:
            yield
    except BaseException:
        with suppress(SaveError):
            writer.append_session_end({**meter.usage(), "interrupted": True})
        raise
    writer.append_session_end(meter.usage())


def _generate_missing(
    plan: RunPlan, log: RunLog | None, writer: RunLogWriter, batch_size: int, progress: Progress | None
) -> None:
    done: dict[Key, Output] = dict(log.outputs) if log else {}
    bind = getattr(plan.model, "bind", None)
    if bind is not None:
        bind([sample.id for sample in plan.task.samples])
    for part in _parts(plan, done):
        within = {sample.id for known in plan.parts(done) for sample in known}
        wanted = len(within) * plan.repeats * plan.task.turns
        count = sum(
            key[0] in within and key[1] < plan.repeats and output.finish_reason != "error"
            for key, output in done.items()
        )
        if progress:
            progress(count, wanted)
        with closing(_answered(plan, part, batch_size, done)) as groups:
            for new in groups:
                # As they are in the log, images being references: what was generated is not kept in memory.
                done.update((key_of(one), one) for one in writer.append(new))
                count += len(new)
                if progress:
                    progress(count, wanted)


def _parts(plan: RunPlan, done: dict[Key, Output]) -> Iterator[tuple[Sample, ...]]:
    """Yield each part once: what failed is tried again when a run is continued, and a selection goes on without it."""
    if plan.selection is None:
        yield plan.samples
        return
    yielded: set[tuple[str, ...]] = set()
    while True:
        ids = {tuple(sample.id for sample in part): part for part in plan.parts(done)}
        fresh = next((key for key in ids if key not in yielded), None)
        if fresh is None:
            return
        yielded.add(fresh)
        yield ids[fresh]


def _answered(
    plan: RunPlan, samples: Sequence[Sample], batch_size: int, done: dict[Key, Output]
) -> Generator[list[Output]]:
    """Ask what is missing of `samples`, and yield the new outputs: of a batch, or those that have come."""
    if isinstance(plan.model, StreamingModel):
        for turn in range(plan.task.turns):  # a later turn reads the outputs of those before
            with closing(stream(plan.task, plan.model, plan.config, _requests(plan, samples, turn, done))) as outputs:
                for output in outputs:
                    yield [output]
        return
    for batch in _slices(plan, samples, batch_size, done):
        answers = {key_of(one): one for one in _answer(plan, batch, batch_size)}
        yield [one for key, one in answers.items() if key not in done or done[key].finish_reason == "error"]


def _slices(
    plan: RunPlan, samples: Sequence[Sample], batch_size: int, done: dict[Key, Output]
) -> Iterator[list[Request]]:
    """Yield the requests of each slice that is not complete, by turn, repeat and position."""
    for turn in range(plan.task.turns):
        for repeat in range(plan.repeats):
            for start in range(0, len(samples), batch_size):
                # The last slice within a limit is cut off there: what lies beyond was not asked for.
                part = samples[start : start + batch_size]
                requests = [request for sample in part if (request := _request(plan, sample, repeat, turn, done))]
                if any(_is_missing(done, request) for request in requests):
                    yield requests


def _requests(plan: RunPlan, samples: Sequence[Sample], turn: int, done: dict[Key, Output]) -> Iterator[Request]:
    """Yield the missing requests of a turn; each is rendered when it is taken."""
    for repeat in range(plan.repeats):
        for sample in samples:
            output = done.get((sample.id, repeat, turn))
            if output is None or output.finish_reason == "error":
                request = _request(plan, sample, repeat, turn, done)
                if request is not None:
                    yield request


def _request(plan: RunPlan, sample: Sample, repeat: int, turn: int, done: dict[Key, Output]) -> Request | None:
    history = [done[key] for t in range(turn) if (key := (sample.id, repeat, t)) in done]
    if len(history) < turn or any(output.finish_reason == "error" for output in history):
        return None
    return plan.task.request(
        sample,
        repeat=repeat,
        turn=turn,
        history=history,
        run_seed=plan.run_seed,
        num_fewshot=plan.config.num_fewshot,
    )


def _missing(plan: RunPlan, samples: Sequence[Sample], done: dict[Key, Output]) -> Iterator[Key]:
    for turn in range(plan.task.turns):
        for repeat in range(plan.repeats):
            for sample in samples:
                request = _request(plan, sample, repeat, turn, done)
                if request is not None and _is_missing(done, request):
                    yield (sample.id, repeat, turn)


def _is_missing(done: dict[Key, Output], request: Request) -> bool:
    output = done.get(key_of(request))
    return output is None or output.finish_reason == "error"


def _answer(plan: RunPlan, requests: list[Request], batch_size: int) -> list[Output]:
    """Ask the model; if the batch fails, ask for each request alone and record an error for those that fail."""
    model, n = plan.model, len(requests)
    padding = [] if model.batch_invariant else [requests[-1]] * (batch_size - n)
    started = time.perf_counter()
    try:
        answers = model.generate([*requests, *padding], plan.config)
        outputs = check_outputs(
            answers,
            n + len(padding),
            plan.task.modality,
            image_shape=plan.task.image_shape,
            references=_is_files(model),
        )
    except EvalsuiteError:
        raise  # a missing package or a wrong weights file concerns every request
    except (Exception, SystemExit) as error:  # whatever a model raises concerns its samples, not the run
        if n == 1:
            outputs = [Output(finish_reason="error", error=describe(error))]
        else:
            return [output for request in requests for output in _answer(plan, [request], batch_size)]
    seconds = (time.perf_counter() - started) / n
    return [filled(output, request, seconds) for request, output in zip(requests, outputs, strict=False)]


def _is_files(model: Model) -> bool:
    return model.spec.startswith("files:")


def _batch_size(plan: RunPlan, log: RunLog | None) -> int:
    if log is not None and isinstance(log.header.get("batch_size"), int):
        return max(1, int(log.header["batch_size"]))
    return plan.batch_size or max(1, plan.model.batch_size)


def _header(plan: RunPlan, batch_size: int, environment: dict[str, object]) -> dict[str, object]:
    return {
        "type": "header",
        "schema_version": SCHEMA_VERSION,
        "id": plan.identity.id,
        "identity": plan.identity.as_json(),
        "task": _task_record(plan.task),
        "model": {
            "name": plan.model.name,
            "spec": plan.model.spec,
            "fingerprint": plan.model.fingerprint,
            "dtype": plan.model.dtype,
            "device": plan.model.device,
        },
        "batch_size": batch_size,
        **_asked(plan),
        "environment": environment,
        **_started(),
    }


def _task_record(task: Task) -> dict[str, object]:
    asked = {"prompt_format": task.prompt_format} if task.prompt_format else {}
    return {"name": task.name, "version": task.version, "source": task.source, **asked}


def _asked(plan: RunPlan) -> dict[str, object]:
    asked: dict[str, object] = {"repeats": plan.repeats, "limit": plan.limit}
    return asked if plan.selection is None else {**asked, "precision": plan.selection.precision}


def _started() -> dict[str, object]:
    return {"started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}


def _has_no_line(path: Path) -> bool:
    with path.open("rb") as file:
        return not file.readline().endswith(b"\n")
