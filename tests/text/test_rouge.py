"""RougeScorer and BootstrapAggregator against rouge-score's: the same objects, to the letter."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from rouge_score import rouge_scorer, scoring

from evalsuite.errors import DependencyError
from evalsuite.text.rouge import RougeScorer, Score
from evalsuite.text.rouge_aggregation import AggregateScore, BootstrapAggregator
from evalsuite.text.rouge_tokenizers import DefaultTokenizer, UnicodeTokenizer
from tests.equality.rouge import summaries

TYPES = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
TARGETS, PREDICTIONS = summaries(600, seed=71)


class SplitTokenizer:
    def tokenize(self, text: str) -> list[str]:
        return text.split()


class CodePoints:
    """Words that are no str."""

    def tokenize(self, text: str) -> list[int]:
        return [ord(character) for character in text]


@pytest.mark.parametrize("use_stemmer", [False, True])
def test_scores_print_as_rouge_scores(use_stemmer: bool) -> None:
    ours, theirs = RougeScorer(TYPES, use_stemmer), rouge_scorer.RougeScorer(TYPES, use_stemmer)
    for targets, prediction in zip(TARGETS, PREDICTIONS, strict=True):
        assert repr(ours.score(targets[0], prediction)) == repr(theirs.score(targets[0], prediction))
        assert repr(ours.score_multi(targets, prediction)) == repr(theirs.score_multi(targets, prediction))


def test_a_batch_gives_what_single_calls_give() -> None:
    scorer = RougeScorer(TYPES, use_stemmer=True)
    batch = scorer.score_batch(TARGETS, PREDICTIONS)
    single = scorer.score_batch([group[0] for group in TARGETS], PREDICTIONS)
    assert list(batch) == TYPES
    for i, (targets, prediction) in enumerate(zip(TARGETS, PREDICTIONS, strict=True)):
        for name, score in scorer.score_multi(targets, prediction).items():
            assert tuple(batch[name][i]) == score
        for name, score in scorer.score(targets[0], prediction).items():
            assert tuple(single[name][i]) == score
    assert {name: scores.shape for name, scores in scorer.score_batch([], []).items()} == dict.fromkeys(TYPES, (0, 3))


@pytest.mark.parametrize("tokenizer", [SplitTokenizer(), CodePoints()])
def test_tokenizers_of_ones_own(tokenizer: Any) -> None:
    ours = RougeScorer(TYPES, tokenizer=tokenizer)
    theirs = rouge_scorer.RougeScorer(TYPES, tokenizer=tokenizer)
    expected = [theirs.score_multi(group, text) for group, text in zip(TARGETS[:200], PREDICTIONS[:200], strict=True)]
    found = ours.score_batch(TARGETS[:200], PREDICTIONS[:200])
    for name in TYPES:
        assert found[name].tolist() == [list(scores[name]) for scores in expected]
    assert repr(ours.score(TARGETS[0][0], PREDICTIONS[0])) == repr(theirs.score(TARGETS[0][0], PREDICTIONS[0]))
    only = RougeScorer(["rougeLsum"], tokenizer=tokenizer).score_batch(TARGETS[:50], PREDICTIONS[:50])
    assert only["rougeLsum"].tolist() == found["rougeLsum"][:50].tolist()


def test_a_subclass_of_a_tokenizer_is_asked() -> None:
    class Shouting(DefaultTokenizer):
        def tokenize(self, text: str) -> list[str]:
            return [f"{word}!" for word in super().tokenize(text)] + ["end"]

    assert RougeScorer(["rouge1"], tokenizer=Shouting()).score("a", "b")["rouge1"] == (0.5, 0.5, 0.5)


def test_the_unicode_tokenizer_reads_other_scripts() -> None:
    target, prediction = "Тропа ведёт к озеру.", "Тропа ведёт от озера."
    assert RougeScorer(["rouge1"]).score(target, prediction)["rouge1"] == (0, 0, 0)
    scorer = RougeScorer(["rouge1", "rougeL"], tokenizer=UnicodeTokenizer())
    assert scorer.score(target, prediction) == {"rouge1": (0.5, 0.5, 0.5), "rougeL": (0.5, 0.5, 0.5)}
    assert scorer.score("小路通向湖边", "小路通到湖边")["rouge1"] == Score(5 / 6, 5 / 6, 5 / 6)
    # The same words by its tokenize() give the same score.
    by_words = RougeScorer(TYPES, tokenizer=type("Own", (), {"tokenize": UnicodeTokenizer(True).tokenize})())
    by_text = RougeScorer(TYPES, tokenizer=UnicodeTokenizer(use_stemmer=True))
    ours, theirs = (scorer.score_batch(TARGETS, PREDICTIONS) for scorer in (by_text, by_words))
    assert {name: scores.tolist() for name, scores in ours.items()} == {n: s.tolist() for n, s in theirs.items()}


def test_documented_usage() -> None:
    # The README of rouge-score 0.1.2, and its docstrings.
    arguments: tuple[Any, ...] = (["rouge1", "rougeL"],)
    target, prediction = "The quick brown fox jumps over the lazy dog", "The quick brown dog jumps on the log."
    ours = RougeScorer(*arguments, use_stemmer=True).score(target, prediction)
    assert str(ours) == str(rouge_scorer.RougeScorer(*arguments, use_stemmer=True).score(target, prediction))
    assert ours["rougeL"].fmeasure == ours["rougeL"][2] == pytest.approx(0.5882, abs=1e-4)
    scorer = RougeScorer(["rouge1", "rougeL"])
    results = []
    for kind, make in ((BootstrapAggregator, scorer), (scoring.BootstrapAggregator, scorer)):
        np.random.seed(2019)
        aggregator: Any = kind()
        aggregator.add_scores(make.score("one two three", "one two"))
        aggregator.add_scores(make.score("one two five six", "seven eight"))
        results.append(str(aggregator.aggregate()))
    assert results[0] == results[1]


@pytest.mark.parametrize("options", [{}, {"confidence_interval": 0.5, "n_samples": 37}, {"confidence_interval": 1}])
def test_aggregates_equal_rouge_scores(options: dict[str, Any]) -> None:
    scorer = RougeScorer(TYPES)
    scores = [scorer.score(group[0], text) for group, text in zip(TARGETS[:120], PREDICTIONS[:120], strict=True)]
    found = []
    for kind in (BootstrapAggregator, scoring.BootstrapAggregator):
        np.random.seed(7)
        aggregator: Any = kind(**options)
        for score in scores:
            aggregator.add_scores(score)
        found.append((repr(aggregator.aggregate()), np.random.random()))
    assert found[0] == found[1]
    assert BootstrapAggregator().aggregate() == {}
    assert AggregateScore._fields == scoring.AggregateScore._fields


def test_split_summaries_without_data_says_what_is_missing() -> None:
    import nltk

    scorer = RougeScorer(["rougeLsum"], split_summaries=True)
    try:
        nltk.sent_tokenize("One. Two.")
    except LookupError:
        with pytest.raises(DependencyError, match=r"`split_summaries` needs nltk and its data punkt_tab.*pip install"):
            scorer.score("One. Two.", "Two. One.")
    else:
        assert scorer.score("One. Two.", "Two. One.")["rougeLsum"] == (1.0, 1.0, 1.0)


def test_split_summaries_without_nltk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nltk", None)
    with pytest.raises(DependencyError, match=r"the package is missing: pip install nltk"):
        RougeScorer(["rougeLsum"], split_summaries=True).score("One. Two.", "Two. One.")
    # Nothing is split for the other types.
    assert RougeScorer(["rouge1"], split_summaries=True).score("One.", "one")["rouge1"] == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("tokenizer", [None, UnicodeTokenizer(), SplitTokenizer()])
def test_split_summaries_splits_sentences(monkeypatch: pytest.MonkeyPatch, tokenizer: Any) -> None:
    def sentences(text: str) -> list[str]:
        return [piece for piece in text.replace("\n", " \n ").split(". ") if piece]

    monkeypatch.setattr("nltk.sent_tokenize", sentences)
    arguments: Any = {"split_summaries": True, "tokenizer": tokenizer}
    texts = [text.replace("cat", "a. ") for text in PREDICTIONS if text.isascii()]
    ours = RougeScorer(TYPES, **arguments).score_batch(texts[1:], texts[:-1])
    theirs = rouge_scorer.RougeScorer(TYPES, **arguments)
    for i, (target, prediction) in enumerate(zip(texts[1:], texts[:-1], strict=True)):
        peer = theirs.score(target, prediction)
        assert {name: tuple(ours[name][i]) for name in TYPES} == {name: tuple(peer[name]) for name in TYPES}


# The same classes without their types, so that wrong arguments can be tried.
Loose: Any = RougeScorer
LooseAggregator: Any = BootstrapAggregator


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Loose("rouge1"), TypeError, r"`rouge_types` must be a sequence"),
        (lambda: Loose(["rouge0"]), ValueError, r"Invalid rouge type"),
        (lambda: Loose(["rougeL"], tokenizer=str), TypeError, r"`tokenizer` must have a method tokenize"),
        (lambda: Loose(["rougeL"]).score(None, "a"), TypeError, r"`target` must be a str; found NoneType"),
        (lambda: Loose(["rougeL"]).score("a", b"a"), TypeError, r"`prediction` must be a str; found bytes"),
        (lambda: Loose(["rougeL"]).score_multi("a", "a"), TypeError, r"`targets` must be a sequence of str"),
        (lambda: Loose(["rougeL"]).score_multi([], "a"), ValueError, r"`targets` must hold at least one"),
        (lambda: Loose(["rougeL"]).score_multi(["a"], 3), TypeError, r"`prediction` must be a str; found int"),
        (lambda: Loose(["rougeL"]).score_batch(["a"], []), ValueError, r"`targets` must have one entry for each"),
        (lambda: Loose(["rougeL"], tokenizer=SplitTokenizer()).score_batch([[]], ["a"]), ValueError, r"`targets\[0\]`"),
        (lambda: UnicodeTokenizer().tokenize(None), TypeError, r"`text` must be a str"),  # type: ignore[arg-type]
        (lambda: DefaultTokenizer().tokenize(b"a"), TypeError, r"`text` must be a str"),  # type: ignore[arg-type]
        (lambda: LooseAggregator(confidence_interval=1.5), ValueError, r"`confidence_interval` must be 0 to 1"),
        (lambda: LooseAggregator(n_samples=0), ValueError, r"`n_samples` must be 1 to"),
        (lambda: LooseAggregator(n_samples=1.5), TypeError, r"`n_samples` must be an int"),
    ],
)
def test_refusals_name_the_argument(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
