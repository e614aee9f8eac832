"""Clusters of two sets of vectors together, as mauve-text makes them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from evalsuite.errors import DependencyError
from evalsuite.kernels.arguments import check_array, check_finite, check_integer

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["cluster_features", "load_clustering", "n_clusters"]

_ONE_THREAD: Final = 100_000_000
_MOST: Final = 1 << 31


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
    """Cluster two sets of vectors together; see `evalsuite.text.mauve.compute_mauve` for the parameters.

    Returns
    -------
    p_labels, q_labels : ndarray of int64, shape (n,) and (m,)
        The cluster of each vector.

    Raises
    ------
    TypeError, ValueError, DependencyError
        See `evalsuite.text.mauve.compute_mauve`.

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
    k = n_clusters(num_buckets, len(p_features), len(q_features))
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


def n_clusters(num_buckets: int | Literal["auto"], n: int, m: int) -> int:
    """Return how many clusters n and m vectors are put into, "auto" a tenth of the fewer ones."""
    if isinstance(num_buckets, str):
        if num_buckets != "auto":
            raise ValueError(f'`num_buckets` must be an int or "auto"; found {num_buckets!r}')
        return max(2, round(min(n, m) / 10))
    k = check_integer(num_buckets, "num_buckets", 1, _MOST)
    if k > n + m:
        raise ValueError(f"`num_buckets` must be at most the number of vectors, {n + m}; found {k}")
    return k
