"""What a run cost, by a table of prices; nothing of it is part of what identifies a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evalsuite.report.per_right import RightAnswers, right_answers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.report.prices import Price, PriceTable
    from evalsuite.report.report import Report

__all__ = ["price_report"]


def price_report(report: Report, table: PriceTable) -> Report:
    """Return the report with what the run cost by this table, in place of what another one has said.

    The cost is of the outputs that are scored. It is left out, with the reason, where the table does not know the
    model, an output ended in an error or does not say how many tokens it has, or the time on a device is not known.

    Notes
    -----
    ``tokens in * price / 10**6 + tokens out * price / 10**6 + images * price + requests * price + device hours *
    price``; a request is an output, device hours are those of generating, loading apart, times devices.
    """
    record = dict(report.record)
    efficiency = {key: value for key, value in record.get("efficiency", {}).items() if not key.startswith("cost")}
    left_out = {key: value for key, value in efficiency.get("left_out", {}).items() if not key.startswith("cost")}
    price = table.price(report.model)
    found = "the report does not say what the run took: it is of an older release"
    parts = _parts(efficiency, price, report) if "counts" in efficiency else found
    if isinstance(parts, str):
        left_out |= {"cost": parts, "cost_per_right": parts}
    else:
        assert price is not None
        total = sum(parts.values())
        n = efficiency["counts"]["outputs"]
        efficiency["cost"] = {
            "total": total,
            "per_output": total / n if n else None,
            "currency": table.currency,
            "parts": parts,
            "prices": {"sha256": table.sha256, "match": price.match, "source": table.source},
        }
        answers = right_answers(report.scores, int(record["repeats"]))
        if isinstance(answers, RightAnswers):
            efficiency["cost_per_right"] = answers.per_right(total)
        else:
            left_out["cost_per_right"] = answers
    record["efficiency"] = {**efficiency, "left_out": left_out}
    return replace(report, record=record)


def _parts(efficiency: Mapping[str, Any], price: Price | None, report: Report) -> dict[str, float] | str:
    """Return the cost by what it is for, or why it is not known."""
    counts = efficiency["counts"]
    if price is None:
        return f'the price table has no entry for "{report.model["spec"]}"'
    if counts["errors"]:
        return f"{counts['errors']} of {counts['outputs']} outputs ended in an error: what they cost is not known"
    parts: dict[str, float] = {}
    for name, rate in (("tokens_in", price.per_million_tokens_in), ("tokens_out", price.per_million_tokens_out)):
        if rate:
            if counts[name] is None:
                return f"not every output says how many {name.replace('_', ' ')} it has"
            parts[name] = counts[name] * rate / 1e6
    if price.per_image:
        parts["images"] = max(0, counts["images"] - counts.get("copies", 0)) * price.per_image
    if price.per_request:
        parts["requests"] = (counts["outputs"] - counts.get("copies", 0)) * price.per_request
    if price.per_device_hour:
        if "generating_seconds" not in efficiency:
            return str(efficiency["left_out"].get("generating_seconds", "the time on the device is not known"))
        if counts["logged_but_not_scored"]:
            return f"the log has {counts['logged_but_not_scored']} outputs more than are scored here"
        hours = efficiency["generating_seconds"] / 3600 * efficiency.get("n_devices", 1)
        parts["device_hours"] = hours * price.per_device_hour
    return parts
