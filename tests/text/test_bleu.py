"""BLEU's class, functions and result objects beside sacrebleu's: the same calls, the same objects and strings."""

from __future__ import annotations

import itertools
import logging
import random
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import sacrebleu
from sacrebleu.metrics import BLEU as PEER

from evalsuite import text as ours
from evalsuite.errors import DependencyError, InputError
from evalsuite.kernels.bleu import bleu_scores
from evalsuite.kernels.tokenizers import TOKENIZATIONS
from evalsuite.text.bleu import BLEU
from evalsuite.text.tokenizers import TOKENIZERS, load_tokenizer
from tests.reference.texts import SCRIPTS, nasty_segments, plain_segments

if TYPE_CHECKING:
    from evalsuite.text.bleu_score import BLEUScore

HYPOTHESES = ["The hut is open all year.", "Nobody slept.", "We saw two dogs, a cat and 1,000 birds."]
STREAMS: Any = [
    ["The hut is open in winter too.", "Nobody slept well.", "We saw two dogs, one cat, and 1,000 birds."],
    ["The hut stays open all year.", None, "There were dogs and birds."],
]
FIELDS = ("name", "score", "counts", "totals", "precisions", "bp", "sys_len", "ref_len", "ratio", "prec_str")
OPTIONS: list[dict[str, Any]] = [
    {},
    {"lowercase": True, "tokenize": "intl"},
    {"smooth_method": "floor"},
    {"smooth_method": "floor", "smooth_value": 0.25, "tokenize": "char"},
    {"smooth_method": "add-k", "max_ngram_order": 6},
    {"smooth_method": "add-k", "smooth_value": 0.5, "effective_order": True},
    {"smooth_method": "none", "max_ngram_order": 2, "trg_lang": "zh"},
    {"trg_lang": "ja", "effective_order": True},
    {"trg_lang": "ko"},
]


def same(mine: BLEUScore, peer: Any) -> None:
    for field in (*FIELDS, "_mean", "_ci", "_verbose"):
        assert getattr(mine, field) == getattr(peer, field), field
    assert str(mine) == str(peer)
    assert repr(mine) == repr(peer)
    for width, score_only in itertools.product((0, 2, 5), (False, True)):
        assert mine.format(width=width, score_only=score_only) == peer.format(width=width, score_only=score_only)
    line = "nrefs:2|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0"
    assert mine.format(signature=line) == peer.format(signature=line)
    assert mine.format(signature=line, is_json=True) == peer.format(signature=line, is_json=True)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_corpus_with_its_interval_and_signature(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    metric, peer = BLEU(**options), PEER(**options)
    same(metric.corpus_score(HYPOTHESES, STREAMS), peer.corpus_score(HYPOTHESES, STREAMS))
    assert str(metric.get_signature()) == str(peer.get_signature())
    for seed in ("12345", "7"):
        monkeypatch.setenv("SACREBLEU_SEED", seed)
        same(
            metric.corpus_score(HYPOTHESES, STREAMS, n_bootstrap=200),
            peer.corpus_score(HYPOTHESES, STREAMS, n_bootstrap=200),
        )
        for short in (False, True):
            assert metric.get_signature().format(short) == peer.get_signature().format(short)
    # One reference everywhere, then texts one by one.
    same(metric.corpus_score(HYPOTHESES, STREAMS[:1]), peer.corpus_score(HYPOTHESES, STREAMS[:1]))
    groups = [list(group) for group in zip(*STREAMS, strict=True)]
    for hypothesis, group, score in zip(HYPOTHESES, groups, metric.sentence_scores(HYPOTHESES, groups), strict=True):
        expected = peer.sentence_score(hypothesis, group)
        same(metric.sentence_score(hypothesis, group), expected)
        same(score, expected)
        assert str(metric.get_signature()) == str(peer.get_signature())


def test_the_interval_of_a_larger_corpus() -> None:
    hypotheses, references = plain_segments(300, seed=3)
    mine, peer = BLEU(), PEER()
    same(mine.corpus_score(hypotheses, [references], 300), peer.corpus_score(hypotheses, [references], 300))
    for found, expected in (
        (mine.get_signature().format(short=True), peer.get_signature().format(short=True)),
        (repr(mine.get_signature()), repr(peer.get_signature())),
    ):
        assert found == expected
        assert "300" in found


def test_references_at_construction() -> None:
    mine, peer = BLEU(references=STREAMS), PEER(references=STREAMS)
    assert str(mine.get_signature()) == str(peer.get_signature())
    for hypotheses in (HYPOTHESES, HYPOTHESES[::-1]):
        same(mine.corpus_score(hypotheses, None), peer.corpus_score(hypotheses, None))
    same(mine.corpus_score(HYPOTHESES, STREAMS[:1]), peer.corpus_score(HYPOTHESES, STREAMS[:1]))


def test_the_functions_of_sacrebleu() -> None:
    same(ours.corpus_bleu(HYPOTHESES, STREAMS), sacrebleu.corpus_bleu(HYPOTHESES, STREAMS))
    same(
        ours.corpus_bleu(HYPOTHESES, STREAMS, "floor", 0.2, True, True, "intl", True),
        sacrebleu.corpus_bleu(HYPOTHESES, STREAMS, "floor", 0.2, True, True, "intl", True),
    )
    same(ours.raw_corpus_bleu(HYPOTHESES, STREAMS), sacrebleu.raw_corpus_bleu(HYPOTHESES, STREAMS))
    same(ours.raw_corpus_bleu(HYPOTHESES, STREAMS, 0.5), sacrebleu.raw_corpus_bleu(HYPOTHESES, STREAMS, 0.5))
    group = ["The hut stays open.", "It is open."]
    same(ours.sentence_bleu("The hut is open.", group), sacrebleu.sentence_bleu("The hut is open.", group))


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("tokenize", [*TOKENIZATIONS, "ja-mecab", "ko-mecab"])
def test_real_text_in_many_scripts(script: str, tokenize: str) -> None:
    hypothesis, reference = SCRIPTS[script]
    mine, peer = BLEU(tokenize=tokenize, lowercase=True), PEER(tokenize=tokenize, lowercase=True)
    same(mine.corpus_score([hypothesis], [[reference]]), peer.corpus_score([hypothesis], [[reference]]))
    assert mine.tokenizer(hypothesis).split() == peer.tokenizer(hypothesis).split()


def test_every_smoothing_of_statistics() -> None:
    rng = random.Random(5)
    for _ in range(3000):
        order = rng.randint(1, 6)
        total = sorted((rng.choice((0, 1, 2, 5, 40)) for _ in range(order)), reverse=True)
        correct = [rng.randint(0, count) if rng.random() < 0.7 else 0 for count in total]
        arguments: Any = (rng.randint(0, 50), rng.randint(0, 50), rng.choice(("none", "floor", "add-k", "exp")))
        options: Any = {
            "smooth_value": rng.choice((None, 0.01, 3)),
            "effective_order": rng.random() < 0.5,
            "max_ngram_order": order,
        }
        mine = BLEU.compute_bleu(correct, total, *arguments, **options)
        same(mine, PEER.compute_bleu(list(correct), list(total), *arguments, **options))
        # The score of statistics has one value, whichever way it is computed.
        row = np.array([[arguments[0], arguments[1], *correct, *total]])
        kernel = bleu_scores(
            row,
            smooth_method=arguments[2],
            smooth_value=options["smooth_value"],
            effective_order=options["effective_order"],
        )
        assert kernel[0] == mine.score


def test_many_sentences_at_once() -> None:
    hypotheses, references = nasty_segments(400, seed=11)
    for options in OPTIONS[:7]:
        mine, peer = BLEU(**options), PEER(**options)
        found = mine.sentence_scores(hypotheses, references)
        for score, hypothesis, group in zip(found, hypotheses, references, strict=True):
            same(score, peer.sentence_score(hypothesis, group))  # type: ignore[arg-type]
    assert BLEU().sentence_scores([], []) == []


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    found = [record.getMessage() for record in caplog.records if record.name == "evalsuite"]
    caplog.clear()
    return found


def test_what_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    tokenized = ["a b c ."] * 100
    BLEU().corpus_score(tokenized[1:], [tokenized[1:]])
    BLEU(force=True).corpus_score(tokenized, [tokenized])
    BLEU(effective_order=True).sentence_score("a", ["a"])
    BLEU(tokenize="zh", trg_lang="zh")
    assert messages(caplog) == []
    BLEU().corpus_score(tokenized, [tokenized])
    assert "100 hypotheses end in a full stop" in messages(caplog)[0]
    BLEU().sentence_score("a", ["a"])
    assert "`effective_order` should be True" in messages(caplog)[0]
    BLEU(tokenize="13a", trg_lang="zh")
    assert 'for the language "zh"' in messages(caplog)[0]


def test_signatures_take_more() -> None:
    for metric in (BLEU(references=STREAMS), PEER(references=STREAMS)):
        signature: Any = metric.get_signature()
        for key, value in (("test", "wmt21"), ("lang", "de-en"), ("ar", 10), ("subset", "news"), ("origlang", "de")):
            signature.update(key, value)
        assert str(signature).startswith("nrefs:var|ar:10|test:wmt21|lang:de-en|origlang:de|subset:news|case:mixed|")
        assert signature.format(short=True).startswith("#:var|ar:10|t:wmt21|l:de-en|o:de|S:news|c:mixed|e:no|")


# Tokenizers


def test_names_are_sacrebleus() -> None:
    assert set(TOKENIZERS) == set(PEER.TOKENIZERS)
    assert set(BLEU.SMOOTH_DEFAULTS) == set(PEER.SMOOTH_DEFAULTS)


class Processor:
    """Stands in for sentencepiece: pieces of two characters."""

    def Load(self, path: str) -> None:  # noqa: N802
        if path.endswith("bad.model"):
            raise RuntimeError("not a model")

    def EncodeAsPieces(self, line: str) -> list[str]:  # noqa: N802
        return [line[i : i + 2] for i in range(0, len(line), 2)]


@pytest.fixture
def sentencepiece(monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = ModuleType("sentencepiece")
    module.SentencePieceProcessor = Processor
    monkeypatch.setitem(sys.modules, "sentencepiece", module)
    load_tokenizer.cache_clear()


@pytest.mark.usefixtures("sentencepiece")
def test_a_model_given_or_in_sacrebleus_folder(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SACREBLEU", str(tmp_path))
    with pytest.raises(InputError, match="none is downloaded"):
        BLEU(tokenize="flores101")
    (tmp_path / "models").mkdir()
    for path in (tmp_path / "models" / "sacrebleu_tokenizer_spm.model", tmp_path / "my.model", tmp_path / "bad.model"):
        path.write_bytes(b"")
    for metric in (
        BLEU(tokenize="flores101"),
        BLEU(tokenize="spm"),
        BLEU(tokenize="flores200", spm_model=tmp_path / "my.model"),
    ):
        score = metric.corpus_score(["abcdef "], [["abcdxf"]])
        assert (score.sys_len, score.counts) == (3, [2, 1, 0, 0])
    assert "tok:flores200|" in str(metric.get_signature())
    with pytest.raises(InputError, match=r"bad\.model is not a SentencePiece model"):
        BLEU(tokenize="flores200", spm_model=tmp_path / "bad.model")
    with pytest.raises(ValueError, match="`spm_model` is for the tokenizers spm, flores101"):
        BLEU(tokenize="13a", spm_model=tmp_path / "my.model")


@pytest.mark.parametrize(
    ("name", "missing", "remedy"),
    [
        ("ja-mecab", "sacrebleu.tokenizers.tokenizer_ja_mecab", r"pip install \"sacrebleu\[ja\]\""),
        ("ko-mecab", "sacrebleu.tokenizers.tokenizer_ko_mecab", r"pip install \"sacrebleu\[ko\]\""),
        ("spm", "sentencepiece", "pip install sacrebleu sentencepiece"),
    ],
)
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, name: str, missing: str, remedy: str) -> None:
    load_tokenizer.cache_clear()
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(DependencyError, match=remedy):
        BLEU(tokenize=name)


# Refusals

loose: Any = BLEU
CALLS: list[tuple[Any, type[Exception], str]] = [
    (lambda: loose(tokenize="14a"), ValueError, "`tokenize` must be one of '13a', 'intl'"),
    (lambda: loose(smooth_method="addk"), ValueError, "`smooth_method` must be one of 'none', 'floor'"),
    (lambda: loose(max_ngram_order=0), ValueError, "`max_ngram_order` must be 1 to 65536; found 0"),
    (lambda: loose(max_ngram_order=1.5), TypeError, "`max_ngram_order` must be an int; found float"),
    (lambda: loose(references="ab"), TypeError, "`references` must be a sequence of sequences of str; found str"),
    (lambda: loose(references=[["a"], ["a", "b"]]), ValueError, r"`references\[1\]` must be as long"),
    (lambda: loose().corpus_score("a", [["a"]]), TypeError, "`hypotheses` must be a sequence of str; found str"),
    (lambda: loose().corpus_score((t for t in "a"), [["a"]]), TypeError, "`hypotheses` .*; found generator"),
    (
        lambda: loose().corpus_score(["a", None], [["a", "b"]]),
        TypeError,
        r"`hypotheses\[1\]` must be a str; found None",
    ),
    (lambda: loose().corpus_score([b"a"], [["a"]]), TypeError, r"`hypotheses\[0\]` must be a str; found bytes"),
    (lambda: loose().corpus_score([], [[]]), ValueError, "`hypotheses` must not be empty"),
    (lambda: loose().corpus_score(["a"], ["a"]), TypeError, r"`references\[0\]` must be a sequence of str"),
    (lambda: loose().corpus_score(["a"], [[3]]), TypeError, r"`references\[0\]\[0\]` must be a str or None; found int"),
    (lambda: loose().corpus_score(["a"], [["a", "b"]]), ValueError, "as long as `hypotheses`, 1; found 2"),
    (lambda: loose().corpus_score(["a", "b"], [["a", None]]), ValueError, r"`hypotheses\[1\]` has no reference"),
    (lambda: loose().corpus_score(["a"], None), ValueError, "`references` must be given"),
    (
        lambda: loose(references=[["a", "b"]]).corpus_score(["a"], None),
        ValueError,
        "as long as `hypotheses`, 1; found 2",
    ),
    (lambda: loose().sentence_score(["a"], ["a"]), TypeError, "`hypothesis` must be a str; found list"),
    (lambda: loose().sentence_score("a", "a"), TypeError, "`references` must be a sequence of str; found str"),
    (lambda: loose().sentence_score("a", []), ValueError, "`references` has no reference"),
    (lambda: loose().sentence_scores(["a"], ["a"]), TypeError, r"`references\[0\]` must be a sequence of str"),
    (lambda: loose().sentence_scores(["a"], []), ValueError, "one entry for each of the 1 `hypotheses`; found 0"),
    (lambda: loose().get_signature(), ValueError, "not known yet"),
    (lambda: loose.compute_bleu([1], [1], 1, 1), ValueError, "must have 4 orders; found 1"),
]


@pytest.mark.parametrize(("call", "error", "message"), CALLS)
def test_refusals_name_the_argument(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_a_bad_seed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SACREBLEU_SEED", "x")
    with pytest.raises(ValueError, match="SACREBLEU_SEED must be an integer"):
        BLEU().corpus_score(["a"], [["a"]], n_bootstrap=2)
    monkeypatch.setenv("SACREBLEU_SEED", "None")
    metric = BLEU()
    metric.corpus_score(["a"], [["a"]], n_bootstrap=2)
    assert "|seed:none|" in str(metric.get_signature())


def test_json_without_a_signature_and_with_odd_values() -> None:
    score = BLEU().corpus_score(["a b c d"], [["a b c d"]])
    assert score.format(is_json=True).startswith('{\n "name": "BLEU"')
    assert '"test": "a:b"' in score.format(is_json=True, signature="test:a:b")


def test_hostile_texts() -> None:
    odd = ["\ud800", "\0 a\0", "a\x1cb\x85c", "\u200b", "e\u0301", "x" * 1_000_000, "", np.str_("a.b")]
    for name in TOKENIZATIONS:
        mine, peer = BLEU(tokenize=name, force=True), PEER(tokenize=name, force=True)
        same(mine.corpus_score(odd, [odd[::-1]]), peer.corpus_score(odd, [odd[::-1]]))
