"""``evalsuite validate``: check a report against its schema, or a task by rendering it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.cli.shared_options import add_include_path
from evalsuite.errors import TaskError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from evalsuite.task.review import TaskFacts
    from evalsuite.types import Request

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("target", metavar="FILE|TASK", help="a report or leaderboard (.json), or a task's name or path")
    add_include_path(parser)
    parser.add_argument(
        "--show", type=int, default=1, metavar="N", help="of a task: print the first N prompts (default: 1)"
    )
    parser.add_argument("--strict", action="store_true", help="of a task: a warning is an error")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    target: str = options.target
    if options.show < 0:
        raise UsageError(f"--show: must be at least 0, got {options.show}")
    if target.endswith(".json"):
        from evalsuite.report.schema import validate_file

        kind = validate_file(Path(target))
        sys.stdout.write(f"{target}: a valid {kind}\n")
        return 0
    n_warnings = _review(target, options.show, options.include_path)
    if options.strict and n_warnings:
        raise TaskError(f"{target}: {n_warnings} warning{'s' * (n_warnings > 1)}, and --strict allows none")
    return 0


def _review(name: str, n_shown: int, include: Sequence[Path]) -> int:
    """Load a task, build its metrics, render every request, and print what it is; return the number of warnings."""
    from evalsuite.report.terminal import printable
    from evalsuite.scoring import check_references, task_metrics
    from evalsuite.scoring.oracle import oracle_warnings
    from evalsuite.task import load_task
    from evalsuite.task.review import first_requests, task_facts, task_warnings

    task = load_task(name, include)
    check_references(task)
    metrics = [metric.signature() for _, metric in task_metrics(task)]
    requests = first_requests(task)
    warnings = [*task_warnings(task, requests), *oracle_warnings(task)]
    lines = [
        f"{task.name} version {task.version}: valid",
        *_fact_lines(task_facts(task, requests)),
        f"  metrics: {'; '.join(metrics)}",
        *(f"  warning: {printable(warning, 500)}" for warning in warnings),
        *([f'  asks for log-probabilities: ask = "{task.ask}"'] if task.ask != "text" else []),
        *_prompt_lines(requests[:n_shown]),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return len(warnings)


def _fact_lines(facts: TaskFacts) -> list[str]:
    from evalsuite.report.terminal import printable

    lines = [f"  {facts.n_samples} samples in {facts.n_clusters} clusters, {facts.n_fewshot} worked examples"]
    if facts.depths:
        counts = sorted(set(facts.depths.values()))
        each = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        least, most = min(facts.depths), max(facts.depths)
        lines.append(f"  depth {least}" if least == most else f"  depths {least} to {most}, {each} samples each")
    least, median, most_of_them, most = facts.prompt_characters
    spread = f'median {median}, 95 % at most {most_of_them}; the longest is that of "{printable(facts.longest_prompt)}"'
    lines.append(
        f"  prompts: {most} characters" if least == most else f"  prompts: {least} to {most} characters, {spread}"
    )
    if facts.longest_reference is not None:
        few, many = facts.n_references
        lines.append(
            f"  references: {few if few == many else f'{few} to {many}'} a sample, "
            f"the longest about {facts.longest_reference} tokens"
        )
    return lines


def _prompt_lines(requests: Sequence[Request]) -> list[str]:
    from evalsuite.report.terminal import printable

    lines: list[str] = []
    for i, request in enumerate(requests):
        which = "first prompt" if i == 0 else f"prompt {i + 1}"
        shown = [f"    {printable(line)}" for line in request.prompt.splitlines()]
        lines += [f"  {which}:", *(shown or ["    (empty)"])]
        if request.choices:
            named = "  its choices:" if request.ask == "choices" else "  its text:"
            lines += [named, *(f"    {printable(repr(choice))}" for choice in request.choices)]
    return lines
