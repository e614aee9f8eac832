"""Requests for a picture of one of the ten classes of Fashion-MNIST, in 48 wordings.

Ten samples in a row ask for all ten classes, in an order of their own. The wording is the sample's template, and its
cluster.
"""

from __future__ import annotations

import re
from functools import cache

from evalsuite.rng import CounterRng, derive_seed
from evalsuite.types import Sample
from evalsuite.worlds.arguments import check_arguments

__all__ = ["CLASSES", "MAX_SAMPLES", "TEMPLATES", "named_class", "samples"]

MAX_SAMPLES = 100_000  # beyond it, ids would no longer sort like numbers

CLASSES = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
"""Names by class: of what Fashion-MNIST labels 0 to 9."""

# Singular with its article, and bare, in several words each. No name is a part of another's but for whole words that
# the longest match settles ("T-shirt", "shirt").
_NAMES: tuple[tuple[tuple[str, str], ...], ...] = (
    (("a T-shirt", "T-shirt"), ("a tee", "tee")),
    (("a pair of trousers", "trousers"), ("a pair of pants", "pants")),
    (("a pullover", "pullover"), ("a sweater", "sweater")),
    (("a dress", "dress"), ("a frock", "frock")),
    (("a coat", "coat"), ("an overcoat", "overcoat")),
    (("a sandal", "sandal"), ("an open sandal", "open sandal")),
    (("a shirt", "shirt"), ("a buttoned shirt", "buttoned shirt")),
    (("a sneaker", "sneaker"), ("a trainer", "trainer")),
    (("a bag", "bag"), ("a handbag", "handbag")),
    (("an ankle boot", "ankle boot"), ("a short boot", "short boot")),
)
# {a}: the name with its article; {b}: the name alone.
_FRAMES = (
    "{a}",
    "a picture of {a}",
    "a photo of {a}",
    "a small grey picture of {a}",
    "a product photo of {a}",
    "{a} on a black background",
    "draw {a}",
    "please draw {a}",
    "show me {a}",
    "show {a}, seen from the front or the side",
    "make a picture of {a}",
    "make a 28 by 28 picture of {a}",
    "I would like to see {a}",
    "what does {a} look like?",
    "one picture: {a}",
    "{b}",
    "class: {b}",
    "label: {b}",
    "item: {b}",
    "category {b}",
    "garment or accessory: {b}",
    "catalogue entry: {b}",
    "fashion item, {b}",
    "online shop, thumbnail, {b}",
)

TEMPLATES: tuple[tuple[str, int], ...] = tuple((frame, naming) for naming in range(2) for frame in _FRAMES)
"""Frames, each with the first and with the second name of a class."""


def samples(*, seed: int, n: int, depths: tuple[int, int] | None = None) -> list[Sample]:
    """Make the first `n` samples of a seed, ``class-00000`` and so on.

    Parameters
    ----------
    seed : int
        In [0, 2**64): of the order of classes.
    n : int
        How many, in [1, 100,000].
    depths : None
        There are none.

    Returns
    -------
    list of Sample
        ``input["request"]`` says what is wanted; ``metadata`` holds ``label``, 0 to 9, and ``class``, its name.

    Raises
    ------
    TaskError
        If `seed` or `n` is out of range or `depths` is given.

    Examples
    --------
    >>> samples(seed=3, n=2)[0].input["request"]
    'a bag'
    """
    check_arguments("fashion_classes", seed=seed, n=n, depths=depths, most_samples=MAX_SAMPLES)
    made: list[Sample] = []
    for ten in range(-(-n // len(CLASSES))):
        order = CounterRng(derive_seed("fashion_classes", seed, ten)).shuffled(range(len(CLASSES)))
        for place, kind in enumerate(order[: n - len(made)]):
            # A template meets every class: along ten samples both move on.
            frame, naming = TEMPLATES[(ten + 5 * place) % len(TEMPLATES)]
            with_article, bare = _NAMES[kind][naming]
            made.append(
                Sample(
                    id=f"class-{len(made):05d}",
                    input={"request": frame.replace("{a}", with_article).replace("{b}", bare)},
                    cluster=f"{naming}/{frame}",
                    metadata={"class": CLASSES[kind], "label": kind},
                )
            )
    return made


def named_class(text: str) -> int | None:
    """Return the one class that a text names, 0 to 9; None where it names none, or several.

    Examples
    --------
    >>> named_class("Please draw a T-shirt!"), named_class("shirts"), named_class("a bag or a coat")
    (0, 6, None)
    """
    forms = _forms()
    found = {forms[match.lower()] for match in _pattern().findall(text)}
    return found.pop() if len(found) == 1 else None


@cache
def _forms() -> dict[str, int]:
    """Return the class of each name, in lower case."""
    names = {bare.lower(): kind for kind, names in enumerate(_NAMES) for _, bare in names}
    extra = {"tshirt": 0, "t shirt": 0, "t-shirt/top": 0, "trouser": 1, "ankle-boot": 9}
    plurals = {f"{name}{'es' if name.endswith('s') else 's'}": kind for name, kind in names.items() if kind != 1}
    return names | extra | plurals


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_forms(), key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)
