"""Scores of a zoo model on the items of the embedded tasks, for its card and its tests."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.media import pixels_of
from evalsuite.rng import derive_seed
from evalsuite.types import GenerationConfig, Request, Sample
from evalsuite.worlds import data_to_text, load_world, pictures
from evalsuite.zoo.example import TEST_ITEMS, TEST_SEED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.zoo.images.picture_model import PictureModel
    from evalsuite.zoo.model import ZooModel

__all__ = [
    "PictureScores",
    "ReasoningScores",
    "RecordScores",
    "answer_texts",
    "measure_pictures",
    "measure_reasoning",
    "measure_records",
    "task_samples",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningScores:
    """What a model gets right of the items of a reasoning family.

    Parameters
    ----------
    accuracy : float
        Share of right final answers, 0-1.
    by_depth : mapping of int to float
        The same at each depth.
    core_seconds : float
        Processor time of generating all answers.
    """

    accuracy: float
    by_depth: dict[int, float]
    core_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordScores:
    """What a model says of records.

    Parameters
    ----------
    slots : float
        Share of the records' slots said right, 0-1.
    faithful : float
        Share of texts that say every slot right and nothing else, 0-1.
    core_seconds : float
        Processor time of generating all texts.
    """

    slots: float
    faithful: float
    core_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureScores:
    """What a model gets right of requests for pictures.

    Parameters
    ----------
    accuracy : float
        Share of pictures that are exactly what was asked for, 0-1.
    by_depth : mapping of int to float
        The same at each number of constraints.
    core_seconds : float
        Processor time of drawing all pictures.
    """

    accuracy: float
    by_depth: dict[int, float]
    core_seconds: float


def answer_texts(model: ZooModel, samples: Sequence[Sample], field: str, **options: float) -> tuple[list[str], float]:
    """Return what a model writes for the samples, and the core-seconds it took.

    Parameters
    ----------
    model : ZooModel
        To be asked.
    samples : sequence of Sample
        What to ask about.
    field : str
        ``"problem"`` or ``"record"``: the input the model is shown.
    **options : float
        ``GenerationConfig`` fields such as `temperature`.
    """
    requests = [
        Request(
            sample_id=sample.id,
            repeat=0,
            turn=0,
            prompt=f"{field.capitalize()}: {sample.input[field]}",
            messages=(),
            seed=derive_seed("zoo/measure", sample.id),
        )
        for sample in samples
    ]
    model.generate(requests[:1], GenerationConfig(max_new_tokens=1))  # loads the weights
    started = time.process_time()
    outputs = model.generate(requests, GenerationConfig(**options))  # type: ignore[arg-type]
    return [output.text or "" for output in outputs], time.process_time() - started


def measure_reasoning(model: ZooModel, samples: Sequence[Sample]) -> ReasoningScores:
    """Ask a model for the answers of a reasoning family's items, greedily.

    Parameters
    ----------
    model : ZooModel
        A model of the family.
    samples : sequence of Sample
        Of its world.
    """
    texts, seconds = answer_texts(model, samples, "problem")
    hits: dict[int, list[bool]] = {}
    for sample, text in zip(samples, texts, strict=True):
        answer = sample.references[0].rpartition("\n")[2]
        hits.setdefault(sample.depth or 0, []).append(text.rpartition("\n")[2] == answer)
    return ReasoningScores(
        accuracy=sum(map(sum, hits.values())) / len(samples),
        by_depth={depth: sum(found) / len(found) for depth, found in sorted(hits.items())},
        core_seconds=seconds,
    )


def measure_records(model: ZooModel, samples: Sequence[Sample]) -> RecordScores:
    """Ask a model to write about records, greedily.

    Parameters
    ----------
    model : ZooModel
        A data-to-text model.
    samples : sequence of Sample
        Of the data_to_text world.
    """
    texts, seconds = answer_texts(model, samples, "record")
    right = total = faithful = 0
    for sample, text in zip(samples, texts, strict=True):
        record = sample.metadata["slots"]
        assert isinstance(record, dict)
        realised = data_to_text.realised_slots(text, {slot: str(value) for slot, value in record.items()})
        states = list(realised.states.values())
        right += states.count("right")
        total += len(states)
        faithful += states.count("right") == len(states) and not realised.extra
    return RecordScores(slots=right / total, faithful=faithful / len(samples), core_seconds=seconds)


def measure_pictures(model: PictureModel, samples: Sequence[Sample]) -> PictureScores:
    """Ask a model for pictures of the picture world.

    Parameters
    ----------
    model : PictureModel
        To be asked.
    samples : sequence of Sample
        Of the picture world.
    """
    from evalsuite.worlds.picture_judging import judge_picture

    requests = [
        Request(
            sample_id=sample.id,
            repeat=0,
            turn=0,
            prompt=f"Request: {sample.input['request']}",
            messages=(),
            seed=derive_seed("zoo/measure", sample.id),
        )
        for sample in samples
    ]
    model.generate(requests[:1], GenerationConfig())  # loads the weights
    started = time.process_time()
    outputs = model.generate(requests, GenerationConfig())
    seconds = time.process_time() - started
    hits: dict[int, list[bool]] = {}
    for sample, output in zip(samples, outputs, strict=True):
        asked = pictures.read_request(sample.metadata, sample.id)
        verdict = judge_picture(pixels_of(output), *asked).verdict
        hits.setdefault(sample.depth or 0, []).append(verdict == "right")
    return PictureScores(
        accuracy=sum(map(sum, hits.values())) / len(samples),
        by_depth={depth: sum(found) / len(found) for depth, found in sorted(hits.items())},
        core_seconds=seconds,
    )


def task_samples(kind: str) -> list[Sample]:
    """Return the items of the embedded task: ``"pictures"``, ``"records"``, or those of a reasoning family."""
    if kind == "pictures":
        return pictures.samples(seed=TEST_SEED, n=TEST_ITEMS[kind])
    if kind == "records":
        return data_to_text.samples(seed=TEST_SEED, n=TEST_ITEMS[kind])
    return list(load_world(kind).samples(seed=TEST_SEED, n=TEST_ITEMS[kind]))
