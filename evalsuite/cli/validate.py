"""``evalsuite validate``: check a report against its schema, or a task by rendering it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("target", metavar="FILE|TASK", help="a report or leaderboard (.json), or a task's name or path")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    target: str = options.target
    if target.endswith(".json"):
        from evalsuite.report.schema import validate_file

        kind = validate_file(Path(target))
        sys.stdout.write(f"{target}: a valid {kind}\n")
        return 0
    sys.stdout.write(_describe_task(target) + "\n")
    return 0


def _describe_task(name: str) -> str:
    """Load a task, build its metrics, and render every request; return what it is, with its first prompt."""
    from evalsuite.report.terminal import printable
    from evalsuite.scoring import check_references, task_metrics
    from evalsuite.task import load_task

    task = load_task(name)
    check_references(task)
    metrics = [metric.signature() for _, metric in task_metrics(task)]
    shots = task.generation.num_fewshot
    requests = [
        task.request(sample, repeat=0, turn=0, history=(), run_seed=0, num_fewshot=shots) for sample in task.samples
    ]
    prompts = [request.prompt for request in requests if request is not None]
    clusters = len({sample.cluster or sample.id for sample in task.samples})
    shown = (
        "\n".join(f"    {printable(line)}" for line in prompts[0].splitlines()) if any(prompts[:1]) else "    (empty)"
    )
    return (
        f"{task.name} version {task.version}: valid\n"
        f"  {len(task.samples)} samples in {clusters} clusters, {len(task.fewshot)} worked examples\n"
        f"  metrics: {'; '.join(metrics)}\n"
        f"  first prompt:\n{shown}"
    )
