"""Reading the options of a model spec: each is known, of the right kind, or refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["check_known", "read_bool", "read_choice", "read_float", "read_int"]


def check_known(where: str, options: Mapping[str, str], known: Sequence[str]) -> None:
    """Refuse options that are not `known`.

    Parameters
    ----------
    where : str
        The start of the message: ``"hf:path/to/model"``.
    options : mapping of str to str
    known : sequence of str

    Raises
    ------
    ModelError
        Names the first unknown option, the closest known one and all known ones; never a value.
    """
    for key in options:
        if key not in known:
            hint = did_you_mean(key, known) or "."
            listed = f"Known: {', '.join(known)}." if known else "It takes none."
            raise ModelError(f'{where}: unknown option "{key}"{hint} {listed}')


def read_choice(where: str, options: Mapping[str, str], key: str, choices: Sequence[str]) -> str:
    """Return the option `key`, one of `choices`; the first where it is absent. Raises ModelError otherwise."""
    value = options.get(key, choices[0])
    if value not in choices:
        raise ModelError(f'{where}: option "{key}" must be one of {", ".join(choices)}; got "{value}"')
    return value


def read_bool(where: str, options: Mapping[str, str], key: str, *, default: bool) -> bool:
    """Return the option `key`, ``true`` or ``false``. Raises ModelError if it is neither."""
    text = options.get(key, str(default).lower())
    return read_choice(where, {key: text}, key, ("true", "false")) == "true"


def read_int(where: str, options: Mapping[str, str], key: str, *, default: int, least: int = 1) -> int:
    """Return the option `key`, a whole number of at least `least`. Raises ModelError if it is not."""
    text = options.get(key, str(default))
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise ModelError(f'{where}: option "{key}" must be a whole number of at least {least}; got "{text}"')
    return int(text)


def read_float(where: str, options: Mapping[str, str], key: str, *, default: float) -> float:
    """Return the option `key`, a finite number of at least 0. Raises ModelError if it is not."""
    text = options.get(key, str(default))
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ModelError(f'{where}: option "{key}" must be a number of at least 0; got "{text}"')
    return value
