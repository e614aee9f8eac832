"""Tokenizers beyond 13a, references in streams, the tables of Unicode, and what a large corpus costs in memory."""

from __future__ import annotations

import importlib.util
import itertools
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import _get_tokenizer

from evalsuite.kernels import bleu, tokenizers
from tests.reference.texts import PIECES, SCRIPTS, nasty_segments

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "rust_ext" / "tables" / "generate_unicode.py"
PEERS: dict[str, Any] = {name: _get_tokenizer(name)() for name in tokenizers.TOKENIZATIONS}
# Any characters at all, lone surrogates too, between those that tokenizers look at.
TEXTS = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=20).map("".join)

# Tokens


@settings(derandomize=True, deadline=None, max_examples=1000)
@given(TEXTS, st.sampled_from(tokenizers.TOKENIZATIONS))
def test_tokens_equal_sacrebleus(text: str, name: Any) -> None:
    assert tokenizers.tokenize([text], tokenize=name) == [" ".join(PEERS[name](text).split())]


@pytest.mark.parametrize("name", tokenizers.TOKENIZATIONS)
def test_every_character_alone_and_among_others(name: Any) -> None:
    patterns = ("a{}b", "1{}2", "{}", "1{}.", ".{}1", "-{}-")
    codes = [*range(0x3400), *range(0x4DB0, 0x4E10), *range(0x9FA0, 0xAC10), *range(0xD7A0, 0x10200)]
    codes += [*range(0x10200, 0x1F000, 7), *range(0x1F000, 0x20010), *range(0x2A6D0, 0x2A6E0), *range(0xE0000, 0xE0200)]
    texts = [patterns[code % len(patterns)].format(chr(code)) for code in codes]
    found = tokenizers.tokenize(texts, tokenize=name)
    tokenizer = PEERS[name]
    assert [line.split() for line in found] == [tokenizer(text).split() for text in texts]


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("name", tokenizers.TOKENIZATIONS)
def test_real_text(script: str, name: Any) -> None:
    texts = SCRIPTS[script]
    expected = [" ".join(PEERS[name](text.lower()).split()) for text in texts]
    assert tokenizers.tokenize(texts, tokenize=name, lowercase=True) == expected


def test_refusals_of_tokenize() -> None:
    loose: Any = tokenizers.tokenize
    with pytest.raises(ValueError, match="`tokenize` must be one of '13a', 'intl', 'zh', 'char', 'none'; found 'x'"):
        loose(["a"], tokenize="x")
    with pytest.raises(TypeError, match=r"`texts\[0\]` must be a str; found bytes"):
        loose([b"a"])


# Streams


@pytest.mark.parametrize("lowercase", [False, True])
@pytest.mark.parametrize("name", tokenizers.TOKENIZATIONS)
def test_streams_give_the_rows_of_groups(monkeypatch: pytest.MonkeyPatch, name: Any, lowercase: bool) -> None:
    hypotheses, references = nasty_segments(500, seed=41)
    streams = list(itertools.zip_longest(*references))
    rows = bleu.bleu_statistics(hypotheses, references, tokenize=name, lowercase=lowercase)
    # Blocks of another size change nothing, nor do tuples, generators and None.
    for size in (1, 7, 10_000):
        monkeypatch.setattr(bleu, "_BLOCK_SEGMENTS", size)
        found = bleu.bleu_stream_statistics(tuple(hypotheses), streams, tokenize=name, lowercase=lowercase)
        assert (found == rows).all()
        grouped: Any = (tuple(group) for group in references)
        assert (bleu.bleu_statistics(hypotheses, grouped, tokenize=name, lowercase=lowercase) == rows).all()


def test_long_texts_end_a_block_early() -> None:
    texts = ["word " * 400_000, "b", "c " * 900_000, "d", ""] * 2
    rows = bleu.bleu_statistics(texts, [[text] for text in texts], tokenize="none")
    assert rows[:, 0].tolist() == [400_000, 1, 900_000, 1, 0] * 2
    assert (rows[:, 2:6] == rows[:, 6:]).all()


@pytest.mark.parametrize(
    ("references", "error", "message"),
    [
        ([["a", "b"], ["a"]], ValueError, r"`references\[1\]` must be as long as `hypotheses`, 2; found 1"),
        ([["a", 3]], TypeError, r"`references\[0\]\[1\]` must be a str; found int"),
        (["ab"], TypeError, r"`references\[0\]` must be a sequence of str; found one str"),
        ("ab", TypeError, "`references` must be a sequence of streams"),
        ([["a", None]], ValueError, r"`references\[1\]` has no reference"),
        ([], ValueError, r"`references\[0\]` has no reference"),
    ],
)
def test_refusals_of_streams(references: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        bleu.bleu_stream_statistics(["a", "b"], references)


# Tables


def test_the_tables_are_those_of_the_regex_package() -> None:
    spec = importlib.util.spec_from_file_location("generate_unicode", GENERATOR)
    assert spec is not None
    assert spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    written = generator.TARGET.read_text(encoding="utf-8")
    recorded = re.search(r'REGEX_VERSION: &str = "([\d.]+)"', written)
    assert recorded is not None
    if recorded[1] != version("regex"):
        pytest.skip(f"the tables are those of regex {recorded[1]}")
    assert generator.source() == written


# Memory

MEMORY = """
import re, sys
from pathlib import Path
from evalsuite.text.bleu import BLEU

n = 1_000_000
pieces = sys.argv[1].split("|")
hypotheses = [f"{pieces[i % 3]} {i} {pieces[i % 5]} {pieces[i % 7]} {pieces[(i + 1) % 3]}" for i in range(n)]
references = [f"{pieces[i % 5]} {i} {pieces[i % 5]} {pieces[i % 7]} {pieces[i % 3]}" for i in range(n)]
size = sum(len(text.encode()) for text in hypotheses + references)
BLEU(force=True).corpus_score(hypotheses[:9000], [references[:9000]])

def peak(key):
    return int(re.search(key + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024

Path("/proc/self/clear_refs").write_text("5")
before = peak("VmRSS")
score = BLEU(force=True).corpus_score(hypotheses, [references])
sys.stdout.write(f"{(peak('VmHWM') - before) / size} {score.score > 0} {(peak('VmRSS') - before) / size}")
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize(
    "pieces",
    [
        "the hut stays open in winter|two dogs crossed the frozen lake|it was late when the last train left town|"
        "nobody knew|a letter came from far away|snow fell|all of it",
        "изба открыта и зимой|две собаки перешли озеро|было поздно, когда ушёл поезд|никто не знал|"
        "письмо пришло издалека|шёл снег|всё это",
    ],
    ids=["ascii", "cyrillic"],
)
def test_a_million_segments_take_less_than_half_their_text(pieces: str) -> None:
    done = subprocess.run([sys.executable, "-c", MEMORY, pieces], check=True, capture_output=True, text=True, cwd=ROOT)
    share, scored, kept = done.stdout.split()
    assert scored == "True"
    assert float(share) < 0.5
    # Nothing stays behind in the strings.
    assert float(kept) < 0.1
