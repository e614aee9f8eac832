"""Check that a model, a task and settings fit together, before anything is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalsuite.errors import UsageError
from evalsuite.executors import Executor, LocalExecutor
from evalsuite.executors.time_limit import can_limit_time
from evalsuite.models.base import RATING_BACKENDS, LikelihoodModel, StreamingModel
from evalsuite.runner import RunPlan, chosen_samples, run_identity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from evalsuite.adaptive import DepthSelection
    from evalsuite.models.base import Model
    from evalsuite.task import Task
    from evalsuite.types import GenerationConfig

__all__ = ["plan_run"]

_MOST_SECONDS = 1e6


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
    executor = executor or LocalExecutor()
    if timeout is not None and not 0.0 < timeout < _MOST_SECONDS:
        raise UsageError(f"timeout must be a number of seconds above 0, got {timeout}")
    if timeout is not None and isinstance(model, StreamingModel):
        raise UsageError(
            f'--timeout: "{model.name}" answers many requests at a time and has a limit of its own: give it as the '
            f"model's option, {model.spec},timeout={timeout:g}"
        )
    if timeout is not None and isinstance(executor, LocalExecutor) and not can_limit_time():
        raise UsageError(
            "timeout: in this process a sample can be broken off in the main thread only, and this is another; call "
            'it there, or give executor="ray"'
        )
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
    check_asked = getattr(model, "check_asked", None)
    if check_asked is not None:
        asked = task.samples if adaptive else chosen_samples(task, sample_ids, limit)
        check_asked([sample.id for sample in task.samples], [sample.id for sample in asked])
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
        executor=executor,
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
