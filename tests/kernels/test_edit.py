"""Distances and alignments against their tables, and against rapidfuzz where texts are long."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from evalsuite.kernels import edit
from tests.reference import edit as twin
from tests.reference.texts import PIECES, plain_segments

TEXTS = st.lists(st.sampled_from(PIECES) | st.characters() | st.just("\ud9ab"), max_size=25).map("".join)
NEAR = st.text("ab c", max_size=80)
PAIRS = st.lists(st.tuples(TEXTS, TEXTS) | st.tuples(NEAR, NEAR), max_size=4)
TAGS = ("equal", "replace", "insert", "delete")
SCRIPTS = [
    ("Le cœur de la ville bat près du fleuve gelé.", "Le coeur de la ville bat prés du fleuve."),
    ("Зимой озеро замерзает до самого дна.", "Летом озеро не замерзает до дна."),
    # ruff: noqa: RUF001
    ("Το μονοπάτι οδηγεί στη λίμνη πάνω από το χωριό.", "Το μονοπάτι φτάνει στη λίμνη κάτω απ' το χωριό."),
    ("الطريق يؤدي إلى البحيرة خلف الجبل", "الطريق يصل إلى بحيرة خلف الجبال"),
    ("השביל מוביל אל האגם שמעבר להר", "שביל מוביל לאגם שמעבר להרים"),
    ("यह रास्ता झील तक जाता है और वहाँ रुकता है।", "वह रास्ता झील से आता है।"),
    ("ทางเดินนี้นำไปสู่ทะเลสาบหลังภูเขา", "ทางเดินนั้นไปทะเลสาบหน้าภูเขา"),
    ("这条小路通向山后的湖边。", "那条路通向山前的大湖。"),
    ("この道は山の向こうの湖へ続いている。", "その道は山のふもとの湖に続く。"),
    ("이 길은 산 너머 호수로 이어진다.", "저 길은 산 아래 호수에서 끝난다."),
    ("👩‍👩‍👧 on the 🏔️ with a 🐕", "👩‍👧 by the 🏔 with two 🐕🐕"),
]


def long_pair(n: int, letters: int, changes: int, seed: int) -> tuple[list[int], list[int]]:
    """A long sequence and an edited copy."""
    rng = random.Random(seed)
    a = [rng.randrange(letters) for _ in range(n)]
    b = list(a)
    for _ in range(changes):
        at, kind = rng.randrange(len(b)), rng.randrange(3)
        b[at : at + (kind != 0)] = [rng.randrange(letters)] * (kind != 1)
    return a, b


def peer_opcodes(a: Any, b: Any) -> list[tuple[str, int, int, int, int]]:
    found = Levenshtein.opcodes(a, b)
    return [(op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end) for op in found]


def opcodes(a: Any, b: Any) -> list[tuple[str, int, int, int, int]]:
    runs, counts = edit.sequence_alignments([a], [b])
    assert counts.tolist() == [len(runs)]
    return [(TAGS[kind], *places) for kind, *places in runs.tolist()]


@settings(derandomize=True, deadline=None, max_examples=400)
@given(PAIRS, st.integers(0, 12))
def test_distances_equal_the_table(pairs: list[tuple[str, str]], limit: int) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    units: list[tuple[edit.Unit, Any]] = [("characters", str), ("words", str.split), ("stripped_characters", str.strip)]
    for unit, cut in units:
        expected = [[twin.distance(cut(a), cut(b)), len(cut(a)), len(cut(b))] for a, b in pairs]
        assert edit.edit_distances(first, second, unit=unit).tolist() == expected
        limited = [[min(row[0], limit + 1), *row[1:]] for row in expected]
        assert edit.edit_distances(first, second, unit=unit, limit=limit).tolist() == limited


@settings(derandomize=True, deadline=None, max_examples=300)
@given(TEXTS | NEAR, TEXTS | NEAR)
def test_alignments_are_valid_and_cost_the_distance(a: str, b: str) -> None:
    runs, _ = edit.edit_alignments([a], [b])
    found = [(TAGS[kind], *places) for kind, *places in runs.tolist()]
    assert twin.alignment_cost(found, a, b) == twin.distance(a, b)
    lengths = [
        runs[runs[:, 0] == kind][:, [2, 4]].sum() - runs[runs[:, 0] == kind][:, [1, 3]].sum() for kind in range(4)
    ]
    counts = [lengths[0] / 2, lengths[1] / 2, lengths[3], lengths[2]]
    assert edit.edit_counts([a], [b])[0].tolist() == counts


@pytest.mark.parametrize(("a", "b"), SCRIPTS)
def test_real_text_in_many_scripts(a: str, b: str) -> None:
    assert opcodes(a, b) == peer_opcodes(a, b)
    assert opcodes(a.split(), b.split()) == peer_opcodes(a.split(), b.split())
    assert edit.edit_distances([a], [b])[0].tolist() == [Levenshtein.distance(a, b), len(a), len(b)]


@pytest.mark.parametrize(
    ("n", "letters", "changes"),
    [
        (64, 3, 30),
        (65, 3, 30),
        (256, 4, 20),
        (257, 4, 200),
        (1000, 2, 10),
        (3000, 4, 60),
        (4000, 3, 3000),
        (20_000, 50, 200),
    ],
)
def test_long_sequences_equal_rapidfuzz(n: int, letters: int, changes: int) -> None:
    a, b = long_pair(n, letters, changes, seed=n)
    for first, second in ((a, b), (b, a)):
        assert opcodes(first, second) == peer_opcodes(first, second)
        assert edit.sequence_distances([first], [second])[0, 0] == Levenshtein.distance(first, second)


@pytest.mark.parametrize("n", [64, 65, 70, 300])
def test_a_short_sequence_and_a_very_long_one(n: int) -> None:
    rng = random.Random(n)
    a, b = ([rng.randrange(2) for _ in range(k)] for k in (n, 100_000))
    assert opcodes(a, b) == peer_opcodes(a, b)
    assert opcodes(b, a) == peer_opcodes(b, a)


@pytest.mark.parametrize(("n", "m"), [(2048, 2047), (2048, 2048), (420_000, 9), (420_000, 10)])
def test_pairs_around_the_sizes_that_are_halved(n: int, m: int) -> None:
    # A matrix of exactly a mebibyte, and a hypothesis of exactly ten symbols; unequal ends, so that none is taken off.
    for letters, seed in ((2, 0), (3, 1), (6, 2), (20, 0)):
        rng = random.Random(seed)
        a = [-1, *(rng.randrange(letters) for _ in range(n - 2)), -1]
        b = [-2, *(rng.randrange(letters) for _ in range(m - 2)), -2]
        assert opcodes(a, b) == peer_opcodes(a, b)


def test_a_text_of_ten_megabytes() -> None:
    text = "path to the lake " * 600_000
    changed = text[:1_000_000] + "!" + text[1_000_002:9_000_000] + "??" + text[9_000_000:]
    assert edit.edit_distances([text], [changed]).tolist() == [[4, len(text), len(changed)]]
    assert edit.edit_distances([text], ["e"])[0, 0] == len(text) - 1


def test_words_as_jiwer_cuts_them() -> None:
    texts = ["a\tb", "a\t\tb", "\ta b\n", "a \u3000b", "a\u3000b", " ", "a\x1cb c\x85"]
    lengths = edit.edit_distances(texts, [""] * len(texts), unit="spaced_words")[:, 1]
    assert lengths.tolist() == [1, 2, 2, 2, 1, 0, 2]


def test_items_are_compared_by_equality() -> None:
    assert edit.sequence_distances([[1, "a", (2, 3)]], [[1.0, "b", (2, 3)]]).tolist() == [[1, 3, 3]]
    assert edit.sequence_distances([], []).shape == (0, 3)
    assert edit.edit_distances([], []).shape == (0, 3)
    assert edit.edit_counts([], []).shape == (0, 4)
    runs, counts = edit.edit_alignments([], [])
    assert (runs.shape, counts.shape) == ((0, 5), (0,))


def test_rows_do_not_depend_on_their_neighbours() -> None:
    first, second = plain_segments(500, seed=3)
    whole = edit.edit_counts(first, second, unit="words")
    assert np.array_equal(
        np.vstack([edit.edit_counts([a], [b], unit="words") for a, b in zip(first, second, strict=True)]), whole
    )


loose: Any = edit


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: loose.edit_distances("a", ["a"]), TypeError, r"`first` must be a sequence of str; found one str"),
        (lambda: loose.edit_distances(["a"], [None]), TypeError, r"`second\[0\]` must be a str; found NoneType"),
        (lambda: loose.edit_distances([b"a"], ["a"]), TypeError, r"`first\[0\]` must be a str; found bytes"),
        (lambda: loose.edit_counts(["a"], ["a", "b"]), ValueError, r"`second` must have one entry for each of the 1"),
        (lambda: loose.edit_distances(["a"], ["a"], unit="bytes"), ValueError, r"`unit` must be one of 'characters'"),
        (lambda: loose.edit_distances(["a"], ["a"], limit=-1), ValueError, r"`limit` must be 0 to"),
        (lambda: loose.edit_distances(["a"], ["a"], limit=1.5), TypeError, r"`limit` must be an int"),
        (lambda: loose.sequence_distances([[[1]]], [[1]]), TypeError, r"unhashable"),
        (lambda: loose.sequence_alignments([[1]], []), ValueError, r"`second` must have one entry"),
    ],
)
def test_refusals(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
