"""What an outside form of data offers: how its records become samples, and how a model is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from evalsuite.task.task import MetricSpec
    from evalsuite.types import Sample

__all__ = ["Form"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form in which others publish their data.

    Parameters
    ----------
    version : int
        Goes up whenever a score could change.
    summary : str
        One line.
    prompt : str
        ``{field}`` stands for that field of a sample's input.
    max_new_tokens : int
    metrics : tuple of MetricSpec
        What they are to be reported `by` is left out where no sample has it.
    read : callable
        Yields the samples of a file or folder; raises TaskError at the first record that is wrong, which is named.
    """

    version: int
    summary: str
    prompt: str
    max_new_tokens: int
    metrics: tuple[MetricSpec, ...]
    read: Callable[[Path], Iterator[Sample]]
