"""BLEU against sacrebleu 2.6.0, bit for bit."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import sacrebleu
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU

from evalsuite.errors import InputError, UsageError
from evalsuite.metrics import METRICS
from evalsuite.metrics.bleu import Bleu, Bleu1, Bleu2, Bleu3
from evalsuite.metrics.corpus_bleu import corpus_bleu
from evalsuite.types import Output, Sample

PIECES = [
    *"ab cABİß09.,-'\"!?()&;<>$#€\u2013“”«中日ア\u00a0\u1680\u2028\x1c\x1f\x85\t\n\r\0\ud800",
    *(
        " the",
        " cat",
        " sat",
        " 3.14",
        " 1,000",
        "&amp;",
        "&lt;",
        "&quot;",
        "<skipped>",
        "-\n",
        " .",
        "👩‍👧",
        "\u202eab",
    ),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
WORDS = st.lists(st.sampled_from(["the", "cat", "sat", "on", "mat", "The", ",", "."]), max_size=12).map(" ".join)
ANY = TEXTS | WORDS
CORPORA = st.integers(1, 3).flatmap(
    lambda n_references: st.lists(
        st.tuples(ANY, st.lists(ANY, min_size=n_references, max_size=n_references)), min_size=1, max_size=6
    )
)
SMOOTHING = st.sampled_from(
    [("exp", None), ("none", None), ("floor", None), ("floor", 0.01), ("add-k", None), ("add-k", 2.5)]
)
# sacrebleu's README: https://github.com/mjpost/sacrebleu#using-sacrebleu-from-python, BLEU 48.530827009929865.
README_HYPOTHESES = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
README_REFERENCES = [
    ["The dog bit the man.", "It was not unexpected.", "The man bit him first."],
    ["The dog had bit the man.", "No one was surprised.", "The man had bitten the dog."],
]


def score(metric: Bleu, corpus: list[tuple[str, list[str]]]) -> float:
    samples = [Sample(id=str(i), input={}, references=tuple(refs)) for i, (_, refs) in enumerate(corpus)]
    rows = metric.rows(samples, [[Output(text=text)] for text, _ in corpus])
    return float(metric.value(rows.values.sum(axis=0)))


def streams(corpus: list[tuple[str, list[str]]]) -> tuple[list[str], list[list[str]]]:
    return [text for text, _ in corpus], [list(stream) for stream in zip(*(refs for _, refs in corpus), strict=True)]


def test_readme_example() -> None:
    corpus = list(zip(README_HYPOTHESES, map(list, zip(*README_REFERENCES, strict=True)), strict=True))
    assert score(Bleu(), corpus) == pytest.approx(48.530827009929865, rel=1e-15)
    assert str(corpus_bleu(README_HYPOTHESES, README_REFERENCES)) == (
        "BLEU = 48.53 82.4/50.0/45.5/37.5 (BP = 0.943 ratio = 0.944 hyp_len = 17 ref_len = 18)"
    )


@settings(max_examples=400, deadline=None)
@given(
    corpus=CORPORA,
    smoothing=SMOOTHING,
    lowercase=st.booleans(),
    tokenize=st.sampled_from(["13a", "none", "intl", "zh", "char"]),
    effective_order=st.booleans(),
    max_order=st.integers(1, 6),
)
@example([("", [""])], ("exp", None), False, "13a", False, 4)
@example([("a b", ["a b"])], ("exp", None), False, "13a", True, 4)
def test_equals_sacrebleu(
    corpus: list[tuple[str, list[str]]],
    smoothing: tuple[Any, float | None],
    lowercase: bool,
    tokenize: Any,
    effective_order: bool,
    max_order: int,
) -> None:
    method, value = smoothing
    metric = Bleu(
        max_order=max_order,
        lowercase=lowercase,
        tokenize=tokenize,
        smooth_method=method,
        smooth_value=value,
        effective_order=effective_order,
    )
    reference = BLEU(
        max_ngram_order=max_order,
        lowercase=lowercase,
        tokenize=tokenize,
        smooth_method=method,
        smooth_value=value,
        effective_order=effective_order,
        force=True,
    )
    hypotheses, references = streams(corpus)
    expected = reference.corpus_score(hypotheses, references)
    assert score(metric, corpus) == expected.score

    signature = str(reference.get_signature()).split("|")
    assert signature[0].startswith("nrefs:")
    order = [] if max_order == 4 else [f"order:{max_order}"]
    assert metric.signature() == "|".join(["bleu", *order, *signature[1:-1], "version:2.6.0"])


@settings(max_examples=100, deadline=None)
@given(hypotheses=st.lists(ANY, min_size=1, max_size=4), data=st.data())
def test_corpus_bleu_with_missing_references(hypotheses: list[str], data: st.DataObject) -> None:
    first = data.draw(st.lists(ANY, min_size=len(hypotheses), max_size=len(hypotheses)))
    second = data.draw(st.lists(ANY | st.none(), min_size=len(hypotheses), max_size=len(hypotheses)))
    expected = sacrebleu.corpus_bleu(hypotheses, [first, second], force=True)
    assert str(corpus_bleu(hypotheses, [first, second])) == str(expected)
    assert corpus_bleu(hypotheses, [first, second]).score == expected.score


@pytest.mark.parametrize(("metric_class", "order"), [(Bleu1, 1), (Bleu2, 2), (Bleu3, 3)])
@settings(max_examples=50, deadline=None)
@given(corpus=CORPORA)
def test_lower_orders(metric_class: type[Bleu], order: int, corpus: list[tuple[str, list[str]]]) -> None:
    hypotheses, references = streams(corpus)
    expected = BLEU(max_ngram_order=order, force=True).corpus_score(hypotheses, references).score
    assert score(metric_class(), corpus) == expected
    assert metric_class().n_columns == 3 + 2 * order
    assert metric_class().signature() == f"bleu{order}|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0"


def test_signature_of_a_value_with_more_than_two_decimals() -> None:
    assert "smooth:floor[0.10]" in Bleu(smooth_method="floor").signature()
    assert "smooth:floor[0.101]" in Bleu(smooth_method="floor", smooth_value=0.101).signature()


def test_rows_are_sums_over_repeats() -> None:
    sample = Sample(id="1", input={}, references=("a b c d e", "a b"))
    outputs = [Output(text="a b c", repeat=0), Output(text="x", repeat=1), Output(text=None, error="x", repeat=2)]
    rows = Bleu(max_order=2).rows([sample], [outputs])
    # texts, lengths of texts and of their closest references, then matches and totals of orders 1 and 2
    assert rows.values.tolist() == [[2, 3 + 1, 2 + 2, 3, 2, 4, 2]]
    assert rows.outcomes == ("scored",)


@pytest.mark.parametrize(
    ("reasons", "outcome"),
    [
        (("stop", "stop"), "scored"),
        (("length", "length"), "truncated"),
        (("length", "stop"), "scored"),
        (("refused", "refused"), "refused"),
        (("refused", "length"), "scored"),
        (("length", "error"), "truncated"),
        (("error", "error"), "error"),
    ],
)
def test_outcome_is_what_all_repeats_with_a_text_share(reasons: tuple[Any, Any], outcome: str) -> None:
    sample = Sample(id="1", input={}, references=("a",))
    outputs = [Output(text="a", finish_reason=reason, repeat=i) for i, reason in enumerate(reasons)]
    assert Bleu().rows([sample], [outputs]).outcomes == (outcome,)


def test_refusal_without_a_text_is_an_empty_text() -> None:
    sample = Sample(id="1", input={}, references=("a b c",))
    rows = Bleu(max_order=1).rows([sample], [[Output(text=None, finish_reason="refused")]])
    assert rows.values.tolist() == [[1, 0, 3, 0, 0]]
    assert Bleu(max_order=1).value(rows.values[0]) == 0.0


def test_vectorised_scores_are_those_of_sacrebleu_on_resampled_rows() -> None:
    draw = np.random.default_rng(3)
    words = np.array(["the", "cat", "sat", "on", "a", "mat"])
    corpus = [(" ".join(draw.choice(words, 7)), [" ".join(draw.choice(words, 7))]) for _ in range(30)]
    samples = [Sample(id=str(i), input={}, references=tuple(refs)) for i, (_, refs) in enumerate(corpus)]
    rows = Bleu().rows(samples, [[Output(text=text)] for text, _ in corpus]).values
    picks = draw.integers(30, size=(20, 30))
    values = Bleu().value(rows[picks].sum(axis=1))
    for pick, ours in zip(picks, values, strict=True):
        hypotheses, references = streams([corpus[i] for i in pick])
        assert ours == sacrebleu.corpus_bleu(hypotheses, references, force=True).score


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tokenize": "13b"}, 'bleu: `tokenize` must be one of "13a", "intl", "zh", "char", "none",'),
        ({"smooth_method": "addk"}, 'got "addk"; did you mean "add-k"?'),
        ({"smooth_value": 0.1}, 'bleu: `smooth_value` is for the smooth methods "floor" and "add-k", not "exp"'),
        ({"smooth_method": "floor", "smooth_value": 0}, "bleu: `smooth_value` must be a number above 0, got 0"),
        ({"max_order": 0}, "bleu: `max_order` must be an integer in"),
        ({"max_order": True}, "bleu: `max_order` must be an integer in"),
        ({"lowercase": 1}, "bleu: `lowercase` must be true or false, got 1"),
    ],
)
def test_wrong_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        METRICS.get("bleu")(**options)
    assert message in str(caught.value)


def test_missing_references_are_named() -> None:
    with pytest.raises(ValueError, match='bleu: sample "7" has no references'):
        Bleu().rows([Sample(id="7", input={})], [[Output(text="a")]])


@pytest.mark.parametrize(("tokenize", "language"), [("ja-mecab", "ja"), ("ko-mecab", "ko")])
def test_dictionaries_of_sacrebleu(tokenize: str, language: str) -> None:
    hypotheses = {"ja": ["昨日、猫が庭で鳴いていました。", ""], "ko": ["어제 고양이가 마당에서 울었다.", ""]}[language]
    references = {"ja": ["昨日は猫が庭で鳴いた。", "x"], "ko": ["어제는 고양이가 마당에서 울고 있었다.", "x"]}[language]
    peer = BLEU(tokenize=tokenize)
    expected = peer.corpus_score(hypotheses, [references])
    metric = Bleu(tokenize=tokenize)
    metric.check()
    assert expected.score > 0
    assert score(metric, [(text, [reference]) for text, reference in zip(hypotheses, references, strict=True)]) == (
        expected.score
    )
    assert metric.signature().split("|")[3] == str(peer.get_signature()).split("|")[3]


def test_a_missing_model_is_named_before_anything_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setitem(sys.modules, "sentencepiece", ModuleType("sentencepiece"))
    monkeypatch.setenv("SACREBLEU", str(tmp_path))
    with pytest.raises(InputError, match=r"no model at .*none is downloaded"):
        Bleu(tokenize="flores200").check()


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="sum() of floats compensates from 3.12 on")
def test_perfect_match_is_famous() -> None:
    assert corpus_bleu(["a b c d"], [["a b c d"]]).score == 100.00000000000004
