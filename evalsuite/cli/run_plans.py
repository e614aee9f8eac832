"""What ``evalsuite run`` is asked for, as runs that fit together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.errors import TaskError, UsageError, did_you_mean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from evalsuite.runner import RunPlan

__all__ = ["GENERATION_SETTINGS", "parse_settings", "read_plans"]

GENERATION_SETTINGS = ("max_new_tokens", "temperature", "top_k", "top_p", "stop")
"""What ``--gen-kwargs`` may set."""


@dataclass(frozen=True, slots=True)
class _Choice:
    model: str
    task: str
    limit: int | None
    repeats: int


def read_plans(options: argparse.Namespace) -> Iterator[RunPlan]:
    """Check what is asked for, and yield the runs it comes to: task by task, and within a task model by model.

    Raises
    ------
    EvalsuiteError
        If an option is wrong, or a model cannot do a task.
    """
    from evalsuite.evaluation import plan_run
    from evalsuite.executors import make_executor
    from evalsuite.models.spec import open_model
    from evalsuite.task import check_task_names, load_task, named_samples, read_named_samples

    generation = parse_settings(options.gen_kwargs)
    batch_size = _batch_size(options.batch_size)
    models: dict[str, Any] = {}
    tasks: dict[str, Any] = {}
    choices = _choices(options)
    if options.adaptive and len({choice.model for choice in choices}) > 1:
        raise UsageError("--adaptive: give one model; each has depths of its own, so run them one after the other")
    for choice in choices:
        if choice.task not in tasks:
            tasks[choice.task] = load_task(choice.task, options.include_path)
        if choice.model not in models:
            models[choice.model] = open_model(choice.model, device=options.device)
    named = None if options.samples is None else read_named_samples(options.samples)
    check_task_names(named, list(tasks.values()))
    executors = {
        spec: make_executor(options.executor, workers=options.workers, spec=spec, device=options.device)
        for spec in models
    }
    for choice in choices:
        yield plan_run(
            models[choice.model],
            tasks[choice.task],
            root=options.output,
            limit=choice.limit,
            repeats=choice.repeats,
            num_fewshot=options.num_fewshot,
            generation=generation,
            batch_size=batch_size,
            seed=options.seed,
            adaptive=options.adaptive,
            precision=options.precision,
            sample_ids=named_samples(named, tasks[choice.task]),
            timeout=options.timeout,
            executor=executors[choice.model],
        )


def _choices(options: argparse.Namespace) -> list[_Choice]:
    """Work out which model runs which task: a suite's pairs, or every model given on every task given."""
    from evalsuite.task import load_suite

    named = [name.strip() for name in (options.tasks or "").split(",") if name.strip()]
    if options.tasks is not None and not named:
        raise UsageError("--tasks: expected task names separated by commas, found none")
    try:
        suite = load_suite(options.suite or "quickstart")
    except TaskError as error:
        if not named or not options.suite or Path(options.suite).exists():
            raise
        raise UsageError(f"{error}. Several tasks go with commas: --tasks {options.tasks},{options.suite}") from None
    if options.model:
        tasks = named or list(dict.fromkeys(entry.task for entry in suite.runs))
        models = list(dict.fromkeys(options.model))
        sizes = {entry.task: (entry.limit, entry.repeats) for entry in reversed(suite.runs)} if options.suite else {}
        pairs = [_Choice(model, task, *sizes.get(task, (None, 1))) for task in dict.fromkeys(tasks) for model in models]
    else:
        known = {entry.task for entry in suite.runs}
        for name in named:
            if name not in known:
                raise UsageError(
                    f'suite "{suite.name}" has no task "{name}"{did_you_mean(name, known)} '
                    f"(it has: {', '.join(sorted(known))}); give a model with --model to run another"
                )
        pairs = [
            _Choice(entry.model, entry.task, entry.limit, entry.repeats)
            for entry in suite.runs
            if not named or entry.task in named
        ]
    return [
        _Choice(
            pair.model,
            pair.task,
            pair.limit if options.limit is None else options.limit,
            pair.repeats if options.repeats is None else options.repeats,
        )
        for pair in pairs
    ]


def parse_settings(text: str) -> dict[str, Any]:
    """Read ``max_new_tokens=64,temperature=0.7,stop=END`` into generation settings.

    Raises
    ------
    UsageError
        If a part is not ``key=value``, a key is unknown, or a value is not a number where one is needed.
    """
    settings: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = part.partition("=")
        key = key.strip()
        if not equals:
            raise UsageError(f'--gen-kwargs: expected key=value, found "{part}"')
        if key not in GENERATION_SETTINGS:
            known = ", ".join(GENERATION_SETTINGS)
            hint = did_you_mean(key, GENERATION_SETTINGS)
            raise UsageError(f'--gen-kwargs: unknown setting "{key}"{hint} (known: {known})')
        if key == "stop":
            settings.setdefault("stop", []).append(value)
            continue
        try:
            settings[key] = int(value) if key in ("max_new_tokens", "top_k") else float(value)
        except ValueError:
            raise UsageError(f'--gen-kwargs: {key} must be a number, found "{value}"') from None
    return settings


def _batch_size(text: str) -> int | None:
    if text == "auto":
        return None
    try:
        return int(text)
    except ValueError:
        raise UsageError(f'--batch-size: expected a whole number or "auto", found "{text}"') from None
