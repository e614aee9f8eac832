"""Parse the command line, run the command, and turn errors into messages and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from evalsuite.cli.parser import COMMANDS, Parser, build_parser, normalise
from evalsuite.errors import EXIT_INTERRUPTED, EXIT_SAVE, EvalsuiteError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``evalsuite`` with these arguments, the process's own by default, and return its exit code."""
    given = normalise(sys.argv[1:] if arguments is None else list(arguments))
    command = next((argument for argument in given if not argument.startswith("-")), None)
    parser: Parser = build_parser()
    if command in COMMANDS:
        module = import_module(f"evalsuite.cli.{COMMANDS[command][0]}")
        module.add_arguments(parser.commands[command])
        options = parser.parse_args(given)
        return _guarded(lambda: int(module.run(options)))
    parser.parse_args(given)  # prints help, the version or what is wrong, and exits
    parser.print_help()
    return 2 if given else 0


def _guarded(run: object) -> int:
    assert callable(run)
    try:
        code = int(run())
        sys.stdout.flush()
        return code
    except EvalsuiteError as error:
        _say(f"evalsuite: error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        _say("evalsuite: interrupted. What was finished is kept; the same command continues.")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe went away: no message, and no second error when Python flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_SAVE


def _say(message: str) -> None:
    stream = sys.stderr
    text = message if message.endswith("\n") else message + "\n"
    stream.write(text.encode(stream.encoding or "utf-8", "backslashreplace").decode(stream.encoding or "utf-8"))
    stream.flush()
