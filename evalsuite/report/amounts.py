"""Amounts of time, memory, energy and money, as text."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.report.report import Report

__all__ = ["efficiency_words", "format_amount", "format_bytes", "format_per_right"]

_MOST_DECIMALS = 12


def format_amount(value: float) -> str:
    """Return about three digits, never an exponent: ``"0.00123"``, ``"12.3"``, ``"1,230"``."""
    decimals = 0 if value <= 0 else min(_MOST_DECIMALS, max(0, 2 - floor(log10(value))))
    return f"{value:,.{decimals}f}"


def format_bytes(count: float) -> str:
    """Return ``"512 MiB"`` or ``"1.50 GiB"``."""
    mebibytes = count / (1 << 20)
    return f"{format_amount(mebibytes)} MiB" if mebibytes < 1000 else f"{format_amount(mebibytes / 1024)} GiB"


def format_per_right(found: Mapping[str, Any], unit: str) -> str:
    """Return ``"3.2 J [2.9, 3.6]"``, the interval being that of the share of right answers."""
    text = f"{format_amount(found['value'])} {unit}"
    interval = found["interval"]
    if interval is None:
        return text
    high = "no end" if interval["high"] is None else format_amount(interval["high"])
    return f"{text} [{format_amount(interval['low'])}, {high}]"


def efficiency_words(report: Report) -> list[str]:
    """Return what is known of a run's efficiency, and why its cost is not, if it was asked for."""
    found: Mapping[str, Any] = report.record.get("efficiency", {})
    words: list[str] = []
    for name, unit in (("outputs_per_second", "outputs/s"), ("tokens_per_second", "tokens/s")):
        if name in found:
            words.append(f"{format_amount(found[name])} {unit}")
    if "peak_rss_bytes" in found:
        words.append(f"{format_bytes(found['peak_rss_bytes'])} of memory")
    if "peak_device_memory_bytes" in found:
        words.append(f"{format_bytes(found['peak_device_memory_bytes'])} on the device")
    if "energy_joules" in found:
        words.append(f"{format_amount(found['energy_joules'])} J")
    if "cost" in found:
        words.append(f"{format_amount(found['cost']['total'])} {found['cost']['currency']}")
    elif "cost" in found.get("left_out", {}):
        words.append(f"cost not known: {found['left_out']['cost']}")
    right = [
        format_per_right(found[name], unit)
        for name, unit in (
            ("seconds_per_right", "s"),
            ("joules_per_right", "J"),
            ("cost_per_right", found.get("cost", {}).get("currency", "")),
        )
        if name in found
    ]
    return [*words, f"a right answer {', '.join(right)}"] if right else words
