"""wer, cer, mer and wil against jiwer 4.0, edit_similarity against rapidfuzz, token_f1 against SQuAD's own numbers."""

from __future__ import annotations

import re
import string
from collections import Counter
from typing import Any

import jiwer
import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from evalsuite.errors import UsageError
from evalsuite.metrics import METRICS
from evalsuite.types import Output, Sample
from tests.reference.texts import nasty_segments

HYPOTHESES, GROUPS = nasty_segments(600, seed=12, with_none=False)
REFERENCES = [[str(text) for text in group] for group in GROUPS]


def rows(metric: Any, texts: list[str], references: list[list[str]]) -> Any:
    samples = [Sample(id=str(i), input={}, references=tuple(group)) for i, group in enumerate(references)]
    return metric.rows(samples, [[Output(text=text)] for text in texts]).values


@pytest.mark.parametrize("name", ["wer", "cer", "mer", "wil"])
@pytest.mark.parametrize("lowercase", [False, True])
def test_corpus_and_samples_equal_jiwer(name: str, lowercase: bool) -> None:
    metric: Any = METRICS.get(name)
    metric = metric(lowercase=lowercase)
    references = [group[0] for group in REFERENCES]
    found = rows(metric, HYPOTHESES, [[text] for text in references])
    theirs = getattr(jiwer, name)
    fold: Any = str.lower if lowercase else str
    references, hypotheses = list(map(fold, references)), list(map(fold, HYPOTHESES))
    assert metric.value(found.sum(axis=0)) == theirs(references, hypotheses)
    each = [theirs(*pair) for pair in zip(references, hypotheses, strict=True)]
    assert metric.value(found).tolist() == each


@pytest.mark.parametrize("name", ["wer", "cer", "mer", "wil"])
def test_the_reference_with_the_lowest_rate_counts(name: str) -> None:
    metric: Any = METRICS.get(name)()
    theirs = getattr(jiwer, name)
    expected = [
        min(theirs(reference, text) for reference in group) for text, group in zip(HYPOTHESES, REFERENCES, strict=True)
    ]
    assert metric.value(rows(metric, HYPOTHESES, REFERENCES)).tolist() == expected


@pytest.mark.parametrize("name", ["wer", "cer", "mer", "wil"])
def test_repeats_are_summed_and_nothing_is_nan(name: str) -> None:
    metric: Any = METRICS.get(name)()
    sample = Sample(id="1", input={}, references=("a b c d",))
    twice = metric.rows([sample], [[Output(text="a b c"), Output(text="", repeat=1)]])
    one, other = (metric.rows([sample], [[Output(text=text)]]).values for text in ("a b c", ""))
    assert twice.values.tolist() == (one + other).tolist()
    assert np.isnan(metric.value(np.zeros(metric.n_columns)))
    error = metric.rows([sample], [[Output(text=None, finish_reason="error", error="x")]])
    assert np.isnan(error.values).all()


@pytest.mark.parametrize("unit", ["characters", "words"])
def test_edit_similarity_equals_rapidfuzz(unit: str) -> None:
    metric: Any = METRICS.get("edit_similarity")
    cut: Any = str.split if unit == "words" else list
    expected = [
        max(Levenshtein.normalized_similarity(cut(reference), cut(text)) for reference in group)
        for text, group in zip(HYPOTHESES, REFERENCES, strict=True)
    ]
    assert rows(metric(edit_unit=unit), HYPOTHESES, REFERENCES)[:, 0].tolist() == expected


def squad_f1(reference: str, text: str) -> float:
    """The rules of SQuAD 2.0's script, written down again."""

    def words(answer: str) -> list[str]:
        kept = "".join(c for c in answer.lower() if c not in string.punctuation)
        return re.sub(r"\b(a|an|the)\b", " ", kept).split()

    gold, predicted = words(reference), words(text)
    if not gold or not predicted:
        return float(gold == predicted)
    same = sum((Counter(gold) & Counter(predicted)).values())
    precision, recall = same / len(predicted), same / len(gold)
    return (2 * precision * recall) / (precision + recall) if same else 0.0


def test_token_f1_follows_squad() -> None:
    metric: Any = METRICS.get("token_f1")()
    cases = [
        ("the Denver Broncos", "Denver Broncos!", 1.0),
        ("Santa Clara, California", "Santa Clara", 0.8),
        ("10 days", "ten", 0.0),
        ("the", "a", 1.0),
        ("", "", 1.0),
        ("the the cat", "cat cat", 2 / 3),
    ]
    found = rows(metric, [text for _, text, _ in cases], [[reference] for reference, _, _ in cases])
    assert found[:, 0].tolist() == [score for _, _, score in cases]
    expected = [
        max(squad_f1(reference, text) for reference in group)
        for text, group in zip(HYPOTHESES, REFERENCES, strict=True)
    ]
    assert rows(metric, HYPOTHESES, REFERENCES)[:, 0].tolist() == expected


def test_wrong_options() -> None:
    similarity: Any = METRICS.get("edit_similarity")
    with pytest.raises(UsageError, match='edit_similarity: `edit_unit` must be one of "characters", "words"'):
        similarity(edit_unit="bytes")
    rate: Any = METRICS.get("wer")
    with pytest.raises(UsageError, match="wer: `lowercase` must be true or false"):
        rate(lowercase="yes")
