"""The words or characters that error rates count, cut by compiled code or by any transform."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from evalsuite.kernels.arguments import check_texts
from evalsuite.text.error_rate_transforms import cer_default, wer_default

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalsuite.kernels.edit import Unit

__all__ = ["Transform", "check_sides", "default_unit", "transformed"]

Transform: TypeAlias = "Callable[[list[str]], list[list[str]]]"
"""Takes texts and returns the words or characters of each."""


def check_sides(reference: Any, hypothesis: Any) -> tuple[list[str], list[str]]:
    """Return the texts of both sides as lists; TypeError names what is not a text."""
    sides = []
    for texts, name in ((reference, "reference"), (hypothesis, "hypothesis")):
        if isinstance(texts, bytes) or not hasattr(texts, "__iter__"):
            raise TypeError(f"`{name}` must be a str or a sequence of str; found {type(texts).__name__}")
        sides.append([texts] if isinstance(texts, str) else check_texts(texts, name, lowercase=False))
    return sides[0], sides[1]


def default_unit(references: list[str], hypotheses: list[str], first: Transform, second: Transform) -> Unit | None:
    """Return the unit that the kernels cut texts into where both transforms are the same default, else None."""
    if first is second and (first is wer_default or first is cer_default):
        # No text at all is to jiwer one text without a word.
        references[:] = references or [""]
        hypotheses[:] = hypotheses or [""]
        _check_lengths(references, hypotheses)
        return "spaced_words" if first is wer_default else "stripped_characters"
    return None


def transformed(
    references: list[str], hypotheses: list[str], first: Transform, second: Transform
) -> tuple[list[list[str]], list[list[str]]]:
    """Return the words or characters of both sides, as many texts in each; TypeError or ValueError if not."""
    units = _apply(first, references, "reference"), _apply(second, hypotheses, "hypothesis")
    _check_lengths(*units)
    return units


def _apply(transform: Transform, texts: list[str], name: str) -> list[list[str]]:
    if not callable(transform):
        raise TypeError(f"`{name}_transform` must be callable; found {type(transform).__name__}")
    # Of any type, whatever the transform says.
    found: Any = transform(texts)
    if (
        transform is not wer_default
        and transform is not cer_default
        and not (
            isinstance(found, list)
            and all(isinstance(entry, list) for entry in found)
            and all(issubclass(kind, str) for kind in set(map(type, chain.from_iterable(found))))
        )
    ):
        raise ValueError(
            f"`{name}_transform` must return a list of lists of str, the words or characters of each text: end it with "
            "ReduceToListOfListOfWords or ReduceToListOfListOfChars"
        )
    words: list[list[str]] = found
    return words


def _check_lengths(first: Sequence[object], second: Sequence[object]) -> None:
    if len(first) != len(second):
        raise ValueError(
            f"`hypothesis` must have as many texts as `reference` after the transforms, {len(first)}; "
            f"found {len(second)}"
        )
