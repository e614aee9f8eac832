"""MAUVE against mauve-text, known values, encoders and wrong arguments."""

from __future__ import annotations

import builtins
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.errors import DependencyError, InputError, UsageError
from evalsuite.text.encoders import HashedNgrams, open_text_encoder
from evalsuite.text.feature_clusters import cluster_features
from evalsuite.text.mauve import compute_mauve, mauve_over_seeds
from evalsuite.text.mauve_score import mauve_from_counts
from tests.text.checkpoints import save_bert, save_gpt2

if TYPE_CHECKING:
    from pathlib import Path

DRAW = np.random.default_rng(0)
P, Q = DRAW.normal(size=(120, 6)), DRAW.normal(size=(150, 6)) + 0.7
NUMBERS = ("mauve", "frontier_integral", "mauve_star", "frontier_integral_star", "num_buckets")
ARRAYS = ("p_hist", "q_hist", "divergence_curve")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def peer(**arguments: Any) -> Any:
    from mauve import compute_mauve as compute

    return compute(**arguments)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"seed": 0},
        {"num_buckets": 2},
        {"num_buckets": 40, "kmeans_max_iter": 3, "kmeans_num_redo": 1},
        {"kmeans_explained_var": 0.3, "divergence_curve_discretization_size": 100},
        {"mauve_scaling_factor": 1, "pca_max_data": 20},
    ],
    ids=str,
)
def test_every_number_equals_mauve_text(options: dict[str, Any]) -> None:
    ours, theirs = compute_mauve(P, Q, **options), peer(p_features=P, q_features=Q, **options)
    for name in NUMBERS:
        assert getattr(ours, name) == getattr(theirs, name)
    for name in ARRAYS:
        assert np.array_equal(getattr(ours, name), getattr(theirs, name))
    assert 0.01 < ours.mauve < 0.99


def test_equal_shares_have_one_where_mauve_text_has_three_quarters() -> None:
    assert compute_mauve(P, P).mauve == pytest.approx(1.0, abs=1e-12)
    corners = np.eye(2)[[0, 1] * 5]
    assert peer(p_features=corners, q_features=corners).mauve == 0.75
    assert compute_mauve(corners, corners).mauve == pytest.approx(1.0, abs=1e-12)
    for counts in ([5, 5], [8, 0], [1, 3], [7, 9, 11, 13]):
        score = mauve_from_counts(counts, counts)
        assert score.mauve == pytest.approx(1.0, abs=1e-12)
        assert score.frontier_integral == 0.0


def test_disjoint_shares() -> None:
    score = mauve_from_counts([3, 0], [0, 9])
    # Mixtures w P + (1 - w) Q have KL(P||R) = -log(w) and KL(Q||R) = -log(1 - w): the curve is ((1 - w)**5, w**5).
    w = np.linspace(1e-6, 1 - 1e-6, 2_000_001)
    area = float(np.sum(np.diff(w**5) * ((1 - w[1:]) ** 5 + (1 - w[:-1]) ** 5) / 2))
    fine = mauve_from_counts([3, 0], [0, 9], divergence_curve_discretization_size=100_000)
    assert fine.mauve == pytest.approx(area, abs=1e-6)
    assert score.mauve == pytest.approx(area, abs=2e-3)
    assert score.frontier_integral == 1.0


def test_constant_features_and_few_of_them() -> None:
    same = np.ones((5, 3))
    assert compute_mauve(same, same[:2]).mauve == pytest.approx(1.0, abs=1e-12)
    assert compute_mauve(np.zeros((2, 3)), same[:1]).num_buckets == 2
    labels = cluster_features(np.ones((1, 1)), np.ones((1, 1)))
    assert [len(side) for side in labels] == [1, 1]


def test_seeds_move_the_value_and_their_mean_is_given() -> None:
    found = mauve_over_seeds(P, Q)
    values = [run.mauve for run in found.runs]
    assert values == [compute_mauve(P, Q, seed=seed).mauve for seed in range(25, 30)]
    assert len(set(values)) > 1
    assert found.mean == pytest.approx(np.mean(values), rel=1e-15)
    assert found.standard_deviation == pytest.approx(np.std(values, ddof=1), rel=1e-12)


def test_texts_by_any_encoder() -> None:
    first = [f"the path leads to lake {i}" for i in range(30)]
    second = [f"dogs bark at hill {i}" for i in range(30)]
    by_name = compute_mauve(p_text=[*first, ""], q_text=second, encoder="hashed_ngrams")
    for encoder in (HashedNgrams(), HashedNgrams().features):
        assert compute_mauve(p_text=first, q_text=second, encoder=encoder).mauve == by_name.mauve
    features = HashedNgrams().features
    assert compute_mauve(features(first), q_text=second, encoder="hashed_ngrams").mauve == by_name.mauve
    assert by_name.mauve < 0.1
    assert compute_mauve(p_text=first, q_text=first[::-1], encoder="hashed_ngrams").mauve > 0.9


def test_a_checkpoints_features_equal_mauve_texts(tmp_path: Path) -> None:
    folder = save_gpt2(tmp_path / "gpt2-tiny")
    first = [f"the path leads to lake {i}" for i in range(12)]
    second = [f"{i} dogs bark at a hill" for i in range(15)]
    ours = compute_mauve(p_text=first, q_text=[*second, ""], encoder=f"hf:{folder}")
    theirs = peer(p_text=first, q_text=second, featurize_model_name=str(folder))
    assert ours.mauve == theirs.mauve
    assert np.array_equal(ours.divergence_curve, theirs.divergence_curve)
    encoder = open_text_encoder(f"hf:{folder}")
    features = encoder.features(["a", "", "\ud800", "a" * 5000])
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    assert not features[1].any()
    assert np.array_equal(encoder.features(["b", "a"])[1], features[0])
    assert encoder.features([]).shape == (0, features.shape[1])


def test_a_signature_has_the_weights_hash(tmp_path: Path) -> None:
    first, second = (
        open_text_encoder(f"hf:{save_bert(tmp_path / name / 'bert', seed=i)}") for i, name in enumerate("ab")
    )
    assert first.signature.startswith("hf:bert:sha256:")
    assert first.signature != second.signature


def test_without_faiss_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "faiss":
            raise ImportError("No module named 'faiss'")
        return original(name, *rest)

    monkeypatch.delitem(sys.modules, "faiss", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(DependencyError, match=r"pip install 'evalsuite\[mauve\]'.*mauve_from_counts"):
        compute_mauve(P, Q)
    assert mauve_from_counts([1, 2], [2, 1]).mauve > 0.5


loose: Any = compute_mauve


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: loose(), ValueError, r"`p_features` or `p_text` must be given"),
        (lambda: loose(P), ValueError, r"`q_features` or `q_text` must be given"),
        (lambda: loose(p_text=["a"], q_text=["a"]), ValueError, r"`encoder` must be given for texts"),
        (lambda: loose(p_text=["a"], q_text=["a"], encoder="gpt2"), UsageError, r"must be \"hashed_ngrams\""),
        (lambda: loose(p_text=["a"], q_text=["a"], encoder="hf:/nowhere"), InputError, r"there is no config.json"),
        (lambda: loose(p_text="a", q_text=["a"], encoder="hashed_ngrams"), TypeError, r"`p_text` must be a sequence"),
        (
            lambda: loose(p_text=[None], q_text=["a"], encoder="hashed_ngrams"),
            TypeError,
            r"`p_text\[0\]` must be a str",
        ),
        (lambda: loose(p_text=[""], q_text=["a"], encoder="hashed_ngrams"), ValueError, r"`p_text` must hold a text"),
        (lambda: loose(p_text=["a"], q_text=["a"], encoder=lambda t: P), ValueError, r"`encoder` must give one vector"),
        (lambda: loose(P[:0], Q), ValueError, r"`p_features` must be finite and hold at least one vector"),
        (lambda: loose(P * np.nan, Q), ValueError, r"`p_features` must be finite"),
        (lambda: loose(P, Q[:, :3]), ValueError, r"`q_features` must have the 6 dimensions"),
        (lambda: loose(P[0], Q), ValueError, r"`p_features` must have 2 dimension"),
        (lambda: loose(P, Q, num_buckets="many"), ValueError, r"`num_buckets` must be an int or \"auto\""),
        (
            lambda: loose(P, Q, num_buckets=1000),
            ValueError,
            r"`num_buckets` must be at most the number of vectors, 270",
        ),
        (lambda: loose(P, Q, num_buckets=0), ValueError, r"`num_buckets` must be 1 to"),
        (lambda: loose(P, Q, kmeans_explained_var=1.0), ValueError, r"`kmeans_explained_var` must be between 0 and 1"),
        (lambda: loose(P, Q, pca_max_data=0), ValueError, r"`pca_max_data` must be -1"),
        (lambda: loose(P, Q, seed=-1), ValueError, r"`seed` must be 0 to"),
        (lambda: loose(P, Q, mauve_scaling_factor=-1), ValueError, r"`mauve_scaling_factor` must be finite"),
        (lambda: loose(P, Q, mauve_scaling_factor=0), ValueError, r"`mauve_scaling_factor` must be above 0"),
        (lambda: mauve_from_counts([1, 2], [1]), ValueError, r"`q_counts` must have the 2 clusters"),
        (lambda: mauve_from_counts([0, 0], [1, 1]), ValueError, r"`p_counts` must be counts"),
        (lambda: mauve_from_counts([-1, 2], [1, 1]), ValueError, r"`p_counts` must be counts"),
        (lambda: mauve_over_seeds(P, Q, seeds=[1]), ValueError, r"`seeds` must be at least 2"),
    ],
)
def test_refusals_name_the_argument(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
