"""Filler: sentences that have nothing to do with a problem, to make its context longer and nothing else."""

from __future__ import annotations

import itertools
from functools import cache

from evalsuite.errors import TaskError
from evalsuite.worlds._draws import Draws, world_seed

__all__ = ["add_filler", "filler_sentences", "without_filler"]

_MOST_WORDS = 1_000_000
# No number, no name, no thing and no verb of any world is in these parts.
_WHEN = ("Last week", "Every morning", "On holidays", "Before dusk", "As a rule", "Some days", "In the evening", "Once")
_WHO = ("the postman", "a neighbour", "our cousin", "the librarian", "an old sailor", "the gardener", "a tall visitor")
_DID = ("told stories about", "sang of", "wrote postcards from", "dreamt about", "painted pictures of", "talked about")
_WHAT = ("distant islands", "quiet rivers", "narrow streets", "summer meadows", "busy harbours", "long journeys")


@cache
def filler_sentences() -> tuple[str, ...]:
    """Return all sentences of the filler: 2,016, each a line of its own."""
    return tuple(f"{when}, {who} {did} {what}." for when, who, did, what in itertools.product(_WHEN, _WHO, _DID, _WHAT))


def add_filler(problem: str, n_words: int, *, seed: int) -> str:
    r"""Make a problem longer by irrelevant sentences, each on a line of its own between the problem's lines.

    Parameters
    ----------
    problem : str
        Any problem of a reasoning world, as text. Its lines stay as they are and in their order; the first stays the
        first and the last, the question, stays the last.
    n_words : int
        Words, separated by spaces, that the result has at least and, if filler is needed, by at most 10 more.
    seed : int
        In [0, 2**64): which sentences, and where.

    Returns
    -------
    str
        The problem itself where it has `n_words` already.

    Raises
    ------
    TaskError
        If `n_words` is not in [0, 1,000,000], or a problem that is shorter has one line: filler goes between lines.

    Examples
    --------
    >>> print(add_filler("till, coins: 99\n1. put in 20\ncoins at the end?", 16, seed=1).count(chr(10)))
    3
    """
    if not 0 <= n_words <= _MOST_WORDS:
        raise TaskError(f"filler: `n_words` must be in [0, {_MOST_WORDS}], got {n_words}")
    missing = n_words - len(problem.split())
    draws = Draws(world_seed("filler", seed), 0)
    sentences, lines = filler_sentences(), problem.split("\n")
    if missing > 0 and len(lines) < 2:
        raise TaskError(f"filler: a problem of one line has no place between its lines, found {problem[:80]!r}")
    before: list[list[str]] = [[] for _ in lines]  # filler that goes before each line but the first
    while missing > 0:
        sentence = draws.choice(sentences)
        before[1 + draws.below(len(lines) - 1)].append(sentence)
        missing -= len(sentence.split())
    return "\n".join(itertools.chain.from_iterable((*more, line) for more, line in zip(before, lines, strict=True)))


def without_filler(problem: str) -> str:
    """Return a problem without the lines that are filler."""
    return "\n".join(line for line in problem.split("\n") if line not in _known())


@cache
def _known() -> frozenset[str]:
    return frozenset(filler_sentences())
