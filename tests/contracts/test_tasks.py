"""What every registered task and suite keeps to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from typing import Any

import numpy as np
import pytest

from evalsuite.datasets import load_images, load_labels
from evalsuite.likelihood import choices_of
from evalsuite.models.spec import parse_spec
from evalsuite.scoring import ScoringInput, score_outputs, task_metrics
from evalsuite.scoring.oracle import oracle_warnings
from evalsuite.task import Task, list_suites, list_tasks, load_suite, load_task
from evalsuite.task.likelihood import perfect_output
from evalsuite.task.review import first_requests, task_warnings
from evalsuite.types import Output, Sample, Score
from evalsuite.worlds import digest_samples
from evalsuite.worlds.moving_film import render_film
from evalsuite.worlds.moving_shapes import read_movers
from evalsuite.worlds.picture_canvas import render_scene

NAMES = [name for name, _ in list_tasks()]

# What follows on a mistake: without one, as in an oracle's outputs, there is nothing to measure.
OF_MISTAKES = {"recovery"}


@cache
def load(name: str) -> Task:
    return load_task(name)


def outputs_of(task: Task, kind: str) -> list[Output]:
    """Make up an output for each sample: what is best, what belongs elsewhere, or nothing."""
    n = len(task.samples)
    if task.name == "picture_composition" and kind != "empty":
        shift = 0 if kind == "oracle" else n // 2 + 1
        scenes: Any = [task.samples[(i + shift) % n].metadata["scene"] for i in range(n)]
        return [Output(image=render_scene(scene)) for scene in scenes]
    if task.modality == "video":
        if kind == "empty":
            return [Output(finish_reason="error", error="nothing")] * n
        shift = 0 if kind == "oracle" else n // 2 + 1
        films = [task.samples[(i + shift) % n].metadata for i in range(n)]
        return [Output(video=render_film(read_movers(one, "x"), one["starts"])) for one in films]  # type: ignore[arg-type]
    if task.modality == "image":
        if kind == "empty":
            return [Output(finish_reason="error", error="nothing")] * n
        # What a set of pictures is compared with is the best there is, if it is the whole set; noise belongs elsewhere.
        real = real_images(task)
        noise = np.random.default_rng(0).integers(0, 256, real[:n].shape, dtype=np.uint8)
        return [Output(image=image) for image in (real[:n] if kind == "oracle" else noise[:1000])]
    if kind == "empty":
        return [Output(text="")] * n
    if task.ask == "rolling":
        return [perfect_output(sample, "rolling", sample.references[0]) for sample in task.samples]
    if task.ask == "choices":
        return [chosen(task.samples[i], i % 4 == 0 or kind == "oracle") for i in range(n)]
    # Of another item, as far away as can be: neighbours may share a template or an answer.
    shift = 0 if kind == "oracle" else n // 2 + 1
    return [Output(text=task.samples[(i + shift) % n].references[0]) for i in range(n)]


def chosen(sample: Sample, right: bool) -> Output:
    """Choose rightly, or as if another item's choice had been likeliest."""
    choices = choices_of(sample)
    (reference,) = sample.references
    return perfect_output(sample, "choices", reference if right else next(c for c in choices if c != reference))


def real_images(task: Task) -> np.ndarray:
    """Return the set of real pictures, in the order of the classes that samples ask for."""
    real, labels = load_images("fashion_mnist/test"), load_labels("fashion_mnist/test")
    if "label" not in task.samples[0].metadata:
        return real
    left = {label: iter(np.flatnonzero(labels == label)) for label in range(10)}
    return real[[next(left[sample.metadata["label"]]) for sample in task.samples]]


@cache
def primary(name: str, kind: str) -> Score:
    """Score made-up outputs of a task by its primary metric."""
    task = load(name)
    outputs = [(output,) for output in outputs_of(task, kind)]
    spec, metric = next((spec, metric) for spec, metric in task_metrics(task) if spec.primary)
    data = ScoringInput(task_name=name, samples=task.samples[: len(outputs)], outputs=outputs)
    return score_outputs(data, spec, metric)


def test_there_are_tasks() -> None:
    assert {"ledger", "data_to_text", "fashion"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_loads_under_its_own_name(name: str) -> None:
    task = load(name)
    assert task.name == name
    assert task.summary == dict(list_tasks())[name]
    assert load_task(task.source).content_hash == task.content_hash


def test_digests_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "from evalsuite.task import list_tasks, load_task\n"
        "print([(name, load_task(name).samples_digest, load_task(name).content_hash) for name, _ in list_tasks()])"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert printed == {str([(name, load(name).samples_digest, load(name).content_hash) for name in NAMES]) + "\n"}


@pytest.mark.parametrize("name", NAMES)
def test_samples(name: str) -> None:
    task = load(name)
    assert len({sample.id for sample in task.samples}) == len(task.samples)
    assert len({sample.cluster or sample.id for sample in task.samples}) >= 40
    if task.modality == "text":
        assert all(sample.references and all(sample.references) for sample in task.samples)
    shown = {digest_samples([sample]) for sample in task.fewshot}
    assert not shown & {digest_samples([sample]) for sample in task.samples}


@pytest.mark.parametrize("name", NAMES)
def test_prompts_are_rendered(name: str) -> None:
    task = load(name)
    fields = {field for sample in task.samples for field in sample.input}
    placeholder = re.compile("|".join(re.escape(f"{{{field}}}") for field in sorted(fields)) or "(?!)")
    assert placeholder.search(task.prompt) or not fields or task.ask == "rolling"
    prompts = []
    for sample in task.samples:
        request = task.request(sample, repeat=0, turn=0, history=(), run_seed=0, num_fewshot=min(2, len(task.fewshot)))
        assert request is not None
        assert not placeholder.search(request.prompt)
        assert task.ask == "rolling" or request.messages[-1].role == "user"
        asked = request.choices if task.ask == "rolling" else ()
        prompts.append((request.prompt, *asked, *(image.tobytes() for image in request.images)))
    if task.modality == "text":
        assert len(set(prompts)) == len(prompts)
    else:  # what differs from one picture of a kind to the next is the seed
        assert len(set(prompts)) >= (40 if fields else 1)


@pytest.mark.parametrize("name", NAMES)
def test_its_oracle_is_the_best_there_is(name: str) -> None:
    score = primary(name, "oracle")
    (_, metric) = next(one for one in task_metrics(load(name)) if one[0].primary)
    best = metric.value_range[1] if metric.higher_is_better else metric.value_range[0]
    assert score.value == pytest.approx(best, abs=1e-6)
    assert score.n_unscored == 0


@pytest.mark.parametrize("name", NAMES)
def test_its_author_has_missed_nothing(name: str) -> None:
    task = load(name)
    assert [*task_warnings(task, first_requests(task)), *oracle_warnings(task)] == []


# A text that is rated as a whole has no answer that could be another's.
@pytest.mark.parametrize("name", [name for name in NAMES if load(name).ask != "rolling"])
def test_the_oracle_of_another_item_is_far_from_it(name: str) -> None:
    oracle, other = primary(name, "oracle"), primary(name, "another's")
    assert oracle.value is not None
    assert other.value is not None
    if other.higher_is_better:
        assert abs(other.value) < 0.5 * abs(oracle.value)
    else:
        assert other.value > oracle.value + 10


@pytest.mark.parametrize("name", NAMES)
def test_saying_nothing_is_worst_or_has_no_value(name: str) -> None:
    score = primary(name, "empty")
    (_, metric) = next(one for one in task_metrics(load(name)) if one[0].primary)
    worst = metric.value_range[0] if metric.higher_is_better else metric.value_range[1]
    assert score.value is None or score.value == pytest.approx(worst, abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_every_metric_scores_the_oracle(name: str) -> None:
    task = load(name)
    for spec, metric in task_metrics(task):
        kind = "another's" if metric.name in OF_MISTAKES else "oracle"
        outputs = [(output,) for output in outputs_of(task, kind)[:60]]
        score = score_outputs(ScoringInput(task_name=name, samples=task.samples[:60], outputs=outputs), spec, metric)
        assert score.value is not None
        assert sum(score.outcomes.values()) == score.n == 60
        for key in spec.by:
            assert sum(part.n for part in score.slices[key]) == 60


@pytest.mark.parametrize("name", [name for name, _ in list_suites()])
def test_a_suite_names_models_and_tasks_that_exist(name: str) -> None:
    from evalsuite.models import MODELS
    from evalsuite.zoo import NAMES as ZOO

    suite = load_suite(name)
    assert suite.summary
    assert len({(run.model, run.task) for run in suite.runs}) == len(suite.runs)
    for run in suite.runs:
        spec = parse_spec(run.model)
        assert run.task in NAMES
        assert spec.backend in MODELS.names()
        assert spec.backend != "zoo" or spec.name in ZOO
