"""Score one set of images against another, with no model and no run."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.datasets import DATASETS, load_images
from evalsuite.errors import InputError, UsageError, did_you_mean
from evalsuite.extractors import EXTRACTORS
from evalsuite.media import read_image_set
from evalsuite.metrics import METRICS
from evalsuite.metrics.frechet_distance import FrechetDistance
from evalsuite.metrics.image_features import ImageFeatureMetric
from evalsuite.metrics.image_set import ImageSetMetric
from evalsuite.metrics.references import find_reference
from evalsuite.scoring.score import ScoringInput, make_metric, score_all
from evalsuite.task import MetricSpec
from evalsuite.types import Output, Sample, Score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalsuite.feature_stats import FeatureStatistics
    from evalsuite.media import ImageSet

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
    """Scores of a set of images, and what was compared."""

    real: ScoredSet
    fake: ScoredSet
    scores: Sequence[Score]

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
    assume_protocol: str | None = None,
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
    assume_protocol : str, optional
        Name of the extractor that statistics are to be taken as made by; see the metric `frechet_distance`.

    Returns
    -------
    ImageSetScores
        Images that cannot be read are left out and counted; those that the extractor does not take have no value, and
        are counted as ``n_unscored``.

    Raises
    ------
    UsageError
        If a metric or the extractor is unknown, or a metric is not one of sets of images.
    InputError
        If a set cannot be read, has fewer images than a metric takes, or is statistics that a metric cannot use.
    """
    for option, name in (("--extractor", extractor), ("--assume-protocol", assume_protocol)):
        if name is not None:
            check_extractor(option, name)
    for option, name in (("--real", real), ("--fake", fake)):
        if name not in DATASETS and not Path(name).exists():
            hint = did_you_mean(name, DATASETS) or "."
            raise InputError(
                f'{option}: there is no "{name}"{hint} Give a folder, tar or npz of images, or one of our data sets: '
                f"{', '.join(DATASETS)}."
            )
    specs = [
        _spec(name, real, extractor, assume_protocol, primary=i == 0) for i, name in enumerate(dict.fromkeys(metrics))
    ]
    made = [make_metric(spec, "--metric") for spec in specs]
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
        scores = score_all(data, list(zip(specs, made, strict=True)))
    except (InputError, ValueError) as error:
        where = f"--real {real}" if str(error).startswith("reference set") else f"--fake {fake}"
        raise InputError(f"{where}: {error}") from error
    return ImageSetScores(real=real_set, fake=fake_set, scores=scores)


def check_extractor(option: str, name: str) -> None:
    """Raise UsageError unless there is an extractor of this name; the message begins with `option`."""
    known = EXTRACTORS.names()
    if name not in known:
        hint = did_you_mean(name, known) or "."
        raise UsageError(f'{option}: unknown extractor "{name}"{hint} Known: {", ".join(known)}.')


def _spec(name: str, real: str, extractor: str | None, assumed: str | None, *, primary: bool) -> MetricSpec:
    metric_class = METRICS.get(name)
    if not (inspect.isclass(metric_class) and issubclass(metric_class, ImageFeatureMetric)):
        able = [known for known in METRICS.names() if _is_image_metric(known)]
        raise UsageError(f'--metric: "{name}" does not score sets of images; these do: {", ".join(able)}')
    options = {"reference_set": real} if issubclass(metric_class, ImageSetMetric) else {}
    if extractor is not None:
        options["extractor"] = extractor
    if assumed is not None and issubclass(metric_class, FrechetDistance):
        options["assume_protocol"] = assumed
    return MetricSpec(name=name, primary=primary, options=dict(options))


def _is_image_metric(name: str) -> bool:
    try:
        found = METRICS.get(name)
    except UsageError:  # a plugin that cannot be imported
        return False
    return inspect.isclass(found) and issubclass(found, ImageFeatureMetric)


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
