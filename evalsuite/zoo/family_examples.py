"""Examples of the reasoning families tracking and program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.rng import CounterRng, derive_seed
from evalsuite.worlds import load_world, program_reading, tracking_reading
from evalsuite.worlds._names import EIGHTS
from evalsuite.worlds.program import MODULUS
from evalsuite.zoo.example import TEST_ITEMS, TEST_SEED, Example
from evalsuite.zoo.tokenizer import SPECIALS, Tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LABEL", "LINE_STARTS", "MAX_LABEL", "family_examples", "program_tokenizer", "tracking_tokenizer"]

MAX_LABEL = 40
LABEL = r"(?:^|\n) *(?:\d+[.:](?=\s|$)|answer:)"
LINE_STARTS = ("\n", "\nanswer:", *(f"\n{k}{mark}" for mark in ".:" for k in range(1, MAX_LABEL + 1)))
_TEMPLATES = 48
_DEEPEST = 24
_DEPTH_POWER = {"tracking": 1.5, "program": 2.0}


def family_examples(family: str, seed: int, *, show_steps: bool) -> Iterator[Example]:
    """Yield problems of a family with their trace or, without `show_steps`, their answer alone.

    Depths 1 to 24 are drawn with weights ``1 / depth**1.5`` for tracking and ``1 / depth**2`` for programs; 48 problems
    of one depth, one a template, follow one another. The problems of a seed are the same with and without steps.
    Before the trace of tracking stands a line with the place at first, which then is found as any later one.

    Parameters
    ----------
    family : {"tracking", "program"}
        Also the name of the world.
    seed : int
        In [0, 2**64).
    show_steps : bool
        Whether to write the trace before the answer.
    """
    world = load_world(family)
    held_out = {sample.input["problem"] for sample in world.samples(seed=TEST_SEED, n=TEST_ITEMS[family])}
    ends: list[int] = []
    for depth in range(1, _DEEPEST + 1):
        ends.append((ends[-1] if ends else 0) + round(1_000_000 / depth ** _DEPTH_POWER[family]))
    rng = CounterRng(derive_seed(f"zoo/{family}/mix", seed))
    chunk = 0
    while True:
        mark = rng.below(ends[-1])
        depth = next(depth for depth, end in enumerate(ends, 1) if mark < end)
        items_seed = derive_seed(f"zoo/{family}/items", seed, chunk)
        chunk += 1
        for sample in world.samples(seed=items_seed, n=_TEMPLATES, depths=(depth, depth)):
            if sample.input["problem"] not in held_out:
                problem, trace = str(sample.input["problem"]), sample.references[0]
                if not show_steps:
                    trace = trace.rpartition("\n")[2]
                elif family == "tracking":
                    trace = f"{tracking_reading.read_text(problem).start}\n{trace}"
                yield Example(problem, trace, signs=_signs(problem) if family == "program" else "")


def _signs(problem: str) -> str:
    """Return what a program does with each of its operands, two an instruction."""
    return "".join(then + otherwise for _, then, _, otherwise, _ in program_reading.read_text(problem).plan)


def tracking_tokenizer() -> Tokenizer:
    """Return the tracking models' tokeniser: lower-case words, line labels, and what parts one pair from the next.

    What joins the two places of a pair is skipped, so that they are neighbours, and so is the end of the last line: the
    question stands right before what is written.
    """
    pattern = LABEL + r"|\n(?=.)|[,|]|(?<=[a-z]) (?=[a-z]+-)|\b(?!(?:and|with)\b)[a-z]+"
    return _tokenizer("tracking", pattern, [name for names in EIGHTS.values() for name in names])


def program_tokenizer() -> Tokenizer:
    """Return the program models' tokeniser: lower-case words, numbers 0 to 99, signs, line labels, whole conditions.

    The numbers of a condition are no operands, and "modulo 100" is said of every program.
    """
    pattern = LABEL + r"|\n|% [25] == 0|0 or 5|modulo 100|\d+|[-+*](?!>)|[a-z]+"
    return _tokenizer("program", pattern, [str(number) for number in range(MODULUS)])


def _tokenizer(family: str, pattern: str, names: list[str]) -> Tokenizer:
    """Return a tokeniser that knows `names`, line labels, and all pieces of a family's texts."""
    samples = load_world(family).samples(seed=derive_seed(f"zoo/{family}/vocabulary"), n=20 * _TEMPLATES, depths=(1, 4))
    texts = (text for sample in samples for text in (str(sample.input["problem"]), sample.references[0]))
    pieces = Tokenizer.from_texts(texts, pattern, lowercase=True).vocabulary[len(SPECIALS) :]
    words = {piece.strip() for piece in pieces if "\n" not in piece and piece.strip()[-1:] not in (".", ":")}
    vocabulary = [*SPECIALS, *LINE_STARTS, *(f" {word}" for word in sorted({*words, *names}))]
    return Tokenizer(vocabulary, pattern, lowercase=True)
