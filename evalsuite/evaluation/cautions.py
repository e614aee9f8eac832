"""What users are told before runs that are sound, but may not be what they had in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.runner import RunPlan

__all__ = ["cautions"]


def cautions(plans: Sequence[RunPlan]) -> list[str]:
    """Return what to warn of before runs, each once: outputs that exist and are not used."""
    return list(dict.fromkeys(message for plan in plans for message in _unused_repeats(plan)))


def _unused_repeats(plan: RunPlan) -> list[str]:
    n = getattr(plan.model, "n_repeats", plan.repeats)
    if n <= plan.repeats:
        return []
    first = "first" if plan.repeats == 1 else f"first {plan.repeats}"
    return [f"{plan.model.spec}: the file holds {n} outputs a sample; --repeats {plan.repeats} uses the {first}"]
