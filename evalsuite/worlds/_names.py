"""Names that reasoning worlds share: sets of eight, people, and words that mean nothing."""

from __future__ import annotations

from functools import cache

__all__ = ["EIGHTS", "PEOPLE", "WORDS", "walk", "word_walk"]

# No name is part of another, a number, an article or a word of any wording.
EIGHTS: dict[str, tuple[str, ...]] = {
    "colours": ("red", "blue", "green", "white", "black", "pink", "grey", "gold"),
    "trees": ("oak", "elm", "ash", "fir", "yew", "birch", "maple", "cedar"),
    "metals": ("iron", "tin", "zinc", "lead", "copper", "silver", "brass", "nickel"),
    "animals": ("fox", "owl", "bear", "wolf", "deer", "hare", "swan", "crow"),
    "flowers": ("rose", "lily", "iris", "tulip", "daisy", "poppy", "violet", "aster"),
    "gems": ("ruby", "opal", "jade", "pearl", "onyx", "topaz", "amber", "garnet"),
    "planets": ("mercury", "venus", "earth", "mars", "jupiter", "saturn", "uranus", "neptune"),
    "herbs": ("mint", "sage", "thyme", "basil", "dill", "chive", "clove", "ginger"),
    "instruments": ("drum", "flute", "harp", "horn", "lute", "gong", "fiddle", "organ"),
    "cloths": ("silk", "wool", "linen", "cotton", "velvet", "felt", "lace", "denim"),
    "fruits": ("plum", "pear", "fig", "lime", "peach", "cherry", "melon", "grape"),
    "weather": ("rain", "snow", "wind", "fog", "hail", "storm", "frost", "sun"),
}

WORDS: tuple[str, ...] = tuple(
    first + vowel + last
    for vowel in ("a", "e", "i", "o", "u")
    for first in ("bl", "dr", "fl", "gr", "kr", "pl", "sk", "tr", "v", "z", "sn", "gl", "br")
    for last in ("rf", "lb", "zz", "bb", "lm", "rk", "lf", "rv")
)[:512]

_PEOPLE = (
    "Ada Alma Amir Anouk Arlo Asha Bela Bruno Cleo Dario Dina Edda Egon Elio Emil Enzo "
    "Faye Filip Gita Greta Hana Hugo Ida Igor Imre Ines Iva Jana Jonas Jutta Kaia Karim "
    "Leif Lena Liv Luca Magda Marek Mila Mona Nadia Nils Noor Nuno Olga Omar Orla Otto "
    "Pavel Petra Quinn Rafa Rhea Romy Rune Sami Selma Sven Tara Tilo Uma Vera Wanda Yann"
)
PEOPLE: tuple[str, ...] = tuple(_PEOPLE.split())


def word_walk(at: int, stride: int, n: int) -> tuple[str, ...]:
    """Return `n` of `WORDS` from position `at` in steps of `stride`, which is odd, round and round."""
    ring, inverse = _word_ring(stride)
    start = at * inverse % len(WORDS)
    return ring[start : start + n]


@cache
def _word_ring(stride: int) -> tuple[tuple[str, ...], int]:
    return walk(WORDS, stride), pow(stride, -1, len(WORDS))


def walk(names: tuple[str, ...], stride: int) -> tuple[str, ...]:
    """Return names in steps of a stride that has no factor in common with their number, three times round."""
    size = len(names)
    return tuple([names[stride * i % size] for i in range(3 * size)])
