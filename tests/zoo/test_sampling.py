import numpy as np
import pytest

from evalsuite.rng import CounterRng
from evalsuite.types import GenerationConfig
from evalsuite.zoo.sampling import choose_tokens, counter_uniform

LOGITS = np.log(np.array([0.5, 0.25, 0.15, 0.1]))
MANY = 40_000


def draw(**options):
    seeds = np.arange(MANY, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    table = np.tile(LOGITS, (MANY, 1))
    tokens = choose_tokens(table, seeds, 3, GenerationConfig(**options))
    return np.bincount(tokens, minlength=4) / MANY


def test_noise_is_the_counter_generator():
    rng = CounterRng(2**64 - 3)
    expected = [(rng.next_u64() >> 12) for _ in range(30)]
    found = counter_uniform(np.array([2**64 - 3], dtype=np.uint64), 10, 20)[0]
    assert [int(u * 2**52) for u in found] == expected[10:]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"temperature": 1.0}, [0.5, 0.25, 0.15, 0.1]),
        ({"temperature": 0.5}, np.array([0.25, 0.0625, 0.0225, 0.01]) / 0.345),
        ({"temperature": 1.0, "top_k": 2}, [2 / 3, 1 / 3, 0, 0]),
        ({"temperature": 1.0, "top_p": 0.7}, [2 / 3, 1 / 3, 0, 0]),
        ({"temperature": 1.0, "top_p": 0.4}, [1, 0, 0, 0]),
        ({"temperature": 1.0, "top_k": 3, "top_p": 0.99}, [5 / 9, 2.5 / 9, 1.5 / 9, 0]),
        ({"temperature": 1.0, "top_k": 99, "top_p": 1.0}, [0.5, 0.25, 0.15, 0.1]),
        ({"temperature": 0.0}, [1, 0, 0, 0]),
    ],
)
def test_frequencies_match_the_softmax(options, expected):
    # The standard error of a frequency is at most 0.0025 here.
    np.testing.assert_allclose(draw(**options), expected, atol=0.012)


def test_forbidden_tokens_are_never_chosen():
    table = np.tile(np.array([-np.inf, 0.0, -np.inf]), (200, 1))
    seeds = np.arange(200, dtype=np.uint64)
    assert set(choose_tokens(table, seeds, 0, GenerationConfig(temperature=5.0, top_p=0.9))) == {1}


def test_a_row_does_not_see_the_others():
    rng = np.random.default_rng(1)
    table, seeds = rng.normal(size=(64, 50)), rng.integers(0, 2**63, 64, dtype=np.uint64)
    config = GenerationConfig(temperature=0.9, top_k=20, top_p=0.9)
    whole = choose_tokens(table, seeds, 7, config)
    alone = [choose_tokens(table[i : i + 1], seeds[i : i + 1], 7, config)[0] for i in range(64)]
    assert list(whole) == alone
    assert list(choose_tokens(table, seeds, 8, config)) != alone
