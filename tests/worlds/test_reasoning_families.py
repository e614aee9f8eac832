"""Every reasoning family passes the audits, and the audits fail on families that are spoilt on purpose."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from evalsuite.errors import TaskError
from evalsuite.task import load_task
from evalsuite.worlds import WORLDS, digest_samples, load_world
from evalsuite.worlds.audit import audit_bytes, audit_items, count_tokens
from evalsuite.worlds.audit_shortcuts import audit_shortcuts, binomial_tail
from evalsuite.worlds.audit_steps import longest_chain
from evalsuite.worlds.families import FAMILIES, family_of
from evalsuite.worlds.filler import add_filler, filler_sentences, without_filler
from evalsuite.worlds.reading import read_problem, read_tables
from evalsuite.worlds.rendering import as_image, as_tables, parse_tables

NAMES = sorted(set(FAMILIES) & set(WORLDS))
NEW = [name for name in NAMES if name != "ledger"]
SEED, N = 11, 192


@pytest.fixture(scope="module")
def made():
    return {name: tuple(load_world(name).samples(seed=SEED, n=N)) for name in NAMES}


def test_families_are_worlds_with_a_task():
    assert set(FAMILIES) <= set(WORLDS)
    assert len({family.letter for family in FAMILIES.values()}) == len(FAMILIES)
    for name, family in FAMILIES.items():
        assert family.name == name
        assert 0 <= family.guess_floor < 0.5


@pytest.mark.parametrize("name", NAMES)
def test_audits_pass_on_the_items_of_the_task(name):
    task = load_task(name)
    # A fifth of the items has every template, and depths evenly.
    findings = audit_items(name, task.samples[::5], token_budget=task.generation.max_new_tokens)
    assert not [finding for finding in findings if not finding.passed]
    assert len(findings) >= 14


@pytest.mark.parametrize("name", NAMES)
def test_no_trace_is_above_the_budget_even_in_characters(name):
    task = load_task(name)
    assert max(len(sample.references[0]) for sample in task.samples) < task.generation.max_new_tokens


@pytest.mark.parametrize("name", NAMES)
def test_bytes_are_the_same_in_other_interpreters(name):
    finding = audit_bytes(name, seed=SEED, n=100)
    assert finding.passed, finding.detail


@pytest.mark.parametrize("name", NEW)
def test_metadata_keep_to_the_contract(name, made):
    for sample in made[name]:
        assert list(sample.metadata) == [
            "family",
            "template",
            "states",
            "parents",
            "width",
            "n_distractors",
            "trace_tokens",
        ]
        assert sample.metadata["trace_tokens"] == count_tokens(sample)


@pytest.mark.parametrize("name", NEW)
def test_first_samples_do_not_depend_on_n(name, made):
    world = load_world(name)
    assert world.samples(seed=SEED, n=50) == list(made[name][:50])
    assert digest_samples(world.samples(seed=SEED + 1, n=50)) != digest_samples(made[name][:50])


@pytest.mark.parametrize("name", NEW)
def test_templates_meet_depths_evenly_and_differ_in_more_than_names(name):
    world = load_world(name)
    items = world.samples(seed=3, n=48 * 4, depths=(3, 6))
    assert set(Counter((item.cluster, item.depth) for item in items).values()) == {1}
    shapes = {re.sub(r"\d+", "#", str(item.input["problem"]).split("\n")[0]) for item in items}
    assert len(shapes) >= 20


@pytest.mark.parametrize("name", NEW)
def test_deepest_items_are_sound(name):
    most = family_of(name).max_depth
    items = load_world(name).samples(seed=5, n=3, depths=(most, most))
    assert {item.depth for item in items} == {most}
    wrong = [finding for finding in audit_items(name, items) if not finding.passed]
    assert not wrong


@pytest.mark.parametrize("name", [name for name in NEW if FAMILIES[name].horizon])
def test_answers_are_spread_evenly(name):
    items = load_world(name).samples(seed=17, n=4800, depths=(3, 8))
    readings = [read_problem(name, str(item.input["problem"])) for item in items]
    answers = [item.references[0].rsplit("answer: ", 1)[1] for item in items]
    found = Counter(list(r.candidates()).index(answer) for r, answer in zip(readings, answers, strict=True))
    n_values = round(1 / FAMILIES[name].guess_floor)
    expected = len(items) / n_values
    chi_square = sum((found[value] - expected) ** 2 / expected for value in range(n_values))
    assert set(found) <= set(range(n_values))
    assert chi_square < n_values - 1 + 5 * math.sqrt(2 * (n_values - 1))


@pytest.mark.parametrize("name", NEW)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": 1, "n": 0}, r"`n` must be in \[1, 1000000\], got 0"),
        ({"seed": -1, "n": 1}, r"`seed` must be in \[0, 2\*\*64\), got -1"),
        ({"seed": 1 << 64, "n": 1}, r"`seed` must be in"),
        ({"seed": 1, "n": 1, "depths": (0, 3)}, r"1 <= least <= greatest <= \d+, got \[0, 3\]"),
        ({"seed": 1, "n": 1, "depths": (5, 4)}, r"got \[5, 4\]"),
        ({"seed": 1, "n": 1, "depths": (1, 1000)}, r"got \[1, 1000\]"),
    ],
)
def test_impossible_arguments_are_refused(name, arguments, message):
    with pytest.raises(TaskError, match=message):
        load_world(name).samples(**arguments)


def test_unknown_family_is_refused():
    with pytest.raises(TaskError, match='unknown reasoning family "trackin"; did you mean "tracking"'):
        family_of("trackin")


# Renderings


@pytest.mark.parametrize("name", NAMES)
def test_tables_hold_what_the_text_holds(name, made):
    for sample in made[name][:96]:
        text = as_tables(name, sample)
        tables, question = parse_tables(text)
        assert read_tables(name, tables, question) == read_problem(name, sample.input["problem"])
        assert text.endswith(str(sample.input["problem"]).split("\n")[-1])


@pytest.mark.parametrize("name", NAMES)
def test_images_are_drawn_from_the_tables(name, made):
    first, second = made[name][3], made[name][4]
    image = as_image(name, first)
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert image.shape[2] == 1
    assert set(np.unique(image)) == {0, 255}
    assert np.array_equal(image, as_image(name, first))
    other = as_image(name, second)
    assert other.shape != image.shape or not np.array_equal(other, image)
    # All is on the canvas: there is a margin around the ink.
    rows, columns = np.nonzero(image[:, :, 0] == 0)
    assert rows.min() >= 4
    assert columns.min() >= 4
    assert rows.max() < image.shape[0] - 4
    assert columns.max() < image.shape[1] - 4


# Filler


@pytest.mark.parametrize("name", NAMES)
def test_filler_makes_a_problem_longer_and_nothing_else(name, made):
    for i, sample in enumerate(made[name][:96]):
        problem = str(sample.input["problem"])
        for n_words in (0, 300, 1000):
            longer = add_filler(problem, n_words, seed=i)
            assert max(n_words, len(problem.split())) <= len(longer.split()) <= max(len(problem.split()), n_words + 10)
            assert without_filler(longer) == problem
            assert longer.split("\n")[0] == problem.split("\n")[0]
            assert longer.split("\n")[-1] == problem.split("\n")[-1]
            assert read_problem(name, longer) == read_problem(name, problem)
        n_words = len(problem.split()) + 300
        assert add_filler(problem, n_words, seed=1) != add_filler(problem, n_words, seed=2)


@pytest.mark.parametrize("name", NAMES)
def test_filler_names_nothing_that_an_answer_could_be(name, made):
    words = set(re.findall(r"\w+", " ".join(filler_sentences())))
    assert not any(word.isdecimal() for word in words)
    for sample in made[name]:
        assert words.isdisjoint(read_problem(name, str(sample.input["problem"])).candidates())


def test_filler_refuses_impossible_lengths():
    with pytest.raises(TaskError, match=r"`n_words` must be in \[0, 1000000\], got -1"):
        add_filler("x", -1, seed=0)
    with pytest.raises(TaskError, match="one line has no place between its lines, found 'one line'"):
        add_filler("one line", 50, seed=0)


# The audits find what is spoilt


def failed(name, items, **options):
    return {finding.audit for finding in audit_items(name, items, **options) if not finding.passed}


def spoil(sample, **metadata):
    return replace(sample, metadata={**sample.metadata, **metadata})


@pytest.mark.parametrize("name", NAMES)
def test_audits_find_spoilt_items(name, made):
    items = made[name][:48]
    assert "depth" in failed(name, [replace(item, depth=item.depth + 1) for item in items])
    assert "form" in failed(name, [spoil(item, states=item.metadata["states"][1:] or ["x"]) for item in items])
    assert "form" in failed(name, [spoil(item, trace_tokens=1) for item in items])
    assert "budget" in failed(name, items, token_budget=4)
    assert "distinct" in failed(name, [*items, items[0]])
    assert "templates" in failed(name, [replace(item, cluster="one") for item in items])


@pytest.mark.parametrize("name", NEW)
def test_audits_find_a_dropped_parent(name, made):
    cut = [spoil(item, parents=[[] for _ in item.metadata["states"]]) for item in made[name][:48]]
    assert "depth" in failed(name, cut)


@pytest.mark.parametrize("name", NAMES)
def test_audits_find_shifted_states(name, made):
    shifted = []
    for item in made[name][:48]:
        states = [*item.metadata["states"][1:], item.metadata["states"][0]]
        lines = [f"{k}: {state}" for k, state in enumerate(states, 1)]
        answer = item.references[0].rsplit("\n", 1)[1]
        shifted.append(replace(spoil(item, states=states), references=("\n".join([*lines, answer]),)))
    assert "text" in failed(name, shifted)


@pytest.mark.parametrize("name", [name for name in NAMES if FAMILIES[name].horizon])
def test_audits_find_an_answer_given_away(name, made):
    # Told in the last line: the last candidate in the text is always right.
    told = []
    for item in made[name]:
        answer = item.references[0].rsplit("answer: ", 1)[1]
        told.append(replace(item, input={"problem": f"{item.input['problem']} ({answer})"}))
    readings = [read_problem(name, str(item.input["problem"])) for item in made[name]]
    found = {finding.audit: finding.passed for finding in audit_shortcuts(name, told, readings)}
    assert not found["shortcut: the last candidate in the text"]
    assert found["shortcut: the first candidate in the text"]


def test_binomial_tail_is_exact():
    stats = pytest.importorskip("scipy.stats")
    for hits, n, p in ((3, 10, 0.25), (45, 2016, 0.01), (700, 1000, 0.5), (1, 1, 0.125)):
        assert binomial_tail(hits, n, p) == pytest.approx(stats.binom.sf(hits - 1, n, p), rel=1e-9)


def test_longest_chain():
    assert longest_chain([]) == 0
    assert longest_chain([[], [], []]) == 1
    assert longest_chain([[], [1], [1], [2, 3], [4]]) == 4
