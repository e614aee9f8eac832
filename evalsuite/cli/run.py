"""``evalsuite run``: generate, score, report; run again to continue."""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections import Counter, deque
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.cli.generation_settings import SETTINGS
from evalsuite.cli.run_plans import read_plans
from evalsuite.cli.run_summary import describe, print_summary
from evalsuite.cli.shared_options import add_include_path, add_prices
from evalsuite.errors import EXIT_OK, EXIT_SAMPLES, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalsuite.evaluation import Evaluation
    from evalsuite.runner import RunPlan

__all__ = ["add_arguments", "run"]

LEADERBOARD = "leaderboard.json"
PAGE = "report.html"
_SHOWN_PLACES = 3


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
    parser.add_argument(
        "--repeats",
        type=int,
        metavar="K",
        help="outputs of each sample, with different seeds (default: the task's number, mostly 1)",
    )
    parser.add_argument("-f", "--num-fewshot", type=int, metavar="N", help="worked examples in the prompt")
    parser.add_argument("--gen-kwargs", default="", metavar="K=V,...", help=f"generation: {', '.join(SETTINGS)}")
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
    from evalsuite.evaluation import cautions, priced, remarks, run_plan, write_leaderboard
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
        waiting = deque(_model_by_model(read_plans(options)))
        probe_folder(options.output)
        for caution in cautions(waiting):
            _warn(caution)
        for remark in () if options.quiet else remarks(waiting):
            say(f"evalsuite: note: {remark}")
        names = _progress_names(waiting)
        executors = [plan.executor for plan in waiting]
        with ProgressReporter(quiet=options.quiet or options.json) as progress, run_on(*executors):
            for before, executor in zip([None, *executors], executors, strict=False):
                plan = waiting.popleft()  # and with it the last that knows of the model before: weights are many
                if before is not None and before is not executor:
                    before.release()
                    gc.collect()
                progress.start(f"{plan.task.name} {names[plan.model.spec]}")
                evaluation = priced(run_plan(plan, progress=progress.update), prices)
                evaluations.append(evaluation)
                progress.finish(describe(evaluation))
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
            print_summary(evaluations, leaderboard, board=options.output / LEADERBOARD, page=options.output / PAGE)
            for spec, found in places.items():
                more = ", ..." if len(found) > _SHOWN_PLACES else ""
                sys.stdout.write(f"Tracked by {spec.partition(',')[0]}: {', '.join(found[:_SHOWN_PLACES])}{more}\n")
    except (BrokenPipeError, SystemExit):  # Rich raises the latter: nobody reads on, which changes nothing of the run
        pass
    return code


def _model_by_model(plans: Iterable[RunPlan]) -> list[RunPlan]:
    """Return runs in the order in which they are carried out: a model's one after the other, so that it loads once."""
    by_model: dict[str, list[RunPlan]] = {}
    for plan in plans:
        by_model.setdefault(plan.model.spec, []).append(plan)
    return [plan for same in by_model.values() for plan in same]


def _warn(message: str) -> None:
    from evalsuite.cli.messages import say

    say(f"evalsuite: warning: {message}")


def _progress_names(plans: Iterable[RunPlan]) -> dict[str, str]:
    """Return what progress calls each spec: its model's name, and the spec where two have one name."""
    names = {plan.model.spec: plan.model.name for plan in plans}
    shared = Counter(names.values())
    return {spec: name if shared[name] == 1 else f"{name} ({spec})" for spec, name in names.items()}


def _exit_code(evaluations: list[Evaluation], max_errors: int) -> int:
    return EXIT_SAMPLES if sum(evaluation.report.n_errors for evaluation in evaluations) > max_errors else EXIT_OK
