"""ROUGE metrics against rouge-score 0.1.2, bit for bit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from evalsuite.errors import UsageError
from evalsuite.metrics.rouge import Rouge1, Rouge2, RougeL, RougeLsum
from evalsuite.types import Output, Sample

PIECES = [
    *"abcABİßK09.,-'_é中\u00a0\u2028\x1c\t\n\0\ud800 ",
    " the",
    " cat",
    " running",
    " skies",
    " dying",
    " news",
    " generously",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
WORDS = st.lists(st.sampled_from(["the", "cat", "cats", "sat", "sitting", "on", "mat"]), max_size=90).map(" ".join)


def f_scores(texts: list[str], references: list[str], use_stemmer: bool) -> list[float]:
    samples = [Sample(id=str(i), input={}, references=tuple(references)) for i in range(len(texts))]
    rows = RougeL(use_stemmer=use_stemmer).rows(samples, [[Output(text=text)] for text in texts])
    assert (rows.values[:, 1] == 1).all()
    return list(rows.values[:, 0])


@pytest.mark.parametrize("use_stemmer", [False, True])
@settings(max_examples=250, deadline=None)
@given(text=TEXTS | WORDS, references=st.lists(TEXTS | WORDS, min_size=1, max_size=3))
def test_equals_rouge_score(use_stemmer: bool, text: str, references: list[str]) -> None:
    expected = RougeScorer(["rougeL"], use_stemmer=use_stemmer).score_multi(references, text)["rougeL"].fmeasure
    assert f_scores([text], references, use_stemmer) == [expected]


@pytest.mark.parametrize(
    ("text", "reference", "expected"),
    [
        # rouge-score's own rouge_scorer_test.py: testRougeLConsecutive and testRougeLNonConsecutive
        ("testing one", "testing one two", 4 / 5),
        ("testing two", "testing one two", 4 / 5),
        # by hand
        ("one two", "one two three four five", 2 * 1 * 0.4 / 1.4),
        ("one two three four five six", "one three five", 2 * 0.5 * 1 / 1.5),
        ("", "one", 0.0),
        ("one", "", 0.0),
    ],
)
def test_known_values(text: str, reference: str, expected: float) -> None:
    assert f_scores([text], [reference], False) == [pytest.approx(expected, rel=1e-15)]


def test_repeats_are_averaged_and_samples_too() -> None:
    samples = [Sample(id="1", input={}, references=("a b",)), Sample(id="2", input={}, references=("c",))]
    outputs = [[Output(text="a b"), Output(text="x", repeat=1)], [Output(text="c")]]
    rows = RougeL().rows(samples, outputs)
    assert rows.values.tolist() == [[0.5, 1.0], [1.0, 1.0]]
    assert RougeL().value(rows.values.sum(axis=0)) == 0.75


def test_longest_common_subsequence_of_long_texts() -> None:
    # 700 words do not fit a machine word; rouge-score's table takes 490,000 cells here.
    reference = " ".join(f"w{i % 37}" for i in range(700))
    text = " ".join(f"w{i * i % 41}" for i in range(700))
    expected = RougeScorer(["rougeL"]).score(reference, text)["rougeL"].fmeasure
    assert f_scores([text], [reference], False) == [expected]


def test_only_words_of_more_than_three_characters_are_stemmed() -> None:
    # Porter's stem of "its" is "it", and of "cats" "cat"; rouge-score leaves words of up to 3 characters alone.
    assert f_scores(["its", "cats"], ["it"], True) == [0.0, 0.0]
    assert f_scores(["its", "cats"], ["cat"], True) == [0.0, 1.0]
    assert f_scores(["cats"], ["cat"], False) == [0.0]


@pytest.mark.parametrize("metric", [Rouge1, Rouge2, RougeL, RougeLsum])
@pytest.mark.parametrize("use_stemmer", [False, True])
def test_each_type_equals_rouge_score(metric: type[Rouge1], use_stemmer: bool) -> None:
    references = ("the cat sat\non the mats", "a cat\nwas sitting\non mats", "nothing")
    texts = ["cats sat on mats\nthe cat", "", "a mat\nthe cat", "on the mats\nthe cat sat"]
    scorer = RougeScorer([metric.name], use_stemmer=use_stemmer)
    expected = [scorer.score_multi(list(references), text)[metric.name].fmeasure for text in texts]
    samples = [Sample(id=str(i), input={}, references=references) for i in range(len(texts))]
    rows = metric(use_stemmer=use_stemmer).rows(samples, [[Output(text=text)] for text in texts])
    assert rows.values[:, 0].tolist() == expected
    assert max(expected) > 0


def test_the_unicode_tokenizer_is_an_option_of_the_signature() -> None:
    sample = Sample(id="1", input={}, references=("путь к озеру",))
    outputs = [[Output(text="Путь вокруг озера")]]
    assert RougeL().rows([sample], outputs).values.tolist() == [[0.0, 1.0]]
    assert RougeL(tokenizer="unicode").rows([sample], outputs).values.tolist() == [[1 / 3, 1.0]]
    assert RougeL().signature() == "rougeL|use_stemmer:False|version:1"
    assert RougeL(tokenizer="unicode").signature() == "rougeL|use_stemmer:False|tokenizer:unicode|version:1"
    with pytest.raises(UsageError, match=r'rougeL: `tokenizer` must be one of "rouge-score", "unicode"'):
        RougeL(tokenizer="Unicode")  # type: ignore[arg-type]
