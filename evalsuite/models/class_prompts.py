"""Which class a prompt asks a class-conditional generator for: models see prompts alone, never a sample's metadata."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalsuite.rng import CounterRng, derive_seed
from evalsuite.worlds.fashion_classes import CLASSES, named_class

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["asked_class"]


def asked_class(prompt: str, seed: int, *, n_classes: int, names: Mapping[str, int]) -> int:
    """Return the class that a prompt asks for.

    Parameters
    ----------
    prompt : str
        A class by its number alone; or a text that holds the name of one class as whole words, small or capital; or
        nothing, which leaves the choice to the seed, all classes alike likely.
    seed : int
        In [0, 2**64).
    n_classes : int
    names : mapping of str to int
        What classes are called. Where there are no names and ten classes, they are those of Fashion-MNIST, as the task
        ``fashion_conditional`` asks for them.

    Raises
    ------
    ValueError
        If the prompt names no class, several, or a number that is none.
    """
    asked = prompt.strip()
    if not asked:
        return CounterRng(derive_seed("class", seed)).below(n_classes)
    if asked.isascii() and asked.isdigit():
        if len(asked) < 10 and int(asked) < n_classes:
            return int(asked)
        raise ValueError(f"the prompt asks for class {asked[:20]}, and classes are numbered 0 to {n_classes - 1}")
    if names:
        found = {number for name, number in names.items() if _holds(asked, name)}
        if len(found) == 1:
            return found.pop()
    elif n_classes == len(CLASSES) and (number := named_class(asked)) is not None:
        return number
    raise ValueError(
        f"the prompt does not name one of the model's {n_classes} classes: expected a number from 0 to "
        f"{n_classes - 1} alone{', or the name of one class' if names else ''}; got {asked[:80]!r}"
    )


def _holds(text: str, name: str) -> bool:
    return bool(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
