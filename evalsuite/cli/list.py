"""``evalsuite list``: what there is, with one line each; and the options of a metric."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from evalsuite.cli.messages import say
from evalsuite.cli.shared_options import add_include_path
from evalsuite.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["add_arguments", "run"]

KINDS = ("tasks", "metrics", "models", "suites", "trackers")
_SHOWN_PROBLEMS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("kind", nargs="?", choices=KINDS, help="default: all of them")
    parser.add_argument("name", nargs="?", metavar="METRIC", help="after metrics: one of them, with its options")
    add_include_path(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    if options.name is not None:
        _show_metric(options)
        return 0
    kinds = [options.kind] if options.kind else list(KINDS)
    if options.include_path and "tasks" not in kinds:
        raise UsageError(f"list {options.kind}: --include-path is for tasks")
    found = {kind: entries(kind, options.include_path) for kind in kinds}
    if options.json:
        sys.stdout.write(
            json.dumps({kind: [{"name": n, "summary": s} for n, s in lines] for kind, lines in found.items()}, indent=2)
            + "\n"
        )
        return 0
    for kind, lines in found.items():
        width = max((len(name) for name, _ in lines), default=0)
        sys.stdout.write(f"{kind}:\n" if len(found) > 1 else "")
        sys.stdout.write("".join(f"  {name:<{width}}  {_plain(summary)}".rstrip() + "\n" for name, summary in lines))
    return 0


def _plain(text: str) -> str:
    """Return a line without what could steer a terminal."""
    return text if text.isprintable() else "".join(char if char.isprintable() else "?" for char in text)


def _show_metric(options: argparse.Namespace) -> None:
    """Print a metric's line, its options, and how to give them."""
    from evalsuite.cli.metric_options import metric_options
    from evalsuite.metrics import METRICS

    if options.kind != "metrics":
        raise UsageError(
            f'list: unknown argument "{options.name}": only metrics have options, as in "list metrics bleu"'
        )
    name, metric = options.name, METRICS.get(options.name)
    found = metric_options(metric)
    if options.json:
        record = {
            "name": name,
            "summary": METRICS.summary(name),
            "options": [{"name": o.name, "default": o.default, "meaning": o.meaning} for o in found],
        }
        sys.stdout.write(json.dumps(record, indent=2, default=str) + "\n")
        return
    sys.stdout.write(f"{name}: {METRICS.summary(name).rstrip('.')}.\n")
    if not found:
        sys.stdout.write("\nIt has no options.\n")
        return
    width = max(len(option.name) for option in found)
    places = max(len(option.written) for option in found)
    sys.stdout.write(f"\n  {'option':<{width}}  {'default':<{places}}  meaning\n")
    for option in found:
        line = f"  {option.name:<{width}}  {option.written:<{max(places, 7)}}  {option.meaning}"
        sys.stdout.write(line.rstrip() + "\n")
    first = found[0].name
    sys.stdout.write("\n")
    if metric.modality == "text" and "text" in metric.asks:
        sys.stdout.write(f"For files:   evalsuite score --hyp ... --metric {name} --option {name}.{first}=VALUE\n")
    sys.stdout.write(f'In a task:   metrics = [{{ name = "{name}", {first} = VALUE, ... }}, ...]\n')


def entries(kind: str, include: Sequence[Path] = ()) -> list[tuple[str, str]]:
    """Return name and line of everything of a kind, sorted; imports neither torch nor NumPy.

    Of tasks also those of the folders `include`; what is wrong there is told on the standard error.
    """
    if kind == "tasks":
        from evalsuite.task.lookup import list_with_problems

        tasks, problems = list_with_problems(include)
        for problem in problems[:_SHOWN_PROBLEMS]:
            say(f"evalsuite: warning: {problem}")
        if len(problems) > _SHOWN_PROBLEMS:
            say(f"evalsuite: warning: and {len(problems) - _SHOWN_PROBLEMS} more")
        return tasks
    if kind == "suites":
        from evalsuite.task import list_suites

        return list_suites()
    if kind == "metrics":
        from evalsuite.metrics import METRICS

        return [(name, METRICS.summary(name)) for name in METRICS.names()]
    if kind == "trackers":
        from evalsuite.trackers import TRACKERS

        return [(name, TRACKERS.summary(name)) for name in TRACKERS.names()]
    from evalsuite.models import MODELS
    from evalsuite.zoo import NAMES

    backends = [(f"{name}:", MODELS.summary(name)) for name in MODELS.names()]
    return [*backends, *((f"zoo:{name}", summary) for name, summary in sorted(NAMES.items()))]
