"""``--prices``: what runs cost, by a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = ["add_prices"]


def add_prices(parser: argparse.ArgumentParser) -> None:
    """Add the option; its value is a path."""
    parser.add_argument(
        "--prices",
        type=Path,
        metavar="FILE",
        help="report what runs cost by this table (TOML: by model, for a million tokens, an image, a request, an hour "
        "of a device)",
    )
