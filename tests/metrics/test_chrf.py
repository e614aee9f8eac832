"""chrF against sacrebleu 2.6.0, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics import CHRF

from evalsuite.errors import UsageError
from evalsuite.metrics.chrf import Chrf, ChrfPlusPlus
from evalsuite.types import Output, Sample

PIECES = [*"abcABİß09.,-'!?()中日\u00a0\u2028\x1c\t\n\0\ud800 ", " the", " cat", "(hi)", "👩‍👧", "e\u0301"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
CORPORA = st.integers(1, 3).flatmap(
    lambda n: st.lists(st.tuples(TEXTS, st.lists(TEXTS, min_size=n, max_size=n)), min_size=1, max_size=5)
)


def compute(metric: Chrf, corpus: list[tuple[str, list[str]]]) -> Any:
    samples = [Sample(id=str(i), input={}, references=tuple(refs)) for i, (_, refs) in enumerate(corpus)]
    return metric.rows(samples, [[Output(text=text)] for text, _ in corpus]).values


@settings(max_examples=300, deadline=None)
@given(
    corpus=CORPORA,
    char_order=st.integers(0, 7),
    word_order=st.integers(0, 3),
    beta=st.integers(1, 4),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
def test_equals_sacrebleu(
    corpus: list[tuple[str, list[str]]], char_order: int, word_order: int, beta: int, flags: tuple[bool, bool, bool]
) -> None:
    lowercase, whitespace, eps_smoothing = flags
    options = {
        "char_order": char_order or 1,
        "word_order": word_order,
        "beta": beta,
        "lowercase": lowercase,
        "whitespace": whitespace,
        "eps_smoothing": eps_smoothing,
    }
    metric, reference = Chrf(**options), CHRF(**options)  # type: ignore[arg-type]
    hypotheses = [text for text, _ in corpus]
    references = [list(stream) for stream in zip(*(refs for _, refs in corpus), strict=True)]
    rows = compute(metric, corpus)
    assert metric.value(rows.sum(axis=0)) == reference.corpus_score(hypotheses, references).score
    for row, (text, refs) in zip(metric.value(rows), corpus, strict=True):
        assert row == reference.sentence_score(text, refs).score
    key = [] if beta == 2 else [f"beta:{beta}"]
    assert metric.signature() == "|".join(
        ["chrf", *key, *str(reference.get_signature()).split("|")[1:-1], "version:2.6.0"]
    )


def test_default_equals_corpus_chrf() -> None:
    assert Chrf().value(compute(Chrf(), [("Niemals. ", ["Niemals. "])]).sum(axis=0)) == 100.0
    text, refs = "the cat sat on a mat", ["the cat is on the mat", "a cat sat on the mat"]
    expected = sacrebleu.corpus_chrf([text], [[ref] for ref in refs]).score
    assert Chrf().value(compute(Chrf(), [(text, refs)]).sum(axis=0)) == expected


def test_best_reference_is_chosen_by_its_own_f() -> None:
    rows = compute(Chrf(char_order=1), [("abc", ["xyz", "abd", "abcdefgh"])])
    # texts, n-grams of the output, of the second reference, and common ones
    assert rows.tolist() == [[1, 3, 3, 2]]


def test_repeats_are_summed() -> None:
    sample = Sample(id="1", input={}, references=("ab",))
    rows = Chrf(char_order=1).rows([sample], [[Output(text="ab"), Output(text="c", repeat=1)]])
    assert rows.values.tolist() == [[2, 3, 4, 2]]


def test_vectorised_over_resamples() -> None:
    draw = np.random.default_rng(5)
    corpus = [("".join(draw.choice([*"abc "], 9)), ["".join(draw.choice([*"abc "], 9))]) for _ in range(25)]
    rows = compute(Chrf(word_order=2), corpus)
    picks = draw.integers(25, size=(10, 25))
    values = Chrf(word_order=2).value(rows[picks].sum(axis=1))
    for pick, ours in zip(picks, values, strict=True):
        chosen = [corpus[i] for i in pick]
        expected = sacrebleu.corpus_chrf([t for t, _ in chosen], [[r[0] for _, r in chosen]], word_order=2)
        assert ours == expected.score


def test_wrong_options() -> None:
    with pytest.raises(UsageError, match="chrf: `char_order` and `word_order` must not both be 0"):
        Chrf(char_order=0)
    with pytest.raises(UsageError, match=r"chrf: `beta` must be an integer in \[1, 100\], got 0"):
        Chrf(beta=0)


def test_chrf_plus_plus_has_two_orders_of_words() -> None:
    corpus = [("the cat sat", ["the cat sits"])]
    expected = sacrebleu.corpus_chrf(["the cat sat"], [["the cat sits"]], word_order=2).score
    assert ChrfPlusPlus().value(compute(ChrfPlusPlus(), corpus).sum(axis=0)) == expected
    assert ChrfPlusPlus().signature() == "chrf++|case:mixed|eff:yes|nc:6|nw:2|space:no|version:2.6.0"
