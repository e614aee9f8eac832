"""``evalsuite score --detections F`` and ``--answers F``: score what was stored of images; no detector is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalsuite.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalsuite.types import Score

__all__ = ["score_answers", "score_stored_detections"]

_OF_DETECTIONS = ("geneval",)
_OF_ANSWERS = ("dpg_bench", "dpg_bench_script")


def score_stored_detections(
    path: Path, metrics: Sequence[str], options: Mapping[str, Mapping[str, Any]]
) -> list[Score]:
    """Score a file of detections; see `evalsuite.compositional.read_detections`.

    Raises
    ------
    UsageError
        If a metric is another, or has no such option.
    InputError
        If the file is wrong; the line is named.
    """
    from evalsuite.compositional import GenEvalOptions, read_detections, score_geneval

    _check_metrics("--detections", metrics, _OF_DETECTIONS)
    given = dict(options.get("geneval", {}))
    known = list(GenEvalOptions.__dataclass_fields__)
    for name in given:
        if name not in known:
            raise UsageError(
                f'--option: metric "geneval" has no option "{name}"{did_you_mean(name, known)} (it has: '
                f"{', '.join(known)})"
            )
    return score_geneval(read_detections(path), GenEvalOptions(**given))


def score_answers(path: Path, metrics: Sequence[str], options: Mapping[str, Mapping[str, Any]]) -> list[Score]:
    """Score a file of answers to questions, as `evalsuite.compositional.read_answers` has them; errors as above."""
    from evalsuite.compositional import read_answers, score_dpg

    _check_metrics("--answers", metrics, _OF_ANSWERS)
    for name, given in options.items():
        raise UsageError(f'--option: metric "{name}" has no option "{next(iter(given))}"; it has none')
    images = read_answers(path)
    scores = [score_dpg(images, as_published=name == "dpg_bench_script") for name in dict.fromkeys(metrics)]
    return [score for part in scores for score in part]


def _check_metrics(option: str, metrics: Sequence[str], known: Sequence[str]) -> None:
    for name in metrics:
        if name not in known:
            able = " and ".join(known)
            raise UsageError(f'--metric: {option} is for {able}, not "{name}"{did_you_mean(name, known)}')
