"""Checks of the arguments that kernels take: what is wrong is named before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Set
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = [
    "MAX_RESAMPLES",
    "check_array",
    "check_choice",
    "check_counts",
    "check_finite",
    "check_flag",
    "check_integer",
    "check_not_empty",
    "check_ordered",
    "check_path",
    "check_references",
    "check_texts",
    "new_table",
]

Item = TypeVar("Item")

MAX_RESAMPLES: Final = 2**24
"""Most resamples or trials of one call."""
_MOST_BYTES: Final = 2**36
_MAX_EXACT: Final = 2**53


def check_texts(texts: Sequence[str], name: str, *, lowercase: bool) -> list[str]:
    """`texts` as a list of str, in lower case if asked for."""
    if isinstance(texts, str | bytes):
        raise TypeError(f"`{name}` must be a sequence of str; found one {type(texts).__name__}: wrap it in a list")
    listed = check_ordered(texts, name)
    # One look at the set of types costs far less than a look at each element.
    if not set(map(type, listed)) <= {str}:
        for index, text in enumerate(listed):
            if not isinstance(text, str):
                raise TypeError(f"`{name}[{index}]` must be a str; found {type(text).__name__}")
    return [text.lower() for text in listed] if check_flag(lowercase, "lowercase") else listed


def check_ordered(values: Iterable[Item], name: str) -> list[Item]:
    """`values` as a list; TypeError for what cannot be iterated over, and for what has no order or holds names."""
    if isinstance(values, Set | Mapping):
        raise TypeError(f"`{name}` must be a sequence: a {type(values).__name__} does not say which entry comes where")
    try:
        return list(values)
    except TypeError:
        # An error inside a generator is the caller's own.
        if isinstance(values, Generator):
            raise
        raise TypeError(f"`{name}` must be a sequence; found {type(values).__name__}") from None


def check_path(path: str | os.PathLike[str], name: str) -> Path:
    """Return a path; TypeError names the argument."""
    try:
        return Path(path)
    except TypeError:
        raise TypeError(f"`{name}` must be a str or a Path; found {type(path).__name__}") from None


def check_references(
    references: Sequence[Sequence[str | None]], n_segments: int, *, lowercase: bool
) -> tuple[list[str], NDArray[np.int64]]:
    """All references in one list without None, and how many each segment has."""
    if isinstance(references, str | bytes) or any(issubclass(kind, str | bytes) for kind in set(map(type, references))):
        raise TypeError("`references` must be a sequence of sequences of str, one a segment: [[reference, ...], ...]")
    if len(references) != n_segments:
        raise ValueError(
            f"`references` must have one entry for each of the {n_segments} `hypotheses`; found {len(references)}"
        )
    flat: list[str | None] = list(chain.from_iterable(references))
    counts = np.fromiter(map(len, references), dtype=np.int64, count=n_segments)
    kinds = set(map(type, flat))
    if not kinds <= {str, type(None)}:
        unchecked: Sequence[Sequence[object]] = references
        for segment, group in enumerate(unchecked):
            for index, text in enumerate(group):
                if not isinstance(text, str | None):
                    found = type(text).__name__
                    raise TypeError(f"`references[{segment}][{index}]` must be a str or None; found {found}")
    if type(None) in kinds:
        counts = np.array([sum(text is not None for text in group) for group in references], dtype=np.int64)
    texts = [text for text in flat if text is not None]
    return [text.lower() for text in texts] if check_flag(lowercase, "lowercase") else texts, counts


def check_choice(value: str, name: str, known: tuple[str, ...]) -> None:
    """Refuse, by ValueError, what is not among `known`."""
    if value not in known:
        raise ValueError(f"`{name}` must be one of {', '.join(map(repr, known))}; found {value!r}")


def check_integer(value: int, name: str, low: int, high: int) -> int:
    """Return an int of `low` to `high`; TypeError or ValueError names the argument."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise TypeError(f"`{name}` must be an int; found {type(value).__name__}")
    if not low <= value <= high:
        raise ValueError(f"`{name}` must be {low} to {high}; found {value}")
    return int(value)


def check_flag(value: object, name: str) -> bool:
    """Return the truth of a value as Python sees it; TypeError names the argument where an array is given."""
    if value is True or value is False:
        return value
    if isinstance(value, np.ndarray):
        raise TypeError(f"`{name}` must be True or False; found an array of shape {value.shape}")
    try:
        return bool(value)
    except (TypeError, ValueError):
        raise TypeError(f"`{name}` must be True or False; found {type(value).__name__}") from None


def check_finite(value: float, name: str) -> float:
    """Return a finite number, at least 0; TypeError or ValueError names the argument."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"`{name}` must be a number; found {type(value).__name__}")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(f"`{name}` must be finite; found an int beyond the largest float") from None
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"`{name}` must be finite and at least 0; found {value}")
    return number


def check_array(
    array: object, name: str, dtypes: tuple[type[np.generic], ...], n_dimensions: int, *, contiguous: bool = False
) -> None:
    """Refuse what is not an array of the given dtype, number of dimensions and layout."""
    allowed = " or ".join(dtype.__name__ for dtype in dtypes)
    if not isinstance(array, np.ndarray):
        raise TypeError(f"`{name}` must be a numpy array of {allowed}; found {type(array).__name__}")
    if array.dtype.type not in dtypes or not array.dtype.isnative:
        raise TypeError(f"`{name}` must have dtype {allowed}; found {array.dtype}")
    if array.ndim != n_dimensions:
        raise ValueError(f"`{name}` must have {n_dimensions} dimension(s); found shape {array.shape}")
    if contiguous and not array.flags.c_contiguous:
        raise ValueError(f"`{name}` must be C-contiguous; pass numpy.ascontiguousarray({name})")


def new_table(shape: tuple[int, ...], dtype: type[np.generic], name: str, value: int) -> NDArray[Any]:
    """Return an array for results; ValueError names the argument whose value asks for more than memory holds."""
    n_bytes = math.prod(shape) * np.dtype(dtype).itemsize
    limit = f"{_MOST_BYTES >> 30} GiB"
    try:
        if n_bytes <= _MOST_BYTES:
            return np.empty(shape, dtype=dtype)
    except MemoryError:
        limit = "the memory that is free"
    gibibytes = n_bytes / 2**30
    raise ValueError(
        f"`{name}` must be smaller: {value} asks for a result of shape {shape}, {gibibytes:.1f} GiB, beyond {limit}"
    )


def check_not_empty(rows: NDArray[np.generic], name: str) -> None:
    """Refuse, by ValueError, an array without rows or without columns."""
    if rows.shape[0] == 0 or rows.shape[1] == 0:
        raise ValueError(f"`{name}` must have at least one row and one column; found shape {rows.shape}")


def check_counts(statistics: NDArray[np.float64] | NDArray[np.int64]) -> None:
    """Refuse, by ValueError, what no counts can be: negative, infinite, or an integer that float64 does not hold."""
    invalid = (statistics < 0) | np.isinf(statistics)
    if statistics.dtype == np.int64:
        invalid |= statistics > _MAX_EXACT
    if invalid.any():
        row, column = (int(index) for index in np.argwhere(invalid)[0])
        raise ValueError(
            f"`statistics` must be counts, 0 to 2**53, or NaN; found {statistics[row, column]} in row {row}, "
            f"column {column}"
        )
