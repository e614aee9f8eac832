"""What users are told before runs that are sound, but may not be what they had in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalsuite.runner import RunPlan

__all__ = ["cautions", "remarks"]


def cautions(plans: Iterable[RunPlan]) -> list[str]:
    """Return what to warn of before runs, each once: outputs that exist and are not used."""
    return list(dict.fromkeys(message for plan in plans for message in _unused_repeats(plan)))


def remarks(plans: Iterable[RunPlan]) -> list[str]:
    """Return what is worth a line before runs, each once: where lm-eval would ask in another way."""
    return list(dict.fromkeys(message for plan in plans for message in _chat_template(plan)))


def _unused_repeats(plan: RunPlan) -> list[str]:
    n = getattr(plan.model, "n_repeats", plan.repeats)
    if n <= plan.repeats:
        return []
    first = "first" if plan.repeats == 1 else f"first {plan.repeats}"
    return [f"{plan.model.spec}: the file holds {n} outputs a sample; --repeats {plan.repeats} uses the {first}"]


def _chat_template(plan: RunPlan) -> list[str]:
    from evalsuite.task.lm_eval.task import LmEvalTask  # not at the top, as it imports numpy

    spec = plan.model.spec
    uses = getattr(plan.model, "chat", False) is True and "chat=true" not in spec.split(",")
    if not uses or not isinstance(plan.task, LmEvalTask) or plan.task.ask != "text":
        return []
    return [
        f"{spec}: asked through its chat template; lm-eval does so with --apply_chat_template only "
        "(chat=false: the plain prompt, chat=true: without this note)"
    ]
