"""Metrics of sets of variants, on simulated models whose weakness is known."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from evalsuite.errors import UsageError
from evalsuite.metrics.all_variants_right import AllVariantsRight
from evalsuite.metrics.variant_delta import VariantDelta
from evalsuite.scoring import ScoringInput, score_outputs
from evalsuite.task import MetricSpec, load_task
from evalsuite.types import Output, Sample

RIGHT, WRONG = "answer: 7", "answer: 8"


def make(spec, *, depth=2, size=None, template="t0"):
    """Samples of one or several sets: their names and verdicts, ``{"a": {"base": 1, "rename": 0}}``."""
    samples, outputs = [], []
    for owner, verdicts in spec.items():
        for name, right in verdicts.items():
            metadata = {"variant_of": owner, "variant": name} | ({"set_size": size} if size else {})
            sample = Sample(id=f"{owner}/{name}", input={}, references=(RIGHT,), depth=depth, metadata=metadata)
            samples.append(replace(sample, cluster=template))
            said = right if isinstance(right, list) else [right]
            outputs.append([Output(text=RIGHT if one else WRONG, repeat=i) for i, one in enumerate(said)])
    return samples, outputs


def value(metric, made):
    rows = metric.rows(*made)
    return metric.value(rows.values[rows.scored()])


def score(metric, samples, outputs, **spec):
    data = ScoringInput(task_name="t", samples=samples, outputs=outputs)
    return score_outputs(data, MetricSpec(name=metric.name, **spec), metric)


@cache
def task(name):
    return load_task(name)


def solved(name, wrong_at):
    """Outputs of a model that is right but where `wrong_at` says so of a sample."""
    samples = task(name).samples
    return samples, [[Output(text="answer: -1" if wrong_at(one) else one.references[0])] for one in samples]


# By hand


def test_values_of_single_outputs():
    made = make(
        {"a": {"base": 1, "x": 1}, "b": {"base": 1, "x": 0}, "c": {"base": 0, "x": 1}, "d": {"base": 0, "x": 0}}
    )
    assert value(AllVariantsRight(), made) == 0.25
    assert value(VariantDelta(), made) == 0.0
    details = score(VariantDelta(), *made).details
    assert (details["right to wrong"].value, details["wrong to right"].value, details["base"].value) == (
        0.25,
        0.25,
        0.5,
    )


@pytest.mark.parametrize("metric", [AllVariantsRight, VariantDelta])
def test_a_hedge_is_no_verdict_or_wrong(metric):
    """Of two sets with both right, one variant is then hedged on."""
    samples, outputs = make({"a": {"base": 1, "x": 1}, "b": {"base": 1, "x": 1}})
    outputs[3] = [Output(text="answer: 7 or 8")]
    whole = 1.0 if metric is AllVariantsRight else 0.0
    assert value(metric(), (samples, outputs)) == whole
    assert value(metric(undecided="wrong"), (samples, outputs)) == whole - 0.5
    with pytest.raises(UsageError, match="undecided"):
        metric(undecided="right")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("set_size", 10**400, "set_size.* must be a number from 0 to 1000000, found a larger one"),
        ("set_size", -1, "set_size.*found -1"),
        ("set_size", "x", "set_size.*found x"),
        ("set_size", True, "set_size.*found True"),
        ("matched_difficulty", "no", "matched_difficulty.* must be true or false, found 'no'"),
        ("variant_of", 0, "variant_of.* must name the set it is of, found 0"),
    ],
)
def test_metadata_that_are_wrong_are_named(key, value, message):
    (sample, *others), outputs = make({"a": {"base": 1, "x": 1}})
    wrong = replace(sample, metadata={**sample.metadata, key: value})
    with pytest.raises(ValueError, match=message):
        AllVariantsRight().rows([wrong, *others], outputs)


def test_a_base_that_is_hardly_ever_right_is_warned_of():
    """A model that is wrong everywhere loses nothing by any change."""
    found = score(VariantDelta(), *make({name: {"base": 0, "x": 0} for name in "abcdef"}))
    assert found.value == 0.0
    assert found.notes[0] == "warning: base is right in 0%: where little is right, little can be lost"
    assert not any("warning" in note for note in score(VariantDelta(), *make({"a": {"base": 1, "x": 1}})).notes)


def test_a_variant_that_is_not_there_is_named():
    made = make({"a": {"base": 1, "rename": 1}})
    score_of = score(VariantDelta(variant="renam"), *made)
    assert score_of.value is None
    assert score_of.notes == ("no set has both base and renam: of variants there are base, rename",)
    with pytest.raises(UsageError, match="`variant` must be another than `base`"):
        VariantDelta(variant="base")


def test_accuracy_of_sets_that_are_all_right_has_width():
    made = [make({name: {"base": 1, "x": 1}}, template=name) for name in "ab"]
    accuracy = score(AllVariantsRight(), *(made[0][i] + made[1][i] for i in (0, 1))).details["accuracy"]
    assert accuracy.value == 1.0
    assert accuracy.interval.low < 0.9 < accuracy.interval.high


def test_repeats_count_as_chances():
    made = make({"a": {"base": [1, 1, 1, 0], "x": [1, 0]}})
    assert value(AllVariantsRight(), made) == pytest.approx(0.75 * 0.5)
    assert value(VariantDelta(), made) == pytest.approx(0.5 - 0.75)


def test_all_is_the_mean_of_variants_within_a_set_and_then_over_sets():
    made = make({"a": {"base": 1, "x": 0, "y": 0}, "b": {"base": 1, "x": 1}})
    assert value(VariantDelta(), made) == -0.5
    assert value(VariantDelta(variant="x"), made) == -0.5
    assert value(VariantDelta(variant="y"), made) == -1.0
    assert np.isnan(value(VariantDelta(variant="z"), made))
    assert np.isnan(value(VariantDelta(base="z"), made))


def test_a_set_that_lacks_a_verdict_has_no_value_and_is_told():
    samples, outputs = make({"a": {"base": 1, "x": 1, "y": 1}, "b": {"base": 1, "x": 0, "y": 1}}, size=3)
    assert value(AllVariantsRight(), (samples, outputs)) == 0.5
    outputs[1] = [Output(text=None, finish_reason="error", error="lost")]
    found = score(AllVariantsRight(), samples, outputs)
    assert (found.value, found.n_unscored) == (0.0, 1)
    assert found.notes == ("warning: 1 of 2 sets have no value: an output in them is missing or has no verdict",)
    assert value(VariantDelta(), (samples, outputs)) == pytest.approx(np.mean([0.0, -0.5]))
    assert value(VariantDelta(variant="x"), (samples, outputs)) == -1.0


def test_variants_of_another_difficulty_are_reported_apart():
    samples, outputs = make({"a": {"base": 1, "x": 1, "large": 0}, "b": {"base": 1, "x": 1, "large": 0}})
    samples = [
        replace(one, metadata={**one.metadata, "matched_difficulty": one.metadata["variant"] != "large"})
        for one in samples
    ]
    found = score(VariantDelta(), samples, outputs)
    assert (found.value, found.details["large"].value, found.details["x"].value) == (0.0, -1.0, 0.0)
    assert found.notes[-1] == "large is of another difficulty: its difference says nothing of robustness"
    assert score(AllVariantsRight(), samples, outputs).value == 1.0


def test_a_set_that_is_drawn_twice_counts_twice():
    samples, outputs = make({"a": {"base": 1, "x": 1}, "b": {"base": 1, "x": 0}})
    rows = AllVariantsRight().rows(samples, outputs).values
    again = rows[[0, 1, 2, 3, 2, 3]]
    assert AllVariantsRight().value(again) == pytest.approx(1 / 3)
    assert VariantDelta().value(again) == pytest.approx(-2 / 3)


def test_names_are_read_back():
    names = ["base", "é" * 12, "a b", "0"]
    made = make({"a": dict.fromkeys(names, 1), "b": dict.fromkeys(names, 1)})
    assert set(names) <= set(score(VariantDelta(), *made).details)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"variant": "x"}, r'sample "1": metadata\["variant_of"\] must name the set'),
        ({"variant_of": "", "variant": "x"}, "must name the set"),
        ({"variant_of": "a"}, r'metadata\["variant"\] must name its variant'),
        ({"variant_of": "a", "variant": True}, "must name its variant"),
        ({"variant_of": "a", "variant": "x" * 25}, "must be 1 to 24 bytes long, found 25"),
    ],
)
@pytest.mark.parametrize("metric", [AllVariantsRight(), VariantDelta()])
def test_samples_without_a_set_are_named(metric, metadata, message):
    with pytest.raises(ValueError, match=message):
        metric.rows([Sample(id="1", input={}, references=(RIGHT,), metadata=metadata)], [[Output(text=RIGHT)]])


def test_long_names_of_options_are_refused():
    with pytest.raises(UsageError, match="variant_delta: `base` must be a name of 1 to 24 bytes"):
        VariantDelta(base="x" * 25)


# Simulated models on the tasks


@pytest.mark.parametrize("name", ["ledger_variants", "arithmetic_graph_variants"])
def test_an_oracle_gets_all_right_and_silence_nothing(name):
    samples, outputs = solved(name, lambda one: False)
    assert score(AllVariantsRight(), samples, outputs).value == 1.0
    found = score(VariantDelta(), samples, outputs)
    assert found.value == 0.0
    assert found.interval.low < 0.0 < found.interval.high
    empty = [[Output(text="")]] * len(samples)
    assert score(AllVariantsRight(), samples, empty).value == 0.0
    assert score(VariantDelta(), samples, empty).value == 0.0


@pytest.mark.parametrize("fragile", ["rename", "irrelevant", "paraphrase", "typos", "numbers"])
def test_a_model_fragile_to_one_change_is_found_out(fragile):
    samples, outputs = solved("ledger_variants", lambda one: one.metadata["variant"] == fragile)
    found = score(VariantDelta(), samples, outputs, by=("depth",))
    assert found.value == pytest.approx(-1 / 5)
    assert found.details[fragile].value == -1.0
    others = {"rename", "irrelevant", "paraphrase", "typos", "numbers", "larger_numbers"} - {fragile}
    assert [found.details[name].value for name in sorted(others)] == [0.0] * 5
    assert [part.value for part in found.slices["depth"]] == pytest.approx([-1 / 5] * 11)
    assert score(VariantDelta(variant=fragile), samples, outputs).value == -1.0
    assert score(AllVariantsRight(), samples, outputs).value == 0.0


def test_larger_numbers_are_no_fragility():
    samples, outputs = solved("ledger_variants", lambda one: one.metadata["variant"] == "larger_numbers")
    found = score(VariantDelta(), samples, outputs)
    assert (found.value, found.details["larger_numbers"].value) == (0.0, -1.0)
    assert score(AllVariantsRight(), samples, outputs).value == 1.0


def test_consistency_tells_items_that_are_hard_from_wordings_that_are():
    samples = task("ledger_variants").samples
    draw = np.random.default_rng(3)
    by_item = {one.metadata["variant_of"]: draw.random() < 0.3 for one in samples}
    samples, outputs = solved("ledger_variants", lambda one: by_item[one.metadata["variant_of"]])
    hard = score(AllVariantsRight(), samples, outputs)
    assert hard.value == pytest.approx(hard.details["accuracy"].value)
    assert hard.details["consistency"].interval.low > 2
    samples, outputs = solved("ledger_variants", lambda one: draw.random() < 0.1)
    chance = score(AllVariantsRight(), samples, outputs)
    assert chance.details["independent"].value == pytest.approx(chance.details["accuracy"].value ** 6, abs=0.03)
    assert chance.details["consistency"].interval.low < 1 < chance.details["consistency"].interval.high


def test_depth_alone_is_no_consistency():
    """Errors that depend on depth and else on chance are independent, given the depth."""
    draw = np.random.default_rng(4)
    samples, outputs = solved("ledger_variants", lambda one: draw.random() < one.depth / 40)
    found = score(AllVariantsRight(), samples, outputs).details["consistency"]
    assert found.interval.low < 1 < found.interval.high
