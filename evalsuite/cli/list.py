"""``evalsuite list``: what there is, with one line each."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]

KINDS = ("tasks", "metrics", "models", "suites")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("kind", nargs="?", choices=KINDS, help="default: all of them")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    kinds = [options.kind] if options.kind else list(KINDS)
    found = {kind: entries(kind) for kind in kinds}
    if options.json:
        sys.stdout.write(
            json.dumps({kind: [{"name": n, "summary": s} for n, s in lines] for kind, lines in found.items()}, indent=2)
            + "\n"
        )
        return 0
    for kind, lines in found.items():
        width = max((len(name) for name, _ in lines), default=0)
        sys.stdout.write(f"{kind}:\n" if len(found) > 1 else "")
        for name, summary in lines:
            sys.stdout.write(f"  {name:<{width}}  {summary}".rstrip() + "\n")
    return 0


def entries(kind: str) -> list[tuple[str, str]]:
    """Return name and line of everything of a kind, sorted; imports neither torch nor NumPy."""
    if kind == "tasks":
        from evalsuite.task import list_tasks

        return list_tasks()
    if kind == "suites":
        from evalsuite.task import list_suites

        return list_suites()
    if kind == "metrics":
        from evalsuite.metrics import METRICS

        return [(name, METRICS.summary(name)) for name in METRICS.names()]
    from evalsuite.models import MODELS
    from evalsuite.zoo import NAMES

    backends = [(f"{name}:", MODELS.summary(name)) for name in MODELS.names()]
    return [*backends, *((f"zoo:{name}", summary) for name, summary in sorted(NAMES.items()))]
