"""What a precision below float32 does to scores of sets of images: one measurement a network, beside its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.extractors.naming import source_of
from evalsuite.extractors.settings import feature_settings
from evalsuite.metrics.frechet_distance import FrechetDistance
from evalsuite.metrics.image_features import ImageFeatureMetric
from evalsuite.metrics.references import find_reference
from evalsuite.scoring.precision_gate import PrecisionCheck, measure_precision
from evalsuite.scoring.score import score_all
from evalsuite.task import MetricSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.metrics.base import Metric, Rows
    from evalsuite.scoring.score import ScoringInput
    from evalsuite.types import Score

__all__ = ["check_precision", "distances_beside"]


def distances_beside(metrics: Sequence[Metric], real: str, assume_protocol: str | None) -> list[FrechetDistance]:
    """Return the Fréchet distances that are to be computed besides, so that each network has one with its interval.

    None at all where features are of float32.
    """
    if feature_settings().precision == "float32":
        return []
    there = {metric.extractor for metric in metrics if isinstance(metric, FrechetDistance)}
    wanted = {source_of(metric.extractor): None for metric in metrics if isinstance(metric, ImageFeatureMetric)}
    return [
        FrechetDistance(extractor=name, reference_set=real, assume_protocol=assume_protocol or "")
        for name in wanted
        if name not in there
    ]


def check_precision(
    data: ScoringInput,
    scored: Sequence[tuple[Metric, Score]],
    gates: Sequence[FrechetDistance],
    computed: Mapping[str, Rows],
) -> list[PrecisionCheck]:
    """Measure what the precision in force does, once for each network.

    Parameters
    ----------
    data : ScoringInput
        The images that were scored.
    scored : sequence of (Metric, Score)
    gates : sequence of FrechetDistance
        From `distances_beside`.
    computed : mapping of str to Rows
        Features that are there already; see ``evalsuite.scoring.score.score_all``.
    """
    if feature_settings().precision == "float32":
        return []
    beside = score_all(data, [(MetricSpec(name=gate.name), gate) for gate in gates], computed=computed)
    found: dict[str, PrecisionCheck] = {}
    fake = [output.image for outputs in data.outputs for output in outputs if output.image is not None]
    for metric, score in [*scored, *zip(gates, beside, strict=True)]:
        if not isinstance(metric, FrechetDistance) or metric.extractor in found or score.value is None:
            continue
        reference = find_reference(metric.reference_set)
        statistics = metric.reference_statistics()
        found[metric.extractor] = measure_precision(
            metric.extractor,
            reference.images() if statistics is None else statistics.moments,
            fake,
            None if score.interval is None else score.interval.high - score.value,
        )
    return list(found.values())
