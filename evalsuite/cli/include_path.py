"""``--include-path``: folders whose tasks may be named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = ["add_include_path"]


def add_include_path(parser: argparse.ArgumentParser) -> None:
    """Add the option; its value is a list of folders."""
    parser.add_argument(
        "--include-path",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="tasks in this folder and all below it may be named, too; may be given again",
    )
