"""What is no sequence, has no order or is no number is refused by a message that names the argument."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evalsuite import text

TEXTS = ["the cat sat on the mat", "a dog ran", "birds sing"]
WORDS = [line.split() for line in TEXTS]

# Functions over lists of texts, and the argument that holds them.
LISTS: list[tuple[str, Callable[[Any], object]]] = [
    ("texts", text.distinct_n),
    ("texts", text.find_loops),
    ("texts", text.self_bleu),
    ("texts", text.pairwise_similarity),
    ("first", lambda bad: text.levenshtein_batch(bad, TEXTS)),
    ("second", lambda bad: text.normalized_similarity_batch(TEXTS, bad, unit="words")),
    ("reference", lambda bad: text.wer(bad, TEXTS)),
    ("hypothesis", lambda bad: text.cer(TEXTS, bad)),
    ("targets", lambda bad: text.RougeScorer(["rougeL"]).score_batch(bad, TEXTS)),
    ("predictions", lambda bad: text.RougeScorer(["rougeL"]).score_batch(TEXTS, bad)),
    ("targets", lambda bad: text.RougeScorer(["rougeL"]).score_multi(bad, TEXTS[0])),
    ("p_texts", lambda bad: text.js_ngram(bad, TEXTS)),
    ("items", lambda bad: text.find_contamination(bad, TEXTS)),
    ("outputs", lambda bad: text.score_originality(bad, TEXTS)),
    ("cands", lambda bad: text.BertScorer(text.HashedSubwords(8)).score(bad, TEXTS)),
    ("refs", lambda bad: text.BertScorer(text.HashedSubwords(8)).score(TEXTS, bad)),
]


@pytest.mark.parametrize(
    "bad",
    [None, 3, object(), set(TEXTS), dict.fromkeys(TEXTS), dict.fromkeys(TEXTS).keys()],
    ids=lambda bad: type(bad).__name__,
)
@pytest.mark.parametrize(("name", "call"), LISTS)
def test_what_is_no_ordered_list_of_texts_is_named(name: str, call: Callable[[Any], object], bad: object) -> None:
    with pytest.raises(TypeError, match=re.escape(f"`{name}`")):
        call(bad)


def test_an_error_inside_a_generator_stays_what_it_is() -> None:
    def fail() -> Any:
        yield "a"
        raise TypeError("of the caller")

    with pytest.raises(TypeError, match="of the caller"):
        text.distinct_n(fail())


@pytest.mark.parametrize(
    ("name", "error", "call"),
    [
        ("beta", ValueError, lambda: text.corpus_chrf(TEXTS, [TEXTS], beta=1e308)),
        ("beta", ValueError, lambda: text.corpus_chrf(TEXTS, [TEXTS], beta=10**400)),
        ("smoothing", ValueError, lambda: text.js_ngram(TEXTS, TEXTS, smoothing=10**400)),
        ("smooth_value", TypeError, lambda: text.BLEU(smooth_method="floor", smooth_value="x")),  # type: ignore[arg-type]
        ("smooth_value", ValueError, lambda: text.raw_corpus_bleu(TEXTS, [TEXTS], smooth_value=float("nan"))),
        ("smooth_value", ValueError, lambda: text.raw_corpus_bleu(TEXTS, [TEXTS], smooth_value=-1)),
        ("a", TypeError, lambda: text.levenshtein({"a", "b"}, "ab")),  # type: ignore[arg-type]
        ("scores", TypeError, lambda: text.BootstrapAggregator().add_scores([1])),  # type: ignore[arg-type]
        ("stemmer", TypeError, lambda: text.meteor_score([WORDS[0]], WORDS[1], stemmer=3)),  # type: ignore[arg-type]
        ("wordnet", TypeError, lambda: text.meteor_score([WORDS[0]], WORDS[1], wordnet=3)),  # type: ignore[arg-type]
        ("dimension", ValueError, lambda: text.HashedNgrams(0)),
        ("most_words", ValueError, lambda: text.HashedSubwords(8, -1)),
        ("seeds", TypeError, lambda: text.mauve_over_seeds(np.ones((9, 2)), np.ones((9, 2)), seeds=3)),  # type: ignore[arg-type]
    ],
)
def test_an_option_out_of_range_is_named(name: str, error: type[Exception], call: Callable[[], object]) -> None:
    with pytest.raises(error, match=re.escape(f"`{name}`")):
        call()


@pytest.mark.parametrize("bad", [None, 3, object()], ids=lambda bad: type(bad).__name__)
def test_a_corpus_that_is_none_is_named(bad: Any) -> None:
    with pytest.raises(TypeError, match="`corpus`"):
        text.find_contamination(TEXTS, bad)


@pytest.mark.parametrize("bad", [["a"], np.array([1.5]), [1], None])
def test_an_index_is_asked_by_hashes_only(tmp_path: Path, bad: Any) -> None:
    index = text.build_ngram_index(tmp_path / "index", ["a b c d e f"], n=3)
    with pytest.raises(TypeError, match="`hashes`"):
        index.look_up(bad)
