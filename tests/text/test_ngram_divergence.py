"""Divergences of n-grams against scipy, known values and wrong arguments."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy

from evalsuite.text.ngram_divergence import js_divergence, js_ngram, kl_divergence, kl_ngram, ngram_counts

COUNTS = [
    (np.array(p), np.array(q))
    for p, q in (([1, 2, 3], [3, 2, 1]), ([5, 0, 1], [5, 0, 1]), ([1, 0], [0, 1]), ([10**12, 1], [1, 10**12]))
]


@pytest.mark.parametrize(("p", "q"), COUNTS)
@pytest.mark.parametrize("units", ["nats", "bits"])
def test_counts_equal_scipy(p: Any, q: Any, units: Any) -> None:
    base = 2 if units == "bits" else None
    assert js_divergence(p, q, units=units) == pytest.approx(jensenshannon(p, q, base=base) ** 2, rel=1e-12, abs=1e-15)
    for smoothing in (0.0, 0.5, 1.0):
        found = kl_divergence(p, q, smoothing=smoothing, units=units)
        assert found == pytest.approx(entropy(p + smoothing, q + smoothing, base=base), rel=1e-12, abs=1e-15)


def test_equal_texts_have_none_and_disjoint_ones_all() -> None:
    texts = ["the lake lies still", "a hut"]
    assert kl_ngram(texts, texts) == js_ngram(texts, texts) == 0.0
    assert kl_ngram(["a"], ["b"], smoothing=0.0) == math.inf
    assert js_ngram(["a"], ["b"]) == math.log(2)
    assert js_ngram(["a"], ["b"], units="bits") == 1.0


def test_js_is_symmetric_and_kl_is_not() -> None:
    first, second = ["a a a b"], ["a b b c"]
    assert js_ngram(first, second) == pytest.approx(js_ngram(second, first), rel=1e-15)
    assert kl_ngram(first, second) != kl_ngram(second, first)


def test_tokens_and_case() -> None:
    assert [side.tolist() for side in ngram_counts(["Hi."], ["hi ."], tokenize="13a", lowercase=True)] == [
        [1, 1],
        [1, 1],
    ]
    assert [side.tolist() for side in ngram_counts(["Hi."], ["hi ."])] == [[1, 0, 0], [0, 1, 1]]
    assert [side.tolist() for side in ngram_counts(["aé"], ["é\ud800"], tokenize="char", order=2)] == [[1, 0], [0, 1]]


def test_nothing_to_compare_is_no_number() -> None:
    assert math.isnan(kl_ngram([], [], smoothing=1.0))
    assert math.isnan(kl_ngram(["a"], [], smoothing=0.0))
    assert math.isnan(js_ngram(["a"], [""]))
    assert kl_ngram(["a b"], [""], smoothing=1.0) == 0.0  # smoothing alone is uniform, as a b is
    assert math.isnan(kl_ngram(["a"], ["a"], order=2))


loose_kl: Any = kl_ngram
loose_counts: Any = kl_divergence


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: loose_kl("a", ["a"]), TypeError, r"`p_texts` must be a sequence of str; found one str"),
        (lambda: loose_kl(["a"], [b"a"]), TypeError, r"`q_texts\[0\]` must be a str; found bytes"),
        (lambda: loose_kl(["a"], [None]), TypeError, r"`q_texts\[0\]` must be a str; found NoneType"),
        (lambda: loose_kl(["a"], ["a"], tokenize="intl"), ValueError, r"`tokenize` must be one of"),
        (lambda: loose_kl(["a"], ["a"], units="dits"), ValueError, r"`units` must be one of"),
        (lambda: loose_kl(["a"], ["a"], smoothing=-1), ValueError, r"`smoothing` must be finite and at least 0"),
        (lambda: loose_kl(["a"], ["a"], order=0), ValueError, r"`order` must be 1 to"),
        (lambda: loose_counts([1], np.ones(1)), TypeError, r"`p_counts` must be a numpy array"),
        (lambda: loose_counts(np.ones(1), np.ones(2)), ValueError, r"`q_counts` must have the 1 entries"),
        (lambda: loose_counts(np.array([-1]), np.ones(1)), ValueError, r"`p_counts` must be counts"),
        (lambda: loose_counts(np.array([np.nan]), np.ones(1)), ValueError, r"`p_counts` must be counts"),
    ],
)
def test_refusals_name_the_argument(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_generators_and_numpy_strings() -> None:
    assert kl_ngram((text for text in ["a b"]), (np.str_("a b"),)) == 0.0  # type: ignore[arg-type]
