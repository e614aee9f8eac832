"""Parse the command line, run the command, and turn errors into messages and exit codes."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.cli.interrupts import INTERRUPTED, heard_at_once, raised_once
from evalsuite.cli.messages import say
from evalsuite.cli.parser import COMMANDS, Parser, build_parser, normalise
from evalsuite.errors import EXIT_INTERRUPTED, EXIT_OK, EXIT_SAVE, EXIT_USAGE, EvalsuiteError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["main"]

# Commands that begin anew when they are called again.
_NOTHING_KEPT = ("score", "stats", "audit", "contamination", "weights", "doctor")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``evalsuite`` with these arguments, the process's own by default, and return its exit code."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # it was closed by whoever started us
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 (lives as long as the process)
    if isinstance(sys.stdout, io.TextIOWrapper):  # what the terminal's encoding lacks is shown, not raised
        sys.stdout.reconfigure(errors="backslashreplace")
    given = normalise(sys.argv[1:] if arguments is None else list(arguments))
    command = next((argument for argument in given if not argument.startswith("-")), None)
    keeps = command not in _NOTHING_KEPT

    def run() -> int:
        with nullcontext() if keeps else heard_at_once():
            return _run(given, command)

    with raised_once():
        try:
            return _guarded(run)
        except KeyboardInterrupt:
            say(f"{INTERRUPTED}.{' What was finished is kept; the same command continues.' if keeps else ''}")
            return EXIT_INTERRUPTED


def _run(given: list[str], command: str | None) -> int:
    parser: Parser = build_parser()
    module = None
    if command in COMMANDS:
        module = import_module(f"evalsuite.cli.{COMMANDS[command][0]}")
        module.add_arguments(parser.commands[command])
    try:
        options = parser.parse_args(given)
    except SystemExit as end:  # help, the version or what is wrong has been printed
        return end.code if isinstance(end.code, int) else EXIT_USAGE
    if module is not None:
        return int(module.run(options))
    parser.print_help()
    return EXIT_OK


def _guarded(run: Callable[[], int]) -> int:
    """Run the command; what goes wrong becomes a message and an exit code, but for an interrupt."""
    try:
        return _flushed(run())
    except EvalsuiteError as error:
        say(f"evalsuite: error: {error}")
        return error.exit_code
    except (BrokenPipeError, SystemExit) as error:  # Rich finds out the former, and raises the latter
        if isinstance(error, SystemExit) and not isinstance(error.__context__, BrokenPipeError):
            say(f"evalsuite: error: something the command called ended it: sys.exit({error.code!r})")
            return EXIT_USAGE
        _discard_output()
        return EXIT_OK  # the reader of a pipe has what it wanted
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS):
            raise
        _discard_output()
        say(f"evalsuite: error: cannot write the output: {error.strerror}")
        return EXIT_SAVE


def _flushed(code: int) -> int:
    """Return the command's own code, whether or not somebody was left to read what it printed."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
    return code


def _discard_output() -> None:
    """Send what is still to be written nowhere, so that there is no second error when Python flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
