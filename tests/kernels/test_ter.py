"""Statistics of TER against sacrebleu."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.ter import TER

from evalsuite.kernels.ter import ter_statistics
from tests.reference.texts import PIECES, shifted_segments

TEXTS = st.lists(
    st.sampled_from((*PIECES, "'s ", "\n-", "あ", "カ", "ㇰ", "\u3f22", "\u31c0", "\uff08", "「")) | st.characters(),
    max_size=25,
).map("".join)
WORDS = st.lists(st.sampled_from("abcdef"), max_size=14).map(" ".join)


def peer_statistics(hypotheses: list[str], references: list[Any], **options: Any) -> list[list[float]]:
    streams: Any = list(itertools.zip_longest(*references))
    counted: list[list[float]] = TER(**options)._extract_corpus_statistics(hypotheses, streams)
    return counted


@settings(derandomize=True, deadline=None, max_examples=400)
@given(
    st.tuples(TEXTS, st.lists(TEXTS, min_size=1, max_size=3)) | st.tuples(WORDS, st.lists(WORDS, min_size=1)),
    st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans()),
)
def test_equals_sacrebleu(segment: tuple[str, list[str]], flags: tuple[bool, bool, bool, bool]) -> None:
    hypothesis, references = segment
    names = ("normalized", "no_punct", "asian_support", "case_sensitive")
    options: dict[str, Any] = dict(zip(names, flags, strict=True))
    rows = ter_statistics([hypothesis], [references], **options)
    assert rows.tolist() == peer_statistics([hypothesis], [references], **options)


def test_shifts_equal_sacrebleu() -> None:
    hypotheses, references = shifted_segments(300, seed=5, max_words=20)
    groups = [[text] for text in references]
    rows = ter_statistics(hypotheses, groups)
    assert rows.tolist() == peer_statistics(hypotheses, groups)


@pytest.mark.parametrize(("n_hypothesis", "n_reference"), [(30, 70), (70, 30), (60, 55), (1, 80), (2, 150), (3, 140)])
def test_beams_of_every_slope_equal_sacrebleu(n_hypothesis: int, n_reference: int) -> None:
    rng = random.Random(n_hypothesis)
    for n_kinds in (30, 90):
        hypothesis = " ".join(f"w{rng.randrange(n_kinds)}" for _ in range(n_hypothesis))
        reference = " ".join(f"w{rng.randrange(n_kinds)}" for _ in range(n_reference))
        assert ter_statistics([hypothesis], [[reference]]).tolist() == peer_statistics([hypothesis], [[reference]])


def test_a_round_with_too_many_candidates_is_not_applied() -> None:
    # Two words of each kind: every shift has many places to go.
    reference = " ".join("ab" * 12)
    hypothesis = " ".join("ba" * 12)
    assert ter_statistics([hypothesis], [[reference]]).tolist() == peer_statistics([hypothesis], [[reference]])


@pytest.mark.parametrize("size", [9, 10, 11])
def test_blocks_of_up_to_ten_words_are_shifted_at_once(size: int) -> None:
    block, rest = [f"b{i}" for i in range(size)], [f"r{i}" for i in range(20)]
    hypothesis, reference = " ".join([*block, *rest]), " ".join([*rest, *block])
    rows = ter_statistics([hypothesis], [[reference]]).tolist()
    assert rows == peer_statistics([hypothesis], [[reference]])
    assert rows[0][0] == 1 + (size > 10)
    # Few different words: a block of ten is worth more than one of nine.
    hypothesis, reference = " ".join("abbbbaabbabbb"), " ".join("bbbaabbabbbab")
    assert ter_statistics([hypothesis], [[reference]]).tolist() == peer_statistics([hypothesis], [[reference]])


@pytest.mark.parametrize("distance", [49, 50, 51])
def test_a_word_is_shifted_by_up_to_fifty_places(distance: int) -> None:
    others = [f"w{i}" for i in range(distance)]
    for hypothesis, reference in (([*others, "x"], ["x", *others]), (["x", *others], [*others, "x"])):
        pair = [" ".join(hypothesis)], [[" ".join(reference)]]
        assert ter_statistics(*pair).tolist() == peer_statistics(*pair)
    # A block of three, which is worth no other path.
    pair = [" ".join(["a", "b", "c", *others])], [[" ".join([*others, "a", "b", "c"])]]
    rows = ter_statistics(*pair).tolist()
    assert rows == peer_statistics(*pair)
    assert rows[0][0] == (1 if distance <= 50 else 6)


@pytest.mark.parametrize("offset", [23, 24, 25])
def test_matches_outside_the_beam_are_not_seen(offset: int) -> None:
    # The same words after more or fewer others than half the beam is wide; they hold no block worth a shift.
    same = "fRfdeZWPWBJbVMFLVCCJCUIWCANA"
    hypothesis = " ".join([*same, *(f"y{i}" for i in range(offset - 3))])
    reference = " ".join([*(f"x{i}" for i in range(offset)), *same])
    rows = ter_statistics([hypothesis], [[reference]], case_sensitive=True).tolist()
    assert rows == peer_statistics([hypothesis], [[reference]], case_sensitive=True)


@pytest.mark.parametrize(
    ("hypothesis", "reference"),
    [
        ("ccabcbabacbccabbaccaabbaababbc", "cccbabaabbaababbcabacbccabbacc"),
        ("bbabbbabaabbbbbabaaaabbbbaaaaaa", "bbbbaaaabbabbabaabbbbbaaaaaabab"),
        ("aaababaaabaaabbbbbbbbaaaabbaabaab", "aaabbbbbbbababaababaaabbaaaababaab"),
    ],
)
def test_the_thousandth_candidate_is_one_too_many(hypothesis: str, reference: str) -> None:
    pair = [" ".join(hypothesis)], [[" ".join(reference)]]
    assert ter_statistics(*pair).tolist() == peer_statistics(*pair)


def test_references_are_normalized_twice() -> None:
    # The second comma comes apart only in the second pass, which hypotheses do not get.
    assert ter_statistics(["a,,1"], [["a,,1"]], normalized=True).tolist() == [[2.0, 4.0]]


def test_empty_texts() -> None:
    rows = ter_statistics(["", "a b", "", "a"], [["a b"], [""], [""], ["", "a"]])
    assert rows.tolist() == [[2, 2], [2, 0], [0, 0], [0, 0.5]]
    assert ter_statistics([], []).shape == (0, 2)
    assert ter_statistics((np.str_("A b"),), ((None, np.str_("a c")),)).tolist() == [[1, 2]]


def test_long_lines_take_linear_time_and_memory() -> None:
    rng = random.Random(7)
    words = [f"w{rng.randrange(5000)}" for _ in range(300_000)]
    changed = [word if rng.random() < 0.999 else "x" for word in words]
    ((edits, n_words),) = ter_statistics([" ".join(changed)], [[" ".join(words)]]).tolist()
    assert (edits, n_words) == (sum(a != b for a, b in zip(words, changed, strict=True)), 300_000)
    # Far beyond what the beam reaches.
    assert ter_statistics(["b a"], [["a b " * 200_000]]).tolist() == [[399_998, 400_000]]
    assert ter_statistics(["a b " * 200_000], [["b a"]])[0, 1] == 2


loose: Any = ter_statistics


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: loose("a", [["a"]]), TypeError, r"`hypotheses` must be a sequence of str"),
        (lambda: loose([None], [["a"]]), TypeError, r"`hypotheses\[0\]` must be a str; found NoneType"),
        (lambda: loose(["a"], [["a", b"a"]]), TypeError, r"`references\[0\]\[1\]` must be a str or None; found bytes"),
        (lambda: loose(["a", "b"], [["a"]]), ValueError, r"one entry for each of the 2 `hypotheses`; found 1"),
        (lambda: loose(["a"], [[]]), ValueError, r"`references\[0\]` has no reference"),
    ],
)
def test_refusals_name_the_argument(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
