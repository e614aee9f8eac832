"""Numbered tokens, self-BLEU statistics, distinct n-grams, repeated spans and loops against their plain twins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.kernels.degeneration import ending_loops, repeated_spans
from evalsuite.kernels.diversity import distinct_counts, ngram_frequencies
from evalsuite.kernels.self_bleu import nltk_bleu_scores, self_bleu_statistics
from evalsuite.kernels.token_ids import TokenIds, token_ids
from evalsuite.kernels.tokenizers import tokenize_13a
from tests.reference import diversity as twin
from tests.reference.texts import COMMON, PIECES, nasty_segments

TEXTS = st.lists(st.sampled_from(PIECES) | st.characters() | st.just("\ud9ab"), max_size=20).map("".join)
WORDS = st.lists(st.sampled_from(COMMON[:4]), max_size=12)
SETS = st.lists(TEXTS | WORDS.map(" ".join), max_size=6)
NASTY = nasty_segments(400, seed=5)[0]


def numbers(texts: list[list[Any]]) -> list[list[int]]:
    """Number tokens as they appear."""
    seen: dict[Any, int] = {}
    return [[seen.setdefault(token, len(seen)) for token in text] for text in texts]


def listed(tokens: TokenIds) -> list[list[int]]:
    """Number the tokens of TokenIds anew, text by text."""
    return numbers([part.tolist() for part in np.split(tokens.ids, tokens.ends[:-1])]) if len(tokens.ends) else []


@settings(derandomize=True, deadline=None, max_examples=60)
@given(SETS)
def test_texts_become_the_tokens_that_python_finds(texts: list[str]) -> None:
    assert listed(token_ids(texts)) == numbers([text.split() for text in texts])
    assert listed(token_ids(texts, lowercase=True)) == numbers([text.lower().split() for text in texts])
    assert listed(token_ids(texts, tokenize="char")) == numbers([list(text) for text in texts])
    expected = numbers([line.split() for line in tokenize_13a(texts)])
    assert listed(token_ids(texts, tokenize="13a")) == expected


def test_lists_of_tokens_may_hold_anything_hashable() -> None:
    lists = [["a", 1, None, 1.0], (True, "b"), [], np.array([1, 7])]
    assert listed(token_ids(lists)) == numbers([list(text) for text in lists])
    assert listed(token_ids([[], ["a"]])) == [[], [0]]


def test_many_texts_at_once() -> None:
    assert listed(token_ids(NASTY)) == numbers([text.split() for text in NASTY])


@settings(derandomize=True, deadline=None, max_examples=60)
@given(SETS, st.integers(1, 6))
def test_counts_equal_the_twins(texts: list[str], order: int) -> None:
    tokens, words = token_ids(texts), [text.split() for text in texts]
    assert self_bleu_statistics(tokens, max_order=order).tolist() == twin.self_bleu_statistics(words, order)
    of_set, of_texts = distinct_counts(tokens, max_order=order)
    assert of_set.tolist() == [list(twin.distinct(words, n)) for n in range(1, order + 1)]
    counted = [[twin.distinct([text], n) for n in range(1, order + 1)] for text in words]
    assert of_texts.tolist() == [[d for d, _ in row] + [t for _, t in row] for row in counted]
    assert ngram_frequencies(tokens, order=order).tolist() == twin.frequencies(words, order)


def test_self_bleu_statistics_of_one_large_set() -> None:
    texts = NASTY[:40]
    expected = twin.self_bleu_statistics([text.split() for text in texts], 4)
    assert self_bleu_statistics(token_ids(texts)).tolist() == expected


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4), st.integers(2, 4), st.integers(0, 8))
def test_spans_and_loops_equal_the_twins(begins: list[list[str]], phrases: list[list[str]], k: int, span: int) -> None:
    texts = [[*begin, *phrase * 4][:40] for begin, phrase in zip(begins, phrases, strict=False)]
    tokens = token_ids(texts)
    for overlap in (False, True):
        expected = [twin.longest_repeat(text, overlap) for text in texts]
        assert repeated_spans(tokens, overlap=overlap).tolist() == expected
    loops = ending_loops(tokens, min_repetitions=k, min_span=span)
    assert loops.tolist() == [twin.ending_loop(text, k, span) for text in texts]
    by_default = ending_loops(tokens)[:, 0] > 0
    assert by_default.tolist() == [twin.repeats_phrase_at_its_end(text) for text in texts]


def test_no_texts_and_no_tokens() -> None:
    for tokens in (token_ids([]), token_ids(["", " "])):
        n = len(tokens.ends)
        assert self_bleu_statistics(tokens).tolist() == [[0] * 10] * n
        assert distinct_counts(tokens)[0].tolist() == [[0, 0]] * 4
        assert ngram_frequencies(tokens).tolist() == []
        assert repeated_spans(tokens).tolist() == ending_loops(tokens).tolist() == [[0] * 3] * n


@pytest.mark.parametrize(
    ("texts", "error", "message"),
    [
        ("one text", TypeError, "`texts` must be a sequence of str; found one str"),
        (b"bytes", TypeError, "`texts` must be a sequence of str; found one bytes"),
        ([b"a"], TypeError, r"`texts\[0\]` must be a str; found bytes"),
        (["a", None], TypeError, r"`texts\[1\]` must be a str; found NoneType"),
        ([["a"], "b"], TypeError, r"`texts\[1\]` must be a list of tokens .* found str"),
        (["a", ["b"]], TypeError, r"`texts\[1\]` must be a str; found list"),
        ([[["a"]]], TypeError, "`texts` must hold tokens that are hashable"),
        ([np.zeros((2, 2))], ValueError, r"`texts\[0\]` must have one dimension"),
    ],
)
def test_what_is_no_text_is_refused(texts: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        token_ids(texts)


def test_options_are_checked() -> None:
    tokens = token_ids(["a b", "b"])
    for call, message in (
        (lambda: token_ids(["a"], tokenize="intl"), "`tokenize` must be one of"),  # type: ignore[arg-type]
        (lambda: token_ids([["a"]], tokenize="char"), "`tokenize` and `lowercase` are for texts"),
        (lambda: self_bleu_statistics(tokens, max_order=0), "`max_order` must be 1 to 64"),
        (lambda: ngram_frequencies(tokens, order=65), "`order` must be 1 to 64"),
        (lambda: ending_loops(tokens, min_repetitions=1), "`min_repetitions` must be 2 to"),
        (lambda: ending_loops(tokens, min_span=-1), "`min_span` must be 0 to"),
        (lambda: distinct_counts(TokenIds(tokens.ids, tokens.ends[:1])), "`ids` must have 2 elements"),
        (lambda: distinct_counts(TokenIds(tokens.ids, tokens.ends[::-1].copy())), "`ends` must not fall"),
        (lambda: distinct_counts(TokenIds(tokens.ids, tokens.ends[:0])), "`ends` must fit `ids`"),
        (
            lambda: distinct_counts(TokenIds(np.full(3, 2**32 - 1, dtype=np.uint32), tokens.ends)),
            "`ids` must number tokens densely",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(TypeError, match="`tokens` must be TokenIds"):
        distinct_counts(["a b"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"`tokens\.ids` must have dtype uint32"):
        distinct_counts(TokenIds(tokens.ids.astype(np.int64), tokens.ends))  # type: ignore[arg-type]


def test_statistics_are_checked() -> None:
    rows = self_bleu_statistics(token_ids(["a b c", "a b d"]))
    for weights, options, message in (
        ((), {}, "`weights` must be 1 to 4 numbers"),
        ((0.2,) * 5, {}, "`weights` must be 1 to 4 numbers"),
        ((-1.0,), {}, r"`weights\[0\]` must be finite"),
        ((0.25,) * 4, {"smoothing": 8}, "`smoothing` must be 0 to 7"),
        ((0.25,) * 4, {"smoothing": 5}, "`statistics` must count n-grams up to order 5"),
        ((0.5, 0.5), {"smoothing": 6}, "`weights` must be three or more"),
        ((0.25,) * 4, {"smoothing": 6}, "`smoothing` 6 needs a match of order 3 in every text.*; text 0"),
        ((0.25,) * 4, {"smoothing": 4, "k": 0}, "`k` must be above 0"),
    ):
        with pytest.raises(ValueError, match=message):
            nltk_bleu_scores(rows, weights, **options)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="`statistics` must be counts"):
        nltk_bleu_scores(-rows - 1, (1.0,))
