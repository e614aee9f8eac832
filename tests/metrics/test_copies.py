"""copy_rate and contamination_13gram: of prompts, of files, of indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.errors import UsageError
from evalsuite.metrics.copies import Contamination13gram, CopyRate
from evalsuite.text.ngram_index_builder import build_ngram_index
from evalsuite.types import Output, Sample

if TYPE_CHECKING:
    from pathlib import Path

WORDS = "a b c d e f g h i j k l m n o p"
SAMPLES = [Sample(id="1", input={"text": WORDS, "n": 3}), Sample(id="2", input={"text": "other words"})]
OUTPUTS = [
    (Output(text=f"x {WORDS}"), Output(text="short", repeat=1)),
    (Output(text=WORDS), Output(text=WORDS[8:] + " y z", repeat=1)),
]


def test_the_prompt_is_the_samples_own() -> None:
    assert CopyRate(ngram=4).rows(SAMPLES, OUTPUTS).values.tolist() == [[13.0, 14.0], [0.0, 13.0 + 11.0]]
    assert Contamination13gram().rows(SAMPLES, OUTPUTS).values.tolist() == [[1.0, 1.0], [0.0, 2.0]]


def test_without_any_prompt_there_is_no_score() -> None:
    samples = [Sample(id=sample.id, input={}) for sample in SAMPLES]
    for metric in (CopyRate(), Contamination13gram()):
        with pytest.raises(ValueError, match="give `corpus` the path of a corpus"):
            metric.rows(samples, OUTPUTS)


def test_a_corpus_is_of_all_samples(tmp_path: Path) -> None:
    (tmp_path / "corpus.txt").write_text(f"nothing\n{WORDS}\n")
    build_ngram_index(tmp_path / "index4", [WORDS], n=4)
    build_ngram_index(tmp_path / "index13", [WORDS], n=13)
    for corpus in ("corpus.txt", "index4"):
        rows = CopyRate(corpus=str(tmp_path / corpus), ngram=4).rows(SAMPLES, OUTPUTS)
        assert rows.values.tolist() == [[13.0, 14.0], [13.0 + 9.0, 13.0 + 11.0]]
    for corpus in ("corpus.txt", "index13", ""):
        path = tmp_path / corpus if corpus else tmp_path
        rows = Contamination13gram(corpus=str(path)).rows(SAMPLES, OUTPUTS)
        assert rows.values.tolist() == [[1.0, 1.0], [1.0, 2.0]]


def test_outputs_without_ngrams_have_no_value() -> None:
    rows = CopyRate().rows(SAMPLES[:1], [(Output(text="short"),)])
    assert rows.values.tolist() == [[0.0, 0.0]]
    assert np.isnan(CopyRate().value(rows.values.sum(axis=0)))


def test_the_signature_has_the_corpus_not_its_path(tmp_path: Path) -> None:
    path = tmp_path / "corpus.txt"
    path.write_text("one\n")
    metric = CopyRate(corpus=str(path))
    first = metric.signature()
    assert metric.reads_files
    assert not CopyRate().reads_files
    assert str(tmp_path) not in first
    path.write_text("another\n")
    assert metric.signature() != first
    assert CopyRate().signature() == "copy_rate|corpus:prompt|ngram:8|normalizer:lower-alnum|unicode:15.1.0|version:1"


def test_an_index_of_other_ngrams_is_refused(tmp_path: Path) -> None:
    build_ngram_index(tmp_path / "index", [WORDS], n=4)
    with pytest.raises(UsageError, match=r"^copy_rate: `corpus` must be an index of n-grams of 8 words, .* is of 4"):
        CopyRate(corpus=str(tmp_path / "index")).check()
    CopyRate(corpus=str(tmp_path / "index"), ngram=4).check()
    with pytest.raises(UsageError, match=r'`corpus` must be "prompt", or the path of .* that is there, got "nowhere"'):
        CopyRate(corpus="nowhere")
