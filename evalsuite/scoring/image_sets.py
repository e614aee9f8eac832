"""Score one set of images against another, with no model and no run."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.datasets import DATASETS, load_images
from evalsuite.errors import InputError, UsageError, did_you_mean
from evalsuite.extractors import DEFAULT_PROTOCOLS
from evalsuite.extractors.naming import check_protocol, is_classifier, parse_extractor
from evalsuite.extractors.opening import open_extractor
from evalsuite.media import read_image_set
from evalsuite.metrics import METRICS
from evalsuite.metrics._reference_images import ReferenceImageMetric
from evalsuite.metrics.diversity import LpipsDiversity
from evalsuite.metrics.frechet_distance import FrechetDistance
from evalsuite.metrics.image_features import ImageFeatureMetric, rows_of_images
from evalsuite.metrics.image_set import ImageSetMetric
from evalsuite.metrics.references import all_reference_features, find_reference
from evalsuite.scoring.score import ScoringInput, make_metric, row_signature, score_all
from evalsuite.task import MetricSpec
from evalsuite.types import Output, Sample, Score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.feature_stats import FeatureStatistics
    from evalsuite.media import ImageSet
    from evalsuite.metrics.base import Metric, Rows

__all__ = ["ImageSetScores", "ScoredSet", "check_extractor", "describe_images", "score_image_sets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredSet:
    """One of the two sets.

    Parameters
    ----------
    name : str
        As it was given.
    n : int
        Images that can be scored; None where a file of statistics does not say.
    shapes : mapping of str to int
        Images of each ``"height x width x channels"``, the most frequent first.
    excluded : mapping of str to int
        Images left out, by reason, the most frequent first.
    n_other : int
        Files passed over, as they are no images by their names.
    sha256 : str
        Of the images as a set; empty where it is unknown.
    statistics : mapping of str to str, optional
        Of a file of statistics in the place of images: its form and the extractor it names, or ``"unknown"``.
    """

    name: str
    n: int | None
    shapes: Mapping[str, int]
    excluded: Mapping[str, int]
    n_other: int
    sha256: str
    statistics: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSetScores:
    """Scores of a set of images, and what was compared.

    Parameters
    ----------
    real, fake : ScoredSet
    scores : sequence of Score
        By metric; where protocols were asked for, by each of them in turn.
    protocols : sequence of str
        Where they were asked for, that of each score.
    """

    real: ScoredSet
    fake: ScoredSet
    scores: Sequence[Score]
    protocols: Sequence[str] = ()

    @property
    def are_equal(self) -> bool:
        """Whether both sets hold the same images."""
        return self.real.sha256 == self.fake.sha256 != ""


def score_image_sets(
    real: str,
    fake: str,
    metrics: Sequence[str],
    *,
    extractor: str | None = None,
    protocols: Sequence[str] | None = None,
    assume_protocol: str | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> ImageSetScores:
    """Score images against real ones.

    Parameters
    ----------
    real, fake : str
        Folder, tar or npz of images; or the name of a data set of ours, such as ``"fashion_mnist/test"``. The real ones
        may be a file of statistics, where a metric needs no more of them; see `evalsuite.feature_stats`.
    metrics : sequence of str
        Registry names of metrics of sets of images; the first counts as primary.
    extractor : str, optional
        The network that computes features; each metric's own default where None.
    protocols : sequence of str, optional
        Score by Inception, once with each of these protocols; see ``evalsuite.extractors.resizing``. Each image is read
        once for all of them.
    assume_protocol : str, optional
        Name of the extractor that statistics are to be taken as made by; see the metric `frechet_distance`.
    options : mapping of str to mapping, optional
        Options of metrics, by their names; the reference set is `real`.

    Returns
    -------
    ImageSetScores
        Images that cannot be read are left out and counted; those that the extractor does not take have no value, and
        are counted as ``n_unscored``.

    Raises
    ------
    UsageError
        If a metric, a protocol, an option or the extractor is unknown, a metric is not one of sets of images, or the
        extractor has no protocols.
    InputError
        If a set cannot be read, has fewer images than a metric takes, or is statistics that a metric cannot use.
    """
    _check_names(extractor, protocols)
    if assume_protocol is not None:
        check_extractor("--assume-protocol", assume_protocol)
    for option, name in (("--real", real), ("--fake", fake)):
        if name not in DATASETS and not Path(name).exists():
            hint = did_you_mean(name, DATASETS) or "."
            raise InputError(
                f'{option}: there is no "{name}"{hint} Give a folder, tar or npz of images, or one of our data sets: '
                f"{', '.join(DATASETS)}."
            )
    asked = list(dict.fromkeys(protocols)) if protocols is not None else [None]
    specs = [
        _spec(name, real, extractor, protocol, assume_protocol, primary=i == 0)
        for i, name in enumerate(dict.fromkeys(metrics))
        for protocol in asked
    ]
    specs = [_with_options(spec, options or {}) for spec in specs]
    made = [make_metric(spec, "--metric", may_run_code=True) for spec in specs]
    reference = find_reference(real)
    outputs, fake_set = _read(fake)
    real_set = describe_images(real, reference.image_set, reference.statistics)
    for metric in made:
        least = getattr(metric, "least", 1)
        for option, one in (("--real", real_set), ("--fake", fake_set)):
            if one.n is not None and one.n < least:
                left_out = "".join(f"; left out: {count} x {reason}" for reason, count in one.excluded.items())
                raise InputError(
                    f'{option} {one.name}: has {one.n} image{"s" * (one.n != 1)}, metric "{metric.name}" takes at '
                    f"least {least}{left_out}"
                )
    for metric in made:
        try:
            metric.check()  # weights that are missing are no fault of either set
        except InputError as error:
            if not str(error).startswith("reference set"):
                raise
            said = str(error).removeprefix(f'reference set "{real}": ')
            raise InputError(f'--real {real}: metric "{metric.name}": {said}') from error
    data = ScoringInput(
        task_name="images", samples=[Sample(id=output.sample_id, input={}) for (output,) in outputs], outputs=outputs
    )
    try:
        computed = _read_once(made, real, outputs)
        scores = score_all(data, list(zip(specs, made, strict=True)), computed=computed)
        scores = [_explained(score, metric, data) for score, metric in zip(scores, made, strict=True)]
    except (InputError, ValueError) as error:
        where = f"--real {real}" if str(error).startswith("reference set") else f"--fake {fake}"
        raise InputError(f"{where}: {error}") from error
    of_scores = [protocol for protocol in asked if protocol is not None] * (len(specs) // len(asked))
    return ImageSetScores(real=real_set, fake=fake_set, scores=scores, protocols=of_scores)


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


def _explained(score: Score, metric: Metric, data: ScoringInput) -> Score:
    """Return a score with a note of why images beside a reference have no value."""
    if not score.n_unscored or not isinstance(metric, ReferenceImageMetric):
        return score
    said = metric.first_failure(data.samples, data.outputs)
    return replace(score, notes=(*score.notes, f"no value of {said}")) if said else score


def _read_once(metrics: Sequence[Metric], real: str, outputs: Sequence[tuple[Output]]) -> dict[str, Rows]:
    """Compute the features of both sets for all metrics, each image being read once for all extractors."""
    images = [metric for metric in metrics if isinstance(metric, ImageFeatureMetric)]
    by_signature = {row_signature(metric): open_extractor(metric.extractor) for metric in images}
    if len(by_signature) < 2:  # nothing to share
        return {}
    if find_reference(real).statistics is None:
        beside = [metric.extractor for metric in images if isinstance(metric, ImageSetMetric)]
        all_reference_features(list(dict.fromkeys(beside)), real)
    return dict(zip(by_signature, rows_of_images(list(by_signature.values()), outputs), strict=True))


def _spec(
    name: str, real: str, extractor: str | None, protocol: str | None, assumed: str | None, *, primary: bool
) -> MetricSpec:
    metric_class = METRICS.get(name)
    if not _is_image_metric(name):
        able = [known for known in METRICS.names() if _is_image_metric(known)]
        raise UsageError(f'--metric: "{name}" does not score sets of images; these do: {", ".join(able)}')
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
    return inspect.isclass(found) and issubclass(found, (ImageFeatureMetric, ReferenceImageMetric, LpipsDiversity))


def _read(name: str) -> tuple[list[tuple[Output]], ScoredSet]:
    if name in DATASETS:
        images = load_images(name)
        return [(Output(image=image, sample_id=str(i)),) for i, image in enumerate(images)], describe_images(name, None)
    found = read_image_set(name)
    pairs = zip(found.names, found.images, strict=True)
    return [(Output(image=image, sample_id=each),) for each, image in pairs], describe_images(name, found)


def describe_images(name: str, found: ImageSet | None, statistics: FeatureStatistics | None = None) -> ScoredSet:
    """Return what is to be told of a set: of a data set by its name, or of what was found at a path."""
    if statistics is not None:
        return ScoredSet(
            name=name,
            n=statistics.n,
            shapes={},
            excluded={},
            n_other=0,
            sha256=statistics.image_set or "",
            statistics={"form": statistics.form, "extractor": statistics.extractor or "unknown"},
        )
    if found is None:
        dataset = DATASETS[name]
        shapes = {dataset.shape: dataset.n}
        return ScoredSet(
            name=name, n=dataset.n, shapes=_by_count(shapes), excluded={}, n_other=0, sha256=dataset.sha256
        )
    return ScoredSet(
        name=name,
        n=len(found),
        shapes=_by_count(found.shapes),
        excluded=found.reasons,
        n_other=found.n_other,
        sha256=found.sha256,
    )


def _by_count(shapes: Mapping[tuple[int, int, int], int]) -> dict[str, int]:
    ordered = sorted(shapes.items(), key=lambda item: (-item[1], item[0]))
    return {" x ".join(map(str, shape)): count for shape, count in ordered}
