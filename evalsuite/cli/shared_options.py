"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = ["add_include_path", "add_prices"]


def add_include_path(parser: argparse.ArgumentParser) -> None:
    """Add ``--include-path``, folders whose tasks may be named; its value is a list of folders."""
    parser.add_argument(
        "--include-path",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="tasks in this folder and all below it may be named, too; may be given again",
    )


def add_prices(parser: argparse.ArgumentParser) -> None:
    """Add ``--prices``, a table of what runs cost; its value is a path."""
    parser.add_argument(
        "--prices",
        type=Path,
        metavar="FILE",
        help="report what runs cost by this table (TOML: by model, for a million tokens, an image, a request, an hour "
        "of a device)",
    )
