"""Examples of reasoning families in which the next step is found in the problem's text: tracking and deduction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalsuite.rng import CounterRng, derive_seed
from evalsuite.worlds import deduction_reading, load_world, tracking_reading
from evalsuite.worlds._names import EIGHTS, PEOPLE, WORDS
from evalsuite.zoo.example import TEST_ITEMS, TEST_SEED, Example
from evalsuite.zoo.tokenizer import SPECIALS, Tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["LABEL", "LINE_STARTS", "MAX_LABEL", "deduction_tokenizer", "family_examples", "tracking_tokenizer"]

MAX_LABEL = 40
LABEL = r"(?:^|\n) *(?:\d+[.:](?=\s|$)|answer:)"
LINE_STARTS = ("\n", "\nanswer:", *(f"\n{k}{mark}" for mark in ".:" for k in range(1, MAX_LABEL + 1)))
_TEMPLATES = 48
_DEEPEST = {"tracking": 24, "deduction": 16}
_DEPTH_POWER = {"tracking": 1.5, "deduction": 2.0}


def family_examples(family: str, seed: int, *, show_steps: bool) -> Iterator[Example]:
    """Yield problems of a family with their trace or, without `show_steps`, their answer alone.

    Depths are drawn with weights ``1 / depth**1.5``; 48 problems of one depth, one a template, follow one another. The
    problems of a seed are the same with and without steps. Behind each the same is asked of three more things or
    people, by the place or name alone.

    Parameters
    ----------
    family : {"tracking", "deduction"}
        Also the name of the world.
    seed : int
        In [0, 2**64).
    show_steps : bool
        Whether to write the trace before the answer.
    """
    world = load_world(family)
    held_out = {sample.input["problem"] for sample in world.samples(seed=TEST_SEED, n=TEST_ITEMS[family])}
    ends: list[int] = []
    for depth in range(1, _DEEPEST[family] + 1):
        ends.append((ends[-1] if ends else 0) + round(1_000_000 / depth ** _DEPTH_POWER[family]))
    rng = CounterRng(derive_seed(f"zoo/{family}/mix", seed))
    chunk = 0
    while True:
        mark = rng.below(ends[-1])
        depth = next(depth for depth, end in enumerate(ends, 1) if mark < end)
        items_seed = derive_seed(f"zoo/{family}/items", seed, chunk)
        chunk += 1
        for sample in world.samples(seed=items_seed, n=_TEMPLATES, depths=(depth, depth)):
            problem = str(sample.input["problem"])
            if problem not in held_out:
                solved = [("", sample.references[0]), *_OTHERS[family](problem)]
                (_, asked), *others = [(cue, t if show_steps else t.rpartition("\n")[2]) for cue, t in solved]
                yield Example(problem, asked, more=tuple(others))


def _other_places(problem: str) -> Iterator[tuple[str, str]]:
    """Yield the traces of what is in three other places at first; all seven would tell of one another."""
    reading = tracking_reading.read_text(problem)
    start = reading.places.index(reading.start)
    for shift in (1, 2, 3):
        place = state = reading.places[(start + shift) % len(reading.places)]
        states: list[str] = []
        for step in range(1, reading.n_steps + 1):
            state = reading.advance(step, state)
            states.append(state)
        yield place, _trace(states)


def _other_people(problem: str) -> Iterator[tuple[str, str]]:
    """Yield the proof of what follows about each other person."""
    reading = deduction_reading.read_text(problem)
    for person, _ in reading.kinds:
        if person != reading.asked:
            yield person, _trace(replace(reading, asked=person).solve().states)


_OTHERS = {"tracking": _other_places, "deduction": _other_people}


def _trace(states: Sequence[str]) -> str:
    """Write out states as the worlds do, and the last one's last word as the answer."""
    return "\n".join([*(f"{k}: {state}" for k, state in enumerate(states, 1)), f"answer: {states[-1].split()[-1]}"])


def tracking_tokenizer() -> Tokenizer:
    """Return the tracking models' tokeniser: lower-case words, line labels, and what parts one pair from the next.

    What joins the two places of a pair is skipped, so that they are neighbours.
    """
    pattern = LABEL + r"|\n|[,|]|(?<=[a-z]) (?=[a-z]+-)|\b(?!(?:and|with)\b)[a-z]+"
    places = sorted({name for names in EIGHTS.values() for name in names})
    words = {*_words("tracking", pattern, lowercase=True), *places}
    vocabulary = [*SPECIALS, *LINE_STARTS, *(f" {word}" for word in sorted(words))]
    return Tokenizer(vocabulary, pattern, lowercase=True, values=places)


def deduction_tokenizer() -> Tokenizer:
    """Return the deduction models' tokeniser: words with their case, and line labels; punctuation is skipped."""
    pattern = LABEL + r"|\n|[A-Za-z]+"
    names = [name for names in EIGHTS.values() for name in names]
    words = {*_words("deduction", pattern, lowercase=False), *names, *PEOPLE, *WORDS}
    return Tokenizer([*SPECIALS, *LINE_STARTS, *(f" {word}" for word in sorted(words))], pattern)


def _words(family: str, pattern: str, *, lowercase: bool) -> set[str]:
    """Return the pieces of a family's texts but labels and line ends."""
    samples = load_world(family).samples(seed=derive_seed(f"zoo/{family}/vocabulary"), n=20 * _TEMPLATES, depths=(1, 4))
    texts = (text for sample in samples for text in (str(sample.input["problem"]), sample.references[0]))
    pieces = Tokenizer.from_texts(texts, pattern, lowercase=lowercase).vocabulary[len(SPECIALS) :]
    return {piece.strip() for piece in pieces if "\n" not in piece and piece.strip()[-1:] not in (".", ":")}
