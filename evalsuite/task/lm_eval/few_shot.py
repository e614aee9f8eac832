"""Which worked examples a sample is shown: drawn as lm-evaluation-harness draws them."""

from __future__ import annotations

import random
from itertools import islice
from typing import TYPE_CHECKING, Literal

from evalsuite.errors import TaskError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["SAMPLERS", "SEED", "FewShots", "Sampler"]

Sampler = Literal["default", "first_n"]
SAMPLERS: tuple[Sampler, ...] = ("default", "first_n")
SEED = 1234
"""That of lm-evaluation-harness's option ``--seed``, where nothing else is said."""


class FewShots:
    """Worked examples for each sample of a task, as indices.

    Parameters
    ----------
    asked : mapping of str to str
        By the samples' ids, in their order, what their records say: equal texts for equal records.
    shown : sequence of str
        What the records say that may be shown.
    sampler : {"default", "first_n"}
        Drawn at random for each sample, or the first.
    without_itself : bool
        Whether a sample's own record is never shown with it, nor one equal to it.

    Notes
    -----
    The draws of one generator, seeded with `SEED`, follow one another in the order of the samples, all of them: which
    examples a sample is shown does not depend on how many samples are asked.
    """

    def __init__(
        self, asked: Mapping[str, str], shown: Sequence[str], sampler: Sampler, *, without_itself: bool
    ) -> None:
        self._asked = asked
        self._shown = shown
        self._sampler = sampler
        self._without_itself = without_itself
        self._drawn: dict[int, dict[str, list[int]]] = {}

    def of(self, sample_id: str, n: int) -> list[int]:
        """Return which `n` examples a sample is shown, in order.

        Raises
        ------
        TaskError
            If there are too few.
        """
        if n not in self._drawn:
            generator = random.Random(SEED)
            self._drawn[n] = {key: self._draw(generator, record, n) for key, record in self._asked.items()}
        return self._drawn[n][sample_id]

    def _draw(self, generator: random.Random, record: str, n: int) -> list[int]:
        everything = range(len(self._shown))
        if not self._without_itself:
            if self._sampler == "first_n":
                return self._enough(list(everything[:n]), n)
            return generator.sample(everything, n) if n <= len(self._shown) else self._enough([], n)
        others = (i for i in everything if self._shown[i] != record)
        if self._sampler == "first_n":
            return self._enough(list(islice(others, n)), n)
        if n + 1 > len(self._shown):
            return self._enough([], n)
        drawn = [i for i in generator.sample(everything, n + 1) if self._shown[i] != record][:n]
        if len(drawn) < n:  # several records equal to this one were drawn
            rest = list(others)
            drawn = generator.sample(rest, n) if n <= len(rest) else []
        return self._enough(drawn, n)

    def _enough(self, drawn: list[int], n: int) -> list[int]:
        if len(drawn) < n:
            itself = ", less those equal to the record that is asked" if self._without_itself else ""
            raise TaskError(f"there are {len(self._shown)} worked examples{itself}, num_fewshot asks for {n}")
        return drawn
