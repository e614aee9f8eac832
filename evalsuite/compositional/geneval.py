"""GenEval: whether the objects that a prompt asks for are there, by its published rules, from stored detections."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import hypot
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.compositional.detections import TASKS, DetectedImage, Detection, Wanted
from evalsuite.compositional.scores import make_score, quotient_score
from evalsuite.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from evalsuite.types import Score

__all__ = ["GenEvalOptions", "judge_image", "relations", "score_geneval"]

_RELATION_SHARE = 0.5
_NOTHING = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class GenEvalOptions:
    """The published rules' numbers.

    Parameters
    ----------
    threshold : float, default 0.3
        A detection counts if its confidence is above.
    counting_threshold : float, default 0.9
        The same for images of the task "counting".
    max_objects : int, default 16
        Of a class, those of the highest confidence.
    max_overlap : float, default 1
        Detections of a class that overlap one of higher confidence by this intersection over union, or more, are left
        out; none is at 1.
    position_threshold : float, default 0.1
        Share of both objects' widths, or heights, by which their centres must differ to be beside each other.

    Raises
    ------
    UsageError
        If a number is out of range.
    """

    threshold: float = 0.3
    counting_threshold: float = 0.9
    max_objects: int = 16
    max_overlap: float = 1.0
    position_threshold: float = 0.1

    def __post_init__(self) -> None:
        for option in fields(self):
            found = getattr(self, option.name)
            most = 10_000 if option.name == "max_objects" else 1
            kinds = (int,) if option.name == "max_objects" else (int, float)
            if isinstance(found, bool) or not isinstance(found, kinds) or not 0 <= found <= most:
                raise UsageError(f"geneval: `{option.name}` must be a number in [0, {most}], got {found!r}")

    def signature(self) -> str:
        """Return all options."""
        return "|".join(f"{option.name}:{getattr(self, option.name)}" for option in fields(self))


def score_geneval(images: Sequence[DetectedImage], options: GenEvalOptions | None = None) -> list[Score]:
    """Score images by GenEval.

    Parameters
    ----------
    images : sequence of DetectedImage
        At least one.
    options : GenEvalOptions, optional
        The published ones where None.

    Returns
    -------
    list of Score
        ``geneval``, the mean of the tasks' accuracies, 0-1; each task's accuracy, ``geneval_counting`` and so on; the
        share of images that are right; and that of prompts of which one image is.

    Raises
    ------
    InputError
        If there is no image, or a detection that a colour is asked of has none; file and line are named.

    Notes
    -----
    The mean over tasks, and not over images [1]_. Intervals treat the images of a prompt as one: a bootstrap over
    prompts for ``geneval``; Wilson's with the prompts' design effect for shares. They are for other prompts of the same
    kinds and other images of the model; the detector is held fixed, and with it its mistakes.

    References
    ----------
    .. [1] Ghosh, Hajishirzi and Schmidt, "GenEval: An object-focused framework for evaluating text-to-image alignment",
       NeurIPS 2023, datasets and benchmarks.
    """
    options = GenEvalOptions() if options is None else options
    if not images:
        raise InputError("geneval: there is no image to score")
    right = np.array([judge_image(image, options) for image in images], dtype=np.float64)
    tasks = np.array([TASKS.index(image.task) for image in images])
    prompts = [f"{image.task}\0{image.prompt}" for image in images]
    present = [task for i, task in enumerate(TASKS) if (tasks == i).any()]
    of_task = tasks[:, None] == np.arange(len(TASKS))
    rows = np.hstack([of_task * right[:, None], of_task]).astype(np.float64)
    signature = f"geneval|{options.signature()}|clusters:prompt|version:1"
    missing = [task for task in TASKS if task not in present]
    notes = [f"of the {len(TASKS)} tasks these are missing: {', '.join(missing)}"] if missing else []
    scores = [make_score("geneval", signature, rows, prompts, _mean_of_tasks, primary=True, notes=notes)]
    for task in present:
        chosen = np.flatnonzero(tasks == TASKS.index(task))
        scores.append(_share(f"geneval_{task}", signature, right[chosen], [prompts[i] for i in chosen]))
    scores.append(_share("geneval_images", signature, right, prompts))
    best: dict[str, float] = {}
    for prompt, is_right in zip(prompts, right, strict=True):
        best[prompt] = max(best.get(prompt, 0.0), float(is_right))
    scores.append(_share("geneval_prompts", signature, np.array(list(best.values())), list(best)))
    return scores


def judge_image(image: DetectedImage, options: GenEvalOptions) -> bool:
    """Return whether an image shows all that its prompt asks for, and nothing that it must not.

    Notes
    -----
    Of each class the detections above the threshold count, in the order of their confidence. A clause is met by its
    first ``count`` objects alone: there must be so many, of its colour where it names one, and each beside each object
    of its target in the relation it names. A clause that was not met is no target. What is excluded must be there fewer
    times than its count. A prompt of the task "counting" excludes one object more than it asks for.

    Raises
    ------
    InputError
        If a colour is asked of an object whose record has none.
    """
    objects = _objects(image, options)
    met: list[Sequence[Detection] | None] = []
    for clause in image.include:
        found = objects.get(clause.name, ())[: clause.count]
        is_met = len(found) == clause.count and _has_colours(clause, found, image)
        if is_met and clause.relation is not None:
            target = met[clause.target]
            is_met = target is not None and all(
                clause.relation in relations(one.box, other.box, options.position_threshold)
                for one in found
                for other in target
            )
        met.append(found if is_met else None)
    is_free = all(len(objects.get(clause.name, ())) < clause.count for clause in image.exclude)
    return is_free and None not in met


def relations(
    box: tuple[float, float, float, float], other: tuple[float, float, float, float], position_threshold: float
) -> frozenset[str]:
    """Return where a box is relative to another: up to two of "left of", "right of", "above" and "below".

    Notes
    -----
    The offset of the centres, less `position_threshold` times the sum of both widths (heights), not below 0; along an
    axis it is a relation if it is more than half of the whole offset's length.

    Examples
    --------
    >>> sorted(relations((0, 0, 10, 10), (30, 24, 40, 34), 0.1))
    ['above', 'left of']
    """
    offsets, shrunk = [], []
    for axis in (0, 1):
        offset = (box[axis] + box[axis + 2]) / 2 - (other[axis] + other[axis + 2]) / 2
        sizes = box[axis + 2] - box[axis] + other[axis + 2] - other[axis]
        offsets.append(offset)
        left = max(abs(offset) - position_threshold * sizes, 0.0)
        shrunk.append(left if offset > 0 else -left)
    if all(abs(each) < _NOTHING for each in shrunk):
        return frozenset()
    length = hypot(*offsets)
    names = (("left of", "right of"), ("above", "below"))
    return frozenset(
        names[axis][int(shrunk[axis] > 0)] for axis in (0, 1) if abs(shrunk[axis] / length) > _RELATION_SHARE
    )


def _objects(image: DetectedImage, options: GenEvalOptions) -> Mapping[str, Sequence[Detection]]:
    """Return the detections that count, by class, the surest first."""
    threshold = options.counting_threshold if image.task == "counting" else options.threshold
    found: dict[str, list[Detection]] = {}
    for detection in sorted(image.detections, key=lambda each: -each.score):
        if detection.score > threshold:
            found.setdefault(detection.name, []).append(detection)
    return {name: _apart(each[: options.max_objects], options.max_overlap) for name, each in found.items()}


def _apart(detections: Sequence[Detection], max_overlap: float) -> Sequence[Detection]:
    if max_overlap == 1:
        return detections
    kept: list[Detection] = []
    for detection in detections:
        if all(_overlap(detection.box, other.box) < max_overlap for other in kept):
            kept.append(detection)
    return kept


def _overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the intersection over union of two boxes whose ends are pixels of theirs."""

    def area(box: Sequence[float]) -> float:
        return max(box[2] - box[0] + 1, 0.0) * max(box[3] - box[1] + 1, 0.0)

    inside = area((max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])))
    union = area(one) + area(other) - inside
    return inside / union if union else 0.0


def _has_colours(clause: Wanted, found: Sequence[Detection], image: DetectedImage) -> bool:
    if clause.colour is None:
        return True
    for detection in found:
        if detection.colour is None:
            raise InputError(
                f"{image.where}: the prompt asks for a {clause.colour} {clause.name}, and the detection of a "
                f'"{detection.name}" with score {detection.score:g} has no color: give what a classifier said of it'
            )
    return all(detection.colour == clause.colour for detection in found)


def _mean_of_tasks(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean over the tasks that there are images of."""
    right, n = np.split(sums, 2, axis=-1)
    share = np.divide(right, n, out=np.zeros_like(right), where=n > 0)
    return np.asarray(share.sum(axis=-1) / np.maximum((n > 0).sum(axis=-1), 1))


def _share(name: str, signature: str, right: NDArray[np.float64], prompts: Sequence[str]) -> Score:
    return quotient_score(name, signature, np.stack([right, np.ones_like(right)], axis=1), prompts)
