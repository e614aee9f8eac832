"""Try all claims, as often as asked, and keep every trial: what was done is not done again."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from evalsuite.honesty.kept import KeptTrials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
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
    """Trials of claims, in a file where one is given.

    Parameters
    ----------
    runs : int
        Trials of each setting of a claim that is random.
    whole_runs : int
        Trials of those that go through the whole pipeline.
    file : Path, optional
        Trials that are in it count; new ones are added to it. See `evalsuite.honesty.kept.KeptTrials`.
    seed : int, default 0
        Trial i of any setting has the seed ``seed + i``.
    settings : mapping of str to sequence of str, optional
        Of the claims that the file may have; those of `CLAIMS` by default.

    Raises
    ------
    InputError
        If the file cannot be read or written, or is not one of these trials.
    """

    def __init__(
        self,
        runs: int,
        whole_runs: int,
        *,
        file: Path | None = None,
        seed: int = 0,
        settings: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._runs = runs
        self._whole_runs = whole_runs
        self._seed = seed
        self._kept: KeptTrials | None = None
        self._done: dict[tuple[str, str], dict[int, Figures]] = {}
        if file is not None:
            known = {name: load_claim(name).settings for name in CLAIMS} if settings is None else settings
            self._kept = KeptTrials(file, known, seed=seed)
            self._done = self._kept.done

    def run(self, claim: Claim, setting: str, on_trial: Callable[[int, int], None] | None = None) -> Verdict:
        """Try a claim in a setting as often as is still wanted, and judge all trials.

        `on_trial` is called with the number of trials done, and wanted.
        """
        done = self._done.setdefault((claim.name, setting), {})
        kept = set(done)
        seeds = range(self._seed, self._seed + self.trials(claim, setting))
        for i, seed in enumerate(seeds, start=1):
            if seed not in done:
                done[seed] = claim.trial(setting, seed)
                if self._kept is not None:
                    self._kept.add(claim.name, setting, seed, done[seed])
            if on_trial is not None:
                on_trial(i, len(seeds))
        trials = [done[seed] for seed in seeds]
        if self._kept is None or kept.isdisjoint(seeds):
            return claim.judge(setting, trials)
        try:
            return claim.judge(setting, trials)
        except (KeyError, TypeError, ValueError) as error:
            self._kept.refuse(claim.name, setting, error)

    def trials(self, claim: Claim, setting: str) -> int:
        """Return how many trials a claim has in a setting."""
        if not claim.is_random:
            return 1
        return self._whole_runs if setting in claim.whole else self._runs
