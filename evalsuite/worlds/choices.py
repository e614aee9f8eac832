"""Multiple choice: an item with answers that its problem allows, or texts of its record, one of them right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalsuite.errors import TaskError
from evalsuite.rng import CounterRng, derive_seed
from evalsuite.worlds._draws import Draws, world_seed
from evalsuite.worlds._trail_grammar import say_record
from evalsuite.worlds._trail_words import vocabulary
from evalsuite.worlds.families import family_of
from evalsuite.worlds.reading import read_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.types import JSONValue, Sample

__all__ = ["with_choices"]


def with_choices(family: str, samples: Sequence[Sample], n_choices: int, *, seed: int) -> list[Sample]:
    """Return each item with answers to choose among.

    Parameters
    ----------
    family : str
        The world that made the items: one whose items have one answer, or ``data_to_text``.
    samples : sequence of Sample
        From the world's ``samples``.
    n_choices : int
        At least 2. Answers of each item, drawn alike from all that its problem allows, the right one among them. Of a
        record, texts in the same words, all but one of which say another value of one slot each.
    seed : int
        In [0, 2**64). Draws them, and their order.

    Returns
    -------
    list of Sample
        ``metadata["choices"]`` holds the answers, each as the line ``answer: X``, or the texts; the one reference is
        the right one.

    Raises
    ------
    TaskError
        If the family has several right answers, or an item allows fewer answers than are asked for.
    """
    if n_choices < 2:
        raise TaskError(f"world {family}: `choices` must be at least 2, got {n_choices}")
    if family == "data_to_text":
        seeds = (derive_seed("data_to_text/choices", seed, i) for i in range(len(samples)))
        return [_told(sample, n_choices, own) for sample, own in zip(samples, seeds, strict=True)]
    if not family_of(family).horizon:
        raise TaskError(f"world {family}: its items have several right answers, and no choice among them")
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


def _told(sample: Sample, n_choices: int, seed: int) -> Sample:
    """Return a record with texts that say it, each of the wrong ones with another value of a slot of its own."""
    record = sample.metadata["slots"]
    assert isinstance(record, dict)
    draws = CounterRng(seed)
    slots = list(record)
    if len(slots) < n_choices - 1:
        raise TaskError(
            f'world data_to_text: "{sample.id}" has {len(slots)} slots, so that `choices` is at most {len(slots) + 1}, '
            f"got {n_choices}"
        )
    changed = [slots.pop(draws.below(len(slots))) for _ in range(n_choices - 1)]
    records = [record]
    for slot in changed:
        others = [value for value in vocabulary()[slot] if value != record[slot]]
        records.append({**record, slot: draws.choice(others)})
    # The same draws choose the same words for what is the same.
    texts = [say_record({k: str(v) for k, v in one.items()}, CounterRng(seed), 1)[0] for one in records]
    order = list(range(n_choices))
    shuffled: list[JSONValue] = [texts[order.pop(draws.below(len(order)))] for _ in range(n_choices)]
    return replace(sample, references=(texts[0],), metadata={**sample.metadata, "choices": shuffled})
