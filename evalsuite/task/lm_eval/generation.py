"""How models are to write, as a task file of lm-evaluation-harness says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalsuite.errors import TaskError, did_you_mean
from evalsuite.task.fields import type_name
from evalsuite.types import GenerationConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.types import JSONValue

__all__ = ["BUDGETS", "generation_config", "given_settings"]

# The first that is given counts.
BUDGETS = ("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens")
_KNOWN = ("until", "do_sample", "temperature", "top_k", "top_p", *BUDGETS)


def generation_config(
    given: Mapping[str, JSONValue] | None, fewshot_delimiter: str, num_fewshot: int, where: str
) -> GenerationConfig:
    """Return the settings of a field ``generation_kwargs``, with lm-eval's own for what it does not say.

    Generation ends before what parts worked examples where ``until`` is not given.

    Raises
    ------
    TaskError
        If a setting is unknown or wrong.
    """
    settings: dict[str, Any] = {
        "max_new_tokens": 256,
        "temperature": 0.0,
        "stop": (fewshot_delimiter,),
        "num_fewshot": num_fewshot,
        **given_settings(given or {}, where),
    }
    return GenerationConfig(**settings)


def given_settings(table: Mapping[str, JSONValue], where: str) -> dict[str, Any]:
    """Return what settings come to, by their names here.

    Generation is greedy unless ``do_sample`` is true, whatever the temperature, or a temperature above 0 is given
    without it.

    Raises
    ------
    TaskError
        If a setting is unknown or wrong.
    """
    for key in table:
        if key not in _KNOWN:
            raise TaskError(
                f'{where}: "{key}" is not supported{did_you_mean(key, _KNOWN)} (known: {", ".join(_KNOWN)})'
            )
    settings: dict[str, Any] = {}
    if "until" in table:
        until = table["until"]
        stop = until if isinstance(until, list) else [until]
        if not all(isinstance(text, str) and text for text in stop):
            raise TaskError(
                f"{where}.until must be a string or a list of strings, none of them empty, found {until!r:.80}"
            )
        settings["stop"] = tuple(dict.fromkeys(stop))
    budget = next((table[key] for key in BUDGETS if table.get(key) is not None), None)
    if budget is not None:
        settings["max_new_tokens"] = _whole(budget, f"{where}: the budget of tokens", 1)
    return {**settings, **_sampling(table, where)}


def _sampling(table: Mapping[str, JSONValue], where: str) -> dict[str, Any]:
    if "temperature" not in table and "do_sample" not in table:
        return {}
    temperature = _number(table.get("temperature", 0.0), f"{where}.temperature")
    sample = table.get("do_sample", temperature > 0)
    if not isinstance(sample, bool):
        raise TaskError(f"{where}.do_sample must be true or false, found {sample!r:.80}")
    if not sample:
        return {"temperature": 0.0}
    if temperature == 0:
        raise TaskError(f"{where}: do_sample is true, which takes a temperature above 0; give one, or do_sample: false")
    settings: dict[str, Any] = {"temperature": temperature}
    top_p = table.get("top_p")
    if "top_k" in table:  # 0 is off, whatever the settings say that these go before
        settings["top_k"] = _whole(table["top_k"], f"{where}.top_k", 1) if table["top_k"] else None
    if top_p is not None:
        settings["top_p"] = _number(top_p, f"{where}.top_p")
        if not 0 < settings["top_p"] <= 1:
            raise TaskError(f"{where}.top_p must be in (0, 1], found {top_p!r:.80}")
    return settings


def _whole(value: JSONValue, where: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise TaskError(f"{where} must be an integer of at least {least}, found {type_name(value)}: {value!r:.80}")
    return value


def _number(value: JSONValue, where: str) -> float:
    try:
        number = float(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else -1.0
    except (ValueError, OverflowError):
        number = -1.0
    if not 0 <= number < float("inf"):
        raise TaskError(f"{where} must be a number of at least 0, found {value!r:.80}")
    return number
