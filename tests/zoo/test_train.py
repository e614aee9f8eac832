import hashlib
import json
import re
from dataclasses import replace
from itertools import islice

import pytest
import torch

from evalsuite.task import load_task
from evalsuite.worlds.data_to_text import samples as record_samples
from evalsuite.worlds.ledger import samples
from evalsuite.zoo import IMAGE_MODELS, PICTURE_MODELS, TEXT_MODELS
from evalsuite.zoo.example import TEST_SEED
from evalsuite.zoo.examples import ledger_examples, ledger_tokenizer, record_examples
from evalsuite.zoo.family_examples import family_examples, program_tokenizer
from evalsuite.zoo.images.recipes import IMAGE_RECIPES
from evalsuite.zoo.measure import task_samples
from evalsuite.zoo.recipes import RECIPES
from evalsuite.zoo.tokenizer import END, GO, PAD
from evalsuite.zoo.train import IGNORED, batches, main
from evalsuite.zoo.weights import WEIGHTS, load_config, load_weights


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def plan(problem, signs):
    """Return start, signs and amounts of a problem."""
    return signs, *re.findall(r"\d+", re.sub(r"\n\d+\.", " ", problem))


def test_twenty_steps_are_deterministic(tmp_path):
    name = "ledger_direct"
    for run, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        main([name, "--steps", "20", "--seed", seed, "--out", str(tmp_path / run)])
    digests = [hashlib.sha256((tmp_path / run / f"{name}.safetensors").read_bytes()).hexdigest() for run in "abc"]
    assert digests[0] == digests[1] != digests[2]
    config = json.loads((tmp_path / "a" / f"{name}.json").read_text())
    assert config["weights_sha256"] == digests[0]
    assert config["training"]["steps"] == 20


@pytest.mark.parametrize(("recipes", "names"), [(RECIPES, TEXT_MODELS | PICTURE_MODELS), (IMAGE_RECIPES, IMAGE_MODELS)])
def test_every_shipped_model_has_a_recipe(recipes, names):
    assert {*recipes, *(early for recipe in recipes.values() for early in recipe.early)} == set(names)


def test_ledger_arms_differ_in_the_steps_only():
    cot, direct = RECIPES["ledger_cot"], RECIPES["ledger_direct"]
    assert (cot.architecture, cot.sizes, cot.peak_rate, cot.batch, cot.seed) == (
        direct.architecture,
        direct.sizes,
        direct.peak_rate,
        direct.batch,
        direct.seed,
    )
    pairs = zip(ledger_examples(5, show_steps=True), ledger_examples(5, show_steps=False), strict=False)
    for trace, answer in islice(pairs, 200):
        assert (trace.prompt, trace.operations) == (answer.prompt, answer.operations)
        assert trace.completion.endswith("\n" + answer.completion)


@pytest.mark.parametrize("family", ["program", "tracking"])
def test_family_arms_differ_in_the_steps_only(family):
    cot, direct = RECIPES[f"{family}_cot"], RECIPES[f"{family}_direct"]
    assert replace(cot, data=direct.data, begin=direct.begin) == direct
    assert cot.begin.replace("cot", "direct") == direct.begin
    pairs = zip(*(family_examples(family, 5, show_steps=show) for show in (True, False)), strict=False)
    for trace, answer in islice(pairs, 200):
        assert trace.prompt == answer.prompt
        assert trace.completion.endswith("\n" + answer.completion)


def test_operands_of_programs_are_marked_with_what_is_done():
    tokenizer = program_tokenizer()
    ids, targets = next(batches(replace(RECIPES["program_cot"], batch=4), tokenizer))
    kinds = {" +", " -", " *"}
    for row, said in zip(ids.tolist(), targets.tolist(), strict=True):
        go = row.index(GO)
        marked = [at for at in range(go) if said[at] != IGNORED]
        steps = sum(tokenizer.vocabulary[token].endswith(".") for token in row[:go])
        assert len(marked) == 2 * steps
        assert all(tokenizer.counts[row[at]] for at in marked)
        assert {tokenizer.vocabulary[said[at]] for at in marked} <= kinds


def test_training_may_begin_with_a_models_weights(tmp_path):
    main(["program_direct", "--steps", "1", "--out", str(tmp_path)])
    config, began = json.loads((tmp_path / "program_direct.json").read_text()), load_config(WEIGHTS, "ledger_direct")[0]
    weights = load_weights(tmp_path, "program_direct", config["weights_sha256"])
    first = load_weights(WEIGHTS, "ledger_direct", began["weights_sha256"])
    for token in (" 57", " +", "\nanswer:"):
        here, there = (c["vocabulary"].index(token) for c in (config, began))
        assert torch.allclose(weights["embed.weight"][here], first["embed.weight"][there], atol=5e-3)
    assert torch.allclose(weights["blocks.2.up.weight"], first["blocks.2.up.weight"], atol=5e-3)


@pytest.mark.parametrize("family", ["program", "tracking"])
def test_no_family_example_is_a_test_item(family):
    held_out = {item.input["problem"] for item in task_samples(family)}
    assert load_task(family).samples[:2] == tuple(task_samples(family)[:2])
    assert not held_out & {example.prompt for example in islice(family_examples(family, 1, show_steps=False), 8000)}


def test_no_training_example_is_a_test_item():
    held_out = {
        plan(item.input["problem"], "".join(sign for sign, _ in item.metadata["operations"]))
        for item in samples(seed=TEST_SEED, n=1152)
    }
    learned = islice(ledger_examples(1, show_steps=True), 8000)
    assert not held_out & {plan(example.prompt, example.operations) for example in learned}
    records = {item.input["record"] for item in record_samples(seed=TEST_SEED, n=400)}
    assert not records & {example.prompt for example in islice(record_examples(1), 3000)}


def test_batches_mark_what_is_learned():
    recipe = replace(RECIPES["ledger_cot"], batch=4)
    tokenizer = ledger_tokenizer()
    for ids, targets in islice(batches(recipe, tokenizer), 20):
        assert ids.shape == targets.shape
        assert ids.shape[0] == 4
        for row, said in zip(ids.tolist(), targets.tolist(), strict=True):
            go = row.index(GO)
            end = said.index(END)
            assert said[go:end] == row[go + 1 : end + 1]
            assert set(row[end + 1 :]) <= {PAD}
            assert set(said[end + 1 :]) <= {IGNORED}
            completion = tokenizer.decode(said[go:end])
            assert completion.rpartition("\n")[2].startswith("answer: ")
            kinds = [tokenizer.vocabulary[token].strip() for token in said[:go] if token != IGNORED]
            assert set(kinds) <= set("+-*")
            assert len(kinds) == completion.count("\n")


def test_records_of_a_seed_are_the_same_twice():
    assert list(islice(record_examples(3), 50)) == list(islice(record_examples(3), 50))
