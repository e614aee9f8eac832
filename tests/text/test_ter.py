"""The interface of sacrebleu's TER: the same calls give the same objects."""

from __future__ import annotations

from typing import Any

import pytest
import sacrebleu
from sacrebleu import metrics as peer

from evalsuite.text.ter import TER, TERScore, corpus_ter, sentence_ter
from tests.reference.texts import plain_segments

# The example of sacrebleu's README.
REFERENCES = [
    ["The dog bit the man.", "It was not unexpected.", "The man bit him first."],
    ["The dog had bit the man.", "No one was surprised.", "The man had bitten the dog."],
]
HYPOTHESES = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"normalized": True, "case_sensitive": True},
    {"no_punct": True, "asian_support": True},
    {"normalized": True, "no_punct": True, "asian_support": True, "case_sensitive": True},
]


def same(ours: TERScore, theirs: Any) -> None:
    names = ("name", "score", "num_edits", "ref_length", "_mean", "_ci")
    assert [getattr(ours, name) for name in names] == [getattr(theirs, name) for name in names]
    assert (str(ours), repr(ours)) == (str(theirs), repr(theirs))
    assert ours.format(3, signature="a:b", is_json=True) == theirs.format(3, False, "a:b", True)


@pytest.mark.parametrize("options", OPTIONS)
def test_scores_and_signatures_are_sacrebleus(options: dict[str, Any]) -> None:
    ours, theirs = TER(**options), peer.TER(**options)
    same(ours.corpus_score(HYPOTHESES, REFERENCES), theirs.corpus_score(HYPOTHESES, REFERENCES))
    for short in (False, True):
        assert ours.get_signature().format(short) == theirs.get_signature().format(short)
    groups = list(zip(*REFERENCES, strict=True))
    for score, hypothesis, group in zip(ours.sentence_scores(HYPOTHESES, groups), HYPOTHESES, groups, strict=True):
        same(score, theirs.sentence_score(hypothesis, group))


def test_resampled_intervals_are_sacrebleus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SACREBLEU_SEED", raising=False)
    hypotheses, references = plain_segments(20, seed=11)
    ours, theirs = TER(), peer.TER()
    same(
        ours.corpus_score(hypotheses, [references], n_bootstrap=100),
        theirs.corpus_score(hypotheses, [references], n_bootstrap=100),
    )
    assert str(ours.get_signature()) == str(theirs.get_signature())


def test_mean_lengths_are_summed_as_sacrebleu_sums_them() -> None:
    hypotheses = [f"a b {i}" for i in range(40)]
    streams = [[f"a b c {i}" for i in range(40)], ["a b"] * 40, ["a " * (i % 7 + 1) for i in range(40)]]
    same(TER().corpus_score(hypotheses, streams), peer.TER().corpus_score(hypotheses, streams))


def test_functions_are_sacrebleus() -> None:
    same(corpus_ter(HYPOTHESES, REFERENCES), sacrebleu.corpus_ter(HYPOTHESES, REFERENCES))
    group = [stream[0] for stream in REFERENCES]
    flags = (True, True, False, True)
    same(corpus_ter(HYPOTHESES, REFERENCES, *flags), sacrebleu.corpus_ter(HYPOTHESES, REFERENCES, *flags))
    same(sentence_ter("dog the", group, *flags), sacrebleu.sentence_ter("dog the", group, *flags))
    same(sentence_ter("a", [""]), sacrebleu.sentence_ter("a", [""]))
    same(sentence_ter("", [""]), sacrebleu.sentence_ter("", [""]))


def test_bad_input() -> None:
    with pytest.raises(TypeError, match=r"`hypotheses\[0\]` must be a str; found bytes"):
        TER().corpus_score([b"a"], [["a"]])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="must be as long as"):
        TER().corpus_score(["a", "b"], [["a"]])
