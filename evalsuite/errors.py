"""Every error evalsuite raises on purpose.

::

    EvalsuiteError              exit code 2 unless a subclass says otherwise
    ├── UsageError              an unknown name, option or combination
    ├── TaskError               a task file or its samples are wrong
    ├── ModelError              a model cannot be opened or is not what it should be
    ├── InputError              a file or value given by the user is wrong
    ├── DependencyError         an optional package is missing
    ├── RunLogError             a run log is damaged, or in use by another process
    ├── SaveError               results cannot be written (exit code 4)
    └── ThresholdError          a score misses what was demanded (exit code 5)

A message says where, what was expected, what was found, and what to do.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "EXIT_BROKEN",
    "EXIT_INTERRUPTED",
    "EXIT_OK",
    "EXIT_REPLAY",
    "EXIT_SAMPLES",
    "EXIT_SAVE",
    "EXIT_THRESHOLD",
    "EXIT_USAGE",
    "DependencyError",
    "EvalsuiteError",
    "InputError",
    "ModelError",
    "RunLogError",
    "SaveError",
    "TaskError",
    "ThresholdError",
    "UsageError",
    "did_you_mean",
]

EXIT_OK = 0
EXIT_BROKEN = 1
EXIT_USAGE = 2
EXIT_SAMPLES = 3
EXIT_SAVE = 4
EXIT_THRESHOLD = 5
EXIT_REPLAY = 6
EXIT_INTERRUPTED = 130


class EvalsuiteError(Exception):
    """Base of all errors raised on purpose; the command line prints its message without a traceback."""

    exit_code: ClassVar[int] = EXIT_USAGE


class UsageError(EvalsuiteError):
    """An unknown name or option, or a combination that makes no sense."""


class TaskError(EvalsuiteError):
    """A task file or its samples are wrong."""


class ModelError(EvalsuiteError):
    """A model cannot be opened, or is not what it should be."""


class InputError(EvalsuiteError):
    """A file or value given by the user is wrong."""


class DependencyError(EvalsuiteError):
    """An optional package is missing; the message names the extra that brings it."""


class RunLogError(EvalsuiteError):
    """A run log is damaged beyond a torn tail, or another process is writing to it."""


class SaveError(EvalsuiteError):
    """Results cannot be written."""

    exit_code = EXIT_SAVE


class ThresholdError(EvalsuiteError):
    """A score misses what was demanded of it."""

    exit_code = EXIT_THRESHOLD


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``'; did you mean "x"?'`` for the known name closest to `name`, case aside, or an empty string."""
    names = list(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if not close:
        folded = {known_name.casefold(): known_name for known_name in reversed(names)}
        close = [folded[found] for found in get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)]
    return f'; did you mean "{close[0]}"?' if close else ""
