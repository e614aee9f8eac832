"""Try all claims, as often as asked, and keep every trial: what was done is not done again."""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING

from evalsuite.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from evalsuite.honesty.claim import Claim, Figures, Verdict

__all__ = ["CLAIMS", "Gate", "load_claim"]

CLAIMS = {
    "W": "items:ITEMS",
    "V1": "coverage:CONSTANT",
    "V2": "worlds_apart:RISING",
    "V3": "worlds_apart:MIXED",
    "V4": "paths:RECOVERY",
    "V5": "answers:CAPPED",
    "V6": "answers:GUESSED",
    "V7": "answers:GRADED",
    "V8": "limits:COPIES",
    "V9": "coverage:CLUSTERED",
    "V10": "limits:OUTSIDE",
    "V11": "published:PUBLISHED",
    "V12": "mutations:MUTATED",
}
"""Where each claim is, by name."""


def load_claim(name: str) -> Claim:
    """Import a claim."""
    module, _, attribute = CLAIMS[name].partition(":")
    found: Claim = getattr(import_module(f"evalsuite.honesty.{module}"), attribute)
    return found


class Gate:
    """Trials of claims, in a file of one JSON object a line where one is given.

    Parameters
    ----------
    runs : int
        Trials of each setting of a claim that is random.
    whole_runs : int
        Trials of those that go through the whole pipeline.
    file : Path, optional
        Trials that are in it count; new ones are added to it.
    seed : int, default 0
        Trial i of any setting has the seed ``seed + i``.

    Raises
    ------
    InputError
        If the file cannot be read or written, or a line of it is not one of ours.
    """

    def __init__(self, runs: int, whole_runs: int, *, file: Path | None = None, seed: int = 0) -> None:
        self._runs = runs
        self._whole_runs = whole_runs
        self._file = file
        self._seed = seed
        self._done: dict[tuple[str, str], dict[int, Figures]] = {}
        if file is not None:
            self._read(file)

    def run(self, claim: Claim, setting: str, on_trial: Callable[[int, int], None] | None = None) -> Verdict:
        """Try a claim in a setting as often as is still wanted, and judge all trials.

        `on_trial` is called with the number of trials done, and wanted.
        """
        done = self._done.setdefault((claim.name, setting), {})
        seeds = range(self._seed, self._seed + self.trials(claim, setting))
        for i, seed in enumerate(seeds, start=1):
            if seed not in done:
                done[seed] = claim.trial(setting, seed)
                self._write(claim.name, setting, seed, done[seed])
            if on_trial is not None:
                on_trial(i, len(seeds))
        return claim.judge(setting, [done[seed] for seed in seeds])

    def trials(self, claim: Claim, setting: str) -> int:
        """Return how many trials a claim has in a setting."""
        if not claim.is_random:
            return 1
        return self._whole_runs if setting in claim.whole else self._runs

    def _read(self, file: Path) -> None:
        try:
            lines = file.read_bytes().split(b"\n") if file.exists() else []
        except OSError as error:
            raise InputError(f"{file}: cannot be read: {error.strerror}") from error
        for claim, setting, seed, figures in self._parsed(lines, file):
            self._done.setdefault((claim, setting), {})[seed] = figures
        if lines and lines[-1]:  # a line that a kill cut off
            self._cut_tail(file, len(lines[-1]))

    def _parsed(self, lines: list[bytes], file: Path) -> Iterator[tuple[str, str, int, Figures]]:
        for number, line in enumerate(lines[:-1], start=1):
            try:
                claim, setting, seed, figures = json.loads(line)
                yield str(claim), str(setting), int(seed), dict(figures)
            except (ValueError, TypeError) as error:
                raise InputError(
                    f"{file}:{number}: not a trial of an audit; move the file away to begin anew"
                ) from error

    def _cut_tail(self, file: Path, length: int) -> None:
        try:
            with file.open("r+b") as handle:
                handle.truncate(file.stat().st_size - length)
        except OSError as error:
            raise InputError(f"{file}: cannot be written: {error.strerror}") from error

    def _write(self, claim: str, setting: str, seed: int, figures: Figures) -> None:
        if self._file is None:
            return
        line = json.dumps([claim, setting, seed, figures], allow_nan=False) + "\n"
        try:
            with self._file.open("a", encoding="ascii") as handle:
                handle.write(line)
        except OSError as error:
            raise InputError(f"{self._file}: cannot be written: {error.strerror}") from error
