"""Audit shortcuts: what a solver earns that reads a part of the problem only must not be above chance."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from evalsuite.worlds.audit_finding import Finding
from evalsuite.worlds.families import family_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Sample
    from evalsuite.worlds.reading import Reading

__all__ = ["MOST_SURPRISE", "SHALLOWEST", "audit_shortcuts", "binomial_tail"]

MOST_SURPRISE = 1e-6
SHALLOWEST = 4  # below it a shortcut may be the whole way
_WORD = re.compile(r"\w+")


def audit_shortcuts(family: str, samples: Sequence[Sample], readings: Sequence[Reading]) -> list[Finding]:
    """Count how often each shortcut gives the answer, among items at least 4 deep.

    Notes
    -----
    The shortcuts are the first and the last word or number of the text that could be an answer, the commonest answer
    of other items and its place among the candidates, and those of the family's reading (such as the last two
    statements only). Each fails where as many hits as it has, or more, would come by chance with a probability below
    1e-6, the chance of a hit being the family's ``guess_floor``.
    """
    floor = family_of(family).guess_floor
    deep = [i for i, sample in enumerate(samples) if (sample.depth or 0) >= SHALLOWEST]
    hits: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    answers = [sample.references[0].rsplit("answer: ", 1)[1] for sample in samples]
    for i in deep:
        allowed = frozenset(readings[i].candidates())
        said = [word for word in _WORD.findall(str(samples[i].input["problem"])) if word in allowed]
        guesses = dict(readings[i].guesses())
        if said:
            guesses |= {"the first candidate in the text": said[0], "the last candidate in the text": said[-1]}
        for name, guess in guesses.items():
            tried[name] += 1
            hits[name] += guess == answers[i]
    places = [_place(readings[i], answers[i]) for i in range(len(samples))]
    learnable = {"the commonest answer": answers}
    if all(place is not None for place in places):
        learnable["the commonest place among candidates"] = [str(place) for place in places]
    for name, found in learnable.items():
        # Learnt on one half and tried on the other, as a solver would have to.
        learnt, rest = deep[::2], deep[1::2]
        if learnt and rest:
            ((common, _),) = Counter(found[i] for i in learnt).most_common(1)
            tried[name] = len(rest)
            hits[name] = sum(found[i] == common for i in rest)
    return [_finding(name, hits[name], tried[name], floor) for name in tried]


def _place(reading: Reading, answer: str) -> int | None:
    candidates = list(reading.candidates())
    return candidates.index(answer) if answer in candidates else None


def _finding(name: str, hits: int, n: int, floor: float) -> Finding:
    surprise = binomial_tail(hits, n, floor)
    detail = f"{hits} of {n} right, {100 * hits / n:.1f} %; chance is {100 * floor:.1f} % (p = {surprise:.2g})"
    return Finding(audit=f"shortcut: {name}", passed=surprise >= MOST_SURPRISE, n=n, detail=detail)


def binomial_tail(hits: int, n: int, p: float) -> float:
    """Return the probability of at least `hits` successes in `n` trials of probability `p`.

    Examples
    --------
    >>> binomial_tail(2, 2, 0.5), binomial_tail(0, 9, 0.0), binomial_tail(1, 9, 0.0)
    (0.25, 1.0, 0.0)
    """
    if hits <= 0:
        return 1.0
    if p <= 0.0:
        return 0.0
    log_p, log_q = math.log(p), math.log1p(-p)
    chosen = (
        math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * log_p + (n - k) * log_q)
        for k in range(hits, n + 1)
    )
    return min(1.0, math.fsum(chosen))
