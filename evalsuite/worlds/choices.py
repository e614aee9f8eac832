"""Multiple choice: an item with some of the answers that its problem allows, one of them right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalsuite.errors import TaskError
from evalsuite.worlds._draws import Draws, world_seed
from evalsuite.worlds.families import family_of
from evalsuite.worlds.reading import read_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import Sample

__all__ = ["with_choices"]


def with_choices(family: str, samples: Sequence[Sample], n_choices: int, *, seed: int) -> list[Sample]:
    """Return each item with answers to choose among.

    Parameters
    ----------
    family : str
        The world that made the items: one whose items have one answer.
    samples : sequence of Sample
        From the world's ``samples``.
    n_choices : int
        At least 2. Answers of each item, drawn alike from all that its problem allows, the right one among them.
    seed : int
        In [0, 2**64). Draws them, and their order.

    Returns
    -------
    list of Sample
        ``metadata["choices"]`` holds the answers, each as the line ``answer: X``; the one reference is the right one.

    Raises
    ------
    TaskError
        If the family has several right answers, or an item allows fewer answers than are asked for.
    """
    if not family_of(family).horizon:
        raise TaskError(f"world {family}: its items have several right answers, and no choice among them")
    if n_choices < 2:
        raise TaskError(f"world {family}: `choices` must be at least 2, got {n_choices}")
    base = world_seed(f"{family}/choices", seed)
    made: list[Sample] = []
    for i, sample in enumerate(samples):
        reading = read_problem(family, str(sample.input["problem"]))
        answer = reading.solve().answer
        others = sorted({candidate for candidate in reading.candidates() if candidate != answer})
        if len(others) < n_choices - 1:
            raise TaskError(
                f'world {family}: "{sample.id}" allows {len(others) + 1} answers, `choices` asks for {n_choices}'
            )
        draws = Draws(base, i)
        draws.shuffle(others)
        chosen = [answer, *others[: n_choices - 1]]
        draws.shuffle(chosen)
        made.append(
            replace(
                sample,
                references=(f"answer: {answer}",),
                metadata={**sample.metadata, "choices": [f"answer: {choice}" for choice in chosen]},
            )
        )
    return made
