"""The command line: one file a command."""

from evalsuite.cli.main import main

__all__ = ["main"]
