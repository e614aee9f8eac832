"""BERTScore against bert-score, on random vectors and on a tiny BERT, with wrong arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.errors import InputError, UsageError
from evalsuite.text.bertscore import BertScorer
from evalsuite.text.bertscore_baseline import read_baseline
from evalsuite.text.encoders import HashedSubwords, open_token_encoder
from evalsuite.text.token_matching import greedy_matching
from tests.text.checkpoints import save_bert

if TYPE_CHECKING:
    from pathlib import Path

CANDIDATES = [
    "the cats sat on a mat.",
    "a dog barks",
    "path to the lake!",
    "a",
    "",
    "the cat sat on the mat",
    "zq7 & x",
]
REFERENCES = ["the cat sat on the mat.", "dogs bark at hill", "the path leads to a lake", "the b", "a dog", "", "dogs"]
# Products are float32 in both.
TOLERANCE = 2e-6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_bert(tmp_path_factory.mktemp("checkpoint") / "bert")


def peer(folder: Path, candidates: Any, references: Any, **options: Any) -> np.ndarray[Any, Any]:
    """Precision, recall and F by bert-score's own scorer, one pair at a time."""
    from bert_score import BERTScorer

    scorer = BERTScorer(model_type=str(folder), nthreads=0, device="cpu", **options)
    if "idf_sents" in options:
        assert scorer._idf_dict is not None
    found = scorer.score(candidates, references, batch_size=1)
    return np.stack([side.numpy() for side in found]).astype(np.float64)


def ours(scorer: BertScorer, candidates: Any, references: Any) -> np.ndarray[Any, Any]:
    found = scorer.score(candidates, references)
    return np.stack([found.precision, found.recall, found.f1])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("num_layers", [1, 3])
def test_a_tiny_bert_equals_bert_score(folder: Path, num_layers: int) -> None:
    scorer = BertScorer(f"hf:{folder}", num_layers=num_layers)
    # transformers 5 has no method that bert-score calls for empty texts, so they are compared on vectors alone.
    kept = [i for i in range(len(CANDIDATES)) if CANDIDATES[i] and REFERENCES[i]]
    candidates, references = [CANDIDATES[i] for i in kept], [REFERENCES[i] for i in kept]
    expected = peer(folder, candidates, references, num_layers=num_layers)
    np.testing.assert_allclose(ours(scorer, candidates, references), expected, rtol=0, atol=TOLERANCE)
    assert expected.std() > 0.01
    groups = [[reference, other] for reference, other in zip(references, reversed(references), strict=True)]
    expected = peer(folder, candidates, groups, num_layers=num_layers)
    np.testing.assert_allclose(ours(scorer, candidates, groups), expected, rtol=0, atol=TOLERANCE)


@pytest.mark.filterwarnings("ignore")
def test_weights_by_frequency_equal_bert_score(folder: Path) -> None:
    kept = [i for i in range(len(CANDIDATES)) if CANDIDATES[i] and REFERENCES[i]]
    candidates, references = [CANDIDATES[i] for i in kept], [REFERENCES[i] for i in kept]
    scorer = BertScorer(f"hf:{folder}", num_layers=2, idf=True, idf_sents=references)
    expected = peer(folder, candidates, references, num_layers=2, idf=True, idf_sents=references)
    np.testing.assert_allclose(ours(scorer, candidates, references), expected, rtol=0, atol=TOLERANCE)
    plain = ours(BertScorer(f"hf:{folder}", num_layers=2), candidates, references)
    assert np.abs(plain - expected).max() > 1e-3


def test_empty_texts_have_zero(folder: Path) -> None:
    for scorer in (BertScorer(f"hf:{folder}"), BertScorer("hashed_subwords")):
        assert not ours(scorer, ["", "  ", "a cat", ""], ["a cat", "a", "\n", ""]).any()
        assert ours(scorer, ["", "a cat"], [["", "a"], ["", "a cat"]])[:, 1] == pytest.approx(1.0, abs=1e-12)


def test_a_score_does_not_depend_on_other_texts(folder: Path) -> None:
    scorer = BertScorer(f"hf:{folder}")
    together = ours(scorer, CANDIDATES, REFERENCES)
    alone = [ours(scorer, [c], [r])[:, 0] for c, r in zip(CANDIDATES, REFERENCES, strict=True)]
    assert np.array_equal(together, np.array(alone).T)


def test_a_padded_batch_moves_bert_score_and_not_ours() -> None:
    import torch
    from bert_score.utils import greedy_cos_idf

    vectors = np.array([[[1, 0], [1, 0], [1, 0.1]], [[1, 0], [1, 0], [0, 0]]], dtype=np.float32)
    against = -np.ones((2, 3, 2), dtype=np.float32)
    lengths = torch.tensor([[1, 1, 1], [1, 1, 0]])

    def run(rows: slice) -> float:
        parts = [
            torch.tensor(against[rows]).clone(), torch.ones(2, 3)[rows].long(), torch.ones(2, 3)[rows],
            torch.tensor(vectors[rows]).clone() + 1e-9, lengths[rows], lengths[rows].float(),
        ]  # fmt: skip
        return float(greedy_cos_idf(*parts)[1][0])

    alone = run(slice(0, 1))
    found = greedy_matching(vectors[0], against[0])
    assert found[1] == pytest.approx(alone, abs=TOLERANCE)
    assert found[1] < 0


def test_special_tokens_are_matched_and_have_no_weight(folder: Path) -> None:
    text = open_token_encoder(f"hf:{folder}").embed(["the cat"])[0]
    assert text.special.tolist() == [True, False, False, True]
    other = open_token_encoder(f"hf:{folder}").embed(["a dog"])[0]
    weights = np.where(text.special, 0.0, 1.0)
    scores = BertScorer(f"hf:{folder}").score(["the cat"], ["a dog"])
    assert greedy_matching(text.vectors, other.vectors, weights, weights)[0] == scores.precision[0]


def test_of_several_references_each_number_is_the_highest() -> None:
    scorer = BertScorer("hashed_subwords")
    candidate, references = "the quiet lake", ["dogs bark at the quiet lake on the hill", "lake"]
    alone = np.hstack([ours(scorer, [candidate], [reference]) for reference in references])
    assert alone[:2].argmax(axis=1).tolist() == [0, 1]
    assert ours(scorer, [candidate], [references])[:, 0].tolist() == alone.max(axis=1).tolist()


def test_rescaling(tmp_path: Path) -> None:
    path = tmp_path / "baseline.tsv"
    path.write_text("LAYER,P,R,F\n0,0.1,0.2,0.3\n5,0.4,0.5,0.6\n")
    baseline = read_baseline(path, 5)
    plain = ours(BertScorer("hashed_subwords"), CANDIDATES, REFERENCES)
    rescaled = ours(BertScorer("hashed_subwords", baseline=baseline), CANDIDATES, REFERENCES)
    expected = (plain - np.array(baseline)[:, None]) / (1 - np.array(baseline)[:, None])
    np.testing.assert_allclose(rescaled, expected, rtol=1e-12)
    with pytest.raises(InputError, match="has no line for layer 7"):
        read_baseline(path, 7)
    with pytest.raises(InputError, match="expected a baseline"):
        read_baseline(tmp_path / "missing.tsv", 1)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="expected a baseline"):
        read_baseline(path, 1)


@pytest.mark.parametrize("scale", [1e-38, 1e-15, 1e-8, 1e12, 1e18, 1e35])
def test_lengths_that_float32_cannot_square(scale: float) -> None:
    draw = np.random.default_rng(0)
    candidate, reference = (draw.normal(size=(k, 64)).astype(np.float32) for k in (7, 5))
    expected = greedy_matching(candidate, reference)
    scaled = (candidate * np.float32(scale)).astype(np.float32)
    assert greedy_matching(scaled, reference) == pytest.approx(expected, abs=TOLERANCE)
    assert greedy_matching(reference, scaled)[:2] == pytest.approx(expected[1::-1], abs=TOLERANCE)
    assert greedy_matching(scaled, scaled) == pytest.approx((1, 1, 1), abs=1e-12)


def test_a_cosine_near_1_is_that_of_float64() -> None:
    draw = np.random.default_rng(1)
    candidate = draw.normal(size=(9, 768)).astype(np.float32)
    reference = candidate + draw.normal(size=(9, 768), scale=1e-4).astype(np.float32)
    units = [side / np.linalg.norm(side.astype(np.float64), axis=1)[:, None] for side in (candidate, reference)]
    expected = (units[0] @ units[1].T).max(axis=1).mean()
    assert greedy_matching(candidate, reference)[0] == pytest.approx(expected, abs=1e-14)


def test_all_weights_zero_is_no_number_as_in_bert_score() -> None:
    eye = np.eye(2, dtype=np.float32)
    precision, recall, f1 = greedy_matching(eye, eye, np.zeros(2), np.ones(2))
    assert np.isnan(precision)
    assert (recall, f1) == (1.0, 0.0)


def test_hashed_subwords_know_spelling() -> None:
    scores = BertScorer("hashed_subwords").score(["running", "running", "running"], ["runner", "walked", "running"]).f1
    assert scores[2] == pytest.approx(1.0, abs=1e-12)
    assert 0 <= scores[1] < scores[0] < 1
    long = HashedSubwords().embed(["a b " * 100_000, "\ud800 \0"])
    assert [len(text.tokens) for text in long] == [510, 2]


loose: Any = BertScorer("hashed_subwords")


def test_weights_are_of_words_whatever_else_is_in_the_call() -> None:
    sents = ["the lake", "the hut", "the zebra"]
    scorer = BertScorer("hashed_subwords", idf=True, idf_sents=sents)
    alone = scorer.score(["the zebra"], ["the horse"])
    among = scorer.score(["x y", "the zebra"], ["x y", "the horse"])
    assert (alone.precision[0], alone.recall[0]) == (among.precision[1], among.recall[1])
    # "the" is in all texts and weighs nothing, so that only the unlike words are left.
    (the, zebra), (_, horse) = (found.vectors for found in HashedSubwords().embed(["the zebra", "the horse"]))
    best = max(float(zebra @ other / np.linalg.norm(zebra) / np.linalg.norm(other)) for other in (the, horse))
    assert alone.precision[0] == pytest.approx(best, abs=TOLERANCE)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_blocks_change_nothing_and_bound_what_is_embedded(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting(HashedSubwords):
        def embed(self, texts: Any) -> Any:
            assert len(texts) <= 2 * size
            return super().embed(texts)

    whole = BertScorer("hashed_subwords", idf=True, idf_sents=REFERENCES).score(CANDIDATES, REFERENCES)
    monkeypatch.setattr("evalsuite.text.bertscore._BLOCK_CANDIDATES", size)
    parts = BertScorer(Counting(), idf=True, idf_sents=REFERENCES).score(CANDIDATES, REFERENCES)
    for name in ("precision", "recall", "f1"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))


weighted: Any = BertScorer("hashed_subwords", idf=True)
EYE = np.eye(2, dtype=np.float32)
match: Any = greedy_matching


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: BertScorer("roberta-large"), UsageError, r"must be \"hashed_subwords\""),
        (lambda: BertScorer(3), TypeError, r"`encoder` must be"),  # type: ignore[arg-type]
        (lambda: BertScorer("hf:/nowhere"), InputError, r"there is no config.json"),
        (lambda: BertScorer("hashed_subwords", num_layers=3), UsageError, r"`num_layers` is for"),
        (lambda: BertScorer("hashed_subwords", baseline=[1, 1, 1]), ValueError, r"`baseline` must be"),
        (lambda: loose.score("a", ["a"]), TypeError, r"`cands` must be a sequence of str; found one str"),
        (lambda: loose.score(["a"], "a"), TypeError, r"`refs` must be a sequence"),
        (lambda: loose.score([b"a"], ["a"]), TypeError, r"`cands\[0\]` must be a str; found bytes"),
        (lambda: loose.score(["a"], [["a", None]]), TypeError, r"`refs\[0\]\[1\]` must be a str; found NoneType"),
        (lambda: loose.score(["a"], ["a", "b"]), ValueError, r"`refs` must have one entry for each of the 1"),
        (lambda: loose.score(["a"], [[]]), ValueError, r"`refs\[0\]` has no reference"),
        (lambda: weighted.score(["a"], ["a"]), ValueError, r"pass `idf_sents` or call compute_idf"),
        (lambda: match(EYE.tolist(), EYE), TypeError, r"`candidate` must be a numpy array"),
        (lambda: match(EYE, 0 * EYE), ValueError, r"`reference`: the vector of each token must be finite and not zero"),
        (lambda: match(EYE, np.eye(3, dtype=np.float32)), ValueError, r"`reference` must have the 2 dimensions"),
        (lambda: match(EYE, EYE, np.ones(3)), ValueError, r"`candidate_weights` must have 2 entries"),
        (lambda: match(EYE, EYE, -np.ones(2)), ValueError, r"`candidate_weights` must be finite"),
    ],
)
def test_refusals_name_the_argument(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
