"""Variants change one thing of an item, at the same depth, and a second solver finds the answer they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from evalsuite.errors import TaskError
from evalsuite.worlds import digest_samples, load_world
from evalsuite.worlds.audit_steps import audit_depth, audit_steps
from evalsuite.worlds.families import FAMILIES
from evalsuite.worlds.filler import filler_sentences
from evalsuite.worlds.reading import read_problem
from evalsuite.worlds.remarks import REMARKS, without_remarks
from evalsuite.worlds.variants import OTHER_DIFFICULTY, VARIANTS, variants_of, with_variants

NAMES = ("arithmetic_graph", "deduction", "ledger", "program", "relations", "tracking")
IN_ORDER = ("ledger", "program")
SEED, N = 5, 96
NUMBER = re.compile(r"\d+")
WORD = re.compile(r"[A-Za-z]+")


@pytest.fixture(scope="module")
def made():
    """By family, by variant: the samples, in the order of their sets."""
    found = {}
    for name in NAMES:
        items = load_world(name).samples(seed=SEED, n=N, depths=(1, 12))
        samples = with_variants(name, items, variants_of(name), seed=SEED)
        kinds = ("base", *variants_of(name))
        found[name] = {kind: samples[i :: len(kinds)] for i, kind in enumerate(kinds)}
        assert [sample.input for sample in found[name]["base"]] == [item.input for item in items]
    return found


def text(sample):
    return str(sample.input["problem"])


def pairs(made, name, kind):
    return zip(made[name]["base"], made[name][kind], strict=True)


def test_which_variants_there_are():
    without = {name: set(VARIANTS) - set(variants_of(name)) for name in NAMES}
    words_only = {"numbers", "larger_numbers"}
    assert without == {
        "arithmetic_graph": set(),
        "deduction": words_only,
        "ledger": {"reorder"},
        "program": {"reorder", "typos", "larger_numbers"},
        "relations": words_only,
        "tracking": words_only,
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_set_has_one_depth_one_cluster_and_no_text_twice(name, made):
    size = 1 + len(set(variants_of(name)) - set(OTHER_DIFFICULTY))
    for one in zip(*made[name].values(), strict=True):
        assert len({(sample.depth, sample.cluster, sample.metadata["variant_of"]) for sample in one}) == 1
        assert len({text(sample) for sample in one}) == len(one)
        assert len({sample.metadata.get("width") for sample in one}) == 1
        assert [sample.metadata["variant"] for sample in one] == ["base", *variants_of(name)]
        assert {sample.metadata["set_size"] for sample in one} == {size}
        assert sum(bool(sample.metadata["matched_difficulty"]) for sample in one) == size


@pytest.mark.parametrize("name", NAMES)
def test_the_second_solver_finds_the_states_and_the_depth(name, made):
    for kind, samples in made[name].items():
        if kind == "typos":
            assert [sample.references for sample in samples] == [base.references for base in made[name]["base"]]
            continue
        readings = [read_problem(name, text(sample)) for sample in samples]
        for finding in [*audit_steps(name, samples[:24], readings[:24]), audit_depth(samples)]:
            assert finding.passed, (kind, finding)
        for sample, reading in zip(samples, readings, strict=True):
            assert sample.references[0].rpartition("answer: ")[2] == reading.solve().answer


@pytest.mark.parametrize("name", NAMES)
def test_rename_changes_names_and_leaves_numbers_and_form(name, made):
    for base, other in pairs(made, name, "rename"):
        assert NUMBER.findall(text(base)) == NUMBER.findall(text(other))
        assert text(base).count("\n") == text(other).count("\n")
        assert str(base.metadata["template"]).split("/")[1] == str(other.metadata["template"]).split("/")[1]
        if name in ("deduction", "relations", "tracking"):
            assert base.references != other.references
            assert read_problem(name, text(base)).asked != read_problem(name, text(other)).asked
        else:
            assert base.references == other.references


@pytest.mark.parametrize("name", [name for name in NAMES if name not in IN_ORDER])
def test_reorder_says_the_same_in_another_order(name, made):
    for base, other in pairs(made, name, "reorder"):
        lines = [text(sample).split("\n") for sample in (base, other)]
        if name == "tracking":  # within steps, whose order stays
            lines = [[" ".join(sorted(WORD.findall(line))) for line in one] for one in lines]
            assert lines[0] == lines[1]
        assert Counter(lines[0]) == Counter(lines[1])
        assert (lines[0][0], lines[0][-1]) == (lines[1][0], lines[1][-1])


@pytest.mark.parametrize("name", NAMES)
def test_irrelevant_adds_remarks_and_nothing_else(name, made):
    words = set(re.findall(r"[a-z]+", " ".join(REMARKS).lower()))
    assert not set(REMARKS) & set(filler_sentences())
    for base, other in pairs(made, name, "irrelevant"):
        assert without_remarks(text(other)) == text(base)
        assert text(other).count("\n") == text(base).count("\n") + 3
        assert words.isdisjoint(read_problem(name, text(base)).candidates())
        assert other.metadata["n_distractors"] == base.metadata.get("n_distractors", 0) + 3


@pytest.mark.parametrize("name", NAMES)
def test_paraphrase_tells_the_same_facts_in_another_layout(name, made):
    for base, other in pairs(made, name, "paraphrase"):
        (scenario, layout), (other_scenario, other_layout) = (
            str(sample.metadata["template"]).split("/") for sample in (base, other)
        )
        assert (scenario == other_scenario, layout == other_layout) == (True, False)
        facts = [replace(read_problem(name, text(sample)), question="") for sample in (base, other)]
        assert facts[0] == facts[1]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "program"])
def test_typos_swap_letters_within_words_that_carry_no_fact(name, made):
    for base, other in pairs(made, name, "typos"):
        before, after = WORD.findall(text(base)), WORD.findall(text(other))
        assert re.sub(WORD, "", text(base)) == re.sub(WORD, "", text(other))
        changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
        assert changed
        reading = read_problem(name, text(base))
        facts = set(WORD.findall(" ".join(cell for table in reading.tables() for row in table.rows for cell in row)))
        for a, b in changed:
            assert (sorted(a), a[0], a[-1]) == (sorted(b), b[0], b[-1])
            assert a not in facts
            assert b not in before


@pytest.mark.parametrize("kind", ["numbers", "larger_numbers"])
@pytest.mark.parametrize("name", ["arithmetic_graph", "ledger"])
def test_numbers_change_and_operations_stay(name, kind, made):
    for base, other in pairs(made, name, kind):
        if name == "ledger":
            plans = [sample.metadata["operations"] for sample in (base, other)]
            assert [sign for sign, _ in plans[0]] == [sign for sign, _ in plans[1]]
            amounts = [amount for sign, amount in plans[1] if sign != "*"]
        else:
            assert NUMBER.sub("#", text(base)) == NUMBER.sub("#", text(other))
            lines = read_problem(name, text(other)).lines
            amounts = [int(part) for _, sign, *parts in lines for part in parts if part.isdecimal() and sign != "*"]
        assert all(amount > 100 if kind == "larger_numbers" else amount < 100 for amount in amounts)
        assert base.metadata["states"] != other.metadata["states"]


def test_numbers_of_programs_change_and_conditions_and_operations_stay(made):
    for base, other in pairs(made, "program", "numbers"):
        plans = [read_problem("program", text(sample)).plan for sample in (base, other)]
        forms = [[(divisor, sign, other_sign) for divisor, sign, _, other_sign, _ in plan] for plan in plans]
        assert forms[0] == forms[1]
        assert text(base).count("\n") == text(other).count("\n")


def test_bytes_are_the_same_in_other_interpreters(made):
    code = (
        "from evalsuite.worlds import digest_samples, load_world\n"
        "from evalsuite.worlds.variants import variants_of, with_variants\n"
        f"for name in {NAMES}:\n"
        f"    items = load_world(name).samples(seed={SEED}, n=12, depths=(1, 12))\n"
        f"    print(digest_samples(with_variants(name, items, variants_of(name), seed={SEED})))"
    )
    here = [digest_samples(one for sets in zip(*made[name].values(), strict=True) for one in sets) for name in NAMES]
    first = [
        digest_samples(one for sets in list(zip(*made[name].values(), strict=True))[:12] for one in sets)
        for name in NAMES
    ]
    assert first != here
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.split() == first


def test_another_seed_makes_other_variants_of_the_same_item():
    items = load_world("ledger").samples(seed=1, n=3)
    one, other = (with_variants("ledger", items, ["numbers"], seed=seed) for seed in (1, 2))
    assert [sample.input for sample in one[::2]] == [sample.input for sample in other[::2]]
    assert all(a.input != b.input for a, b in zip(one[1::2], other[1::2], strict=True))


@pytest.mark.parametrize(
    ("family", "names", "message"),
    [
        ("ledger", ["reorder"], r'world ledger: its items have no variant "reorder"'),
        ("deduction", ["number"], r'no variant "number" \(they have: rename, reorder, irrelevant, paraphrase, typos\)'),
        ("tracking", ["typo"], 'no variant "typo"; did you mean "typos"'),
        ("ledger", [], "must name one variant at least"),
        ("ledger", ["rename", "rename"], "none twice"),
        ("plan", ["rename"], "world plan: its items have no variants"),
        ("pictures", ["rename"], 'unknown reasoning family "pictures"'),
    ],
)
def test_variants_that_are_not_there_are_refused(family, names, message):
    with pytest.raises(TaskError, match=message):
        with_variants(family, load_world("ledger").samples(seed=1, n=1), names, seed=1)


def test_families_without_variants_are_known():
    assert set(FAMILIES) - set(NAMES) == {"plan"}
