"""Filters between a model's outputs and a comparison: pipelines that extract, change and choose texts.

Their names and arguments are those of lm-evaluation-harness, so that a pipeline written for it does the same here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from evalsuite.answers.patterns import check_pattern, find_in_text
from evalsuite.errors import did_you_mean

if TYPE_CHECKING:
    from evalsuite.types import JSONValue

__all__ = ["FILTERS", "Filtered", "Filters", "check_filter", "signature_text"]

FILTERS: Mapping[str, tuple[str, ...]] = {
    "regex": ("regex_pattern", "group_select", "fallback"),
    "remove_whitespace": (),
    "lowercase": (),
    "uppercase": (),
    "map": ("mapping_dict", "default_value"),
    "majority_vote": (),
    "take_first": (),
    "take_first_k": ("k",),
}
"""Names of the filters, each with its arguments."""

_DEFAULT_PATTERN = r"#### (\-?[0-9\.\,]+)"
_SCALARS = (str, int, float)


class Filtered(NamedTuple):
    """What is left of an output, and whether it was extracted, rather than put there for want of a match."""

    text: str
    found: bool = True


@dataclass(frozen=True)
class Filters:
    """A pipeline of filters, which are applied one after the other to the outputs of a sample.

    Parameters
    ----------
    text : str
        The filters as JSON: ``[{"function": "regex", "regex_pattern": "..."}, ...]``.

    Raises
    ------
    ValueError
        If a filter is unknown or an argument wrong; the message names filter and argument.

    Notes
    -----
    ``regex``: the match of ``regex_pattern`` at ``group_select`` among all (its first group that is not empty), or
    ``fallback``. ``remove_whitespace``, ``lowercase``, ``uppercase``: of each text. ``map``: the text's value in
    ``mapping_dict``, or ``default_value``. ``majority_vote``: the most frequent text, the first of equals; texts that a
    regex has put for want of a match vote, too. ``take_first``, ``take_first_k``: the first text, or the first ``k``.

    Examples
    --------
    >>> pipeline = Filters.of([{"function": "regex", "regex_pattern": "([0-9]+)"}, {"function": "take_first"}])
    >>> pipeline.apply(["I counted 12 of them."])
    [Filtered(text='12', found=True)]
    >>> pipeline.apply(["I lost count."])
    [Filtered(text='[invalid]', found=False)]
    """

    text: str
    _steps: tuple[Mapping[str, Any], ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "_steps", tuple(check_filter(one, f"filters[{i}]") for i, one in enumerate(json.loads(self.text)))
        )

    @classmethod
    def of(cls, tables: object) -> Filters:
        """Return the pipeline of a list of tables, as a task file has it."""
        if isinstance(tables, Filters):
            return tables
        if isinstance(tables, str) or not isinstance(tables, Sequence):
            raise ValueError(f"filters must be a list of tables, found {tables!r:.80}")
        return cls(json.dumps(list(tables), ensure_ascii=True, sort_keys=True))

    def __str__(self) -> str:
        return signature_text(self.text)

    def __bool__(self) -> bool:
        return bool(self._steps)

    @property
    def most_taken(self) -> int:
        """How many outputs of a sample the pipeline takes at least."""
        return max((step["k"] for step in self._steps if step["function"] == "take_first_k"), default=1)

    def apply(self, texts: Sequence[str]) -> list[Filtered]:
        """Return what the pipeline leaves of a sample's outputs."""
        kept = [Filtered(text) for text in texts]
        for step in self._steps:
            kept = _apply(step, kept)
        return kept


def signature_text(json_text: str) -> str:
    """Return JSON that may stand in a signature, whose parts a ``|`` parts."""
    return json_text.replace("|", "\\u007c")


def _apply(step: Mapping[str, Any], texts: list[Filtered]) -> list[Filtered]:
    match step["function"]:
        case "regex":
            return [_extracted(step, one) for one in texts]
        case "remove_whitespace":
            return [one._replace(text=one.text.strip()) for one in texts]
        case "lowercase":
            return [one._replace(text=one.text.lower()) for one in texts]
        case "uppercase":
            return [one._replace(text=one.text.upper()) for one in texts]
        case "map":
            return [_mapped(step, one) for one in texts]
        case "majority_vote":
            vote = Counter(one.text for one in texts).most_common(1)
            return [one for one in texts if one.text == vote[0][0]][:1] if vote else []
        case "take_first":
            return texts[:1]
        case _:
            return texts[: step["k"]]


def _extracted(step: Mapping[str, Any], given: Filtered) -> Filtered:
    match = find_in_text(step["regex_pattern"], step["group_select"], given.text)
    return Filtered(step["fallback"], False) if match is None else Filtered(match)


def _mapped(step: Mapping[str, Any], given: Filtered) -> Filtered:
    if given.text in step["mapping_dict"]:
        return given._replace(text=step["mapping_dict"][given.text])
    default = step["default_value"]
    return Filtered("", False) if default is None else Filtered(default, given.found)


def check_filter(table: JSONValue, where: str) -> Mapping[str, Any]:
    """Return a filter with all its arguments.

    Raises
    ------
    ValueError
        If it is unknown or an argument wrong; the message begins with `where`.
    """
    if not isinstance(table, dict) or not isinstance(table.get("function"), str):
        raise ValueError(f'{where} must be a table such as {{"function": "take_first"}}, found {table!r:.80}')
    name = str(table["function"])
    if name not in FILTERS:
        hint = did_you_mean(name, FILTERS)
        raise ValueError(f'{where}: there is no filter "{name}"{hint} (there are: {", ".join(FILTERS)})')
    for key in table:
        if key != "function" and key not in FILTERS[name]:
            known = ", ".join(FILTERS[name]) or "no argument"
            raise ValueError(f'{where}: "{name}" has no argument "{key}" (it has: {known})')
    step: dict[str, Any] = {"function": name}
    if name == "regex":
        step["regex_pattern"] = _pattern(table.get("regex_pattern", _DEFAULT_PATTERN), where)
        step["group_select"] = _integer(table.get("group_select", 0), f"{where}: group_select")
        step["fallback"] = _scalar(table.get("fallback", "[invalid]"), f"{where}: fallback")
    elif name == "map":
        step |= _mapping(table, where)
    elif name == "take_first_k":
        step["k"] = _integer(table.get("k"), f"{where}: k")
        if step["k"] < 1:
            raise ValueError(f"{where}: k must be at least 1, found {step['k']}")
    return step


def _pattern(pattern: JSONValue, where: str) -> str:
    try:
        return check_pattern(pattern)
    except ValueError as error:
        raise ValueError(f"{where}: regex_pattern: {error}") from None


def _mapping(table: Mapping[str, JSONValue], where: str) -> dict[str, Any]:
    mapping, default = table.get("mapping_dict") or {}, table.get("default_value")
    if not isinstance(mapping, dict):
        raise ValueError(f"{where}: mapping_dict must be a table, found {mapping!r:.80}")
    return {
        "mapping_dict": {key: _scalar(value, f"{where}: mapping_dict.{key}") for key, value in mapping.items()},
        "default_value": None if default is None else _scalar(default, f"{where}: default_value"),
    }


def _scalar(value: JSONValue, where: str) -> str:
    if not isinstance(value, _SCALARS):
        raise ValueError(f"{where} must be a string or a number, found {value!r:.80}")
    return str(value)


def _integer(value: JSONValue, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{where} must be an integer, found {value!r:.80}")
    return value
