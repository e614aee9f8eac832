"""The shipped models do what their cards say."""

from dataclasses import replace

import pytest

from evalsuite.types import GenerationConfig, Request
from evalsuite.worlds.data_to_text import samples as record_samples
from evalsuite.worlds.ledger import samples as ledger_samples
from evalsuite.zoo.measure import measure_reasoning, measure_records
from evalsuite.zoo.model import open_model

# About what the cards say, give or take four standard errors: final answers right, and slots said right.
ACCURACY = {
    "ledger_cot": (0.97, 1.0),
    "ledger_cot_early": (0.40, 0.72),
    "ledger_direct": (0.01, 0.12),
    "ledger_lstm": (0.13, 0.42),
}
RECORDS = {
    "data_to_text_gru": (0.84, 0.95),
    "data_to_text_transformer": (0.98, 1.0),
    "data_to_text_transformer_early": (0.80, 0.92),
}


@pytest.fixture(scope="module")
def ledger_scores():
    shown = ledger_samples(seed=41, n=48 * 3)
    return {name: measure_reasoning(open_model(name, {}), shown) for name in ACCURACY}


@pytest.fixture(scope="module")
def record_scores():
    shown = record_samples(seed=41, n=128)
    return {name: measure_records(open_model(name, {}), shown) for name in RECORDS}


def ask(text, seed=1):
    return Request(sample_id=f"s{seed}", repeat=0, turn=0, prompt=text, messages=(), seed=seed)


@pytest.mark.parametrize("name", ACCURACY)
def test_ledger_accuracy_is_the_cards(name, ledger_scores):
    low, high = ACCURACY[name]
    assert low <= ledger_scores[name].accuracy <= high


def test_writing_the_steps_outlasts_answering_at_once(ledger_scores):
    cot, direct = ledger_scores["ledger_cot"].by_depth, ledger_scores["ledger_direct"].by_depth
    assert cot[1] >= 0.9
    deep = range(6, 13)
    assert sum(cot[d] for d in deep) / 7 > 0.5 + sum(direct[d] for d in deep) / 7


def test_early_checkpoints_are_worse(ledger_scores, record_scores):
    assert ledger_scores["ledger_cot_early"].accuracy < ledger_scores["ledger_cot"].accuracy - 0.1
    early, late = record_scores["data_to_text_transformer_early"], record_scores["data_to_text_transformer"]
    assert early.slots < late.slots - 0.05
    assert early.faithful < late.faithful - 0.1


@pytest.mark.parametrize("name", RECORDS)
def test_record_scores_are_the_cards(name, record_scores):
    low, high = RECORDS[name]
    assert low <= record_scores[name].slots <= high


def test_direct_knows_a_single_step():
    shown = ledger_samples(seed=43, n=192, depths=(1, 1))
    assert measure_reasoning(open_model("ledger_direct", {}), shown).accuracy >= 0.9


@pytest.mark.parametrize("options", [{}, {"temperature": 1.0, "top_p": 0.95}])
def test_batches_can_be_split_and_shuffled(options):
    model, config = open_model("ledger_cot", {}), GenerationConfig(**options)
    requests = [
        ask(f"Instructions.\n\nProblem: {item.input['problem']}", seed=i)
        for i, item in enumerate(ledger_samples(seed=6, n=48, depths=(1, 6)))
    ]
    whole = model.generate(requests, config)
    assert [output.sample_id for output in whole] == [request.sample_id for request in requests]
    parts = [output for i in range(0, 48, 19) for output in model.generate(requests[i : i + 19], config)]
    assert parts == whole
    assert model.generate(requests[::-1], config) == whole[::-1]


def test_sampling_follows_the_seed_alone():
    model, config = open_model("data_to_text_gru", {}), GenerationConfig(temperature=1.5)
    prompt = f"Record: {record_samples(seed=2, n=1)[0].input['record']}"
    first = [output.text for output in model.generate([ask(prompt, seed) for seed in range(12)], config)]
    again = [output.text for output in model.generate([ask(prompt, seed) for seed in (7, 3)], config)]
    assert again == [first[7], first[3]]
    assert len(set(first)) > 6


def test_only_the_last_problem_is_read():
    model, config = open_model("ledger_cot", {}), GenerationConfig()
    problem = ledger_samples(seed=3, n=5)[4].input["problem"]
    shots = f"Work it out.\n\nProblem: {ledger_samples(seed=3, n=1)[0].input['problem']}\n1: 7\nanswer: 7\n\n"
    bare, shown = model.generate([ask(problem), ask(f"{shots}Problem: {problem}")], config)
    assert bare.text == shown.text
    assert bare.tokens_in == shown.tokens_in


def test_output_counts_tokens_and_says_why_it_ended():
    model = open_model("ledger_direct", {})
    request = ask("Problem: till, coins: 4\n1. put in 12\ncoins at the end?")
    (output,) = model.generate([request], GenerationConfig())
    assert output.text.startswith("answer: ")
    assert (output.finish_reason, output.tokens_out) == ("stop", 3)  # "answer:", a count, the end
    assert output.seed == request.seed
    (cut,) = model.generate([request], GenerationConfig(max_new_tokens=1))
    assert (cut.text, cut.finish_reason, cut.tokens_out) == ("answer:", "length", 1)
    (stopped,) = model.generate([request], GenerationConfig(stop=("wer",)))
    assert (stopped.text, stopped.finish_reason) == ("ans", "stop")


@pytest.mark.parametrize(
    "text",
    ["", "\ud800", "Problem: ", "Problem: \x00\n\n", "Problem: " + "1. put in 5\n" * 200_000],
    ids=["empty", "surrogate", "bare", "control", "megabytes"],
)
def test_hostile_prompts_are_answered(text):
    for name in ("ledger_cot", "data_to_text_gru"):
        (output,) = open_model(name, {}).generate([ask(text)], GenerationConfig(max_new_tokens=20))
        assert output.finish_reason in ("stop", "length")
        assert 1 <= output.tokens_in <= 384


def test_a_fingerprint_a_model():
    models = [open_model(name, {}) for name in ("ledger_cot", "ledger_cot_early", "ledger_direct")]
    assert len({model.fingerprint for model in models}) == 3
    assert all(len(model.fingerprint) == 64 for model in models)
    assert {model.spec for model in models} == {"zoo:ledger_cot", "zoo:ledger_cot_early", "zoo:ledger_direct"}


def test_no_requests_no_outputs():
    model = open_model("ledger_cot", {})
    assert model.generate([], replace(GenerationConfig(), temperature=1.0)) == []
