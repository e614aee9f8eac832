"""The registered metrics of distributions, of vectors and METEOR: values, options, what they need."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from nltk.translate.meteor_score import meteor_score as peer_score

from evalsuite.errors import DependencyError, InputError, UsageError
from evalsuite.kernels.tokenizers import tokenize_13a
from evalsuite.metrics.bertscore import BertScore
from evalsuite.metrics.mauve import Mauve
from evalsuite.metrics.meteor import Meteor
from evalsuite.metrics.ngram_divergence import JsNgram, KlNgram
from evalsuite.text.encoders import HashedNgrams
from evalsuite.text.mauve import compute_mauve
from evalsuite.text.ngram_divergence import js_ngram, kl_ngram
from evalsuite.types import Output, Sample
from tests.reference.texts import plain_segments
from tests.reference.wordnet import NO_SYNONYMS

if TYPE_CHECKING:
    from pathlib import Path

TEXTS, REFERENCES = plain_segments(60, seed=11)
SAMPLES = [Sample(id=str(i), input={}, references=(text,)) for i, text in enumerate(REFERENCES)]
OUTPUTS = [(Output(text=text),) for text in TEXTS]


@pytest.mark.parametrize("order", [1, 3])
@pytest.mark.parametrize("tokenize", ["none", "13a", "char"])
def test_divergences_are_those_of_the_texts(order: int, tokenize: str) -> None:
    options = {"order": order, "tokenize": tokenize, "lowercase": True}
    for metric, function in (
        (KlNgram(**options), kl_ngram),  # type: ignore[arg-type]
        (JsNgram(**options), js_ngram),  # type: ignore[arg-type]
    ):
        features = metric.features(SAMPLES, OUTPUTS)
        found = metric.value(features.values, metric.reference(SAMPLES))
        assert found == pytest.approx(function(TEXTS, REFERENCES, **options), rel=1e-12)  # type: ignore[operator]
    assert KlNgram().feature_signature() == JsNgram().feature_signature() != KlNgram(order=2).feature_signature()


def test_a_divergence_says_that_sets_differ_in_size() -> None:
    metric = KlNgram()
    features = metric.features(SAMPLES[:5], OUTPUTS[:5]).values
    assert "much of the divergence is their number" in metric.notes(features, metric.reference(SAMPLES))[0]
    assert metric.notes(features, metric.reference(SAMPLES[:5])) == ()
    assert math.isinf(KlNgram(smoothing=0.0).value(features, metric.reference(SAMPLES[:1])))


def test_mauve_of_one_seed_is_mauve_of_the_sorted_features() -> None:
    metric = Mauve(n_seeds=1)
    features, reference = metric.features(SAMPLES, OUTPUTS).values, metric.reference(SAMPLES)
    p, q = (np.array(sorted(HashedNgrams().features(texts).tolist())) for texts in (TEXTS, REFERENCES))
    expected = compute_mauve(p.astype(np.float32), q.astype(np.float32)).mauve
    assert metric.value(features, reference) == pytest.approx(expected, rel=1e-12)
    notes = Mauve().notes(features, reference)
    assert any("compares with no published MAUVE" in note for note in notes)
    assert any("standard deviation" in note for note in notes)
    assert Mauve().signature().startswith("mauve|encoder:hashed_ngrams:256:v1|num_buckets:auto|scaling_factor:5.0|")


def test_missing_checkpoints_are_named() -> None:
    for metric in (Mauve(encoder="hf:/nowhere"), BertScore(encoder="hf:/nowhere")):
        assert metric.reads_files
        with pytest.raises(InputError, match=r"hf:/nowhere: there is no config.json: expected the folder"):
            metric.check()
    with pytest.raises(UsageError, match=r"bertscore: `num_layers` is for"):
        BertScore(num_layers=2)


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(InputError, match="transformers' AutoTokenizer cannot open it"):
        BertScore(encoder=f"hf:{tmp_path}").check()


def test_meteor_is_nltks_on_the_words_of_13a() -> None:
    rows = Meteor().rows(SAMPLES, OUTPUTS).values
    words, targets = ([line.split() for line in tokenize_13a(texts)] for texts in (TEXTS, REFERENCES))
    pairs = zip(targets, words, strict=True)
    assert rows[:, 0].tolist() == [peer_score([target], text, wordnet=NO_SYNONYMS) for target, text in pairs]


def test_meteor_without_wordnet_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evalsuite.metrics.meteor.find_wordnet", lambda: None)
    Meteor().check()
    with pytest.raises(DependencyError, match=r"nltk.download\('wordnet'\)"):
        Meteor(synonyms=True).check()
    with pytest.raises(DependencyError, match="leave synonyms off"):
        Meteor(synonyms=True).rows(SAMPLES, OUTPUTS)


@pytest.mark.parametrize("metric", [Meteor(), BertScore()], ids=lambda metric: metric.name)
def test_repeats_are_averaged(metric: Meteor | BertScore) -> None:
    sample = Sample(id="1", input={}, references=("the cat sat", "dogs bark"))
    both = metric.rows([sample], [(Output(text="the cats sat"), Output(text="a hill", repeat=1))]).values
    alone = [metric.rows([sample], [(Output(text=text),)]).values[0, 0] for text in ("the cats sat", "a hill")]
    assert both[0].tolist() == [sum(alone) / 2, 1.0]
