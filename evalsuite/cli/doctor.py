"""``evalsuite doctor``: try an installation, and say what is missing, what is broken, and what to do."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.errors import EXIT_BROKEN, EXIT_OK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.doctor import Check

__all__ = ["add_arguments", "run"]

_STYLES = {"ok": "green", "missing": "dim", "warning": "yellow", "broken": "bold red"}
_LONGEST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "-o", "--output", "--output-path", type=Path, default=Path("runs"), metavar="DIR", help="default: runs"
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=120.0,
        metavar="S",
        help="seconds that each process that tries something may take (default: 120)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e6:
        raise argparse.ArgumentTypeError(f"expected seconds, more than 0, got {text}")
    return seconds


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    from evalsuite.doctor import all_is_well, describe, examine

    checks = examine(options.output, seconds=options.timeout)
    if options.json:
        sys.stdout.write(json.dumps(describe(checks), indent=2) + "\n")
    elif sys.stdout.isatty() and not any(check.name == "rich" and check.state == "broken" for check in checks):
        _print_table(checks)
    else:
        _print_lines(checks)
    return EXIT_OK if all_is_well(checks) else EXIT_BROKEN


def _print_lines(checks: Sequence[Check]) -> None:
    from evalsuite.report.terminal import printable

    width = max(len(check.name) for check in checks)
    section = ""
    for check in checks:
        if check.section != section:
            section = check.section
            sys.stdout.write(f"{section}\n")
        found = printable(check.found, _LONGEST)
        sys.stdout.write(f"  {check.state:<7}  {printable(check.name):<{width}}  {found}\n")
        if check.remedy:
            sys.stdout.write(f"  {'':<7}  {'':<{width}}  -> {printable(check.remedy, _LONGEST)}\n")
    sys.stdout.write(_verdict(checks) + "\n")


def _print_table(checks: Sequence[Check]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from evalsuite.report.terminal import printable

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("part", "state", "found, and what to do"):
        table.add_column(title, no_wrap=title == "state", overflow="fold")
    section = checks[0].section
    for check in checks:
        if check.section != section:
            section = check.section
            table.add_section()
        told = Text(printable(check.found, _LONGEST))
        if check.remedy:
            told.append(f"\n{printable(check.remedy, _LONGEST)}", style="bold")
        table.add_row(Text(printable(check.name)), Text(check.state, style=_STYLES[check.state]), told)
    console = Console(file=sys.stdout, highlight=False, emoji=False)
    console.print(table)
    console.print(_verdict(checks), markup=False)


def _verdict(checks: Sequence[Check]) -> str:
    """Return what it comes to, in a line."""
    broken = [check.name for check in checks if check.needed and check.state == "broken"]
    other = sum(check.state in ("broken", "warning") for check in checks) - len(broken)
    more = f"; {other} more {'needs' if other == 1 else 'need'} attention" if other else ""
    if broken:
        return f"needed and broken: {', '.join(broken)}{more}"
    return f"all that is needed works{more}"
