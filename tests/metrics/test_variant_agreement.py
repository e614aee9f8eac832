"""Agreement of variants: against a slow count, on resampled items, on what has no answer, and from models to report."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite import evaluate
from evalsuite.errors import ModelError, TaskError, UsageError
from evalsuite.metrics.variant_agreement import VariantAgreement
from evalsuite.models.adapt import adapt_model
from evalsuite.task import Task, load_task
from evalsuite.types import GenerationConfig, Output, Request, Sample

if TYPE_CHECKING:
    from pathlib import Path

FORMS = ("text", "table", "image")


def variants(item: str, *, gold: str = "B", forms: tuple[str, ...] = FORMS) -> list[Sample]:
    return [
        Sample(
            id=f"{item}-{form}",
            input={},
            references=(f"answer: {gold}",),
            metadata={"variant_of": item, "variant": form},
            cluster=f"t{len(item)}",
        )
        for form in forms
    ]


def said(*answers: str | None) -> list[list[Output]]:
    return [[Output(text="no idea" if answer is None else f"answer: {answer}")] for answer in answers]


def value_of(samples: list[Sample], outputs: list[list[Output]]) -> float:
    rows = VariantAgreement().rows(samples, outputs)
    return VariantAgreement().value(rows.values[rows.scored()])


def test_equals_a_slow_count() -> None:
    draw = random.Random(0)
    samples, outputs, alike, pairs = [], [], 0, 0
    for i in range(60):
        answers = [draw.choice(["B", "C", "7", "8"]) for _ in FORMS]
        samples += variants(f"item {i}")
        outputs += said(*(draw.choice([f"{answer}", f"**{answer}**", f" {answer}."]) for answer in answers))
        alike += sum(a == b for a, b in combinations(answers, 2))
        pairs += 3
    assert value_of(samples, outputs) == pytest.approx(alike / pairs)
    order = list(range(len(samples)))
    draw.shuffle(order)
    assert value_of([samples[i] for i in order], [outputs[i] for i in order]) == pytest.approx(alike / pairs)


def test_what_has_no_answer_agrees_with_nothing_and_what_has_no_verdict_is_left_out() -> None:
    one = variants("a")
    assert value_of(one, said("C", "C", None)) == pytest.approx(1 / 3)
    assert value_of(one, said(None, None, None)) == 0.0
    failed = [*said("C", "C"), [Output(finish_reason="error", error="lost")]]
    assert value_of(one, failed) == 1.0
    assert np.isnan(value_of(one[:1], said("C")))


def test_a_hedge_has_no_pairs_or_agrees_with_none() -> None:
    samples, outputs = [], []
    for i in range(10):
        samples += variants(f"item {i}", forms=("text", "table"))
        outputs += said("B", "B" if i == 0 else "B or C")
    assert value_of(samples, outputs) == 1.0
    strict = VariantAgreement(undecided="wrong")
    rows = strict.rows(samples, outputs)
    assert strict.value(rows.values) == 0.1
    with pytest.raises(UsageError, match="undecided"):
        VariantAgreement(undecided="never")  # type: ignore[arg-type]


def test_items_that_all_agree_leave_room_for_doubt() -> None:
    samples = [sample for i in range(5) for sample in variants(f"item {i}", forms=("text", "table"))]
    rows = VariantAgreement().rows(samples, said(*"BB" * 5))
    interval = VariantAgreement().interval(rows.values, np.arange(10) // 2, seed=0)
    assert interval is not None
    assert (interval.low < 0.7, interval.high) == (True, 1.0)


def test_variants_with_other_right_answers_are_not_compared() -> None:
    both = [*variants("a", forms=("text", "table")), *variants("a", gold="C", forms=("renamed",))]
    assert value_of(both, said("B", "B", "C")) == 1.0
    assert value_of(both, said("B", "D", "D")) == 0.0


def test_the_most_frequent_answer_of_the_repeats_counts() -> None:
    one = variants("a", forms=("text", "table"))

    def repeats(*answers: str) -> list[Output]:
        return [Output(text=f"answer: {answer}", repeat=i) for i, answer in enumerate(answers)]

    assert value_of(one, [repeats("C", "B", "B"), repeats("B", "D", "D")]) == 0.0
    assert value_of(one, [repeats("C", "B", "B"), repeats("B", "C")]) == 1.0


def test_a_resample_weighs_an_item_by_how_often_it_is_in_it() -> None:
    samples = [*variants("a"), *variants("b")]
    rows = VariantAgreement().rows(samples, said("B", "B", "B", "C", "D", "E")).values
    assert VariantAgreement().value(np.concatenate([rows, rows[:3], rows[:3]])) == pytest.approx(3 / 4)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Items that agree by chance, 0.6, in clusters that share half of it."""
    held = 0
    for trial in range(60):
        draw = np.random.default_rng(trial)
        samples, answers, clusters = [], [], []
        for cluster in range(40):
            shift = draw.uniform(-0.3, 0.3)
            for item in range(4):
                samples += variants(f"{cluster}/{item}", forms=("text", "table"))
                answers += ["B", "B" if draw.random() < 0.6 + shift else "C"]
                clusters += [cluster] * 2
        rows = VariantAgreement().rows(samples, said(*answers)).values
        interval = VariantAgreement().interval(rows, np.array(clusters), seed=trial)
        assert interval is not None
        held += interval.low <= 0.6 <= interval.high
    assert held >= 51  # of 60 with 95 % each, fewer come with a probability of 4e-4


@pytest.mark.parametrize("metadata", [{}, {"variant_of": "a"}, {"variant_of": "a", "variant": 3}, {"variant": "text"}])
def test_samples_that_are_no_variants_are_named(metadata: dict[str, str | int]) -> None:
    sample = replace(variants("a")[0], metadata=metadata)
    with pytest.raises(ValueError, match=r'^variant_agreement: sample "a-text": metadata\["variant(_of)?"\] must name'):
        VariantAgreement().rows([sample], said("B"))


class Reader:
    """Right about text and tables; of an image it sees how large it is, and says a place."""

    name = "reader"
    inputs = frozenset({"text", "image"})

    def __init__(self, task: Task) -> None:
        self.oracle = {str(sample.input["problem"]): sample.references[0] for sample in task.samples}
        self.seen: list[tuple[int, ...]] = []

    def generate(self, requests: list[Request], config: GenerationConfig) -> list[str]:
        self.seen += [image.shape for request in requests for image in request.images]
        return [
            "answer: nowhere" if request.images else self.oracle[request.prompt.partition("Problem: ")[2][:-1]]
            for request in requests
        ]


def test_from_a_model_that_reads_images_to_the_report(tmp_path: Path) -> None:
    task = load_task("tracking_modalities")
    reader = Reader(task)
    report = evaluate(reader, task, limit=144, output=tmp_path)[0]
    scores = {score.metric: score for score in report.scores}
    assert {part.key: part.value for part in scores["accuracy"].slices["variant"]} == {
        "image": 0,
        "table": 1,
        "text": 1,
    }
    assert scores["variant_agreement"].value == pytest.approx(1 / 3)
    assert scores["variant_agreement"].interval is not None
    assert len(reader.seen) == 48
    assert all(channels == 1 and height > 100 for height, _, channels in reader.seen)


def test_a_model_that_reads_text_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r'task "tracking_modalities" shows images with its prompts, model "<lambda>" does'
    ):
        evaluate(lambda prompt: "answer: 7", "tracking_modalities", limit=3, output=tmp_path)
    report = evaluate(lambda prompt: "answer: 7", "tracking_tables", limit=6, output=tmp_path)[0]
    assert {score.metric: score.value for score in report.scores}["variant_agreement"] == 1.0

    def answer(prompt: str) -> str:
        return prompt

    answer.inputs = {"text", "image"}  # type: ignore[attr-defined]
    with pytest.raises(ModelError, match=r"its inputs hold image, and it takes prompt, which has none: name its first"):
        adapt_model(answer)


def test_what_is_to_be_drawn_must_be_there_and_be_a_text() -> None:
    base = load_task("tracking_tables")
    with pytest.raises(TaskError, match='draw: no sample has the field "drawn" in its input'):
        replace(base, draw="drawn")
    shown = replace(base.samples[0], input={"problem": "p", "drawn": "é"})
    task = replace(base, samples=(shown,), draw="drawn")
    assert task.content_hash != base.content_hash
    with pytest.raises(TaskError, match=r'sample "tracking-000000-text": input\.drawn: a text to draw may have'):
        task.request(shown, repeat=0, turn=0, history=(), run_seed=0)
    with pytest.raises(TaskError, match=r"worked examples show no images"):
        replace(task, fewshot=(shown,))
