"""The argument parser: commands, close matches for misspelt options, underscore spellings."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from evalsuite.errors import EXIT_USAGE, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "Parser", "build_parser", "normalise"]

# Command: (module, what it does).
COMMANDS = {
    "run": ("run", "Run models on tasks, score what they produced, and report."),
    "score": ("score", "Score outputs that exist: a run log, or files of hypotheses and references."),
    "stats": ("stats", "Write the statistics of a set of images, to score against without the images."),
    "audit": ("audit", "Look at sets of images before they are scored: formats, sizes, copies, what cannot be read."),
    "contamination": ("contamination", "Find the items of a benchmark that a training corpus holds."),
    "leaderboard": ("leaderboard", "Merge runs into one leaderboard, with rank intervals."),
    "weights": ("weights", "List, verify or import the weights of the networks that compute features."),
    "list": ("list", "List the tasks, metrics, models, suites or trackers there are."),
    "validate": ("validate", "Check a report against its schema, or a task by rendering it."),
    "doctor": ("doctor", "Try the installation: what is there, what is missing or broken, and what to do."),
}


class Parser(argparse.ArgumentParser):
    """An argument parser that names the closest option, and exits with 2."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        settings.setdefault("allow_abbrev", False)
        super().__init__(*arguments, **settings)
        self.commands: dict[str, Parser] = {}

    def error(self, message: str) -> NoReturn:
        """Print the message and how to get help, and exit with 2."""
        self.exit(EXIT_USAGE, f'evalsuite: error: {message}\nSee "{self.prog} --help".\n')

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse; unknown options are reported with the closest known one."""
        options, unknown = self.parse_known_args(args, namespace)
        if unknown:
            parser = self.commands.get(getattr(options, "command", None) or "", self)
            word = next((word for word in unknown if word.startswith("-")), unknown[0]).split("=")[0]
            kind = "option" if word.startswith("-") else "argument"
            parser.error(f'unknown {kind} "{word}"{did_you_mean(word, parser.option_names())}')
        return options

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse a value that is not among an action's choices, with the closest that is."""
        if action.choices is not None and value not in action.choices:
            known = [str(choice) for choice in action.choices]
            raise argparse.ArgumentError(
                action, f'unknown: "{value}"{did_you_mean(str(value), known) or "."} Known: {", ".join(known)}.'
            )

    def option_names(self) -> list[str]:
        """Return the long options of this parser."""
        return [name for action in self._actions for name in action.option_strings if name.startswith("--")]


def build_parser() -> Parser:
    """Return the parser with its commands; a command adds its own arguments when it is the one called."""
    parser = Parser(
        prog="evalsuite",
        description="Evaluate generative models: run them, score what they produced, and say how sure each number is.",
        epilog='With no trouble at all: "evalsuite run" evaluates the small models that come with it. '
        "Exit codes: 0 done, 1 the doctor found something broken, 2 usage or bad input, 3 samples ended in error, "
        "4 could not save, 5 a threshold missed, 130 interrupted.",
    )
    parser.add_argument("--version", action=_Version, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for name, (_, summary) in COMMANDS.items():
        parser.commands[name] = commands.add_parser(name, help=summary, description=summary)
    return parser


def normalise(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with underscores in option names as hyphens: ``--num_fewshot`` is ``--num-fewshot``."""
    normal: list[str] = []
    for i, argument in enumerate(arguments):
        if argument == "--":
            return [*normal, *arguments[i:]]
        name, equals, value = argument.partition("=")
        normal.append(name.replace("_", "-") + equals + value if name.startswith("--") else argument)
    return normal


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, **settings: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=settings.get("help"))

    def __call__(self, parser: argparse.ArgumentParser, *arguments: object) -> None:
        from evalsuite import __version__

        sys.stdout.write(f"evalsuite {__version__}\n")
        parser.exit()
