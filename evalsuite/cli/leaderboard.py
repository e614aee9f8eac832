"""``evalsuite leaderboard``: merge runs from several folders."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.cli.shared_options import add_prices

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="folders of runs, or report.json files")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write leaderboard.json here")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report here, a page that needs no network")
    add_prices(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    from evalsuite.report import build_leaderboard, load_leaderboard_runs, save_json
    from evalsuite.report.cost import price_report
    from evalsuite.report.leaderboard import LeaderboardRun
    from evalsuite.report.prices import read_prices
    from evalsuite.report.terminal import print_leaderboard

    prices = None if options.prices is None else read_prices(options.prices)
    runs = load_leaderboard_runs(options.folders)
    if prices is not None:
        runs = [LeaderboardRun(price_report(run.report, prices), run.folder) for run in runs]
    leaderboard = build_leaderboard(runs)
    if options.output is not None:
        save_json(leaderboard.record, options.output)
    if options.html is not None:
        from evalsuite.report.html import write_page

        write_page(leaderboard, options.html)
    if options.json:
        sys.stdout.write(json.dumps(leaderboard.record, indent=2) + "\n")
    else:
        print_leaderboard(leaderboard, sys.stdout)
        if options.output is not None:
            sys.stdout.write(f"Leaderboard: {options.output}\n")
        if options.html is not None:
            sys.stdout.write(f"Report: {options.html}\n")
    return 0
