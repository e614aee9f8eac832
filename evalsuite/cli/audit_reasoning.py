"""``evalsuite audit reasoning``: whether the instrument gives back what was put in."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

__all__ = ["add_arguments", "refuse_options", "run"]

_RUNS, _WHOLE_RUNS = 200, 20
_LEAST_RUNS, _LEAST_WHOLE_RUNS = 50, 20
_OPTIONS = {"runs": None, "whole_runs": None, "claims": None, "output": None}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    group = parser.add_argument_group("of reasoning")
    group.add_argument(
        "--runs",
        type=int,
        metavar="N",
        help=f"simulated runs of each setting, {_LEAST_RUNS} at least (default: {_RUNS}; in full 1000)",
    )
    group.add_argument(
        "--whole-runs",
        type=int,
        metavar="N",
        help="of those, runs through the whole pipeline, from requests to a report, "
        f"{_LEAST_WHOLE_RUNS} at least (default: {_WHOLE_RUNS})",
    )
    group.add_argument("--claims", metavar="V1,V4", help="only these")
    group.add_argument(
        "-o", "--output", metavar="FILE", help="keep every run in FILE; the same command again continues there"
    )


def refuse_options(options: argparse.Namespace) -> None:
    """Raise UsageError where an option of this command was given to another."""
    from evalsuite.errors import UsageError

    for name in _OPTIONS:
        if getattr(options, name) is not None:
            raise UsageError(f"--{name.replace('_', '-')} is for evalsuite audit reasoning")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code: 5 where a claim does not hold."""
    from evalsuite.cli.progress import ProgressReporter
    from evalsuite.errors import UsageError, did_you_mean
    from evalsuite.honesty.gate import CLAIMS, Gate, load_claim

    if options.train is not None:
        raise UsageError("--train is for sets of images")
    runs, whole_runs = (
        default if given is None else given
        for given, default in ((options.runs, _RUNS), (options.whole_runs, _WHOLE_RUNS))
    )
    for name, number, least in (("--runs", runs, _LEAST_RUNS), ("--whole-runs", whole_runs, _LEAST_WHOLE_RUNS)):
        if number < least:
            raise UsageError(
                f"{name} must be at least {least}, got {number}: of fewer the noise is as large as what is to be seen"
            )
    wanted = list(CLAIMS) if options.claims is None else [name.strip() for name in options.claims.split(",")]
    for name in wanted:
        if name not in CLAIMS:
            raise UsageError(
                f'--claims: unknown claim "{name}"{did_you_mean(name, CLAIMS)} (known: {", ".join(CLAIMS)})'
            )
    gate = Gate(runs, whole_runs, file=Path(options.output) if options.output else None)
    found: list[dict[str, Any]] = []
    quiet = options.quiet or options.json
    for name in wanted:
        claim = load_claim(name)
        for setting in claim.settings:
            with ProgressReporter(quiet=quiet, unit="runs") as reporter:
                reporter.start(f"{name} {setting}")
                verdict = gate.run(claim, setting, reporter.update)
                reporter.finish("held" if verdict.passed else "DOES NOT HOLD")
            found.append(
                {"claim": name, "says": claim.text, "setting": setting, "held": verdict.passed, "text": verdict.text}
            )
    if options.json:
        sys.stdout.write(json.dumps({"runs": runs, "whole_runs": whole_runs, "claims": found}, indent=2) + "\n")
    else:
        sys.stdout.writelines(_lines(found))
    return 0 if all(one["held"] for one in found) else 5


def _lines(found: list[dict[str, Any]]) -> Iterator[str]:
    said = ""
    for one in found:
        if one["claim"] != said:
            said = one["claim"]
            yield f"{said}  {one['says']}\n"
        yield f"  {'held' if one['held'] else 'DOES NOT HOLD'}: {one['text']}\n"
    broken = sum(not one["held"] for one in found)
    yield f"\n{len(found) - broken} of {len(found)} held.\n" if broken else f"\nAll {len(found)} held.\n"
