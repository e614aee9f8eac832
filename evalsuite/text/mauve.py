"""MAUVE: how far two sets of texts overlap, by the shares of each in clusters of their features."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from evalsuite.errors import DependencyError
from evalsuite.kernels.arguments import check_array, check_finite, check_integer, check_ordered, check_texts
from evalsuite.text.encoders import TextEncoder, open_text_encoder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "MauveRuns",
    "MauveScore",
    "cluster_features",
    "compute_mauve",
    "load_clustering",
    "mauve_from_counts",
    "mauve_over_seeds",
]

_ONE_THREAD: Final = 100_000_000
_MOST: Final = 1 << 31
_MOST_POINTS: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MauveScore:
    """MAUVE and what it is made of; the names are mauve-text's.

    Parameters
    ----------
    mauve : float
        Area under the divergence curve, 0 to 1: 1 where P and Q have the same shares.
    frontier_integral : float
        0 to 1; *lower* is closer.
    mauve_star, frontier_integral_star : float
        The same of counts to which 0.5 was added (Krichevsky and Trofimov).
    p_hist, q_hist : ndarray of float64, shape (num_buckets,)
        Shares of P and Q in each cluster.
    divergence_curve : ndarray of float64, shape (m + 2, 2)
        Its points, from (1, 0) to (0, 1).
    num_buckets : int
        Clusters.
    """

    mauve: float
    frontier_integral: float
    mauve_star: float
    frontier_integral_star: float
    p_hist: NDArray[np.float64]
    q_hist: NDArray[np.float64]
    divergence_curve: NDArray[np.float64]
    num_buckets: int


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
    k = _n_buckets(num_buckets, len(p), len(q))
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


def mauve_from_counts(
    p_counts: ArrayLike,
    q_counts: ArrayLike,
    *,
    divergence_curve_discretization_size: int = 25,
    mauve_scaling_factor: float = 5,
) -> MauveScore:
    """MAUVE of two histograms over the same clusters, with numpy alone.

    Parameters
    ----------
    p_counts, q_counts : array of numbers, shape (k,)
        How many vectors of P and of Q each cluster holds, at least 0, not all 0.
    divergence_curve_discretization_size, mauve_scaling_factor
        See `compute_mauve`.

    Returns
    -------
    MauveScore

    Raises
    ------
    TypeError, ValueError
        If the arguments are not as above.

    Examples
    --------
    >>> score = mauve_from_counts([5, 5, 0], [0, 5, 5])
    >>> round(score.mauve, 4), score.frontier_integral
    (0.0926, 0.5)
    """
    counts = []
    for given, name in ((p_counts, "p_counts"), (q_counts, "q_counts")):
        array = np.asarray(given)
        check_array(array, name, (np.int64, np.float64), 1)
        if not (np.isfinite(array) & (array >= 0)).all() or not array.sum() > 0:
            raise ValueError(f"`{name}` must be counts, finite and at least 0, with one above it")
        counts.append(array)
    p, q = counts
    if len(p) != len(q):
        raise ValueError(f"`q_counts` must have the {len(p)} clusters of `p_counts`; found {len(q)}")
    size = check_integer(divergence_curve_discretization_size, "divergence_curve_discretization_size", 1, _MOST_POINTS)
    factor = check_finite(mauve_scaling_factor, "mauve_scaling_factor")
    p_hist, q_hist = p / p.sum(), q / q.sum()
    p_star, q_star = (p + 0.5) / (p + 0.5).sum(), (q + 0.5) / (q + 0.5).sum()
    curve = _divergence_curve(p_hist, q_hist, size, factor)
    return MauveScore(
        mauve=_area(curve),
        frontier_integral=_frontier_integral(p_hist, q_hist),
        mauve_star=_area(_divergence_curve(p_star, q_star, size, factor)),
        frontier_integral_star=_frontier_integral(p_star, q_star),
        p_hist=p_hist,
        q_hist=q_hist,
        divergence_curve=curve,
        num_buckets=len(p),
    )


def cluster_features(
    p_features: NDArray[np.floating],
    q_features: NDArray[np.floating],
    *,
    num_buckets: int | Literal["auto"] = "auto",
    pca_max_data: int = -1,
    kmeans_explained_var: float = 0.9,
    kmeans_num_redo: int = 5,
    kmeans_max_iter: int = 500,
    seed: int = 25,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cluster two sets of vectors together; see `compute_mauve` for the parameters.

    Returns
    -------
    p_labels, q_labels : ndarray of int64, shape (n,) and (m,)
        The cluster of each vector.

    Raises
    ------
    TypeError, ValueError, DependencyError
        See `compute_mauve`.

    Examples
    --------
    >>> left, right = np.eye(2)[[0, 0, 0]], np.eye(2)[[1, 1]]
    >>> p_labels, q_labels = cluster_features(left, right)
    >>> len(set(p_labels)), len(set(q_labels)), p_labels[0] != q_labels[0]
    (1, 1, np.True_)
    """
    for features, name in ((p_features, "p_features"), (q_features, "q_features")):
        check_array(features, name, (np.float16, np.float32, np.float64), 2)
        if 0 in features.shape or not np.isfinite(features).all():
            raise ValueError(f"`{name}` must be finite and hold at least one vector; found shape {features.shape}")
    if p_features.shape[1] != q_features.shape[1]:
        raise ValueError(
            f"`q_features` must have the {p_features.shape[1]} dimensions of `p_features`; found {q_features.shape[1]}"
        )
    n = len(p_features) + len(q_features)
    k = _n_buckets(num_buckets, len(p_features), len(q_features))
    redo = check_integer(kmeans_num_redo, "kmeans_num_redo", 1, _MOST)
    iterations = check_integer(kmeans_max_iter, "kmeans_max_iter", 1, _MOST)
    start = check_integer(seed, "seed", 0, _MOST - 10)
    n_pca = check_integer(pca_max_data, "pca_max_data", -1, _MOST)
    if n_pca == 0:
        raise ValueError("`pca_max_data` must be -1 for all vectors, or how many; found 0")
    explained = check_finite(kmeans_explained_var, "kmeans_explained_var")
    if not 0 < explained < 1:
        raise ValueError(f"`kmeans_explained_var` must be between 0 and 1; found {explained}")
    faiss, decomposition, preprocessing = load_clustering()
    data = preprocessing.normalize(np.vstack([q_features, p_features]), norm="l2", axis=1)
    components = decomposition.PCA(n_components=None, whiten=False, random_state=start + 1)
    # Vectors that are all equal have no variance to explain, and one component of zeros is kept.
    with np.errstate(invalid="ignore", divide="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        if 0 < n_pca < n:
            components.fit(data[np.random.RandomState(start + 5).choice(n, size=n_pca, replace=False)])
        else:
            components.fit(data)
        kept = int(np.argmax(np.cumsum(components.explained_variance_ratio_) >= explained)) + 1
        reduced = np.ascontiguousarray(components.transform(data)[:, :kept], dtype=np.float32)
    kmeans = faiss.Kmeans(
        reduced.shape[1],
        k,
        niter=iterations,
        verbose=False,
        nredo=redo,
        update_index=True,
        seed=start + 2,
        min_points_per_centroid=1,  # only whether it warns of few points
    )
    # Threads that wait for each other over little work take longer than one, by far where cores are shared.
    threads = faiss.omp_get_max_threads()
    if reduced.size * k <= _ONE_THREAD:
        faiss.omp_set_num_threads(1)
    try:
        kmeans.train(reduced)
        labels = kmeans.index.search(reduced, 1)[1].reshape(-1).astype(np.int64)
    finally:
        faiss.omp_set_num_threads(threads)
    return labels[len(q_features) :], labels[: len(q_features)]


def load_clustering() -> tuple[Any, Any, Any]:
    """Import faiss and scikit-learn's parts.

    Returns
    -------
    faiss, sklearn.decomposition, sklearn.preprocessing : module

    Raises
    ------
    DependencyError
        If one is missing.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of the wrapper that faiss was made with
            import faiss
        from sklearn import decomposition, preprocessing
    except ImportError as error:
        raise DependencyError(
            f"mauve: clusters with faiss and scikit-learn: pip install 'evalsuite[mauve]' ({error}); "
            "mauve_from_counts takes counts of clusters and needs neither"
        ) from error
    return faiss, decomposition, preprocessing


def _n_buckets(num_buckets: int | Literal["auto"], n: int, m: int) -> int:
    if isinstance(num_buckets, str):
        if num_buckets != "auto":
            raise ValueError(f'`num_buckets` must be an int or "auto"; found {num_buckets!r}')
        return max(2, round(min(n, m) / 10))
    k = check_integer(num_buckets, "num_buckets", 1, _MOST)
    if k > n + m:
        raise ValueError(f"`num_buckets` must be at most the number of vectors, {n + m}; found {k}")
    return k


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


def _divergence_curve(p: NDArray[np.float64], q: NDArray[np.float64], size: int, factor: float) -> NDArray[np.float64]:
    """Return the points of the curve, those of all mixtures at once."""
    weights = np.sort(np.linspace(1e-6, 1 - 1e-6, size))[:, None]
    divergences = np.empty((size + 2, 2))
    divergences[0], divergences[-1] = (0, np.inf), (np.inf, 0)
    for column, share in ((0, q), (1, p)):
        known = share != 0
        mixture = weights * p[known] + (1 - weights) * q[known]
        divergences[1:-1, column] = (share[known] * np.log(share[known] / mixture)).sum(axis=1)
    return np.exp(-factor * divergences)


def _area(curve: NDArray[np.float64]) -> float:
    """Return the area under the curve, as the mean of the two ways to look at it."""
    x, y = curve.T
    # Of points with one x the highest comes first, as along the curve. mauve-text leaves ties to chance, and so gives
    # 0.75 for some pairs of equal histograms, whose curve goes through (1, 1).
    by_x, by_y = np.lexsort((-y, x)), np.lexsort((-x, y))
    return float(0.5 * (_trapezoids(x[by_x], y[by_x]) + _trapezoids(y[by_y], x[by_y])))


def _trapezoids(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    return float((np.diff(x) * (y[1:] + y[:-1]) / 2.0).sum())


def _frontier_integral(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    total = 0.0
    for ours, theirs in zip(p.tolist(), q.tolist(), strict=True):
        if ours == 0 or theirs == 0:
            total += (ours + theirs) / 4
        elif abs(ours - theirs) > 1e-8:
            slope = ours * theirs * (math.log(ours) - math.log(theirs)) / (ours - theirs)
            total += 0.25 * (ours + theirs) - 0.5 * slope
    return total * 2
