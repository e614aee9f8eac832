"""Checks of hypotheses and reference streams: what is wrong is named before anything is scored."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["check_group", "check_hypotheses", "check_streams", "is_plain"]


def check_hypotheses(hypotheses: Sequence[str], *, may_be_empty: bool = False) -> None:
    """Refuse what is not a sequence of str, or empty where it must not be."""
    _check_sequence(hypotheses, "hypotheses", "of str")
    if not hypotheses and not may_be_empty:
        raise ValueError("`hypotheses` must not be empty")
    _check_texts(hypotheses, "hypotheses", may_be_none=False)


def check_streams(references: Sequence[Sequence[str | None]], n_hypotheses: int | None) -> int:
    """Refuse what is not a sequence of streams, all as long as the hypotheses, which give each of them a reference.

    Returns the number of references a hypothesis, -1 where it varies.
    """
    _check_sequence(references, "references", "of sequences of str")
    if not references:
        raise ValueError("`references` must have at least one stream; found none")
    some_missing = False
    for k, stream in enumerate(references):
        _check_sequence(stream, f"references[{k}]", "of str: references[k][i] is the k-th reference of hypothesis i")
        if len(stream) != (len(references[0]) if n_hypotheses is None else n_hypotheses):
            expected = "references[0]" if n_hypotheses is None else "hypotheses"
            length = len(references[0]) if n_hypotheses is None else n_hypotheses
            raise ValueError(f"`references[{k}]` must be as long as `{expected}`, {length}; found {len(stream)}")
        some_missing |= type(None) in _check_texts(stream, f"references[{k}]", may_be_none=True)
    return _count_references(references) if some_missing else len(references)


def is_plain(hypotheses: Sequence[str], references: Sequence[Sequence[str | None]]) -> bool:
    """Whether there are two lists of equal length, of which the kernel that reads them refuses what is not a str."""
    if type(hypotheses) is not list or not isinstance(references, list | tuple) or len(references) != 1:
        return False
    return type(references[0]) is list and 0 < len(hypotheses) == len(references[0])


def _count_references(streams: Sequence[Sequence[str | None]]) -> int:
    """Return the number of references a segment, -1 where it varies; ValueError where a segment has none."""
    found = set()
    for i, group in enumerate(zip(*streams, strict=True)):
        n_references = sum(text is not None for text in group)
        if n_references == 0:
            raise ValueError(f"`hypotheses[{i}]` has no reference: `references[k][{i}]` is None for every k")
        found.add(n_references)
    return found.pop() if len(found) == 1 else -1


def check_group(references: Sequence[str | None], name: str) -> int:
    """Count the references of one hypothesis; refuse what is not a sequence of str and None, or has no str."""
    _check_sequence(references, name, "of str")
    n_references = 0
    for index, text in enumerate(references):
        if isinstance(text, str):
            n_references += 1
        elif text is not None:
            raise TypeError(f"`{name}[{index}]` must be a str or None; found {type(text).__name__}")
    if n_references == 0:
        raise ValueError(f"`{name}` has no reference: at least one must not be None")
    return n_references


def _check_sequence(values: object, name: str, content: str) -> None:
    if isinstance(values, str | bytes) or not isinstance(values, Sequence):
        raise TypeError(f"`{name}` must be a sequence {content}; found {type(values).__name__}")


def _check_texts(texts: Sequence[str | None], name: str, *, may_be_none: bool) -> set[type]:
    """Return the types there are."""
    # One look at the set of types costs far less than a look at each element.
    kinds: set[type] = set(map(type, texts))
    if kinds <= {str} or (may_be_none and kinds <= {str, type(None)}):
        return kinds
    for index, text in enumerate(texts):
        if not (isinstance(text, str) or (may_be_none and text is None)):
            expected = "a str or None" if may_be_none else "a str"
            raise TypeError(f"`{name}[{index}]` must be {expected}; found {type(text).__name__}")
    return kinds
