"""What a report says of outputs as such: how many, how long they took, what went wrong; in one pass over them."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalsuite.types import Output

__all__ = ["Tally", "tally"]


@dataclass(slots=True)
class Tokens:
    """Tokens of several outputs.

    Attributes
    ----------
    known : int or None
        Of those outputs that say; None where none does.
    asked : int or None
        Of all that were asked for, without copies; None where one does not say: a sum of the others would pass for
        that of all.
    """

    known: int | None = None
    asked: int | None = 0

    def add(self, count: int | None, *, is_copy: bool) -> None:
        """Add those of an output."""
        if count is not None:
            self.known = (self.known or 0) + count
        if not is_copy:
            self.asked = None if count is None or self.asked is None else self.asked + count


@dataclass(slots=True)
class Tally:
    """Figures of all outputs that are scored.

    Attributes
    ----------
    n, n_missing, n_copies, n_images : int
        Outputs; those that were never generated; those that are copies of another and were not asked for; images.
    errors : Counter of str
        By message.
    tokens_in, tokens_out : Tokens
    seconds, first_token_seconds : array of float
        Of those outputs that say, in order of size once `tally` is done.
    peak_memory_bytes : int, optional
    """

    n: int = 0
    n_missing: int = 0
    n_copies: int = 0
    n_images: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    tokens_in: Tokens = field(default_factory=Tokens)
    tokens_out: Tokens = field(default_factory=Tokens)
    seconds: Sequence[float] = ()
    first_token_seconds: Sequence[float] = ()
    peak_memory_bytes: int | None = None


def tally(outputs: Iterable[Sequence[Output]]) -> Tally:
    """Go once over the outputs by sample, without keeping them."""
    found = Tally()
    seconds, first = array("d"), array("d")
    for output in (one for sample in outputs for one in sample):
        is_copy = output.same_as is not None
        found.n += 1
        found.n_copies += is_copy
        found.n_images += output.image is not None
        if output.finish_reason == "error":
            found.errors[output.error or "unknown"] += 1
            found.n_missing += output.error == "not generated"
        found.tokens_in.add(output.tokens_in, is_copy=is_copy)
        found.tokens_out.add(output.tokens_out, is_copy=is_copy)
        if output.seconds is not None:
            seconds.append(output.seconds)
        if output.first_token_seconds is not None:
            first.append(output.first_token_seconds)
        if output.peak_memory_bytes is not None:
            found.peak_memory_bytes = max(output.peak_memory_bytes, found.peak_memory_bytes or 0)
    found.seconds, found.first_token_seconds = sorted(seconds), sorted(first)
    return found
