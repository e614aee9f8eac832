"""Which metrics score sets of images, and with which options those of a command line are made."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, TypeGuard

from evalsuite.errors import UsageError
from evalsuite.extractors import DEFAULT_PROTOCOLS
from evalsuite.extractors.naming import check_protocol, is_classifier, parse_extractor
from evalsuite.metrics import METRICS
from evalsuite.metrics._reference_images import ReferenceImageMetric
from evalsuite.metrics.diversity import LpipsDiversity
from evalsuite.metrics.frechet_distance import FrechetDistance
from evalsuite.metrics.image_features import ImageFeatureMetric
from evalsuite.metrics.image_set import ImageSetMetric
from evalsuite.task import MetricSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["check_extractor", "image_specs"]

_OTHER_INPUT = {
    "geneval": "what a detector found in the images, not the images: --detections FILE --metric geneval",
    "dpg_bench": "answers to questions about the images, not the images: --answers FILE --metric dpg_bench",
    "dpg_bench_script": "answers to questions, not images: --answers FILE --metric dpg_bench_script",
}


def image_specs(
    metrics: Sequence[str],
    real: str,
    *,
    extractor: str | None = None,
    protocols: Sequence[str] | None = None,
    assume_protocol: str | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[MetricSpec]:
    """Return the metrics to be made, each for every protocol; see `evalsuite.scoring.image_sets.score_image_sets`.

    Raises
    ------
    UsageError
        If a metric, a protocol, an option or the extractor is unknown, a metric is not one of sets of images, or the
        extractor has no protocols.
    """
    _check_names(extractor, protocols)
    if assume_protocol is not None:
        check_extractor("--assume-protocol", assume_protocol)
    return [
        _with_options(_spec(name, real, extractor, protocol, assume_protocol, primary=i == 0), options or {})
        for i, name in enumerate(dict.fromkeys(metrics))
        for protocol in (dict.fromkeys(protocols) if protocols is not None else [None])
    ]


def _check_names(extractor: str | None, protocols: Sequence[str] | None) -> None:
    """Raise UsageError unless the extractor and the protocols are known, and go together."""
    for protocol in protocols or ():
        check_protocol(protocol, "--protocol")
    if extractor is None:
        return
    check_extractor("--extractor", extractor)
    if protocols is not None and (parse_extractor(extractor).base not in DEFAULT_PROTOCOLS or "@" in extractor):
        names = " or ".join(DEFAULT_PROTOCOLS)
        raise UsageError(f'--protocol: --extractor must be {names} with it, or left out, got "{extractor}"')


def check_extractor(option: str, name: str) -> None:
    """Raise UsageError unless there is an extractor of this name; the message begins with `option`."""
    try:
        parse_extractor(name)
    except UsageError as error:
        raise UsageError(f"{option}: {error}") from error


def _spec(
    name: str, real: str, extractor: str | None, protocol: str | None, assumed: str | None, *, primary: bool
) -> MetricSpec:
    if name in _OTHER_INPUT:
        raise UsageError(f'--metric: "{name}" takes {_OTHER_INPUT[name]}')
    metric_class = METRICS.get(name)
    if not _scores_sets(metric_class):
        able = [known for known in METRICS.names() if _is_image_metric(known)]
        why = ""
        if getattr(metric_class, "modality", None) == "image":
            why = " alone: it reads more of a task's samples than images, so that it is for `evalsuite run`"
        raise UsageError(f'--metric: "{name}" does not score sets of images{why}; these do: {", ".join(able)}')
    options = {"reference_set": real} if issubclass(metric_class, (ImageSetMetric, ReferenceImageMetric)) else {}
    if not issubclass(metric_class, ImageFeatureMetric):  # there is no extractor to choose
        return MetricSpec(name=name, primary=primary, options=dict(options))
    if protocol is not None and "protocol" in inspect.signature(metric_class).parameters:
        options["protocol"] = protocol
    elif protocol is not None and extractor is None:
        base = "inception_logits" if is_classifier(metric_class.extractor) else "inception_fid"
        options["extractor"] = f"{base}@{protocol}"
    elif protocol is not None:
        options["extractor"] = f"{extractor}@{protocol}"
    if extractor is not None:
        options.setdefault("extractor", extractor)
    if assumed is not None and issubclass(metric_class, FrechetDistance):
        options["assume_protocol"] = assumed
    return MetricSpec(name=name, primary=primary, options=dict(options))


def _with_options(spec: MetricSpec, given: Mapping[str, Mapping[str, Any]]) -> MetricSpec:
    """Return a metric's spec with the options that were given for it."""
    more = given.get(spec.name, {})
    for option in more:
        if option in ("reference_set", "protocol"):
            instead = {"reference_set": "--real", "protocol": "--protocol"}[option]
            raise UsageError(f"--option: {spec.name}.{option} is what {instead} says")
    return MetricSpec(name=spec.name, primary=spec.primary, options={**spec.options, **more})


def _is_image_metric(name: str) -> bool:
    try:
        found = METRICS.get(name)
    except UsageError:  # a plugin that cannot be imported
        return False
    return _scores_sets(found)


def _scores_sets(found: object) -> TypeGuard[type[ImageFeatureMetric | ReferenceImageMetric | LpipsDiversity]]:
    """Whether a metric needs nothing but two sets of images."""
    if not inspect.isclass(found) or not issubclass(found, (ImageFeatureMetric, ReferenceImageMetric, LpipsDiversity)):
        return False
    return not getattr(found, "needs_samples", False)
