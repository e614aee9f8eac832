"""Score one set of images against another, with no model and no run."""

from __future__ import annotations

import inspect
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from evalsuite.datasets import DATASETS
from evalsuite.errors import InputError, UsageError
from evalsuite.extractors import DEFAULT_PROTOCOLS
from evalsuite.extractors.naming import check_protocol, is_classifier, parse_extractor
from evalsuite.extractors.opening import open_extractor
from evalsuite.media import AuditWarning, audit_sets, described_conversions, kept_images, named_images, read_images
from evalsuite.metrics import METRICS
from evalsuite.metrics._reference_images import ReferenceImageMetric
from evalsuite.metrics.diversity import LpipsDiversity
from evalsuite.metrics.frechet_distance import FrechetDistance
from evalsuite.metrics.image_features import ImageFeatureMetric, rows_of_images
from evalsuite.metrics.image_set import ImageSetMetric
from evalsuite.metrics.references import all_reference_features, find_reference
from evalsuite.scoring.image_reading import check_there, read_set
from evalsuite.scoring.precision_gate import PrecisionCheck, require_small
from evalsuite.scoring.precision_of_scores import check_precision, distances_beside
from evalsuite.scoring.score import ScoringInput, make_metric, row_signature, score_all
from evalsuite.task import MetricSpec
from evalsuite.types import Output, Sample, Score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from evalsuite.feature_stats import FeatureStatistics
    from evalsuite.media import ImageSet
    from evalsuite.metrics.base import Metric, Rows

__all__ = [
    "ImageSetScores",
    "ScoredFeatures",
    "ScoredSet",
    "check_extractor",
    "describe_images",
    "score_image_sets",
    "score_named_sets",
]


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
    conversions : mapping of str to int
        Images to which each conversion to 8-bit grey or RGB was applied; see `evalsuite.media.conversion`.
    decoder : str
        What made pixels of files, with versions; empty where it is unknown.
    """

    name: str
    n: int | None
    shapes: Mapping[str, int]
    excluded: Mapping[str, int]
    n_other: int
    sha256: str
    statistics: Mapping[str, str] | None = None
    conversions: Mapping[str, int] = field(default_factory=dict)
    decoder: str = ""


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
    warnings : sequence of AuditWarning
        What the audit of both sets found; see `evalsuite.media.audit`.
    precision : sequence of PrecisionCheck
        Where features are not of float32, what that does, by each network in turn.
    """

    real: ScoredSet
    fake: ScoredSet
    scores: Sequence[Score]
    protocols: Sequence[str] = ()
    warnings: Sequence[AuditWarning] = ()
    precision: Sequence[PrecisionCheck] = ()

    @property
    def are_equal(self) -> bool:
        """Whether both sets hold the same images."""
        named = self.real.sha256 == self.fake.sha256 != ""  # statistics say of which images they are
        return named or any(warning.code == "same_set" for warning in self.warnings)


def score_image_sets(
    real: Any,
    fake: Any,
    metrics: Sequence[str],
    *,
    extractor: str | None = None,
    protocols: Sequence[str] | None = None,
    assume_protocol: str | None = None,
    accept_precision: bool = False,
    on_warning: Callable[[AuditWarning], None] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> ImageSetScores:
    """Score images against real ones.

    Parameters
    ----------
    real, fake : str, Path, array, tensor or iterable
        Path of images, see `evalsuite.media.listing.list_images`; or the name of a data set of ours, such as
        ``"fashion_mnist/test"``. The real ones may be a file of statistics, where a metric needs no more of them; see
        `evalsuite.feature_stats`. Or images themselves: an array, a tensor or batches of them, as of a data loader, see
        `evalsuite.media.read_images`.
    metrics : sequence of str
        Registry names of metrics of sets of images; the first counts as primary.
    extractor : str, optional
        The network that computes features; each metric's own default where None.
    protocols : sequence of str, optional
        Score by Inception, once with each of these protocols; see ``evalsuite.extractors.resizing``. Each image is read
        once for all of them.
    assume_protocol : str, optional
        Name of the extractor that statistics are to be taken as made by; see the metric `frechet_distance`.
    accept_precision : bool, default False
        Score whatever a precision below float32 does; see ``evalsuite.scoring.precision_gate``. How features are
        computed is said by ``evalsuite.extractors.settings.use_settings``.
    on_warning : callable, optional
        Told each warning of the audit of both sets, before features are computed.
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
    TypeError, ValueError
        If images given in Python are something else than `evalsuite.media.read_images` takes.
    ThresholdError
        If the precision moves a Fréchet distance too far, and that is not accepted.
    """
    with ExitStack() as kept:
        real_name, fake_name = (
            str(given)
            if isinstance(given, (str, Path))
            else kept.enter_context(named_images(read_images(given, argument)))
            for argument, given in (("real", real), ("fake", fake))
        )
        return score_named_sets(
            real_name,
            fake_name,
            metrics,
            extractor=extractor,
            protocols=protocols,
            assume_protocol=assume_protocol,
            accept_precision=accept_precision,
            on_warning=on_warning,
            options=options,
        ).found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoredFeatures:
    """Scores, with what they were made of: a metric each, features by what `row_signature` returns, names of images."""

    found: ImageSetScores
    metrics: Sequence[Metric]
    rows: Mapping[str, Rows]
    names: Sequence[str]


def score_named_sets(
    real: str,
    fake: str,
    metrics: Sequence[str],
    *,
    extractor: str | None = None,
    protocols: Sequence[str] | None = None,
    assume_protocol: str | None = None,
    accept_precision: bool = False,
    on_warning: Callable[[AuditWarning], None] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> ScoredFeatures:
    """Score sets of images that have a name or a path; see `score_image_sets`."""
    _check_names(extractor, protocols)
    if assume_protocol is not None:
        check_extractor("--assume-protocol", assume_protocol)
    for option, name in (("--real", real), ("--fake", fake)):
        check_there(name, f"{option}: ")
    asked = list(dict.fromkeys(protocols)) if protocols is not None else [None]
    specs = [
        _spec(name, real, extractor, protocol, assume_protocol, primary=i == 0)
        for i, name in enumerate(dict.fromkeys(metrics))
        for protocol in asked
    ]
    specs = [_with_options(spec, options or {}) for spec in specs]
    made = [make_metric(spec, "--metric", may_run_code=True) for spec in specs]
    gates = distances_beside(made, real, assume_protocol)
    reference = find_reference(real)
    images = read_set(fake, "--fake")
    outputs = [(Output(image=image, sample_id=each),) for each, image in zip(images.names, images.images, strict=True)]
    fake_set = describe_images(fake, images)
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
    for metric in [*made, *gates]:
        try:
            metric.check()  # weights that are missing are no fault of either set
        except InputError as error:
            if not str(error).startswith("reference set"):
                raise
            said = str(error).removeprefix(f'reference set "{real}": ')
            raise InputError(f'--real {real}: metric "{metric.name}": {said}') from error
    warnings = () if reference.statistics is not None else _warnings(real, fake, images)
    if on_warning is not None:
        for warning in warnings:
            on_warning(warning)
    data = ScoringInput(
        task_name="images", samples=[Sample(id=output.sample_id, input={}) for (output,) in outputs], outputs=outputs
    )
    try:
        computed = _read_once([*made, *gates], real, outputs)
        scores = score_all(data, list(zip(specs, made, strict=True)), computed=computed)
        checks = check_precision(data, list(zip(made, scores, strict=True)), gates, computed)
        scores = [_explained(score, metric, data) for score, metric in zip(scores, made, strict=True)]
    except (InputError, ValueError) as error:
        where = f"--real {real}" if str(error).startswith("reference set") else f"--fake {fake}"
        raise InputError(f"{where}: {error}") from error
    if images.conversions:
        note = f"generated images: {described_conversions(images.conversions)}"
        scores = [replace(score, notes=(*score.notes, note)) for score in scores]
    of_scores = [protocol for protocol in asked if protocol is not None] * (len(specs) // len(asked))
    for check in checks if not accept_precision else ():
        require_small(check)
    found = ImageSetScores(
        real=real_set, fake=fake_set, scores=scores, protocols=of_scores, warnings=warnings, precision=checks
    )
    return ScoredFeatures(found=found, metrics=made, rows=computed, names=images.names)


def _warnings(real: str, fake: str, images: ImageSet) -> Sequence[AuditWarning]:
    """Return what an audit of both sets warns of, and that they may have been swapped."""
    found = list(audit_sets([("--real", read_set(real, "--real")), ("--fake", images)]).warnings)
    if fake in DATASETS and real not in DATASETS:
        text = f"--fake is {fake}, which are real images: were --real and --fake swapped?"
        found.insert(0, AuditWarning(code="swapped", message=text))
    return found


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
    if not images:
        return {}
    by_signature = {row_signature(metric): open_extractor(metric.extractor) for metric in images}
    if find_reference(real).statistics is None:
        beside = [metric.extractor for metric in images if isinstance(metric, ImageSetMetric)]
        all_reference_features(list(dict.fromkeys(beside)), real)
    return dict(zip(by_signature, rows_of_images(list(by_signature.values()), outputs), strict=True))


def _spec(
    name: str, real: str, extractor: str | None, protocol: str | None, assumed: str | None, *, primary: bool
) -> MetricSpec:
    metric_class = METRICS.get(name)
    if not _scores_sets(metric_class):
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
    return _scores_sets(found)


def _scores_sets(found: object) -> TypeGuard[type[ImageFeatureMetric | ReferenceImageMetric | LpipsDiversity]]:
    """Whether a metric needs nothing but two sets of images."""
    if not inspect.isclass(found) or not issubclass(found, (ImageFeatureMetric, ReferenceImageMetric, LpipsDiversity)):
        return False
    return not getattr(found, "needs_samples", False)


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
        name=name if kept_images(name) is None else str(found.path),
        n=len(found),
        shapes=_by_count(found.shapes),
        excluded=found.reasons,
        n_other=found.n_other,
        sha256=found.sha256 if name not in DATASETS else DATASETS[name].sha256,
        conversions=found.conversions,
        decoder=found.decoder,
    )


def _by_count(shapes: Mapping[tuple[int, int, int], int]) -> dict[str, int]:
    ordered = sorted(shapes.items(), key=lambda item: (-item[1], item[0]))
    return {" x ".join(map(str, shape)): count for shape, count in ordered}
