"""The same items in contexts of several lengths."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalsuite.errors import TaskError
from evalsuite.rng import derive_seed
from evalsuite.worlds.families import family_of
from evalsuite.worlds.filler import add_filler

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Sample

__all__ = ["MOST_WORDS", "with_context"]

MOST_WORDS = 50_000_000  # in all items together


def with_context(family: str, samples: Sequence[Sample], n_words: Sequence[int], *, seed: int) -> list[Sample]:
    """Return each item once for each number of words of filler that is added to it.

    Parameters
    ----------
    family : str
        The world that made the items.
    samples : sequence of Sample
        From the world's ``samples``.
    n_words : sequence of int
        Words to be added, at least, and at most 10 more; 0 leaves an item as it is.
    seed : int
        In [0, 2**64).

    Returns
    -------
    list of Sample
        Facts, depth, answer and cluster of an item are the same at all lengths, and a longer context has all of a
        shorter one's filler. In the metadata: ``variant_of`` (the item's id), ``context_words`` and ``set_size`` (the
        number of lengths).

    Raises
    ------
    TaskError
        If there is no such family, no length, one twice, one below 0, or more than 50 million words in all.
    """
    family_of(family)
    if not n_words or len(set(n_words)) < len(n_words) or min(n_words) < 0:
        raise TaskError(
            f"world {family}: `context_words` must name different numbers of words, each at least 0, got {[*n_words]}"
        )
    if len(samples) * sum(n_words) > MOST_WORDS:
        raise TaskError(
            f"world {family}: `context_words` of {len(samples)} items are {len(samples) * sum(n_words)} words in all, "
            f"of at most {MOST_WORDS}"
        )
    made: list[Sample] = []
    for i, sample in enumerate(samples):
        problem = str(sample.input["problem"])
        own = len(problem.split())
        filler_seed = derive_seed("context", family, seed, i)
        made += [
            replace(
                sample,
                id=f"{sample.id}/{words}",
                input={**sample.input, "problem": add_filler(problem, own + words, seed=filler_seed)},
                metadata={
                    **sample.metadata,
                    "variant_of": sample.id,
                    "context_words": words,
                    "set_size": len(n_words),
                },
            )
            for words in n_words
        ]
    return made
