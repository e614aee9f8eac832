"""Mean and covariance of a set's features, and what they were made of: checked, so that no number only looks right."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite.distances.moments import Moments
from evalsuite.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FeatureStatistics", "make_statistics"]

_ASYMMETRY = 1e-5
_NEGATIVE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FeatureStatistics:
    """Statistics of the features of a set of images. Make one with `make_statistics`, which checks.

    Parameters
    ----------
    mean : float64, shape (d,)
    covariance : float64, shape (d, d)
        With n - 1 in the denominator.
    n : int, optional
        Images; None where a file does not say.
    extractor : str, optional
        Signature of the extractor: its name, its weights' hash and whatever else could change a feature. None where a
        file does not say.
    decoder : str, optional
        What read the images' files.
    dtype : str
        Of the features that the statistics were computed from.
    ddof : int
        Of the covariance as the file had it: its denominator was n - ddof. It has been converted where n is known.
    image_set : str, optional
        SHA-256 of the images' pixels as a set.
    source : str, optional
        The images by the name under which they stand in a score's signature.
    made_by : str, optional
        Tool and version.
    form : str
        Of the file; a key of `evalsuite.feature_stats.FORMATS`, or ``"evalsuite"``.
    features : float16 or float32, shape (n, d), optional
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    n: int | None = None
    extractor: str | None = None
    decoder: str | None = None
    dtype: str = "float32"
    ddof: int = 1
    image_set: str | None = None
    source: str | None = None
    made_by: str | None = None
    form: str = "evalsuite"
    features: NDArray[np.floating] | None = None

    @property
    def dimension(self) -> int:
        """Length of a feature vector."""
        return len(self.mean)

    @property
    def moments(self) -> Moments:
        """What a Fréchet distance needs. Where n is unknown, as of more images than features."""
        n = self.dimension + 2 if self.n is None else self.n
        return Moments(n, self.mean, self.covariance * (n - 1))

    @property
    def notes(self) -> dict[str, Any]:
        """All but the arrays, as JSON can hold it."""
        return {
            "n": self.n,
            "dimension": self.dimension,
            "extractor": self.extractor,
            "decoder": self.decoder,
            "dtype": self.dtype,
            "ddof": 1,
            "image_set_sha256": self.image_set,
            "source": self.source,
            "made_by": self.made_by,
            "features": None if self.features is None else str(self.features.dtype),
        }

    def digest(self) -> str:
        """Return the SHA-256 of arrays and notes."""
        found = hashlib.sha256(json.dumps(self.notes, sort_keys=True).encode("ascii"))
        for array in (self.mean, self.covariance, self.features):
            if array is not None:
                little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
                found.update(f"{little.dtype.str}{little.shape}".encode("ascii"))
                found.update(little.data)
        return found.hexdigest()


def make_statistics(where: str, mean: Any, covariance: Any, **more: Any) -> FeatureStatistics:
    """Check statistics, and bring their arrays to float64 and n - 1.

    Parameters
    ----------
    where : str
        Begins messages.
    mean, covariance : array
        Of real numbers, shapes (d,) and (d, d).
    **more
        Other parameters of `FeatureStatistics`.

    Raises
    ------
    InputError
        If a shape or type is wrong, a value is not finite, the covariance is not symmetric or has eigenvalues further
        below 0 than rounding brings them, or the number of images or the features do not fit.
    """
    mu, sigma = _real(where, "mean (mu)", mean), _real(where, "covariance (sigma)", covariance)
    if mu.ndim != 1 or len(mu) == 0 or sigma.shape != (len(mu), len(mu)):
        raise InputError(
            f"{where}: the mean must have shape (d,) and the covariance (d, d), found {mu.shape} and {sigma.shape}"
        )
    n, ddof = more.get("n"), more.get("ddof", 1)
    if n is not None and (type(n) is not int or not 2 <= n < 1 << 53):
        raise InputError(f"{where}: statistics need at least 2 images, the file says {n!r:.40}")
    sigma = _checked(where, sigma)
    if ddof != 1 and n is not None:
        sigma = sigma * (n / (n - 1))
    features = more.get("features")
    if features is not None:
        _check_features(where, features, n, mu, sigma)
    return FeatureStatistics(mean=mu, covariance=sigma, **more)


def _real(where: str, what: str, given: Any) -> NDArray[np.float64]:
    array = np.asarray(given) if not isinstance(given, (str, bytes, dict)) and given is not None else None
    if array is None or array.dtype.kind not in "fiu":
        found = type(given).__name__ if array is None else f"{array.dtype}"
        raise InputError(f"{where}: the {what} must be an array of real numbers, found {found}")
    found64 = np.array(array, dtype=np.float64, order="C")
    if not np.isfinite(found64).all():
        raise InputError(f"{where}: the {what} has values that are not finite; the statistics must be made anew")
    return found64


def _checked(where: str, sigma: NDArray[np.float64]) -> NDArray[np.float64]:
    largest = float(np.abs(sigma).max())
    diagonal = np.diagonal(sigma)
    apart = float(np.abs(sigma - sigma.T).max())
    if apart > _ASYMMETRY * largest:
        raise InputError(
            f"{where}: the covariance (sigma) is not symmetric: two entries that must be equal differ by {apart:.3g}"
        )
    slack = _NEGATIVE * max(float(diagonal.max()), 0.0)
    if float(diagonal.min()) < -slack or largest > float(diagonal.max()) + slack:
        raise InputError(f"{where}: this is no covariance (sigma): an entry is larger than the variances allow")
    sigma = (sigma + sigma.T) / 2 if apart else sigma
    if largest and not _is_positive(sigma, slack):
        lowest = float(np.linalg.eigvalsh(sigma)[0])
        raise InputError(
            f"{where}: this is no covariance (sigma): it has the eigenvalue {lowest:.3g}, beside variances up to "
            f"{float(diagonal.max()):.3g}"
        )
    return sigma


def _is_positive(sigma: NDArray[np.float64], slack: float) -> bool:
    """Whether no eigenvalue is below -slack."""
    shifted = sigma.copy()
    shifted[np.diag_indices(len(sigma))] += slack
    try:
        np.linalg.cholesky(shifted)
    except np.linalg.LinAlgError:
        return False
    return True


def _check_features(
    where: str, features: Any, n: int | None, mean: NDArray[np.float64], sigma: NDArray[np.float64]
) -> None:
    if not isinstance(features, np.ndarray) or features.dtype not in (np.float16, np.float32, np.float64):
        raise InputError(f"{where}: the features must be an array of float16, float32 or float64")
    if features.shape != (n, len(mean)):
        raise InputError(f"{where}: the features must have shape ({n}, {len(mean)}), found {features.shape}")
    if not np.isfinite(features).all():
        raise InputError(f"{where}: the features have values that are not finite")
    spread = np.sqrt(np.maximum(np.diagonal(sigma), 0.0))
    if (np.abs(features.mean(axis=0, dtype=np.float64) - mean) > 1e-2 * (spread + np.abs(mean)) + 1e-6).any():
        raise InputError(f"{where}: the features do not have the mean that the file says")
