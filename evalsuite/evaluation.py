"""Run models on tasks, score what they produced, and report: what the command line and `evalsuite.evaluate` share."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.environment import release
from evalsuite.errors import EvalsuiteError, InputError, UsageError
from evalsuite.executors import Executor, LocalExecutor, make_executor, run_on
from evalsuite.models.base import RATING_BACKENDS, LikelihoodModel
from evalsuite.report.cost import price_report
from evalsuite.report.leaderboard import Leaderboard, LeaderboardRun, build_leaderboard, load_leaderboard_runs
from evalsuite.report.report import Report, build_report, load_report, save_json
from evalsuite.runlog.reader import digest_outputs
from evalsuite.runner import (
    ItemSelection,
    Progress,
    RunPlan,
    chosen_samples,
    generate,
    is_complete,
    open_log,
    run_identity,
)
from evalsuite.task import Task, check_task_names, load_task, named_samples

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from evalsuite.adaptive import DepthSelection
    from evalsuite.models.base import Model
    from evalsuite.report.prices import PriceTable
    from evalsuite.runlog import RunLog
    from evalsuite.scoring import ComputeRows
    from evalsuite.types import GenerationConfig

__all__ = ["Evaluation", "evaluate", "plan_run", "priced", "run_plan", "score_log", "write_leaderboard"]

_MOST_SECONDS = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What one run came to.

    Parameters
    ----------
    report : Report
    folder : Path
        Where log, rows and report are.
    was_complete : bool
        Whether all of it was there already.
    """

    report: Report
    folder: Path
    was_complete: bool


def evaluate(
    model: object,
    tasks: str | Task | Sequence[str | Task],
    *,
    limit: int | None = None,
    repeats: int = 1,
    num_fewshot: int | None = None,
    generation: Mapping[str, Any] | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    device: str = "auto",
    output: str | Path = "runs",
    adaptive: bool = False,
    precision: float | None = None,
    samples: Sequence[str] | Mapping[str, Sequence[str | int]] | None = None,
    timeout: float | None = None,
    executor: str = "local",
    workers: int | None = None,
    include_path: str | Path | Sequence[str | Path] = (),
    progress: Callable[[str, int, int], None] | None = None,
) -> list[Report]:
    """Run a model on tasks and score what it produced.

    The same call again continues an interrupted run, and returns at once when all is there.

    Parameters
    ----------
    model : str or object
        A spec such as ``"zoo:ledger_cot"``; or any object with ``generate(requests, config)``, or a function from
        prompt to text; one with ``loglikelihood`` where tasks ask for log-probabilities. Give an object a
        ``fingerprint`` to let later calls continue its runs.
    tasks : str, Task, or sequence of them
        Registered names, paths of task files, or tasks.
    limit : int, optional
        The first so many samples of each task; all by default.
    repeats : int, default 1
        Outputs of each sample, with different seeds.
    num_fewshot : int, optional
        Worked examples in the prompt; the task's own number by default.
    generation : mapping, optional
        Settings in place of the task's own: ``max_new_tokens``, ``temperature``, ``top_k``, ``top_p``, ``stop``.
    batch_size : int, optional
        Requests a call; the model's own by default.
    seed : int, default 0
        All randomness comes from it.
    device : str, default "auto"
    output : str or Path, default "runs"
        The folder for logs and reports.
    adaptive : bool, default False
        Ask only as many items as each task's horizon takes, at depths chosen as results come in; `limit` is then the
        most there may be. The report has the horizon alone.
    precision : float, optional
        Where that stops: half the width of H50's interval, over H50; 0.2 by default.
    samples : sequence of str, or mapping of str to sequence of str or int, optional
        Ids of the only samples to ask; or, by task, ids or places (from 0). Tasks that are not named have all asked.
    timeout : float, optional
        Seconds a sample may take; one that takes longer is an error.
    executor : {"local", "ray"}
        Where the model runs: in this process, or in several of a Ray cluster.
    workers : int, optional
        Processes of a Ray executor: one a GPU, or a core where there is none, by default.
    include_path : str, Path, or sequence of them, optional
        Folders whose tasks may be named, too: those of all ``task.toml`` in and below them.
    progress : callable, optional
        Called with the task's name, the number of outputs done and wanted.

    Returns
    -------
    list of Report
        One a task, in order.

    Raises
    ------
    EvalsuiteError
        A subclass says what was wrong: an unknown name, a bad task file, an output folder that cannot be written.

    Examples
    --------
    >>> import evalsuite
    >>> report = evalsuite.evaluate(lambda prompt: "answer: 7", "ledger", limit=48)[0]  # doctest: +SKIP
    >>> report.primary.value  # doctest: +SKIP
    0.0
    """
    from evalsuite.models.adapt import adapt_model
    from evalsuite.models.spec import open_model
    from evalsuite.runlog.writer import probe_folder

    if output == "":
        raise UsageError("output must name a folder, got an empty string")
    opened = open_model(model, device=device) if isinstance(model, str) else adapt_model(model)
    names = [tasks] if isinstance(tasks, (str, Task)) else list(tasks)
    include = [include_path] if isinstance(include_path, (str, Path)) else list(include_path)
    folders = [Path(folder) for folder in include]
    loaded = [load_task(task, folders) if isinstance(task, str) else task for task in names]
    root = Path(output)
    place = make_executor(executor, workers=workers, spec=model if isinstance(model, str) else None, device=device)
    plans = [
        plan_run(
            opened,
            task,
            root=root,
            limit=limit,
            repeats=repeats,
            num_fewshot=num_fewshot,
            generation=generation or {},
            batch_size=batch_size,
            seed=seed,
            adaptive=adaptive,
            precision=precision,
            sample_ids=named_samples(samples, task),
            timeout=timeout,
            executor=place,
        )
        for task in loaded
    ]
    check_task_names(samples, loaded)
    probe_folder(root)
    reports: list[Report] = []
    with run_on(place):
        for plan in plans:
            told = (lambda name: lambda done, total: progress(name, done, total))(plan.task.name) if progress else None
            reports.append(run_plan(plan, progress=told).report)
    return reports


def plan_run(
    model: Model,
    task: Task,
    *,
    root: Path,
    limit: int | None = None,
    repeats: int = 1,
    num_fewshot: int | None = None,
    generation: Mapping[str, Any] | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    adaptive: bool = False,
    precision: float | None = None,
    sample_ids: frozenset[str] | None = None,
    timeout: float | None = None,
    executor: Executor | None = None,
) -> RunPlan:
    """Check that a model, a task and settings fit together, before anything is run.

    Raises
    ------
    UsageError
        If a number is out of range, or the model cannot generate what the task asks for, or not as much.
    TaskError
        If a setting, a metric or its options are wrong.
    """
    from evalsuite.models.fits import check_fits
    from evalsuite.scoring import task_metrics
    from evalsuite.task.load import parse_generation

    for name, number in (("limit", limit), ("repeats", repeats), ("batch_size", batch_size)):
        if number is not None and number < 1:
            raise UsageError(f"{name} must be at least 1, got {number}")
    if timeout is not None and not 0.0 < timeout < _MOST_SECONDS:
        raise UsageError(f"timeout must be a number of seconds above 0, got {timeout}")
    if not 0 <= seed < 1 << 63:
        raise UsageError(f"seed must be in [0, 2**63), got {seed}")
    if task.modality not in model.modalities:
        able = ", ".join(sorted(model.modalities))
        raise UsageError(f'task "{task.name}" asks for {task.modality}, model "{model.name}" generates {able}')
    unread = task.inputs - getattr(model, "inputs", frozenset({"text"}))
    if unread:
        raise UsageError(
            f'task "{task.name}" shows {", ".join(sorted(unread))}s with its prompts, model "{model.name}" does not '
            "read them; a model in Python that looks at request.images says so by its attribute inputs = "
            '{"text", "image"}'
        )
    check_fits(model, task=task.name, inputs=task.inputs, image_shape=task.image_shape)
    if task.ask != "text":
        _check_rates(model, task)
    selection = None
    if adaptive and sample_ids is not None:
        raise UsageError("--adaptive chooses the samples itself, and --samples names them; give one of the two")
    if adaptive:
        task, selection = _adaptive(model, task, limit, repeats, seed, precision)
    elif precision is not None:
        raise UsageError("precision is for adaptive runs: give --adaptive too")
    _check_available(model, task, limit, repeats, sample_ids)
    settings = dict(generation or {})
    if num_fewshot is not None:
        settings["num_fewshot"] = num_fewshot
    config: GenerationConfig = parse_generation(settings, task.generation, "generation settings")
    task_metrics(task)
    identity = run_identity(task, model, config, seed)
    plan = RunPlan(
        task=task,
        model=model,
        config=config,
        run_seed=seed,
        limit=limit,
        sample_ids=sample_ids,
        repeats=repeats,
        batch_size=batch_size,
        sample_seconds=timeout,
        folder=identity.folder(root, model.name),
        selection=selection,
        executor=executor or LocalExecutor(),
    )
    task.request(task.samples[0], repeat=0, turn=0, history=(), run_seed=seed, num_fewshot=config.num_fewshot)
    return plan


def _check_rates(model: Model, task: Task) -> None:
    """Refuse to ask a model for log-probabilities that it does not give."""
    asked = f'task "{task.name}" asks for log-probabilities (ask = "{task.ask}")'
    able = getattr(model, "likelihoods", frozenset({"choices", "rolling"}))
    if not isinstance(model, LikelihoodModel) or task.ask not in able:
        raise UsageError(
            f'{asked}, which model "{model.name}" does not give. Models that do: {RATING_BACKENDS}, and an object in '
            "Python with a method loglikelihood(requests, config)"
        )
    check = getattr(model, "check_likelihood", None)
    if check is not None:
        check(task.ask)


def _adaptive(
    model: Model, task: Task, limit: int | None, repeats: int, seed: int, precision: float | None
) -> tuple[Task, DepthSelection]:
    from evalsuite.adaptive import DEFAULT_PRECISION, DepthSelection
    from evalsuite.task.adaptive import adaptive_task

    if getattr(model, "n_outputs", None) is not None:
        raise UsageError(f"--adaptive: the outputs of {model.spec} exist already: there is nothing to save")
    if repeats > 1:
        raise UsageError(f"--adaptive asks each item once, --repeats {repeats} asks for more")
    made = adaptive_task(task)
    precision = DEFAULT_PRECISION if precision is None else precision
    return made, DepthSelection(made, run_seed=seed, precision=precision, most_items=limit)


def _check_available(
    model: Model, task: Task, limit: int | None, repeats: int, sample_ids: frozenset[str] | None
) -> None:
    """Refuse to ask a model whose outputs exist already for more than there are."""
    available = getattr(model, "n_outputs", None)
    if available is None:
        return
    wanted = len(task.samples[:limit]) if sample_ids is None else 0
    if wanted > available:
        raise UsageError(
            f'{model.spec} has {available} outputs, task "{task.name}" asks for {wanted}; give --limit {available}'
        )
    if repeats > 1:
        raise UsageError(f"{model.spec} has one output a sample, --repeats {repeats} asks for more")


def run_plan(plan: RunPlan, *, progress: Progress | None = None) -> Evaluation:
    """Generate what is missing, score, and write the run's ``report.json``."""
    log = open_log(plan)
    was_complete = log is not None and is_complete(plan, log)
    compute: ComputeRows | None = None
    if log is None or not was_complete:
        from evalsuite.scoring import RowsAhead, check_references, task_metrics

        check_references(plan.task)
        ahead = None
        if plan.selection is None:  # which says only in the end what is scored
            metrics = [metric for _, metric in task_metrics(plan.task)]
            n_outputs = plan.repeats * plan.task.turns
            ahead = RowsAhead(metrics, plan.samples, n_outputs, plan.executor.submit)
            compute = ahead.rows
        log = generate(plan, progress=progress, watcher=ahead)
    report, fresh = score_log(
        log,
        plan.task,
        repeats=plan.repeats,
        limit=plan.limit,
        sample_ids=plan.sample_ids,
        selection=plan.selection,
        compute=compute,
    )
    return Evaluation(report=report, folder=plan.folder, was_complete=was_complete and not fresh)


def score_log(
    log: RunLog,
    task: Task,
    *,
    repeats: int,
    limit: int | None,
    sample_ids: frozenset[str] | None = None,
    selection: ItemSelection | None = None,
    compute: ComputeRows | None = None,
    write: bool = True,
) -> tuple[Report, bool]:
    """Score a run's outputs by the task's metrics.

    Parameters
    ----------
    log : RunLog
    task : Task
        Must be the one the log was made with.
    repeats, limit : int
        Which outputs to score.
    sample_ids : frozenset of str, optional
        The samples to score, of which the limit is; all by default.
    selection : ItemSelection, optional
        What chose the samples, of an adaptive run.
    compute : callable, optional
        Computes a metric's rows, some of which it may have already.
    write : bool, default True
        Whether to write ``report.json`` beside the log. Metrics' rows are kept there in any case.

    Returns
    -------
    tuple of (Report, bool)
        The report, and whether it was computed (False where the one that was there is current).

    Raises
    ------
    InputError
        If an output cannot be scored: a sample lacks what a metric needs, or an image is damaged.
    """
    path = log.path.parent / "report.json"
    samples = chosen_samples(task, sample_ids, limit) if selection is None else selection.samples(log.outputs)
    from evalsuite.scoring.outputs import ScoredOutputs

    outputs = ScoredOutputs(log, samples, repeats, task.turns)
    digest = digest_outputs(outputs)
    inputs: dict[str, Any] = {
        "outputs": digest,
        "metrics": [[spec.name, spec.primary, list(spec.by), dict(spec.options)] for spec in task.metrics],
        "release": release(),
        "repeats": repeats,
        "limit": limit,
    }
    if sample_ids is not None:
        inputs["samples"] = sorted(sample_ids)
    if selection is not None:
        inputs["adaptive"] = selection.record(log.outputs)
        if not samples:
            raise InputError(f'{log.path}: no batch of items is complete yet; the same "evalsuite run" goes on')
    current = _current_report(path, inputs)
    if current is not None and _is_of_sessions(current, log) and _has_current_files(task, current):
        return current, False

    from evalsuite.scoring import ScoringInput, score_all, task_metrics

    data = ScoringInput(task_name=task.name, samples=samples, outputs=outputs, no_steps=task.no_steps)
    folder = log.path.parent / "statistics"
    try:
        scores = score_all(data, task_metrics(task), cache_folder=folder, digest=digest, compute=compute)
    except (InputError, ValueError) as error:
        raise InputError(f'{log.path}: cannot be scored by task "{task.name}": {error}') from error
    if selection is not None:
        remarks = selection.remarks(inputs["adaptive"])
        scores = [replace(score, notes=(*score.notes, *remarks)) for score in scores]
    report = build_report(
        log.header,
        scores,
        outputs,
        task_summary=task.summary,
        repeats=repeats,
        limit=limit,
        inputs={**inputs, "signatures": [score.signature for score in scores]},
        sessions=log.sessions,
        n_logged=len(log.outputs),
    )
    if write:
        save_json(report.record, path)
    return report, True


def priced(evaluation: Evaluation, prices: PriceTable | None) -> Evaluation:
    """Write into a run's report what it cost by a table; without one the report stays as it is."""
    if prices is None:
        return evaluation
    report = price_report(evaluation.report, prices)
    if report.record != evaluation.report.record:
        save_json(report.record, evaluation.folder / "report.json")
    return replace(evaluation, report=report)


def write_leaderboard(
    evaluations: Sequence[Evaluation], path: Path, *, unsound: Callable[[InputError], None] = lambda _: None
) -> Leaderboard:
    """Write the leaderboard of these runs and of all that stand below its folder already.

    A report there that cannot be read is left out, and `unsound` is told of it: it must not cost this run's result.
    """
    runs = {
        str(run.report.record["id"]): run
        for run in [
            *load_leaderboard_runs([path.parent], unsound=unsound),
            *(LeaderboardRun(evaluation.report, evaluation.folder) for evaluation in evaluations),
        ]
    }
    whole = build_leaderboard(list(runs.values()))
    save_json(whole.record, path)
    return whole


def _current_report(path: Path, inputs: Mapping[str, Any]) -> Report | None:
    """Return the report that is there, if it was computed from the same inputs."""
    try:
        report = load_report(path)
    except InputError:
        return None
    found = report.record.get("inputs", {})
    return report if all(found.get(key) == value for key, value in inputs.items()) else None


def _is_of_sessions(report: Report, log: RunLog) -> bool:
    """Whether a report knows what generating took, of all processes that wrote the log."""
    sessions = report.record.get("efficiency", {}).get("sessions", {})
    return bool(sessions.get("n") == len(log.sessions))


def _has_current_files(task: Task, report: Report) -> bool:
    """Whether what metrics read beside the outputs, such as a reference set at a path, is what a report was made from.

    Where it is gone, the report is the last word on it.
    """
    from evalsuite.scoring import task_metrics

    metrics = task_metrics(task)
    if [spec.name for spec, _ in metrics] != [score.metric for score in report.scores]:
        return False
    for (_, metric), score in zip(metrics, report.scores, strict=True):
        if metric.reads_files:
            with suppress(EvalsuiteError):
                if not metric.is_of(score.signature):
                    return False
    return True
