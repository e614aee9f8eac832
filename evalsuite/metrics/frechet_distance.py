"""Fréchet distances between sets of images."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.distances import (
    Moments,
    frechet_distance,
    frechet_floor,
    frechet_influence,
    frechet_length,
    leave_out_frechet,
    moments,
)
from evalsuite.errors import InputError, UsageError
from evalsuite.extractors.inception_weights import FILE_NAME, SHA256_START
from evalsuite.extractors.naming import parse_extractor, with_protocol
from evalsuite.extractors.opening import open_extractor
from evalsuite.extractors.resizing import PROTOCOLS
from evalsuite.feature_stats import FeatureStatistics, check_comparable, describe_difference
from evalsuite.figures import feature_rows, influence_grid
from evalsuite.metrics._options import check_choice
from evalsuite.metrics.image_set import ImageSetMetric
from evalsuite.metrics.references import OncePerArray, find_reference, find_statistics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.figures import Figure, FigureInput
    from evalsuite.media import ImageSet
    from evalsuite.metrics.base import FloatArray
    from evalsuite.types import Interval, Sample

__all__ = ["FrechetDistance", "FrechetInceptionDistance", "check_fid_weights", "fid_extractor"]

# Leaving out a block of 2,048-dimensional features takes about a second.
_WIDE, _BLOCKS, _BLOCKS_OF_WIDE = 512, 50, 20

# Of fewer reference images there is nothing to cut; of statistics, none is there.
_LEAST_FOR_FLOOR = 4

_OF_ANY = {"fid": "frechet_distance", "fid_infinity": "frechet_infinity"}

_moments = OncePerArray(moments)
_floor = OncePerArray(frechet_floor)


@dataclass(frozen=True)
class FrechetDistance(ImageSetMetric):
    """Fréchet distance: how far the images' features are from the reference's, as Gaussians; lower is better.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features. Distances by different networks are not comparable.
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images, or of a file of
        statistics.
    assume_protocol : str, default ""
        Name of the extractor that reference statistics are to be taken as made by, where their file says otherwise or
        does not say. Without it such statistics are refused.

    Notes
    -----
    ``|m1 - m2|**2 + tr(S1 + S2 - 2 (S1 S2)**(1/2))`` over means and unbiased covariances [1]_ of all images, a repeat
    of a sample being one more image. In float64; within 1e-6 of pytorch-fid's for as many images as features and more,
    exact below, where a note says so. Range 0 to infinity.

    The value falls as images are added, so their number is in the signature. The interval is for the expected distance
    of *this many* images of the model from *this* reference. With more than twice as many images as features it is made
    of first and second derivatives in the images' distribution, see `squared_length_limits`; with fewer, or where
    images come in clusters or several for one sample, it is a delete-block jackknife (50 blocks; 20 above 512
    features), which is too wide where the model is like the reference. None with fewer than two images. Beside it
    stands the distance that as many real images would have: parts of the reference set against its rest. None of
    statistics.

    References
    ----------
    .. [1] Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash equilibrium",
       NeurIPS 2017, equation 6.

    Examples
    --------
    >>> import numpy as np
    >>> square = np.array([[0.0, 0.0], [0.0, 2.0], [2.0, 0.0], [2.0, 2.0]])
    >>> FrechetDistance().value(square + 3.0, square)  # from features: the same shape, moved by 3 along both axes
    18.0
    """

    name = "frechet_distance"
    higher_is_better = False
    value_range = (0.0, float("inf"))

    assume_protocol: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.assume_protocol != "":
            try:
                parse_extractor(self.assume_protocol)
            except UsageError as error:
                raise UsageError(f"{self.name}: `assume_protocol` must be the name of a network: {error}") from error

    def reference(self, samples: Sequence[Sample]) -> FloatArray | None:
        """Return the features of the reference set; of one that is statistics, an array of no rows stands for it."""
        if self.reference_statistics() is None:
            return super().reference(samples)
        return np.empty((0, open_extractor(self.extractor).dimension), dtype=np.float32)

    def check(self) -> None:
        """Find out, besides, whether reference statistics may be compared with."""
        super().check()
        if self.reference_statistics() is None and self.assume_protocol:
            raise InputError(
                f'reference set "{self.reference_set}": assume_protocol is for files of statistics; this one has '
                f"{find_reference(self.reference_set).n} images, whose features are computed"
            )

    def floor(self, features: FloatArray, reference: FloatArray | None = None) -> float | None:
        """Return what as many real images would score; see `evalsuite.distances.frechet_floor`."""
        vectors, given = self._pair(features, reference)
        if len(vectors) < self.least or len(given) < _LEAST_FOR_FLOOR:
            return None
        return _floor(given, len(vectors), n_cuts=32 if given.shape[1] <= _WIDE else 1)

    def figures(self, data: FigureInput) -> Sequence[Figure]:
        """Return, besides, the images that the distance suffers from most, where a task ranks by it."""
        found = list(super().figures(data))
        rows, vectors = feature_rows(data, open_extractor(self.extractor).dimension)
        if not data.score.primary or not data.score.value or len(rows) < self.least:
            return found
        reference = self.reference(())
        assert reference is not None
        of_reference = self._smallest(reference)
        influence = frechet_influence(vectors, of_reference)
        grid = influence_grid(data, rows, influence / (len(rows) - 1) / data.score.value)
        return [*found, grid] if grid is not None else found

    def _signature_parts(self) -> list[str]:
        found = self.reference_statistics()
        if found is None:
            return super()._signature_parts()
        extractor = open_extractor(self.extractor).signature
        different = describe_difference(found, extractor) is not None
        # Of the same images by the same extractor, the signature is that of the images.
        identity = None if different else found.source
        return [
            f"extractor:{extractor}",
            f"reference:{identity or f'statistics:{found.digest()[:12]}'}",
            f"m:{'unknown' if found.n is None else found.n}",
        ]

    def _option_parts(self) -> list[str]:
        return [part for part in super()._option_parts() if part != "assume_protocol:"]

    def _image_set(self) -> ImageSet | None:
        return super()._image_set() if self.reference_statistics() is None else None

    def reference_statistics(self) -> FeatureStatistics | None:
        """Return the statistics that are the reference; InputError where they must not be compared with."""
        extractor = open_extractor(self.extractor)
        found = find_statistics(self.reference_set, extractor.dimension)
        if found is not None:
            check_comparable(f'reference set "{self.reference_set}"', found, extractor, self.assume_protocol)
        return found

    def _smallest(self, reference: FloatArray) -> FloatArray | Moments:
        """Return what the distance is fastest from: moments, or features that are no more than dimensions."""
        found = self.reference_statistics() if len(reference) == 0 else None
        if found is not None:
            return found.moments
        return reference if len(reference) <= reference.shape[1] else _moments(reference)

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        return frechet_distance(vectors, self._smallest(reference))

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        n, d = vectors.shape
        if len(np.unique(clusters)) < n or n <= 2 * d:
            return super()._interval(vectors, clusters, reference)
        value = self._distance(vectors, reference)
        length, constant_error = frechet_length(value, vectors, self._smallest(reference))
        return stats.squared_length_interval(value, length, constant_error=constant_error, value_range=self.value_range)

    def _left_out(
        self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray
    ) -> NDArray[np.float64] | None:
        blocks = stats.jackknife_blocks(clusters, _BLOCKS if vectors.shape[1] <= _WIDE else _BLOCKS_OF_WIDE)
        return None if blocks is None else leave_out_frechet(vectors, blocks, self._smallest(reference))

    def _notes(self, vectors: FloatArray, reference: FloatArray) -> tuple[str, ...]:
        found = self.reference_statistics() if len(reference) == 0 else None
        m = len(reference) if found is None else found.n
        sizes = [
            f"{n} {whose} images are not more than {vectors.shape[1]} features"
            for n, whose in ((len(vectors), "generated"), (m, "reference"))
            if n is not None and n <= vectors.shape[1]
        ]
        notes = []
        if sizes:
            notes.append(f"{' and '.join(sizes)}: the distance is exact, but far above that of larger sets")
        if found is not None:
            notes += _statistics_notes(found, open_extractor(self.extractor).signature)
        return tuple(notes)


@dataclass(frozen=True)
class FrechetInceptionDistance(FrechetDistance):
    """FID: Fréchet distance between features of Inception as trained for it, and of no other network; lower is better.

    Parameters
    ----------
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images, or of a file of
        statistics.
    assume_protocol : str, default ""
        ``"inception_fid"``, with its protocol, to take reference statistics whose file does not say what made them.
    protocol : str, default "pytorch-fid"
        The tool as which images are resized: ``"pytorch-fid"``, ``"torch-fidelity"``, ``"clean"`` (clean-fid) or
        ``"torchmetrics"`` (1.8 and later). Values by different protocols are not comparable.

    Notes
    -----
    The network, its weights and by default the resizing are those of pytorch-fid [1]_, and so is the value, up to the
    rounding of the network; for fewer than 2,049 images pytorch-fid's own is off by about 2e-6 of the value. The
    weights do not come with the package: the message says where they are looked for. Everything else is as in
    `frechet_distance`.

    References
    ----------
    .. [1] Seitzer, "pytorch-fid: FID score for PyTorch", 2020.
    """

    name = "fid"

    extractor: str = field(default="inception_fid", init=False)
    protocol: str = "pytorch-fid"

    def __post_init__(self) -> None:
        object.__setattr__(self, "extractor", fid_extractor(self.name, self.protocol))
        super().__post_init__()

    def signature(self) -> str:
        """Return the signature; see ``Metric``.

        Raises
        ------
        InputError
            If the weights are not those that FID is defined by.
        """
        check_fid_weights(self.name, self.extractor)
        return super().signature()


def fid_extractor(metric: str, protocol: str) -> str:
    """Return the name of Inception with a protocol; raises UsageError if there is no such protocol."""
    check_choice(metric, "protocol", protocol, list(PROTOCOLS))
    return with_protocol("inception_fid", protocol)


def check_fid_weights(metric: str, extractor: str) -> None:
    """Raise InputError unless the extractor's weights are those that FID is defined by."""
    found = open_extractor(extractor).signature
    if not found.startswith(f"{extractor}:{SHA256_START}"):
        raise InputError(
            f"{metric}: takes the weights of {FILE_NAME} and no others, found {found}; {_OF_ANY[metric]} with "
            f'extractor = "{extractor}" takes any'
        )


def _statistics_notes(found: FeatureStatistics, signature: str) -> list[str]:
    """Say what a reader must know of reference statistics."""
    notes = []
    different = describe_difference(found, signature)
    if different is not None:
        notes.append(f"reference statistics taken as made by this extractor because you said so: {different}")
    if found.n is None:
        notes.append("the number of reference images is unknown; their covariance is taken to have n - 1")
    return notes
