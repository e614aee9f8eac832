"""13a, BLEU statistics and BLEU scores, against sacrebleu itself and against their plain twins."""

from __future__ import annotations

import hashlib
import itertools
import math
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

from evalsuite import kernels
from tests.reference import bleu as twin
from tests.reference.texts import COMMON, PIECES, nasty_segments, plain_segments

N_SEGMENTS = 10_000
HYPOTHESES, REFERENCES = nasty_segments(N_SEGMENTS, seed=2018)

TEXTS = st.lists(st.sampled_from(PIECES) | st.characters() | st.just("\ud9ab"), max_size=25).map("".join)
SEGMENTS = st.tuples(TEXTS, st.lists(TEXTS, min_size=1, max_size=3))
WORDS = st.lists(st.sampled_from(COMMON), max_size=12).map(" ".join)
SMOOTHING = [("none", None), ("exp", None), ("floor", None), ("floor", 0.03), ("add-k", None), ("add-k", 0.5)]


def peer_statistics(hypotheses: list[str], references: list[list[str | None]], **options: Any) -> list[list[int]]:
    """What sacrebleu counts; it wants one stream of references after another, padded with None."""
    streams: Any = list(itertools.zip_longest(*references))
    counted: list[list[int]] = BLEU(force=True, **options)._extract_corpus_statistics(hypotheses, streams)
    return counted


def random_rows(n: int, max_order: int, seed: int) -> list[list[int]]:
    """Rows of possible statistics, among them empty, short and matchless ones and whole corpora."""
    rng = random.Random(seed)
    rows = []
    for _ in range(n):
        size = rng.choice((0, 1, 2, 3, 4, 5, 10, 30, 1000, 250_000))
        hyp_len = rng.randint(0, size)
        total = [max(0, hyp_len - order) for order in range(max_order)]
        correct = [rng.choice((0, rng.randint(0, count), count)) for count in total]
        rows.append([hyp_len, rng.choice((hyp_len, rng.randint(0, size + 2))), *correct, *total])
    return rows


def peer_score(row: list[Any], method: str, value: float | None, effective: bool) -> float:
    n = len(row) // 2 - 1
    score: float = BLEU.compute_bleu(row[2 : 2 + n], row[2 + n :], row[0], row[1], method, value, effective, n).score
    return score


# Tokens


@pytest.mark.parametrize("lowercase", [False, True])
def test_tokens_equal_sacrebleu(lowercase: bool) -> None:
    texts = [*HYPOTHESES, *(text for group in REFERENCES for text in group if text is not None)]
    peer: Any = Tokenizer13a
    expected = [peer()(text.lower() if lowercase else text) for text in texts]
    assert kernels.tokenize_13a(texts, lowercase=lowercase) == expected


def test_tokens_of_every_short_string_of_the_characters_that_matter() -> None:
    texts = ["".join(characters) for n in range(7) for characters in itertools.product("a1.-\n ", repeat=n)]
    assert kernels.tokenize_13a(texts) == [twin.tokenize_13a(text) for text in texts]


def test_tokens_around_every_code_point() -> None:
    texts = [f"a{chr(code)}.{chr(code)}1{chr(code)}-" for code in (*range(0x3100), *range(0x3100, 0x110000, 61))]
    assert kernels.tokenize_13a(texts) == [twin.tokenize_13a(text) for text in texts]


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.lists(TEXTS, max_size=5))
def test_tokens_equal_the_twin(texts: list[str]) -> None:
    assert kernels.tokenize_13a(texts) == [twin.tokenize_13a(text) for text in texts]


def test_no_texts() -> None:
    assert kernels.tokenize_13a([]) == []


# Statistics


@pytest.mark.parametrize(
    ("tokenize", "lowercase", "n"),
    [("13a", False, N_SEGMENTS), ("13a", True, 2500), ("none", False, 2500), ("none", True, 2500)],
)
def test_statistics_equal_sacrebleu(tokenize: Any, lowercase: bool, n: int) -> None:
    hypotheses, references = HYPOTHESES[:n], REFERENCES[:n]
    statistics = kernels.bleu_statistics(hypotheses, references, tokenize=tokenize, lowercase=lowercase)
    assert statistics.dtype == np.int64
    assert statistics.tolist() == peer_statistics(hypotheses, references, tokenize=tokenize, lowercase=lowercase)
    # The corpus must be one on which matches of each order occur, or the comparison says little.
    assert (statistics[:, 2:6] > 0).sum(axis=0).min() > n / 10
    assert (statistics[:, 2:6] < statistics[:, 6:]).sum(axis=0).min() > n / 10


@pytest.mark.parametrize("max_order", [1, 2, 3, 5, 7])
def test_statistics_of_other_orders_equal_sacrebleu(max_order: int) -> None:
    statistics = kernels.bleu_statistics(HYPOTHESES[:2000], REFERENCES[:2000], max_order=max_order)
    assert statistics.tolist() == peer_statistics(HYPOTHESES[:2000], REFERENCES[:2000], max_ngram_order=max_order)


def test_statistics_of_plain_text_equal_sacrebleu() -> None:
    hypotheses, references = plain_segments(1000, seed=3)
    groups: list[list[str | None]] = [[text] for text in references]
    assert kernels.bleu_statistics(hypotheses, groups).tolist() == peer_statistics(hypotheses, groups)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.lists(SEGMENTS | st.tuples(WORDS, st.lists(WORDS, min_size=1, max_size=3)), max_size=4), st.integers(1, 6))
def test_statistics_equal_the_twin(segments: list[tuple[str, list[str]]], max_order: int) -> None:
    statistics = kernels.bleu_statistics([h for h, _ in segments], [r for _, r in segments], max_order=max_order)
    assert statistics.shape == (len(segments), 2 + 2 * max_order)
    assert statistics.tolist() == [twin.bleu_statistics(h, r, max_order=max_order) for h, r in segments]


def test_many_distinct_words_at_the_edge_of_the_narrow_tables() -> None:
    for n_words in (4094, 4095, 4096, 4097, 20_000):
        hypothesis = " ".join(f"w{i}" for i in range(n_words)) + " w1 w2 w3 w4 w5 w0 w1"
        reference = " ".join(f"w{i}" for i in range(n_words, 0, -1)) + " w1 w2 w3 w4 w5"
        row = kernels.bleu_statistics([hypothesis], [[reference, hypothesis[9:]]])[0]
        assert row.tolist() == twin.bleu_statistics(hypothesis, [reference, hypothesis[9:]])


def test_a_hundred_thousand_distinct_words_equal_sacrebleu() -> None:
    rng = random.Random(6)
    hypothesis = [f"w{i}" for i in range(100_000)]
    rng.shuffle(hypothesis)
    hypothesis += hypothesis[:500] * 3  # n-grams that occur more than once, and are clipped by each reference otherwise
    references = []
    for n_copies in (1, 2):
        reference = hypothesis[:60_000] + hypothesis[:500] * n_copies
        for _ in range(10_000):
            reference[rng.randrange(len(reference))] = f"w{rng.randrange(150_000)}"
        references.append(" ".join(reference))
    for max_order in (4, 6):
        for group in ([references[0]], [*references, None]):
            found = kernels.bleu_statistics([" ".join(hypothesis)], [group], tokenize="none", max_order=max_order)
            expected = peer_statistics([" ".join(hypothesis)], [group], tokenize="none", max_ngram_order=max_order)
            assert found.tolist() == expected


@pytest.mark.parametrize("n", [65_535, 65_536, 70_000, 140_000])
def test_counts_beyond_16_bits(n: int) -> None:
    statistics = kernels.bleu_statistics(["a " * n, "a " * 5], [["a " * (n - 1)], ["a " * n]])
    assert statistics[0].tolist() == [n, n - 1, n - 1, n - 2, n - 3, n - 4, n, n - 1, n - 2, n - 3]
    assert statistics[1].tolist() == [5, n, 5, 4, 3, 2, 5, 4, 3, 2]


def test_a_text_of_ten_megabytes() -> None:
    rng = random.Random(5)
    pieces = [f"{rng.randint(0, 99_999)}." for _ in range(1_500_000)]
    hypothesis, reference = " ".join(pieces), " ".join(pieces[:600_000])
    assert len(hypothesis) > 10_000_000
    # Each piece is two tokens, a number and a full stop, and the reference is the hypothesis's beginning.
    n, m = 3_000_000, 1_200_000
    row = kernels.bleu_statistics([hypothesis], [[reference]])[0].tolist()
    assert row == [n, m, m, m - 1, m - 2, m - 3, n, n - 1, n - 2, n - 3]


def test_none_is_dropped_and_the_empty_string_is_a_reference() -> None:
    statistics = kernels.bleu_statistics(["a", "a", "a b"], [[None, "a"], [""], ["", "a b c d e"]], max_order=1)
    assert statistics.tolist() == [[1, 1, 1, 1], [1, 0, 0, 1], [2, 0, 2, 2]]


def test_other_sequences_and_subclasses_of_str() -> None:
    class Text(str):
        __slots__ = ()

    statistics = kernels.bleu_statistics((Text("a b"), np.str_("c")), ((Text("a"), None), (np.str_("c"),)), max_order=1)
    assert statistics.tolist() == [[2, 1, 1, 2], [1, 1, 1, 1]]


def test_no_segments() -> None:
    assert kernels.bleu_statistics([], []).shape == (0, 10)


# Scores


@pytest.mark.parametrize(("method", "value"), SMOOTHING)
@pytest.mark.parametrize("effective", [False, True])
@pytest.mark.parametrize("max_order", [1, 2, 4, 6])
def test_scores_equal_sacrebleu_bit_for_bit(method: Any, value: float | None, effective: bool, max_order: int) -> None:
    rows = random_rows(5000, max_order, seed=7)
    options = {"smooth_method": method, "smooth_value": value, "effective_order": effective}
    expected = [peer_score(list(row), method, value, effective) for row in rows]
    assert kernels.bleu_scores(np.array(rows), **options).tolist() == expected
    assert kernels.bleu_scores(np.array(rows, dtype=np.float64), **options).tolist() == expected
    assert sum(score > 0 for score in expected) > 100


def test_fractional_statistics_equal_sacrebleu() -> None:
    rng = random.Random(13)
    # sacrebleu prints lengths as integers and takes no others.
    scales = (0.5, 1 / 3, 1.7)
    rows = [[*row[:2], *(n * rng.choice(scales) for n in row[2:])] for row in random_rows(3000, 4, seed=17)]
    expected = [peer_score(list(row), "exp", None, False) for row in rows]
    assert kernels.bleu_scores(np.array(rows)).tolist() == expected


def test_whole_scores_equal_sacrebleu() -> None:
    hypotheses, references = nasty_segments(400, seed=23, with_none=False)
    metric: Any = BLEU(effective_order=True)
    statistics = kernels.bleu_statistics(hypotheses, references)
    scores = kernels.bleu_scores(statistics, effective_order=True)
    for hypothesis, group, row, score in zip(hypotheses, references, statistics.tolist(), scores, strict=True):
        peer = metric.sentence_score(hypothesis, group)
        assert (peer.score, peer.sys_len, peer.ref_len) == (score, row[0], row[1])
        assert (peer.counts, peer.totals) == (row[2:6], row[6:])
    total = statistics.sum(axis=0)
    streams: Any = list(itertools.zip_longest(*references))
    corpus = BLEU(force=True).corpus_score(hypotheses, streams)
    assert kernels.bleu_scores(total[None])[0] == corpus.score
    assert [corpus.sys_len, corpus.ref_len, *corpus.counts, *corpus.totals] == total.tolist()
    # A reference as long as the hypothesis takes the brevity penalty out.
    full = total.copy()
    full[1] = full[0]
    assert corpus.bp == pytest.approx(corpus.score / kernels.bleu_scores(full[None])[0], rel=1e-12)


@pytest.mark.parametrize(("compensated", "add"), [(False, twin.plain_sum), (True, twin.compensated_sum)])
def test_both_sums_equal_the_twin(monkeypatch: pytest.MonkeyPatch, compensated: bool, add: Any) -> None:
    monkeypatch.setattr(kernels.bleu, "COMPENSATED_SUM", compensated)
    rows = random_rows(5000, 4, seed=29)
    expected = [twin.bleu_score(row, add=add) for row in rows]
    assert kernels.bleu_scores(np.array(rows)).tolist() == expected
    other = twin.plain_sum if compensated else twin.compensated_sum
    assert expected != [twin.bleu_score(row, add=other) for row in rows]


# Half of them 0: smoothing is about several orders without matches.
COUNT = st.just(0) | st.just(0) | st.integers(0, 40) | st.floats(0.01, 1e6)


@settings(derandomize=True, deadline=None, max_examples=500)
@given(
    st.integers(1, 5).flatmap(lambda n: st.lists(COUNT, min_size=2 + 2 * n, max_size=2 + 2 * n)),
    st.sampled_from(SMOOTHING),
    st.booleans(),
)
def test_scores_equal_the_twin(row: list[float], smoothing: tuple[Any, float | None], effective: bool) -> None:
    method, value = smoothing
    options: dict[str, Any] = {"smooth_method": method, "smooth_value": value, "effective_order": effective}
    add = twin.compensated_sum if sys.version_info >= (3, 12) else twin.plain_sum
    expected = twin.bleu_score([float(count) for count in row], add=add, **options)
    assert kernels.bleu_scores(np.array([row], dtype=np.float64), **options)[0] == expected


def test_a_row_with_nan_is_nan_and_leaves_the_others() -> None:
    rows = np.array([[4, 4, 2, 1, 4, 3], [4, 4, 2, 1, 4, 3]], dtype=np.float64)
    for column in range(6):
        damaged = rows.copy()
        damaged[0, column] = math.nan
        scores = kernels.bleu_scores(damaged)
        assert math.isnan(scores[0])
        assert scores[1] == kernels.bleu_scores(rows)[1]


def test_scores_of_views_and_of_nothing() -> None:
    rows = np.array(random_rows(50, 4, seed=31))
    assert kernels.bleu_scores(rows[::-2]).tolist() == kernels.bleu_scores(rows)[::-2].tolist()
    assert kernels.bleu_scores(rows[:0]).shape == (0,)


# Threads

DIGEST = """
import hashlib, sys
from evalsuite import kernels
from tests.reference.texts import plain_segments
hypotheses, references = plain_segments(3000, seed=37)
groups = [[text] for text in references]
digest = hashlib.sha256(kernels.bleu_statistics(hypotheses, groups).tobytes())
digest.update(repr(kernels.tokenize_13a(hypotheses)).encode())
sys.stdout.write(digest.hexdigest())
"""

FORK = """
import os, signal, sys
from evalsuite import kernels
from tests.reference.texts import plain_segments
hypotheses, references = plain_segments(3000, seed=37)
groups = [[text] for text in references]
before = kernels.bleu_statistics(hypotheses, groups)
child = os.fork()
if child == 0:
    signal.alarm(300)
    same = (kernels.bleu_statistics(hypotheses, groups) == before).all()
    os._exit(0 if same else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def run_python(code: str, n_threads: int) -> str:
    """Standard output of `code` run by another interpreter with that many threads."""
    root = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "RAYON_NUM_THREADS": str(n_threads), "PYTHONPATH": os.pathsep.join([*sys.path, root])}
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, evalsuite; sys.path.insert(0, {root!r})\n" + code],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_the_number_of_threads_changes_nothing() -> None:
    hypotheses, references = plain_segments(3000, seed=37)
    rows = [twin.bleu_statistics(h, [r]) for h, r in zip(hypotheses, references, strict=True)]
    digest = hashlib.sha256(np.array(rows, dtype=np.int64).tobytes())
    digest.update(repr([twin.tokenize_13a(text) for text in hypotheses]).encode())
    assert {run_python(DIGEST, n) for n in (1, 2, 5)} == {digest.hexdigest()}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_does_not_wait_for_threads_it_does_not_have() -> None:
    run_python(FORK, 2)


# Refusals

# The same functions without their types, so that wrong arguments can be tried.
loose: Any = kernels


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: loose.tokenize_13a("abc"), TypeError, r"`texts` must be a sequence of str; found one str"),
        (lambda: loose.tokenize_13a(["a", None]), TypeError, r"`texts\[1\]` must be a str; found NoneType"),
        (lambda: loose.bleu_statistics("a", [["a"]]), TypeError, r"`hypotheses` must be a sequence of str"),
        (lambda: loose.bleu_statistics([b"a"], [["a"]]), TypeError, r"`hypotheses\[0\]` must be a str; found bytes"),
        (lambda: loose.bleu_statistics(["a"], ["a"]), TypeError, r"`references` must be a sequence of sequences"),
        (lambda: loose.bleu_statistics(["a"], "a"), TypeError, r"`references` must be a sequence of sequences"),
        (
            lambda: loose.bleu_statistics(["a", "b"], [["a"], ["b", 3]]),
            TypeError,
            r"`references\[1\]\[1\]` must be a str or None; found int",
        ),
        (
            lambda: loose.bleu_statistics(["a", "b"], [["a"]]),
            ValueError,
            r"`references` must have one entry for each of the 2 `hypotheses`; found 1",
        ),
        (lambda: loose.bleu_statistics(["a", "b"], [["a"], []]), ValueError, r"`references\[1\]` has no reference"),
        (lambda: loose.bleu_statistics(["a"], [[None, None]]), ValueError, r"`references\[0\]` has no reference"),
        (
            lambda: loose.bleu_statistics(["a"], [["a"]], tokenize="14a"),
            ValueError,
            r"`tokenize` must be one of '13a', 'intl', 'zh', 'char', 'none'; found '14a'",
        ),
        (lambda: loose.bleu_statistics(["a"], [["a"]], max_order=0), ValueError, r"`max_order` must be 1 to"),
        (lambda: loose.bleu_statistics(["a"], [["a"]], max_order=True), TypeError, r"`max_order` must be an int"),
        (lambda: loose.bleu_scores([[1, 1, 1, 1]]), TypeError, r"`statistics` must be a numpy array of float64 or"),
        (
            lambda: loose.bleu_scores(np.ones((1, 4), dtype=np.float32)),
            TypeError,
            r"`statistics` must have dtype float64 or int64; found float32",
        ),
        (lambda: loose.bleu_scores(np.ones(4)), ValueError, r"`statistics` must have 2 dimension"),
        (lambda: loose.bleu_scores(np.ones((1, 5))), ValueError, r"2 \+ 2 \* N columns, N at least 1; found 5"),
        (lambda: loose.bleu_scores(np.ones((1, 2))), ValueError, r"2 \+ 2 \* N columns, N at least 1; found 2"),
        (
            lambda: loose.bleu_scores(np.array([[1, 1, 1, 1], [1, 1, -2, 1]])),
            ValueError,
            r"`statistics` must be counts, 0 to 2\*\*53, or NaN; found -2 in row 1, column 2",
        ),
        (lambda: loose.bleu_scores(np.full((1, 4), np.inf)), ValueError, r"found inf in row 0, column 0"),
        (lambda: loose.bleu_scores(np.full((1, 4), 2**53 + 1)), ValueError, r"found 9007199254740993 in row 0"),
        (
            lambda: loose.bleu_scores(np.ones((1, 4)), smooth_method="method1"),
            ValueError,
            r"`smooth_method` must be one of 'none', 'floor', 'add-k', 'exp'; found 'method1'",
        ),
        (
            lambda: loose.bleu_scores(np.ones((1, 4)), smooth_method="floor", smooth_value="x"),
            TypeError,
            r"`smooth_value` must be a number; found str",
        ),
        (
            lambda: loose.bleu_scores(np.ones((1, 4)), smooth_method="floor", smooth_value=-1.0),
            ValueError,
            r"`smooth_value` must be finite and at least 0; found -1.0",
        ),
    ],
)
def test_refusals_name_the_argument(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
