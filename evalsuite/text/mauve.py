"""MAUVE: how far two sets of texts overlap, by the shares of each in clusters of their features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from evalsuite.kernels.arguments import check_ordered, check_texts
from evalsuite.text.encoders import TextEncoder, open_text_encoder
from evalsuite.text.feature_clusters import cluster_features, n_clusters
from evalsuite.text.mauve_score import MauveScore, mauve_from_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["MauveRuns", "compute_mauve", "mauve_over_seeds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MauveRuns:
    """MAUVE under several seeds of the clustering.

    Parameters
    ----------
    mean, standard_deviation : float
        Of `mauve` over the seeds, the deviation with n - 1. It is how far the *clustering* moves the value, and says
        nothing of how far other texts would.
    runs : tuple of MauveScore
        One a seed.
    """

    mean: float
    standard_deviation: float
    runs: tuple[MauveScore, ...]


def compute_mauve(
    p_features: ArrayLike | None = None,
    q_features: ArrayLike | None = None,
    *,
    p_text: Sequence[str] | None = None,
    q_text: Sequence[str] | None = None,
    encoder: str | TextEncoder | Callable[[Sequence[str]], ArrayLike] | None = None,
    num_buckets: int | Literal["auto"] = "auto",
    pca_max_data: int = -1,
    kmeans_explained_var: float = 0.9,
    kmeans_num_redo: int = 5,
    kmeans_max_iter: int = 500,
    divergence_curve_discretization_size: int = 25,
    mauve_scaling_factor: float = 5,
    seed: int = 25,
) -> MauveScore:
    """MAUVE of two sets of texts, or of their features.

    Parameters
    ----------
    p_features, q_features : array, shape (n, d) and (m, d)
        One vector a text.
    p_text, q_text : sequence of str
        Texts in the place of features; empty ones are dropped, as mauve-text does.
    encoder : optional
        For texts, and without a default: ``"hf:FOLDER"`` (the published MAUVE takes GPT-2 large), ``"hashed_ngrams"``
        (no network, no meaning), a `TextEncoder`, or any callable from texts to an array of shape (n, d).
    num_buckets : int or "auto"
        Clusters; by default a tenth of the smaller set, at least 2.
    pca_max_data : int, default -1
        Vectors that principal components are found on; -1 for all.
    kmeans_explained_var : float, default 0.9
        Share of the variance that the components kept explain.
    kmeans_num_redo, kmeans_max_iter : int
        Starts and iterations of k-means.
    divergence_curve_discretization_size : int, default 25
        Points of the curve, 1 to 2**20.
    mauve_scaling_factor : float, default 5
        c of the paper: the curve is ``exp(-c * KL)``.
    seed : int, default 25
        Of principal components and k-means.

    Returns
    -------
    MauveScore

    Raises
    ------
    TypeError, ValueError
        If an argument is of another kind or out of range, or features are empty, not finite or differ in dimension.
    DependencyError
        If faiss or scikit-learn is missing; `mauve_from_counts` needs neither.

    Notes
    -----
    The steps of mauve-text 0.4 [1]_ [2]_, by the same libraries: vectors scaled to length 1, principal components,
    k-means by faiss over both sets together, shares of each set in the clusters, and the curve ``(exp(-c KL(Q||R)),
    exp(-c KL(P||R)))`` over mixtures R. Every number equals mauve-text's bit for bit where faiss runs on one thread
    (``OMP_NUM_THREADS=1``); on more its sums may differ in their last bits from run to run. One difference is on
    purpose: where P and Q have equal shares the value is 1, while mauve-text gives 0.75 for many such pairs, because
    it sorts points of the curve that are tied in an arbitrary order.

    References
    ----------
    .. [1] Pillutla et al., "MAUVE: measuring the gap between neural text and human text using divergence frontiers",
       NeurIPS 2021.
    .. [2] Pillutla et al., "MAUVE scores for generative models: theory and practice", JMLR 24, 2023.

    Examples
    --------
    >>> draw = np.random.default_rng(0)
    >>> near, far = draw.normal(size=(2, 200, 8)), draw.normal(size=(200, 8)) + 2
    >>> compute_mauve(near[0], near[1]).mauve > 0.9 > 0.5 > compute_mauve(near[0], far).mauve
    True
    """
    p = _features(p_features, p_text, encoder, "p")
    q = _features(q_features, q_text, encoder, "q")
    p_labels, q_labels = cluster_features(
        p,
        q,
        num_buckets=num_buckets,
        pca_max_data=pca_max_data,
        kmeans_explained_var=kmeans_explained_var,
        kmeans_num_redo=kmeans_num_redo,
        kmeans_max_iter=kmeans_max_iter,
        seed=seed,
    )
    k = n_clusters(num_buckets, len(p), len(q))
    return mauve_from_counts(
        np.bincount(p_labels, minlength=k),
        np.bincount(q_labels, minlength=k),
        divergence_curve_discretization_size=divergence_curve_discretization_size,
        mauve_scaling_factor=mauve_scaling_factor,
    )


def mauve_over_seeds(
    p_features: ArrayLike, q_features: ArrayLike, *, seeds: Sequence[int] = (25, 26, 27, 28, 29), **options: Any
) -> MauveRuns:
    """MAUVE of features under several seeds of the clustering, whose mean is steadier than one.

    Parameters
    ----------
    p_features, q_features : array, shape (n, d) and (m, d)
    seeds : sequence of int, default 25 to 29
        At least two.
    **options
        As in `compute_mauve`.

    Returns
    -------
    MauveRuns

    Raises
    ------
    TypeError, ValueError, DependencyError
        See `compute_mauve`.

    Examples
    --------
    >>> draw = np.random.default_rng(0)
    >>> found = mauve_over_seeds(draw.normal(size=(100, 4)), draw.normal(size=(100, 4)) + 0.5)
    >>> len(found.runs), 0 < found.standard_deviation < 0.1
    (5, True)
    """
    listed = check_ordered(seeds, "seeds")
    if len(listed) < 2:
        raise ValueError(f"`seeds` must be at least 2, for a deviation; found {len(listed)}")
    runs = tuple(compute_mauve(p_features, q_features, seed=seed, **options) for seed in listed)
    values = np.array([run.mauve for run in runs])
    return MauveRuns(mean=float(values.mean()), standard_deviation=float(values.std(ddof=1)), runs=runs)


def _features(
    features: ArrayLike | None,
    texts: Sequence[str] | None,
    encoder: str | TextEncoder | Callable[[Sequence[str]], ArrayLike] | None,
    side: str,
) -> NDArray[np.floating]:
    if features is None:
        if texts is None:
            raise ValueError(f"`{side}_features` or `{side}_text` must be given")
        if encoder is None:
            raise ValueError(
                '`encoder` must be given for texts: "hf:FOLDER" with the folder of a checkpoint, "hashed_ngrams", or a '
                "callable from texts to an array of shape (n, d)"
            )
        listed = [text for text in check_texts(texts, f"{side}_text", lowercase=False) if text]
        if not listed:
            raise ValueError(f"`{side}_text` must hold a text that is not empty")
        found = open_text_encoder(encoder) if isinstance(encoder, str) else encoder
        if not isinstance(found, TextEncoder) and not callable(found):
            raise TypeError(
                '`encoder` must be "hf:FOLDER", "hashed_ngrams", a TextEncoder or a callable from texts to an array; '
                f"found {type(found).__name__}"
            )
        features = found.features(listed) if isinstance(found, TextEncoder) else found(listed)
        array = np.asarray(features)
        if len(array) != len(listed):
            raise ValueError(f"`encoder` must give one vector for each of {len(listed)} texts; found {array.shape}")
        return array
    array = np.asarray(features)
    return array.astype(np.float64) if array.dtype.kind in "iu" else array
