"""The interface of sacrebleu's chrF: the same calls give the same objects."""

from __future__ import annotations

from typing import Any

import pytest
import sacrebleu
from sacrebleu import metrics as peer

from evalsuite.text.chrf import CHRF, CHRFScore, corpus_chrf, sentence_chrf
from tests.reference.texts import plain_segments

# The example of sacrebleu's README.
REFERENCES = [
    ["The dog bit the man.", "It was not unexpected.", "The man bit him first."],
    ["The dog had bit the man.", "No one was surprised.", "The man had bitten the dog."],
]
HYPOTHESES = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"word_order": 2},
    {"char_order": 4, "word_order": 1, "beta": 3, "lowercase": True},
    {"whitespace": True, "eps_smoothing": True},
]


def same(ours: CHRFScore, theirs: Any) -> None:
    names = ("name", "score", "char_order", "word_order", "beta", "_mean", "_ci")
    assert [getattr(ours, name) for name in names] == [getattr(theirs, name) for name in names]
    assert (str(ours), repr(ours)) == (str(theirs), repr(theirs))
    for width in (1, 4):
        assert ours.format(width, signature="a:b|c:d", is_json=True) == theirs.format(width, False, "a:b|c:d", True)
        assert ours.format(width, True) == theirs.format(width, True)


@pytest.mark.parametrize("options", OPTIONS)
def test_scores_and_signatures_are_sacrebleus(options: dict[str, Any]) -> None:
    ours, theirs = CHRF(**options), peer.CHRF(**options)
    same(ours.corpus_score(HYPOTHESES, REFERENCES), theirs.corpus_score(HYPOTHESES, REFERENCES))
    for short in (False, True):
        assert ours.get_signature().format(short) == theirs.get_signature().format(short)
    groups = list(zip(*REFERENCES, strict=True))
    for score, hypothesis, group in zip(ours.sentence_scores(HYPOTHESES, groups), HYPOTHESES, groups, strict=True):
        same(score, theirs.sentence_score(hypothesis, group))
        same(ours.sentence_score(hypothesis, group), theirs.sentence_score(hypothesis, group))


@pytest.mark.parametrize("options", OPTIONS)
def test_resampled_intervals_are_sacrebleus(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SACREBLEU_SEED", raising=False)
    hypotheses, references = plain_segments(30, seed=11)
    ours, theirs = CHRF(**options), peer.CHRF(**options)
    same(
        ours.corpus_score(hypotheses, [references], n_bootstrap=100),
        theirs.corpus_score(hypotheses, [references], n_bootstrap=100),
    )
    assert str(ours.get_signature()) == str(theirs.get_signature())


def test_references_may_be_given_once() -> None:
    same(CHRF(references=REFERENCES).corpus_score(HYPOTHESES, None), peer.CHRF().corpus_score(HYPOTHESES, REFERENCES))
    varying: Any = [REFERENCES[0], ["The dog had bit the man.", None, None]]
    ours, theirs = CHRF(references=varying), peer.CHRF(references=varying)
    same(ours.corpus_score(HYPOTHESES, None), theirs.corpus_score(HYPOTHESES, None))
    assert str(ours.get_signature()) == str(theirs.get_signature())


def test_functions_are_sacrebleus() -> None:
    same(corpus_chrf(HYPOTHESES, REFERENCES), sacrebleu.corpus_chrf(HYPOTHESES, REFERENCES))
    options: dict[str, Any] = {
        "char_order": 5,
        "word_order": 2,
        "beta": 1,
        "remove_whitespace": False,
        "eps_smoothing": True,
    }
    same(corpus_chrf(HYPOTHESES, REFERENCES, **options), sacrebleu.corpus_chrf(HYPOTHESES, REFERENCES, **options))
    group = [stream[0] for stream in REFERENCES]
    same(sentence_chrf("The dog", group, **options), sacrebleu.sentence_chrf("The dog", group, **options))
    same(sentence_chrf("", [""]), sacrebleu.sentence_chrf("", [""]))


def test_wrong_options() -> None:
    with pytest.raises(ValueError, match="`char_order` and `word_order` must not both be 0"):
        CHRF(char_order=0)
    with pytest.raises(ValueError, match="`word_order` must be 0 to"):
        CHRF(word_order=-1)
    with pytest.raises(TypeError, match="`beta` must be a number"):
        CHRF(beta="2")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"`hypotheses\[0\]` must be a str; found bytes"):
        CHRF().corpus_score([b"a"], [["a"]])  # type: ignore[list-item]
