"""A table of prices, by model."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Price", "PriceTable", "read_prices"]

_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a model costs.

    Parameters
    ----------
    match : str
        A pattern (``*``, ``?``) of the model's spec or name.
    per_million_tokens_in, per_million_tokens_out, per_image, per_request, per_device_hour : float
        In the table's currency.
    """

    match: str
    per_million_tokens_in: float = 0.0
    per_million_tokens_out: float = 0.0
    per_image: float = 0.0
    per_request: float = 0.0
    per_device_hour: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTable:
    """Prices in the order of their file, its currency, where they are from, and the SHA-256 of the file."""

    currency: str
    source: str
    sha256: str
    prices: tuple[Price, ...]

    def price(self, model: Mapping[str, Any]) -> Price | None:
        """Return the first price whose pattern is that of the model's spec or name."""
        names = (str(model["spec"]), str(model["name"]))
        return next((one for one in self.prices if any(fnmatchcase(name, one.match) for name in names)), None)


_UNITS = tuple(field.name for field in fields(Price) if field.name != "match")


def read_prices(path: Path) -> PriceTable:
    """Read a price table.

    Raises
    ------
    InputError
        If it cannot be read, or something in it is not what it should be; the message says where.
    """
    import tomllib

    try:
        data = path.read_bytes()
        table = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise InputError(f"--prices: {path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"--prices: {path}: not TOML: {error}") from error
    where = f"--prices: {path}"
    _check_keys(table, ("currency", "source", "model"), where)
    currency, source, entries = table.get("currency"), table.get("source", ""), table.get("model")
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise InputError(f'{where}: currency must be three capitals, such as "USD", found {currency!r:.80}')
    if not isinstance(source, str):
        raise InputError(f"{where}: source must be a string, found {source!r:.80}")
    if not isinstance(entries, list) or not entries:
        raise InputError(f"{where}: there is no price: give at least one table [[model]]")
    prices = tuple(_price(entry, f"{where}: model[{i}]") for i, entry in enumerate(entries))
    return PriceTable(currency=currency, source=source, sha256=hashlib.sha256(data).hexdigest(), prices=prices)


def _price(entry: object, where: str) -> Price:
    if not isinstance(entry, dict):
        raise InputError(f"{where}: must be a table, found {entry!r:.80}")
    _check_keys(entry, ("match", *_UNITS), where)
    match = entry.get("match")
    if not isinstance(match, str) or not match:
        raise InputError(f'{where}: match must be a pattern of models, such as "openai:gpt-*", found {match!r:.80}')
    amounts = {key: value for key, value in entry.items() if key != "match"}
    if not amounts:
        raise InputError(f"{where}: there is no price: give one or more of {', '.join(_UNITS)}")
    for key, value in amounts.items():
        sound = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not sound or not 0 <= value < float("inf"):
            raise InputError(f"{where}: {key} must be a number of at least 0, found {value!r:.80}")
    return Price(match=match, **{key: float(value) for key, value in amounts.items()})


def _check_keys(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            raise InputError(f'{where}: unknown field "{key}"{did_you_mean(key, known)} (known: {", ".join(known)})')
