"""Words of corpora, their n-grams, and the scan for them, against a plain twin."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import unicodedata
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.kernels import contamination as kernels
from evalsuite.kernels.contamination import CorpusScan, normalize_words, text_ngrams, word_spans
from tests.reference import contamination as twin
from tests.reference.texts import nasty_text

ALPHABET = "aB z1.,-'\n\t\u00a0\u3000éÉe\u0301\u03a3\u03c2İЖ中文テกำहि\u094dعب한😀\u200b\x00\x1c\ud800\U00020000"
texts = st.text(alphabet=st.one_of(st.sampled_from(ALPHABET), st.characters()), max_size=60)
loose: Any = kernels

REAL = {
    "It's the well-known “Straße”, isn't it?": "its the wellknown straße isnt it",
    "Ça coûte 3,50 € à l'été.": "ça coûte 350 à lété",
    "Съешь же ещё этих мягких булок!": "съешь же ещё этих мягких булок",
    "ΔΥΟ ΔΡΟΜΟΙ: ΕΝΑΣ ΛΑΜΠΕΡΟΣ.": "δυο δρομοι ενασ λαμπεροσ",
    "قرأتُ الكتاب، ثم نمت.": "قرأتُ الكتاب ثم نمت",
    "הכלב ישן על השטיח.": "הכלב ישן על השטיח",
    "मैं हिन्दी पढ़ता हूँ।": "मैं हिन्दी पढ़ता हूँ",
    "แมวกิน ปลา": "แ ม ว กิ น ป ล า",
    "我昨天读了两本书。": "我 昨 天 读 了 两 本 书",
    "東京でPythonを学ぶ": "東 京 で python を 学 ぶ",
    "나는 어제 책을 읽었다.": "나는 어제 책을 읽었다",
    "Well done 👍🏽 🎉!": "well done",
}


@pytest.mark.parametrize(("text", "expected"), REAL.items())
def test_words_of_real_text(text: str, expected: str) -> None:
    assert normalize_words([text]) == [expected]
    assert " ".join(twin.words(text)) == expected


@given(st.lists(texts, max_size=4))
@settings(max_examples=400)
def test_words_are_the_twins(batch: list[str]) -> None:
    # Code points that Python's version of Unicode knows: the tables are of a later one.
    batch = ["".join(c for c in text if unicodedata.category(c) != "Cn") for text in batch]
    assert normalize_words(batch) == [" ".join(twin.words(text)) for text in batch]


def test_every_code_point_has_the_twins_class() -> None:
    known = [chr(point) for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point)) != "Cn"]
    if tuple(map(int, unicodedata.unidata_version.split("."))) > tuple(map(int, kernels.UNICODE_VERSION.split("."))):
        known = [c for c in known if normalize_words([c]) != [""] or unicodedata.category(c)[0] not in "LNM"]
    found = normalize_words([f"a{character}b" for character in known])
    different = [
        f"U+{ord(character):04X}"
        for character, line in zip(known, found, strict=True)
        if line != " ".join(twin.words(f"a{character}b"))
    ]
    assert different == []


@given(st.lists(texts, max_size=5), st.integers(1, 5))
@settings(max_examples=300)
def test_equal_ngrams_have_equal_hashes(batch: list[str], n: int) -> None:
    batch = ["".join(c for c in text if unicodedata.category(c) != "Cn") for text in batch]
    hashes, counts, n_words = text_ngrams(batch, n)
    grams = [gram for text in batch for gram in twin.ngrams(twin.words(text), n)]
    assert n_words.tolist() == [len(twin.words(text)) for text in batch]
    assert counts.tolist() == [len(twin.ngrams(twin.words(text), n)) for text in batch]
    pairs = set(zip(grams, hashes.tolist(), strict=True))
    assert len(pairs) == len(set(grams)) == len(set(hashes.tolist()))


def test_distinct_ngrams_are_sorted_sets() -> None:
    rng = random.Random(5)
    batch = [nasty_text(rng) for _ in range(300)]
    every, counts, _ = text_ngrams(batch, 2, seed=9)
    distinct, n_distinct, _ = text_ngrams(batch, 2, seed=9, distinct=True)
    ours = np.split(distinct, np.cumsum(n_distinct)[:-1])
    theirs = [np.unique(part) for part in np.split(every, np.cumsum(counts)[:-1])]
    assert all(np.array_equal(mine, other) for mine, other in zip(ours, theirs, strict=True))


def hash_of(tokens: list[str], seed: int) -> int:
    """Hash an n-gram in plain arithmetic, as files of indexes have it."""
    mask, odd = 2**64 - 1, 0x9E37_79B9_7F4A_7C15

    def fold(value: int) -> int:
        product = (value ^ 0x2D35_8DCC_AA6C_78A5) * odd
        return (product & mask) ^ (product >> 64)

    polynomial = 0
    for token in tokens:
        value, word = fold(fold(seed)), token.encode()
        for start in range(0, len(word), 8):
            value = fold(value ^ int.from_bytes(word[start : start + 8], "little"))
        polynomial = (polynomial * 0xD134_2543_DE82_EF95 + fold(value)) & mask
    return polynomial ^ (len(tokens) * odd & mask)


@pytest.mark.parametrize("seed", [0, 1, 2**64 - 1])
def test_hashes_are_fixed_on_every_platform(seed: int) -> None:
    # They are in files: another value is another version of their format.
    text = "The quick brown-fox jumps 中文 extraordinarily, 12345678 sixteen-letters1"
    for n in (1, 3, 8):
        hashes, _, _ = text_ngrams([text], n, seed=seed)
        assert hashes.tolist() == [hash_of(list(gram), seed) for gram in twin.ngrams(twin.words(text), n)]


@given(st.lists(texts, max_size=4))
def test_spans_are_where_the_words_are(batch: list[str]) -> None:
    spans, counts = word_spans(batch)
    at = 0
    for text, count in zip(batch, counts.tolist(), strict=True):
        found = [normalize_words([text[start:end]])[0] for start, end in spans[at : at + count].tolist()]
        assert " ".join(found) == normalize_words([text])[0]
        at += count
    assert at == len(spans)


@given(st.randoms(use_true_random=False), st.integers(1, 14), st.integers(1, 14))
@settings(max_examples=150, deadline=None)
def test_scan_is_the_twins(rng: random.Random, n: int, min_words: int) -> None:
    items, documents = twin.nasty_corpus(rng, 6, 6)
    scan = CorpusScan(items, n, min_words=min_words, seed=rng.getrandbits(64))
    scan.scan_texts(documents[:3])
    lines = [document.replace("\n", " ").encode("utf-8", "replace").decode() for document in documents[3:]]
    scan.scan_lines("\n".join([*lines, ""]).encode())
    expected = twin.scan(items, [*documents[:3], *lines], n, min_words)
    found, first = scan.found()
    ours = [list(pair) for pair in zip(found[scan.places].tolist(), first[scan.places].tolist(), strict=True)]
    assert ours == [list(pair) for places in expected for pair in places]
    assert scan.counts.tolist() == [len(places) for places in expected]
    assert scan.n_words.tolist() == [len(twin.words(item)) for item in items]


def test_long_documents_are_read_in_pieces() -> None:
    rng = random.Random(0)
    tokens = [rng.choice("abcdefg") for _ in range(5000)]
    items = [" ".join(tokens[start : start + 40]) for start in range(0, 4960, 7)]
    scan = CorpusScan(items, 13)
    scan.scan_texts([" ".join(tokens)])
    documents, first = scan.found()
    assert documents.tolist() == [1] * scan.n_ngrams
    assert not first.any()


def test_the_longest_ngrams_are_found_across_pieces_of_a_document() -> None:
    # Documents are looked through 1,024 words at a time, and an n-gram of 64 reaches 63 back.
    text = " ".join(f"w{i}" for i in range(3000))
    scan = CorpusScan([text], 64)
    scan.scan_texts([text])
    assert scan.found()[0].tolist() == [1] * (3000 - 63)


def test_a_document_with_many_different_ngrams_has_them_all() -> None:
    text = " ".join(f"w{i}" for i in range(40_000))
    scan = CorpusScan([text], 2)
    scan.scan_texts([text])
    assert scan.found()[0].tolist() == [1] * 39_999


def test_a_short_item_that_another_ends_before_is_compared_whole() -> None:
    # "x" is found first; the item after it, of another length, stands where a next n-gram of the same item would.
    scan = CorpusScan(["x", "x z"], 3)
    scan.scan_texts(["x z"])
    assert scan.found()[0].tolist() == [1, 1]


@pytest.mark.parametrize("n_threads", [1, 3])
def test_threads_change_nothing(n_threads: int) -> None:
    code = (
        "import random, hashlib, numpy as np\n"
        "from evalsuite.kernels.contamination import CorpusScan\n"
        "rng = random.Random(1)\n"
        "documents = [' '.join(rng.choices('abcdefghij', k=40)) for _ in range(20_000)]\n"
        "scan = CorpusScan(documents[::400], 4, min_words=2)\n"
        "scan.scan_texts(documents)\n"
        "scan.scan_lines('\\n'.join(documents).encode())\n"
        "found = np.concatenate([*scan.found(), scan.places])\n"
        "print(scan.n_documents, hashlib.sha256(found.tobytes()).hexdigest())"
    )
    environment = {**os.environ, "RAYON_NUM_THREADS": str(n_threads)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["40000", "a06542973d32be724fd9df5e252ebd1ad286af898da828e65e43c8b0ecff1b0c"]


def test_repetition_costs_no_memory() -> None:
    scan = CorpusScan(["a b " * 50], 13)
    scan.scan_texts(["a b " * 500_000])
    assert scan.found()[0].tolist() == [1, 1]


def test_nothing_in_nothing_out() -> None:
    scan = CorpusScan([], 13)
    scan.scan_texts([])
    scan.scan_texts(["a b"])
    scan.scan_lines(b"")
    scan.scan_lines(b"\n\n")
    assert scan.n_documents == 3
    assert [len(part) for part in (*scan.found(), scan.places, scan.counts)] == [0] * 4
    assert normalize_words([]) == []
    assert [len(part) for part in (*text_ngrams([], 3), *word_spans([]))] == [0] * 5
    scan = CorpusScan(["", "..."], 1)
    scan.scan_texts(["", "..."])
    assert scan.counts.tolist() == [0, 0]


def test_any_iterable_and_numpy_strings_are_texts() -> None:
    assert normalize_words(text for text in ("A", "b")) == ["a", "b"]  # type: ignore[arg-type]
    assert normalize_words(np.array(["A b"])) == ["a b"]  # type: ignore[arg-type]
    scan = CorpusScan((text for text in ["a b c"]), 2)  # type: ignore[arg-type]
    scan.scan_texts(text for text in ["b c"])  # type: ignore[arg-type]
    assert scan.found()[0].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: loose.normalize_words("one"), TypeError, r"`texts` must be a sequence of str; found one str"),
        (lambda: loose.normalize_words([None]), TypeError, r"`texts\[0\]` must be a str; found NoneType"),
        (lambda: loose.word_spans([b"a"]), TypeError, r"`texts\[0\]` must be a str; found bytes"),
        (lambda: loose.text_ngrams(["a"], 0), ValueError, r"`n` must be 1 to 64; found 0"),
        (lambda: loose.text_ngrams(["a"], 65), ValueError, r"`n` must be 1 to 64; found 65"),
        (lambda: loose.text_ngrams(["a"], 2.0), TypeError, r"`n` must be an int; found float"),
        (lambda: loose.text_ngrams(["a"], 2, seed=-1), ValueError, r"`seed` must be 0 to"),
        (lambda: loose.CorpusScan("a", 2), TypeError, r"`items` must be a sequence of str"),
        (lambda: loose.CorpusScan(["a"], 2, min_words=0), ValueError, r"`min_words` must be 1 to 64; found 0"),
        (lambda: loose.CorpusScan(["a"], 2).scan_texts("a"), TypeError, r"`texts` must be a sequence of str"),
        (lambda: loose.CorpusScan(["a"], 2).scan_texts(["a", 3]), TypeError, r"`texts\[1\]` must be a str; found int"),
        (lambda: loose.CorpusScan(["a"], 2).scan_lines("a"), TypeError, r"`block` must be bytes; found str"),
        (lambda: loose.CorpusScan(["a"], 2).scan_lines(b"ab\xff"), ValueError, r"`block` must be UTF-8; byte 2 is not"),
    ],
)
def test_refusals_name_the_argument(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
