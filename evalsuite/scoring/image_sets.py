"""Score one set of images against another, with no model and no run."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.datasets import DATASETS
from evalsuite.distances.hashed_order import hashed_order
from evalsuite.errors import InputError
from evalsuite.extractors.opening import open_extractor
from evalsuite.media import AuditWarning, audit_sets, described_conversions, named_images, read_images
from evalsuite.metrics._reference_images import ReferenceImageMetric
from evalsuite.metrics.image_features import ImageFeatureMetric, rows_of_images
from evalsuite.metrics.image_set import ImageSetMetric
from evalsuite.metrics.references import all_reference_features, find_reference
from evalsuite.scoring.image_reading import check_there, read_set
from evalsuite.scoring.image_specs import image_specs
from evalsuite.scoring.precision_gate import PrecisionCheck, require_small
from evalsuite.scoring.precision_of_scores import check_precision, distances_beside
from evalsuite.scoring.score import ScoringInput, compute_rows, make_metric, row_signature, score_all
from evalsuite.scoring.scored_set import ScoredSet, describe_images
from evalsuite.types import Output, Sample, Score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from evalsuite.media import ImageSet
    from evalsuite.metrics.base import Metric, Rows

__all__ = ["ImageSetScores", "ScoredFeatures", "SetScoring", "score_image_sets", "score_named_sets"]


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
        how = SetScoring(
            extractor=extractor,
            protocols=protocols,
            assume_protocol=assume_protocol,
            accept_precision=accept_precision,
            on_warning=on_warning,
            options=options or {},
        )
        return score_named_sets(real_name, fake_name, metrics, how).found


@dataclass(frozen=True, slots=True, kw_only=True)
class SetScoring:
    """How sets of images are scored; see `score_image_sets`."""

    extractor: str | None = None
    protocols: Sequence[str] | None = None
    assume_protocol: str | None = None
    accept_precision: bool = False
    on_warning: Callable[[AuditWarning], None] | None = None
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoredFeatures:
    """Scores, with what they were made of.

    Parameters
    ----------
    found : ImageSetScores
    metrics : sequence of Metric
        Of each score.
    data : ScoringInput
        The images, in the order of their names.
    rows : mapping of str to Rows
        By what `row_signature` returns of the metrics.
    order : mapping of str to sequence of int
        Likewise: which image each row is of.
    """

    found: ImageSetScores
    metrics: Sequence[Metric]
    data: ScoringInput
    rows: Mapping[str, Rows]
    order: Mapping[str, Sequence[int]]

    def rows_of(self, metric: Metric) -> tuple[Rows, Sequence[int]]:
        """Return a metric's rows, and which image each is of."""
        signature = row_signature(metric)
        return self.rows[signature], self.order[signature]

    def names_of(self, metric: Metric) -> list[str]:
        """Return the names of the images of a metric's rows."""
        return [self.data.samples[i].id for i in self.order[row_signature(metric)]]


def score_named_sets(real: str, fake: str, metrics: Sequence[str], how: SetScoring) -> ScoredFeatures:
    """Score sets of images that have a name or a path; see `score_image_sets`."""
    specs = image_specs(
        metrics,
        real,
        extractor=how.extractor,
        protocols=how.protocols,
        assume_protocol=how.assume_protocol,
        options=how.options,
    )
    for option, name in (("--real", real), ("--fake", fake)):
        check_there(name, f"{option}: ")
    made = [make_metric(spec, "--metric", may_run_code=True) for spec in specs]
    gates = distances_beside(made, real, how.assume_protocol)
    reference = find_reference(real)
    images = read_set(fake, "--fake")
    fake_set = describe_images(fake, images)
    real_set = describe_images(real, reference.image_set, reference.statistics)
    _check_sizes(made, real_set, fake_set)
    _check_metrics([*made, *gates], real)
    _check_pairs(made, fake, images)
    warnings = () if reference.statistics is not None else _warnings(real, fake, images)
    if how.on_warning is not None:
        for warning in warnings:
            how.on_warning(warning)
    try:
        data = _scoring_input(images)
        computed = _read_once([*made, *gates], real, data)
        order = _ordered_by_content(computed)
        scores = score_all(data, list(zip(specs, made, strict=True)), computed=computed)
        checks = check_precision(data, list(zip(made, scores, strict=True)), gates, computed)
        scores = [_explained(score, metric, data) for score, metric in zip(scores, made, strict=True)]
    except (InputError, ValueError) as error:
        where = f"--real {real}" if str(error).startswith("reference set") else f"--fake {fake}"
        raise InputError(f"{where}: {error}") from error
    if images.conversions:
        note = f"generated images: {described_conversions(images.conversions)}"
        scores = [replace(score, notes=(*score.notes, note)) for score in scores]
    for check in checks if not how.accept_precision else ():
        require_small(check)
    asked = list(dict.fromkeys(how.protocols or ()))
    found = ImageSetScores(
        real=real_set,
        fake=fake_set,
        scores=scores,
        protocols=asked * (len(specs) // max(len(asked), 1)),
        warnings=warnings,
        precision=checks,
    )
    return ScoredFeatures(found=found, metrics=made, data=data, rows=computed, order=order)


def _check_sizes(metrics: Sequence[Metric], real: ScoredSet, fake: ScoredSet) -> None:
    """Raise InputError where a set has fewer images than metrics take, with what each of these takes."""
    least = dict.fromkeys((metric.name, getattr(metric, "least", 1)) for metric in metrics)
    for option, one in (("--real", real), ("--fake", fake)):
        wanted = [f'metric "{name}" takes at least {n}' for name, n in least if one.n is not None and one.n < n]
        if wanted:
            left_out = "".join(f"; left out: {count} x {reason}" for reason, count in one.excluded.items())
            images = f"{one.n} image{'s' * (one.n != 1)}"
            raise InputError(f"{option} {one.name}: has {images}, {', '.join(wanted)}{left_out}")


def _check_metrics(metrics: Sequence[Metric], real: str) -> None:
    """Let each metric find out whether it can do its work; weights that are missing are no fault of either set."""
    for metric in metrics:
        try:
            metric.check()
        except InputError as error:
            if not str(error).startswith("reference set"):
                raise
            said = str(error).removeprefix(f'reference set "{real}": ')
            raise InputError(f'--real {real}: metric "{metric.name}": {said}') from error


def _check_pairs(metrics: Sequence[Metric], fake: str, images: ImageSet) -> None:
    """Raise InputError where two images would be scored beside one."""
    for metric in metrics:
        if isinstance(metric, ReferenceImageMetric):
            try:
                metric.unused_references(images.names)
            except InputError as error:
                raise InputError(f"--fake {fake}: {error}") from error


def _warnings(real: str, fake: str, images: ImageSet) -> Sequence[AuditWarning]:
    """Return what an audit of both sets warns of, and that they may have been swapped."""
    found = list(audit_sets([("--real", read_set(real, "--real")), ("--fake", images)]).warnings)
    if fake in DATASETS and real not in DATASETS:
        text = f"--fake is {fake}, which are real images: were --real and --fake swapped?"
        found.insert(0, AuditWarning(code="swapped", message=text))
    return found


def _scoring_input(images: ImageSet) -> ScoringInput:
    """Return a set as samples and outputs, in the order of its names."""
    outputs = [(Output(image=image, sample_id=each),) for each, image in zip(images.names, images.images, strict=True)]
    return ScoringInput(
        task_name="images", samples=[Sample(id=each, input={}) for each in images.names], outputs=outputs
    )


def _explained(score: Score, metric: Metric, data: ScoringInput) -> Score:
    """Return a score with notes of images that have no reference, and of references that have no image."""
    if not isinstance(metric, ReferenceImageMetric):
        return score
    notes = []
    if unused := metric.unused_references([sample.id for sample in data.samples]):
        notes.append(f"{unused} of the real images have no generated one of their name, and count for nothing")
    if score.n_unscored and (said := metric.first_failure(data.samples, data.outputs)):
        notes.append(f"no value of {said}")
    return replace(score, notes=(*score.notes, *notes))


def _read_once(metrics: Sequence[Metric], real: str, data: ScoringInput) -> dict[str, Rows]:
    """Compute the rows of all metrics, each image being read once for all extractors."""
    of_features = [metric for metric in metrics if isinstance(metric, ImageFeatureMetric)]
    found: dict[str, Rows] = {}
    if of_features:
        opened = {row_signature(metric): open_extractor(metric.extractor) for metric in of_features}
        if find_reference(real).statistics is None:
            beside = [metric.extractor for metric in of_features if isinstance(metric, ImageSetMetric)]
            all_reference_features(list(dict.fromkeys(beside)), real)
        found = dict(zip(opened, rows_of_images(list(opened.values()), data.outputs), strict=True))
    for metric in metrics:
        if row_signature(metric) not in found:
            found[row_signature(metric)] = compute_rows(metric, data.samples, data.outputs)
    return found


def _ordered_by_content(computed: dict[str, Rows]) -> dict[str, list[int]]:
    """Put rows in the order of their hashes, in place, and return which image each is of.

    So neither what images are called nor their order changes a score, a block of the jackknife or an interval.
    """
    found = {}
    for signature in list(computed):
        rows = computed.pop(signature)
        found[signature] = hashed_order(rows.values, 0).tolist()
        computed[signature] = rows.taken(found[signature])
    return found
