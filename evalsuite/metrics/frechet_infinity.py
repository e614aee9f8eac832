"""Fréchet distances between populations of images, extrapolated from samples."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.distances import ExtrapolatedFrechet, frechet_infinity
from evalsuite.metrics.frechet_distance import check_fid_weights, fid_extractor
from evalsuite.metrics.image_features import clothes_and_noise
from evalsuite.metrics.image_set import ImageSetMetric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.metrics.base import Example, FloatArray
    from evalsuite.types import Interval

__all__ = ["FidInfinity", "FrechetInfinity"]

_BLOCKS = 20
# Half of what blocks have: the part of pairs that is taken away from the variance was estimated, too. Satterthwaite's
# rule gives 19/4 to 19, as that part is great or small; with 9 intervals hold the distance as often as they say.
_DEGREES = (_BLOCKS - 1) // 2
_KEPT = 4
_found: dict[tuple[str, str], ExtrapolatedFrechet] = {}


@dataclass(frozen=True)
class FrechetInfinity(ImageSetMetric):
    """Fréchet distance between the populations of images, freed of what the sets' sizes add; lower is better.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features. Distances by different networks are not comparable.
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images.

    Notes
    -----
    The distance of n and m images is above that of the populations by about ``b / n + c / m`` [1]_. Distances without
    one of 20 blocks of either set, cut by a seed, show b and c, and the jackknife takes both away. So values of
    different n and m compare, unlike those of `frechet_distance`; published FID-infinity extrapolates the generated
    side only. By chance it is below 0 where model and reference are alike. A note says where either set has fewer than
    four images a feature: the next terms, in ``1 / n**2``, then matter.

    The interval is for the populations': Student's t of a delete-block jackknife over the images of both sides, without
    what pairs of blocks, of one side or across, count twice in it, and with half the degrees of freedom, since that was
    estimated, too. None with fewer than 40 images.

    References
    ----------
    .. [1] Chong and Forsyth, "Effectively unbiased FID and Inception Score and where to find them", CVPR 2020.
    """

    name = "frechet_infinity"
    version = 2
    higher_is_better = False
    value_range = (-float("inf"), float("inf"))
    least = 2 * _BLOCKS

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        return self._extrapolated(vectors, reference).value

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        if len(np.unique(clusters)) < self.least:
            return None
        found = frechet_infinity(vectors, reference, n_blocks=_BLOCKS, clusters=clusters)
        # About the value as it is printed, which knows no clusters.
        centre = self._distance(vectors, reference)
        return stats.student_interval(
            centre, found.error, _DEGREES, method=f"delete-block jackknife of both sides, {_BLOCKS} blocks each"
        )

    def _left_out(
        self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray
    ) -> NDArray[np.float64] | None:
        del vectors, clusters, reference  # its interval is over both sides
        return None

    def _notes(self, vectors: FloatArray, reference: FloatArray) -> tuple[str, ...]:
        found = self._extrapolated(vectors, reference)
        d = vectors.shape[1]
        notes = [
            f"at this size the distance is {found.at_size:.4g}, of which {found.from_features:.4g} by the number of "
            f"generated and {found.from_reference:.4g} by that of reference images"
        ]
        for n, whose in ((len(vectors), "generated"), (len(reference), "reference")):
            if n < 4 * d:
                notes.append(f"{n} {whose} images for {d} features: the extrapolation is rough below {4 * d}")
        return tuple(notes)

    def example(self) -> Example:
        """Return more images than other metrics take."""
        return clothes_and_noise(2 * self.least)

    def _extrapolated(self, vectors: FloatArray, reference: FloatArray) -> ExtrapolatedFrechet:
        # Value, interval and notes ask for the same.
        first, second = (hashlib.sha256(one.tobytes()).hexdigest() for one in (vectors, reference))
        if (first, second) not in _found:
            while len(_found) >= _KEPT:
                del _found[next(iter(_found))]
            _found[first, second] = frechet_infinity(vectors, reference, n_blocks=_BLOCKS, jackknife=False)
        return _found[first, second]


@dataclass(frozen=True)
class FidInfinity(FrechetInfinity):
    """FID freed of what the sets' sizes add: `frechet_infinity` of Inception's features; lower is better.

    Parameters
    ----------
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images.
    protocol : str, default "pytorch-fid"
        The tool as which images are resized; see `fid`.

    Notes
    -----
    The network, its weights and the resizing are those of `fid`; everything else is as in `frechet_infinity`. Its 2,048
    features want 8,192 images and more on either side.

    References
    ----------
    .. [1] Chong and Forsyth, "Effectively unbiased FID and Inception Score and where to find them", CVPR 2020.
    """

    name = "fid_infinity"

    extractor: str = field(default="inception_fid", init=False)
    protocol: str = "pytorch-fid"

    def __post_init__(self) -> None:
        object.__setattr__(self, "extractor", fid_extractor(self.name, self.protocol))
        super().__post_init__()

    def signature(self) -> str:
        """Return the signature; see ``FrechetInceptionDistance.signature``."""
        check_fid_weights(self.name, self.extractor)
        return super().signature()
