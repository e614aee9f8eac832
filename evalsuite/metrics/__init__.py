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
        "accuracy": Entry(
            "evalsuite.metrics.accuracy:Accuracy", "Accuracy: share of final answers that are right, 0-1."
        ),
        "bleu": Entry(
            "evalsuite.metrics.bleu:Bleu",
            "BLEU: clipped n-gram precision with a brevity penalty, over the corpus, 0-100.",
        ),
        "bleu1": Entry("evalsuite.metrics.bleu:Bleu1", "BLEU-1: BLEU over single words, 0-100."),
        "bleu2": Entry("evalsuite.metrics.bleu:Bleu2", "BLEU-2: BLEU over n-grams of up to 2 words, 0-100."),
        "bleu3": Entry("evalsuite.metrics.bleu:Bleu3", "BLEU-3: BLEU over n-grams of up to 3 words, 0-100."),
        "chrf": Entry("evalsuite.metrics.chrf:Chrf", "chrF: F-score of character n-grams over the corpus, 0-100."),
        "distinct_2": Entry(
            "evalsuite.metrics.distinct:Distinct2",
            "Distinct-2: share of bigrams that are different, over all outputs together, 0-1.",
        ),
        "exact_match": Entry(
            "evalsuite.metrics.exact_match:ExactMatch",
            "Exact match: share of outputs that equal a reference, whitespace around them aside, 0-1.",
        ),
        "first_error": Entry(
            "evalsuite.metrics.first_error:FirstError",
            "First error: mean number of right steps before the first wrong one, up to a horizon.",
        ),
        "fid": Entry(
            "evalsuite.metrics.frechet_distance:FrechetInceptionDistance",
            "FID: Fréchet distance between features of Inception as trained for it, and of no other network; "
            "lower is better.",
        ),
        "frechet_distance": Entry(
            "evalsuite.metrics.frechet_distance:FrechetDistance",
            "Fréchet distance: how far the images' features are from the reference's, as Gaussians; lower is better.",
        ),
        "kid": Entry(
            "evalsuite.metrics.kid:KernelInceptionDistance",
            "KID: unbiased squared maximum mean discrepancy of the images' features from the reference's; "
            "lower is better.",
        ),
        "memorisation": Entry(
            "evalsuite.metrics.memorisation:Memorisation",
            "Memorisation: share of the images that are nearer to a training image than unseen ones are, 0-1.",
        ),
        "precision": Entry(
            "evalsuite.metrics.precision_recall:Precision",
            "Precision: share of the images that lie among the reference images, by nearest neighbours, 0-1.",
        ),
        "recall": Entry(
            "evalsuite.metrics.precision_recall:Recall",
            "Recall: share of the reference images that lie among the images, by nearest neighbours, 0-1.",
        ),
        "rouge1": Entry("evalsuite.metrics.rouge:Rouge1", "ROUGE-1: F-score of single words, mean over samples, 0-1."),
        "rouge2": Entry(
            "evalsuite.metrics.rouge:Rouge2", "ROUGE-2: F-score of pairs of words, mean over samples, 0-1."
        ),
        "rougeL": Entry(
            "evalsuite.metrics.rouge:RougeL",
            "ROUGE-L: F-score of the longest common subsequence of words, mean over samples, 0-1.",
        ),
        "rougeLsum": Entry(
            "evalsuite.metrics.rouge:RougeLsum",
            "ROUGE-Lsum: F-score of the common subsequences of sentences, mean over samples, 0-1.",
        ),
        "slot_accuracy": Entry(
            "evalsuite.metrics.slot_accuracy:SlotAccuracy",
            "Slot accuracy: slots said right, over those of the record and those made up, 0-1.",
        ),
        "step_accuracy": Entry(
            "evalsuite.metrics.step_accuracy:StepAccuracy",
            "Step accuracy: steps stated right, over the steps due, 0-1.",
        ),
    },
)
