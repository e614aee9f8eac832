"""``evalsuite run``: generate, score, report; run again to continue."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.cli.include_path import add_include_path
from evalsuite.cli.price_option import add_prices
from evalsuite.errors import EXIT_OK, EXIT_SAMPLES, TaskError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalsuite.evaluation import Evaluation
    from evalsuite.runner import RunPlan

__all__ = ["add_arguments", "run"]

LEADERBOARD = "leaderboard.json"
PAGE = "report.html"
_SHOWN_PLACES = 3
_SETTINGS = ("max_new_tokens", "temperature", "top_k", "top_p", "stop")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("suite", nargs="?", metavar="SUITE", help="a suite's name or file (default: quickstart)")
    parser.add_argument(
        "-M",
        "--model",
        action="append",
        metavar="M",
        help="backend:name[,key=value...], for example zoo:ledger_cot, hf:PATH, openai:MODEL,base_url=URL, "
        "python:module:callable, files:PATH; may be given again",
    )
    parser.add_argument("-t", "--tasks", metavar="A,B", help="tasks by name or path; NAME:prompt=cot asks another way")
    add_include_path(parser)
    parser.add_argument("-L", "--limit", type=int, metavar="N", help="the first N samples of each task")
    parser.add_argument(
        "--samples",
        metavar="ID,...",
        help='these samples only, by id; or {"TASK": [0, "ID"]} by task, as places from 0 or ids',
    )
    parser.add_argument("--repeats", type=int, metavar="K", help="outputs of each sample, with different seeds")
    parser.add_argument("-f", "--num-fewshot", type=int, metavar="N", help="worked examples in the prompt")
    parser.add_argument("--gen-kwargs", default="", metavar="K=V,...", help=f"generation: {', '.join(_SETTINGS)}")
    parser.add_argument("-b", "--batch-size", default="auto", metavar="N", help='requests a batch, or "auto"')
    parser.add_argument(
        "--timeout", type=float, metavar="S", help="seconds a sample may take; past them it is an error (default: none)"
    )
    parser.add_argument(
        "--executor",
        default="local",
        metavar="local|ray",
        help="where the model runs: in this process, or in several of a Ray cluster (default: local)",
    )
    parser.add_argument(
        "--workers", type=int, metavar="N", help="processes of --executor ray (default: one a GPU, or else a core)"
    )
    parser.add_argument("--device", default="auto", help='"auto", "cpu", "cuda", "cuda:1" (default: auto)')
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="all randomness comes from it (default: 0)")
    parser.add_argument(
        "-o", "--output", "--output-path", type=_folder, default=Path("runs"), metavar="DIR", help="default: runs"
    )
    parser.add_argument(
        "--max-errors", type=int, default=0, metavar="N", help="exit with 3 past this many failed outputs (default: 0)"
    )
    parser.add_argument(
        "--adaptive",
        action="store_true",
        help="ask only as many items as the horizon takes, at depths chosen by the answers; --limit is then the most",
    )
    parser.add_argument(
        "--precision",
        type=float,
        metavar="X",
        help="where --adaptive stops: half the width of H50's interval, over H50 (default: 0.2)",
    )
    add_prices(parser)
    parser.add_argument(
        "--track",
        action="append",
        default=[],
        metavar="T",
        help="tell a tracker of each finished run: tensorboard, wandb or mlflow, with options as NAME,key=value...; "
        "may be given again",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress, no tables")
    parser.add_argument("--json", action="store_true", help="print the leaderboard as JSON on standard output")


def _folder(text: str) -> Path:
    if not text:  # which `Path` would take for the current one
        raise argparse.ArgumentTypeError("expected a folder, got an empty name")
    return Path(text)


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    from evalsuite.cli.messages import say
    from evalsuite.cli.progress import ProgressReporter
    from evalsuite.evaluation import priced, run_plan, write_leaderboard
    from evalsuite.executors import run_on
    from evalsuite.report.html import write_page
    from evalsuite.report.prices import read_prices
    from evalsuite.runlog.writer import probe_folder
    from evalsuite.trackers.opening import open_trackers, track

    if options.max_errors < 0:
        raise UsageError(f"--max-errors: must be at least 0, got {options.max_errors}")
    prices = None if options.prices is None else read_prices(options.prices)
    trackers = open_trackers(options.track, root=options.output) if options.track else {}
    places: dict[str, list[str]] = {}
    evaluations: list[Evaluation] = []
    # The standard output is for results; what a model's own code prints goes to the standard error.
    with redirect_stdout(sys.stderr):
        plans = list(_plans(options))
        probe_folder(options.output)
        names = _progress_names(plans)
        executors = [plan.executor for plan in plans]
        with ProgressReporter(quiet=options.quiet or options.json) as progress, run_on(*executors):
            for before, plan in zip([None, *executors], plans, strict=False):
                if before is not None and before is not plan.executor:
                    before.release()  # another model may need the device
                progress.start(f"{plan.task.name} {names[plan.model.spec]}")
                evaluation = priced(run_plan(plan, progress=progress.update), prices)
                evaluations.append(evaluation)
                progress.finish(_describe(evaluation))
                for spec, place in track(trackers, evaluation.report, evaluation.folder, warn=_warn).items():
                    places.setdefault(spec, []).append(place)
    leaderboard = write_leaderboard(
        evaluations,
        options.output / LEADERBOARD,
        unsound=lambda error: say(f"evalsuite: left out of the leaderboard: {error}"),
    )
    write_page(leaderboard, options.output / PAGE)
    code = _exit_code(evaluations, options.max_errors)
    try:
        if options.json:
            sys.stdout.write(json.dumps(leaderboard.record, indent=2) + "\n")
        elif not options.quiet:
            _print(evaluations, leaderboard, options.output)
            for spec, found in places.items():
                more = ", ..." if len(found) > _SHOWN_PLACES else ""
                sys.stdout.write(f"Tracked by {spec.partition(',')[0]}: {', '.join(found[:_SHOWN_PLACES])}{more}\n")
    except (BrokenPipeError, SystemExit):  # Rich raises the latter: nobody reads on, which changes nothing of the run
        pass
    return code


def _warn(message: str) -> None:
    from evalsuite.cli.messages import say

    say(f"evalsuite: warning: {message}")


def _progress_names(plans: list[RunPlan]) -> dict[str, str]:
    """Return what progress calls each spec: its model's name, and the spec where two have one name."""
    names = {plan.model.spec: plan.model.name for plan in plans}
    shared = Counter(names.values())
    return {spec: name if shared[name] == 1 else f"{name} ({spec})" for spec, name in names.items()}


@dataclass(frozen=True, slots=True)
class _Choice:
    model: str
    task: str
    limit: int | None
    repeats: int


def _plans(options: argparse.Namespace) -> Iterator[RunPlan]:
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
        if key not in _SETTINGS:
            raise UsageError(
                f'--gen-kwargs: unknown setting "{key}"{did_you_mean(key, _SETTINGS)} (known: {", ".join(_SETTINGS)})'
            )
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


def _describe(evaluation: Evaluation) -> str:
    from evalsuite.report.numbers import format_score

    report = evaluation.report
    text = f"{report.primary.metric} {format_score(report.primary)}"
    if report.n_errors:
        text += f", {report.n_errors} of {report.n_outputs} outputs ended in error"
    return text + (", complete already" if evaluation.was_complete else "")


def _print(evaluations: list[Evaluation], leaderboard: Any, root: Path) -> None:
    from evalsuite.cli.error_lines import error_lines
    from evalsuite.report.labels import run_labels
    from evalsuite.report.leaderboard import Leaderboard
    from evalsuite.report.terminal import print_leaderboard

    shown = {str(evaluation.report.task["name"]) for evaluation in evaluations}
    tasks = {name: runs for name, runs in leaderboard.tasks.items() if name in shown}
    print_leaderboard(Leaderboard(tasks, leaderboard.ranks, leaderboard.record), sys.stdout)
    labels = {run_id: label for runs in tasks.values() for run_id, label in run_labels(runs).items()}
    for line in [*_adaptive_lines(evaluations), *error_lines(evaluations, labels)]:
        sys.stdout.write(line + "\n")
    if all(evaluation.was_complete for evaluation in evaluations):
        sys.stdout.write("All of this was complete already; nothing was generated.\n")
    if len(evaluations) == 1:
        sys.stdout.write(f"Run: {evaluations[0].folder}\n")
    sys.stdout.write(f"Leaderboard: {root / LEADERBOARD}\n")
    sys.stdout.write(f"Report: {root / PAGE}\n")


def _adaptive_lines(evaluations: list[Evaluation]) -> list[str]:
    """Return why each adaptive run stopped, and after how many items."""
    from evalsuite.report.terminal import printable

    reports = [evaluation.report for evaluation in evaluations if "adaptive" in evaluation.report.record["inputs"]]
    return [f"{printable(str(report.task['name']))}: {report.primary.notes[-1]}" for report in reports]


def _exit_code(evaluations: list[Evaluation], max_errors: int) -> int:
    return EXIT_SAMPLES if sum(evaluation.report.n_errors for evaluation in evaluations) > max_errors else EXIT_OK
