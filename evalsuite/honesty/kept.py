"""Trials that are kept in a file: a header, and one JSON array a line."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NoReturn

import evalsuite
from evalsuite.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalsuite.honesty.claim import Figures

__all__ = ["KeptTrials"]

_FORMAT = "evalsuite audit reasoning"
_FORMAT_VERSION = 1
_MOST_RUNS = 10_000_000
_MAY_BE_NOTHING = frozenset({"above", "below", "covered", "e", "e covered", "flagged", "r", "r covered"})
"""Figures that a trial may be without: those of an interval, or of a rate that nothing was counted for."""
_ADVICE = "move the file away to begin anew"


class KeptTrials:
    """Trials of claims in a file.

    The first line says which format, release of evalsuite and seed the trials are of: all three must agree, since a
    trial is told by its claim, its setting and its number alone. The number of runs may differ.

    Parameters
    ----------
    file : Path
    settings : mapping of str to sequence of str
        Of the claims that there are.
    seed : int
        Trial i of any setting has the number ``seed + i``.

    Raises
    ------
    InputError
        If the file cannot be read, is of other trials, or a line of it is not a trial.
    """

    def __init__(self, file: Path, settings: Mapping[str, Sequence[str]], *, seed: int) -> None:
        self._file = file
        self._settings = settings
        self._header = {
            "format": _FORMAT,
            "format_version": _FORMAT_VERSION,
            "evalsuite": evalsuite.__version__,
            "seed": seed,
        }
        self.done: dict[tuple[str, str], dict[int, Figures]] = {}
        try:
            lines = file.read_bytes().split(b"\n") if file.exists() else [b""]
        except OSError as error:
            raise InputError(f"{file}: cannot be read: {error.strerror}") from error
        self._has_header = len(lines) > 1
        # One line without an end may be a header that a kill cut off; anything else is not ours to cut.
        if self._has_header or not json.dumps(self._header).encode().startswith(lines[0]):
            self._check_header(lines[0])
        for number, line in enumerate(lines[1:-1], start=2):
            self._take(line, number, seed)
        if lines[-1]:  # a line that a kill cut off
            self._cut_tail(len(lines[-1]))

    def add(self, claim: str, setting: str, run: int, figures: Figures) -> None:
        """Keep a trial.

        Raises
        ------
        InputError
            If the file cannot be written.
        """
        lines = [] if self._has_header else [self._header]
        text = "".join(json.dumps(line, allow_nan=False) + "\n" for line in (*lines, [claim, setting, run, figures]))
        try:
            with self._file.open("a", encoding="ascii") as handle:
                handle.write(text)
        except OSError as error:
            raise InputError(f"{self._file}: cannot be written: {error.strerror}") from error
        self._has_header = True

    def refuse(self, claim: str, setting: str, error: Exception) -> NoReturn:
        """Raise InputError: what is kept of a setting cannot be judged."""
        raise InputError(
            f'{self._file}: the trials of {claim}, setting "{setting}", are not such as this release makes '
            f"({type(error).__name__}: {error}); {_ADVICE}"
        ) from error

    def _check_header(self, line: bytes) -> None:
        found = _parsed(line)
        if not isinstance(found, dict) or found.get("format") != _FORMAT:
            raise InputError(
                f'{self._file}:1: expected the header of an audit, {{"format": "{_FORMAT}", ...}}, found '
                f"{line[:80].decode('utf-8', 'replace')!r}; {_ADVICE}"
            )
        for name, wanted in self._header.items():
            if found.get(name) != wanted:
                raise InputError(
                    f"{self._file}:1: its trials are of {name} {found.get(name)!r:.80}, and this audit is of "
                    f"{wanted!r}: they cannot be judged together; {_ADVICE}"
                )

    def _take(self, line: bytes, number: int, seed: int) -> None:
        where = f"{self._file}:{number}"
        found = _parsed(line)
        if not (isinstance(found, list) and len(found) == 4 and all(isinstance(part, str) for part in found[:2])):
            raise InputError(f"{where}: not a trial of an audit, [claim, setting, run, figures]; {_ADVICE}")
        claim, setting, run, figures = found
        for kind, name, known in (
            ("claim", claim, tuple(self._settings)),
            ("setting", setting, tuple(self._settings.get(claim, ()))),
        ):
            if name not in known:
                raise InputError(f'{where}: unknown {kind} "{name[:80]}"{did_you_mean(name, known)}; {_ADVICE}')
        if isinstance(run, bool) or not isinstance(run, int) or not seed <= run < seed + _MOST_RUNS:
            raise InputError(f"{where}: the run must be an integer from {seed}, found {run!r:.80}; {_ADVICE}")
        if not isinstance(figures, dict) or not figures:
            raise InputError(f"{where}: expected an object of figures, found {figures!r:.80}; {_ADVICE}")
        for name, value in figures.items():
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
            if not is_number and not (value is None and name in _MAY_BE_NOTHING):
                raise InputError(f'{where}: figure "{name[:80]}" must be a number, found {value!r:.80}; {_ADVICE}')
        kept = self.done.setdefault((claim, setting), {})
        if run in kept:
            raise InputError(f'{where}: run {run} of {claim}, setting "{setting}", is there twice; {_ADVICE}')
        kept[run] = figures

    def _cut_tail(self, length: int) -> None:
        try:
            with self._file.open("r+b") as handle:
                handle.truncate(self._file.stat().st_size - length)
        except OSError as error:
            raise InputError(f"{self._file}: cannot be written: {error.strerror}") from error


def _parsed(line: bytes) -> Any:
    """Return what a line says; None where it is no JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
