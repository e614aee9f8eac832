"""Read fields of a TOML table or JSON object, with messages that say where, what was expected and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from evalsuite.errors import TaskError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["check_keys", "optional_field", "required_field", "type_name"]

T = TypeVar("T")

_TYPE_NAMES = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
    type(None): "nothing",
}


def type_name(value: object) -> str:
    """Return how a message calls the type of `value`."""
    return _TYPE_NAMES.get(type(value), type(value).__name__)


def check_keys(table: Mapping[str, object], known: Iterable[str], where: str) -> None:
    """Raise TaskError at the first key of `table` that is not `known`, with the closest known one."""
    known = list(known)
    for key in table:
        if key not in known:
            raise TaskError(f'{where}: unknown field "{key}"{did_you_mean(key, known)} (known: {", ".join(known)})')


def required_field(table: Mapping[str, Any], key: str, kind: type[T], where: str) -> T:
    """Return ``table[key]`` if it is a `kind`; raise TaskError if it is missing or something else."""
    if key not in table:
        raise TaskError(f'{where}: missing field "{key}" ({_TYPE_NAMES.get(kind, kind.__name__)})')
    value = table[key]
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        try:
            value = float(value)
        except OverflowError:
            raise TaskError(f"{where}: {key} is too large") from None
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise TaskError(
            f"{where}: {key} must be {_TYPE_NAMES.get(kind, kind.__name__)}, found {type_name(value)}: {value!r}"
        )
    return value


def optional_field(table: Mapping[str, Any], key: str, kind: type[T], where: str, default: T) -> T:
    """Return ``table[key]``, checked like `required_field`, or `default` if it is absent."""
    return required_field(table, key, kind, where) if key in table else default
