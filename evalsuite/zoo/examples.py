"""What the zoo's models are trained on: endless streams of prompts with completions, made from the worlds.

No item of the tasks named like their world is among them: those have another seed, and any training example that is
the same problem by chance is left out. Of the tasks made of the ledger's items besides (`ledger_context`,
`ledger_variants`, `ledger_interventions`), some of the shallowest are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from evalsuite.rng import CounterRng, derive_seed
from evalsuite.worlds import data_to_text, ledger, pictures
from evalsuite.worlds.ledger_templates import TEMPLATES, Operation, render
from evalsuite.worlds.picture_templates import TEMPLATES as PICTURE_TEMPLATES
from evalsuite.zoo.example import TEST_ITEMS, TEST_SEED, Example
from evalsuite.zoo.family_examples import LABEL, LINE_STARTS, family_examples
from evalsuite.zoo.images.codebook import CODES, codes_of_scene
from evalsuite.zoo.tokenizer import SPECIALS, WORD_PATTERN, Tokenizer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "DATA",
    "PICTURE_PATTERN",
    "DataName",
    "ledger_examples",
    "ledger_tokenizer",
    "picture_examples",
    "picture_tokenizer",
    "record_examples",
    "record_tokenizer",
]

DataName: TypeAlias = Literal[
    "ledger_steps",
    "ledger_steps_deeper",
    "ledger_answer",
    "tracking_steps",
    "tracking_answer",
    "program_steps",
    "program_answer",
    "pictures",
    "records",
]

_LABELLED = LABEL + r"|\n|\d+|[a-z]+"
PICTURE_PATTERN = r"<\w+>|\w+|[-.,:;]"
_CHUNK = 1024


def ledger_examples(seed: int, *, show_steps: bool, depth_power: float = 2.0) -> Iterator[Example]:
    """Yield ledger problems with their trace or, without `show_steps`, their answer alone.

    Depths 1 to 24 are drawn with weights ``1 / depth**depth_power`` and templates uniformly. The problems of a seed are
    the same with and without steps.
    """
    held_out = {
        _plan(sample.metadata["start"], sample.metadata["operations"])
        for sample in ledger.samples(seed=TEST_SEED, n=TEST_ITEMS["ledger"])
    }
    low, high = ledger.DEFAULT_DEPTHS
    depths = range(low, high + 1)
    ends: list[int] = []
    for depth in depths:
        ends.append((ends[-1] if ends else 0) + round(1_000_000 / depth**depth_power))
    rng = CounterRng(derive_seed("zoo/ledger/mix", seed))
    items_seed = derive_seed("zoo/ledger/items", seed)
    index = 0
    while True:
        template = rng.below(len(TEMPLATES))
        mark = rng.below(ends[-1])
        depth = next(depth for depth, end in zip(depths, ends, strict=True) if mark < end)
        sample = ledger.make_sample(items_seed, index, template=template, depth=depth)
        index += 1
        operations = sample.metadata["operations"]
        if _plan(sample.metadata["start"], operations) not in held_out:
            trace = sample.references[0]
            yield Example(
                str(sample.input["problem"]),
                trace if show_steps else trace.rpartition("\n")[2],
                "".join(str(sign) for sign, _ in cast("list[tuple[str, int]]", operations)),
            )


def record_examples(seed: int) -> Iterator[Example]:
    """Yield trail records, each with one of its references."""
    held_out = {sample.input["record"] for sample in data_to_text.samples(seed=TEST_SEED, n=TEST_ITEMS["records"])}
    chunk = 0
    while True:
        rng = CounterRng(derive_seed("zoo/records/choice", seed, chunk))
        for sample in data_to_text.samples(seed=derive_seed("zoo/records", seed, chunk), n=_CHUNK):
            reference = rng.choice(sample.references)
            if sample.input["record"] not in held_out:
                yield Example(str(sample.input["record"]), reference)
        chunk += 1


def picture_examples(seed: int) -> Iterator[Example]:
    """Yield requests of the picture world, each with the codes of a picture that meets it; depths 1 to 6 alike."""
    held_out = {sample.input["request"] for sample in pictures.samples(seed=TEST_SEED, n=TEST_ITEMS["pictures"])}
    low, high = pictures.DEFAULT_DEPTHS
    rng = CounterRng(derive_seed("zoo/pictures/mix", seed))
    items_seed = derive_seed("zoo/pictures/items", seed)
    index = 0
    while True:
        template, depth = rng.below(len(PICTURE_TEMPLATES)), low + rng.below(high - low + 1)
        sample = pictures.make_sample(items_seed, index, template=template, depth=depth)
        index += 1
        if sample.input["request"] not in held_out:
            codes = codes_of_scene(cast("list[object]", sample.metadata["scene"]))
            yield Example(str(sample.input["request"]), " ".join(CODES[code] for code in codes))


DATA: dict[DataName, Callable[[int], Iterator[Example]]] = {
    "ledger_steps": lambda seed: ledger_examples(seed, show_steps=True),
    "ledger_steps_deeper": lambda seed: ledger_examples(seed, show_steps=True, depth_power=1.5),
    "ledger_answer": lambda seed: ledger_examples(seed, show_steps=False),
    "tracking_steps": lambda seed: family_examples("tracking", seed, show_steps=True),
    "tracking_answer": lambda seed: family_examples("tracking", seed, show_steps=False),
    "program_steps": lambda seed: family_examples("program", seed, show_steps=True),
    "program_answer": lambda seed: family_examples("program", seed, show_steps=False),
    "pictures": picture_examples,
    "records": record_examples,
}


def ledger_tokenizer() -> Tokenizer:
    """Return the ledger models' tokeniser: lower-case words, counts 0 to 99, line labels; punctuation is skipped."""
    plan: list[Operation] = [("+", 1), ("+", 2), ("-", 1), ("-", 2), ("*", 3)]
    texts = [render(template, start, plan) for template in TEMPLATES for start in (1, 2)]
    words = Tokenizer.from_texts(texts, r"[a-z]+", lowercase=True).vocabulary[len(SPECIALS) :]
    counts = [f" {count}" for count in range(ledger.MODULUS)]
    vocabulary = [*SPECIALS, *LINE_STARTS, *counts, " +", " -", " *", *(f" {word}" for word in words)]
    return Tokenizer(vocabulary, _LABELLED, lowercase=True)


def record_tokenizer() -> Tokenizer:
    """Return the data-to-text models' tokeniser: words and punctuation with the space before them."""
    samples = data_to_text.samples(seed=derive_seed("zoo/records/vocabulary"), n=4 * _CHUNK)
    return Tokenizer.from_texts(
        (text for sample in samples for text in (str(sample.input["record"]), *sample.references)), WORD_PATTERN
    )


def picture_tokenizer() -> Tokenizer:
    """Return the picture models' tokeniser: words and marks of requests, and the codes of cells."""
    samples = pictures.samples(seed=derive_seed("zoo/pictures/vocabulary"), n=2 * _CHUNK)
    words = Tokenizer.from_texts((str(sample.input["request"]) for sample in samples), PICTURE_PATTERN, lowercase=True)
    codes = [f" {code}" for code in CODES]
    return Tokenizer([*words.vocabulary, *codes], PICTURE_PATTERN, lowercase=True)


def _plan(start: object, operations: object) -> str:
    return f"{start} {operations}"
