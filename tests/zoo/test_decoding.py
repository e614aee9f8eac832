"""Cached, batched generation against a full forward pass a token, on small untrained networks."""

import numpy as np
import pytest
import torch

from evalsuite.types import GenerationConfig
from evalsuite.zoo.decoding import ROWS, write_completions
from evalsuite.zoo.examples import ledger_tokenizer
from evalsuite.zoo.networks import build_network
from evalsuite.zoo.sampling import choose_tokens
from evalsuite.zoo.steps import carry_steps, recalled
from evalsuite.zoo.tokenizer import END, GO, PAD

SIZES = {
    "transformer": {"layers": 2, "width": 32, "heads": 4, "max_steps": 40},
    "lstm": {"cell": "lstm", "width": 16, "hidden": 24, "up": 20, "max_steps": 40},
    "gru": {"cell": "gru", "width": 16, "hidden": 24, "up": 20, "max_steps": 40},
    "transformer that recalls": {"layers": 2, "width": 32, "heads": 4, "max_steps": 40, "recall": True},
    "lstm that recalls": {"cell": "lstm", "width": 16, "hidden": 24, "up": 20, "max_steps": 40, "recall": True},
}
PROMPTS = (
    "till, coins: 4\n1. put in 12\ncoins at the end?",
    "The bus starts at 40 riders.\n1. 12 riders are picked up.\n2. The riders are multiplied by 3.\nHow many?",
    "word " * 50,
    "5",
)


@pytest.fixture(scope="module")
def tokenizer():
    return ledger_tokenizer()


@pytest.fixture(params=SIZES)
def network(request, tokenizer):
    torch.manual_seed(3)
    architecture = "transformer" if "transformer" in request.param else "recurrent"
    return build_network(architecture, SIZES[request.param], tokenizer).eval()


def read(tokenizer, text):
    return [*tokenizer.encode(text), GO]


@torch.inference_mode()
def write_slowly(network, prompt, seed, config):
    """Reread everything for every token, without padding, cache or batch."""
    ids = list(prompt)
    for step in range(config.max_new_tokens):
        table = network.head(network(torch.tensor([ids])))[0, -1:].double().numpy()
        table[:, [0, 1, 2]] = -np.inf
        token = int(choose_tokens(table, np.array([seed], dtype=np.uint64), step, config)[0])
        if token == END:
            break
        ids.append(token)
    return ids[len(prompt) :]


@pytest.mark.parametrize("options", [{}, {"temperature": 1.0}, {"temperature": 0.7, "top_k": 9, "top_p": 0.95}])
def test_cache_equals_full_forward(network, tokenizer, options):
    config = GenerationConfig(max_new_tokens=24, **options)
    prompts = [read(tokenizer, text) for text in PROMPTS]
    seeds = [11, 2**64 - 1, 0, 5]
    written = write_completions(network, tokenizer, prompts, seeds, config)
    expected = [write_slowly(network, prompt, seed, config) for prompt, seed in zip(prompts, seeds, strict=True)]
    assert [one.tokens for one in written] == expected


def test_start_and_step_give_the_logits_of_forward(network, tokenizer):
    prompt = read(tokenizer, PROMPTS[1])
    ids = torch.tensor([prompt])
    with torch.inference_mode():
        expected = network.head(network(ids))[0]
        padded = torch.cat([torch.full((1, 5), PAD), ids[:, :-3]], dim=1)
        visible = torch.ones_like(padded, dtype=torch.bool)
        visible[:, :5] = False
        logits, state = network.start(padded, visible)
        found = [logits[0], *(network.step(state, ids[:, -k])[0] for k in (3, 2, 1))]
    for row, got in zip(expected[-4:], found, strict=True):
        torch.testing.assert_close(got, row, atol=2e-5, rtol=1e-4)


def test_a_block_can_be_split_and_shuffled(network, tokenizer):
    config = GenerationConfig(max_new_tokens=12, temperature=1.0)
    texts = [f"tank, litres: {k}\n" + "1. drain 5\n" * (k % 9) for k in range(2 * ROWS + 5)]
    prompts, seeds = [read(tokenizer, text) for text in texts], list(range(len(texts)))
    whole = [one.tokens for one in write_completions(network, tokenizer, prompts, seeds, config)]
    order = sorted(seeds, key=lambda i: i * 37 % len(texts))
    shuffled = write_completions(network, tokenizer, [prompts[i] for i in order], [seeds[i] for i in order], config)
    assert [one.tokens for one in shuffled] == [whole[i] for i in order]
    alone = [write_completions(network, tokenizer, [prompts[i]], [seeds[i]], config)[0].tokens for i in (0, 13, 68)]
    assert alone == [whole[i] for i in (0, 13, 68)]


def test_budget_and_stop_strings(network, tokenizer):
    prompt = read(tokenizer, PROMPTS[0])
    free = write_completions(network, tokenizer, [prompt], [1], GenerationConfig(max_new_tokens=9, temperature=1.0))[0]
    assert (free.ended, free.n_tokens, len(free.tokens)) == (False, 9, 9)
    assert free.text == tokenizer.decode(free.tokens)
    stop = tokenizer.decode(free.tokens[3:5])
    config = GenerationConfig(max_new_tokens=9, temperature=1.0, stop=(stop,))
    cut = write_completions(network, tokenizer, [prompt], [1], config)[0]
    assert cut.ended
    assert cut.text == free.text[: free.text.index(stop)]
    assert cut.n_tokens <= 5


def test_steps_are_carried_from_labels():
    label_index = torch.tensor([-1, 0, 1, 2])
    ids = torch.tensor([[0, 2, 0, 3, 0, 1, 0]])
    assert carry_steps(ids, label_index, torch.tensor([4])).tolist() == [[4, 1, 1, 2, 2, 0, 0]]


def test_what_is_recalled_by_the_last_two_tokens():
    followed, found, same = recalled(torch.tensor([[7, 8, 9, 7, 8, 7]]), 2)
    # The fifth token is 8 after 7, the sixth 7 after 8.
    assert followed[0].nonzero().tolist() == [[0, 1], [1, 2]]
    assert found[0].nonzero().tolist() == [[0, 0], [0, 3], [0, 5], [1, 1], [1, 4]]
    assert same[0].nonzero().tolist() == [[0, 1], [1, 0], [1, 3]]
