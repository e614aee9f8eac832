"""The metrics, by registry name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.registry import Entry, Registry

if TYPE_CHECKING:
    from evalsuite.metrics.base import Metric

__all__ = ["METRICS"]

METRICS: Registry[type[Metric]] = Registry(
    "metric",
    "evalsuite.metrics",
    {
        "accuracy": Entry("evalsuite.metrics.accuracy:Accuracy", ""),
        "bleu": Entry("evalsuite.metrics.bleu:Bleu", ""),
        "bleu1": Entry("evalsuite.metrics.bleu:Bleu1", ""),
        "bleu2": Entry("evalsuite.metrics.bleu:Bleu2", ""),
        "bleu3": Entry("evalsuite.metrics.bleu:Bleu3", ""),
        "chrf": Entry("evalsuite.metrics.chrf:Chrf", ""),
        "distinct_2": Entry("evalsuite.metrics.distinct:Distinct2", ""),
        "exact_match": Entry("evalsuite.metrics.exact_match:ExactMatch", ""),
        "first_error": Entry("evalsuite.metrics.first_error:FirstError", ""),
        "rougeL": Entry("evalsuite.metrics.rouge:RougeL", ""),
        "slot_accuracy": Entry("evalsuite.metrics.slot_accuracy:SlotAccuracy", ""),
        "step_accuracy": Entry("evalsuite.metrics.step_accuracy:StepAccuracy", ""),
    },
)
