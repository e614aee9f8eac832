"""Workings that were begun rightly or wrongly, and the same items in longer contexts."""

from __future__ import annotations

import re
from functools import cache

import pytest

from evalsuite.errors import TaskError
from evalsuite.evaluation import evaluate
from evalsuite.metrics.variant_delta import VariantDelta
from evalsuite.scoring import ScoringInput, score_outputs, task_metrics
from evalsuite.task import MetricSpec, load_task
from evalsuite.types import Output
from evalsuite.worlds import digest_samples, load_world
from evalsuite.worlds.contexts import with_context
from evalsuite.worlds.families import FAMILIES
from evalsuite.worlds.filler import without_filler
from evalsuite.worlds.interventions import ANSWER_AT_ONCE, GO_ON, INTERVENTIONS, with_interventions
from evalsuite.worlds.reading import read_problem

NAMES = sorted(name for name, family in FAMILIES.items() if family.horizon)
STEP = re.compile(r"(\d+): (.+)")


@cache
def begun(name):
    """By intervention: the samples, in the order of their items."""
    items = load_world(name).samples(seed=2, n=48, depths=(3, 9))
    samples = with_interventions(name, items, INTERVENTIONS, seed=2)
    return items, {kind: samples[i :: len(INTERVENTIONS)] for i, kind in enumerate(INTERVENTIONS)}


def given_in(sample):
    return [match[2] for line in sample.input["started"].split("\n") if (match := STEP.fullmatch(line))]


def wrong_steps(sample):
    return [
        k for k, (a, b) in enumerate(zip(given_in(sample), sample.metadata["states"], strict=False), 1) if a != str(b)
    ]


def answer_of(sample):
    return sample.references[0].rpartition("answer: ")[2]


@pytest.mark.parametrize("name", NAMES)
def test_only_what_is_said_is_wrong(name):
    items, made = begun(name)
    for i, item in enumerate(items):
        one = {kind: samples[i] for kind, samples in made.items()}
        n = len(item.metadata["states"])
        given = one["control"].metadata["given"]
        assert {one[kind].metadata["given"] for kind in ("control", "injected", "carried")} == {given}
        assert 2 <= given < n
        assert wrong_steps(one["control"]) == []
        assert wrong_steps(one["injected"]) == [given] == [one["injected"].metadata["step"]]
        assert wrong_steps(one["carried"])[0] == one["carried"].metadata["step"] < given
        for kind in INTERVENTIONS:
            sample = one[kind]
            assert (sample.depth, sample.cluster, sample.metadata["variant_of"]) == (item.depth, item.cluster, item.id)
            assert len(given_in(sample)) == sample.metadata["given"] == n - sample.metadata["distance"]
            assert sample.input["problem"] == item.input["problem"]
            assert sample.input["request"] == (ANSWER_AT_ONCE if kind.startswith("cut") else GO_ON)
            assert answer_of(sample) == answer_of(item)
        assert [one[f"cut_{percent}"].metadata["given"] for percent in (0, 100)] == [0, n]
        assert abs(one["cut_50"].metadata["given"] - n / 2) <= 0.5


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_carried_on_leads_to_another_answer(name):
    _, made = begun(name)
    for kind in ("control", "injected", "carried"):
        for sample in made[kind]:
            reading = read_problem(name, str(sample.input["problem"]))
            # Whoever takes every given state as it stands and goes on rightly.
            carried = reading.solve(dict(enumerate(given_in(sample), 1))).answer
            assert carried == sample.metadata["leads_to"]
            assert (carried == answer_of(sample)) == (kind == "control")


@pytest.mark.parametrize("name", NAMES)
def test_what_was_carried_follows_from_the_mistake(name):
    _, made = begun(name)
    for sample in made["carried"]:
        step, given = sample.metadata["step"], given_in(sample)
        states = read_problem(name, str(sample.input["problem"])).solve({step: given[step - 1]}).states
        assert list(states[: len(given)]) == given


def test_the_oracle_resumes_at_the_mistake():
    _, made = begun("tracking")
    for kind in INTERVENTIONS:
        for sample in made[kind]:
            *steps, answer = sample.references[0].split("\n")
            first = sample.metadata["step"] + (kind == "control")
            expected = [f"{k}: {state}" for k, state in enumerate(sample.metadata["states"], 1)][first - 1 :]
            assert steps == ([] if kind.startswith("cut") else expected)
            assert answer.startswith("answer: ")


@pytest.mark.parametrize(
    ("family", "depths", "names", "message"),
    [
        ("ledger", (2, 2), ["control"], '"ledger-000000" has 2 steps, interventions take 3 at least: raise `depths`'),
        ("ledger", (4, 4), ["inject"], 'unknown intervention "inject"; did you mean "injected"'),
        ("ledger", (4, 4), [], "must name one at least"),
        ("ledger", (4, 4), ["control", "control"], "none twice"),
        ("plan", (4, 4), ["control"], "world plan: its items have several right answers"),
    ],
)
def test_impossible_interventions_are_refused(family, depths, names, message):
    items = load_world(family).samples(seed=1, n=1, depths=depths)
    with pytest.raises(TaskError, match=message):
        with_interventions(family, items, names, seed=1)


# Simulated models, by the prompt alone


def parts(prompt):
    problem, rest = prompt.split("Problem: ")[1].split("\n\nThe working so far:\n")
    started, _, request = rest.partition("\n\n")
    return (
        read_problem("ledger", problem),
        [m[2] for line in started.split("\n") if (m := STEP.fullmatch(line))],
        request,
    )


def copies(prompt):
    """Take what is given as right and go on from there; at once, answer with the last state there is."""
    reading, given, request = parts(prompt)
    if "at once" in request:
        return f"answer: {given[-1] if given else -1}"
    solution = reading.solve({len(given): given[-1]})
    lines = [f"{k}: {state}" for k, state in enumerate(solution.states, 1)][len(given) :]
    return "\n".join([*lines, f"answer: {solution.answer}"])


def recomputes(prompt):
    """Pass over what is given."""
    return f"answer: {parts(prompt)[0].solve().answer}"


def by_intervention(report):
    return {part.key: part.value for part in report.scores[0].slices["intervention"]}


def test_who_copies_never_recovers_and_who_recomputes_always_does(tmp_path):
    (report,) = evaluate(copies, "ledger_interventions", output=tmp_path / "copies")
    shares = by_intervention(report)
    assert [shares[name] for name in ("control", "injected", "carried", "cut_100", "cut_0")] == [1, 0, 0, 1, 0]
    assert shares["cut_50"] < 0.1
    injected, carried = report.scores[1:]
    assert (injected.value, carried.value) == (-1, -1)
    assert {
        part.value for score in (injected, carried) for part in score.slices["distance"] if part.value is not None
    } == {-1}
    (report,) = evaluate(recomputes, "ledger_interventions", output=tmp_path / "recomputes")
    assert set(by_intervention(report).values()) == {1}
    assert [score.value for score in report.scores[1:]] == [0, 0]


# Longer contexts


@pytest.mark.parametrize("name", NAMES)
def test_contexts_have_the_words_that_were_asked_for_and_the_same_facts(name):
    items = load_world(name).samples(seed=3, n=12, depths=(2, 5))
    samples = with_context(name, items, [0, 100, 600], seed=3)
    for i, item in enumerate(items):
        problem = str(item.input["problem"])
        alike, short, long = (str(sample.input["problem"]) for sample in samples[3 * i : 3 * i + 3])
        assert alike == problem
        for text, words in ((short, 100), (long, 600)):
            assert words <= len(text.split()) - len(problem.split()) <= words + 10
            assert without_filler(text) == problem
        lines = iter(long.split("\n"))
        assert all(line in lines for line in short.split("\n"))  # in this order
        assert [sample.metadata["context_words"] for sample in samples[3 * i : 3 * i + 3]] == [0, 100, 600]
    assert digest_samples(samples) == digest_samples(with_context(name, items, [0, 100, 600], seed=3))


@pytest.mark.parametrize(
    ("n_words", "message"),
    [
        ([], "different numbers of words"),
        ([5, 5], "different numbers"),
        ([0, -1], "each at least 0"),
        ([50_000_000], "of 2 items are 100000000 words in all, of at most 50000000"),
    ],
)
def test_impossible_contexts_are_refused(n_words, message):
    with pytest.raises(TaskError, match=message):
        with_context("ledger", load_world("ledger").samples(seed=1, n=2), n_words, seed=1)


def test_the_surface_of_a_model_that_reads_less_the_longer_the_text():
    """Survives 8 steps without filler, 6, 4 and 2 with more and more of it."""
    task = load_task("ledger_context")
    survives = {0: 8, 200: 6, 1000: 4, 4000: 2}
    outputs = [
        [Output(text=one.references[0] if one.depth <= survives[one.metadata["context_words"]] else "answer: -1")]
        for one in task.samples
    ]
    data = ScoringInput(task_name=task.name, samples=task.samples, outputs=outputs)
    spec, metric = task_metrics(task)[1]
    found = {part.key: part.value for part in score_outputs(data, spec, metric).slices["context_words"]}
    assert found == {words: pytest.approx(steps + 0.5, abs=0.5) for words, steps in survives.items()}
    deltas = VariantDelta(key="context_words", base="0", variant="4000")
    score = score_outputs(data, MetricSpec(name="variant_delta", by=("depth",)), deltas)
    assert {part.key: part.value for part in score.slices["depth"]} == {k: -float(2 < k <= 8) for k in range(1, 13)}
