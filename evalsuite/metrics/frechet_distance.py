"""Fréchet distances between sets of images."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalsuite import stats
from evalsuite.distances import Moments, frechet_distance, leave_out_frechet, moments
from evalsuite.errors import InputError
from evalsuite.extractors.inception_weights import FILE_NAME, SHA256_START
from evalsuite.extractors.naming import with_protocol
from evalsuite.extractors.opening import open_extractor
from evalsuite.extractors.resizing import PROTOCOLS
from evalsuite.metrics._options import check_choice
from evalsuite.metrics.image_set import ImageSetMetric
from evalsuite.metrics.references import OncePerArray

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.metrics.base import FloatArray
    from evalsuite.types import Interval

__all__ = ["FrechetDistance", "FrechetInceptionDistance", "check_fid_weights", "fid_extractor"]

# Leaving out a block of 2,048-dimensional features takes about a second.
_WIDE, _BLOCKS, _BLOCKS_OF_WIDE = 512, 50, 20

_OF_ANY = {"fid": "frechet_distance", "fid_infinity": "frechet_infinity"}

_moments = OncePerArray(moments)


@dataclass(frozen=True)
class FrechetDistance(ImageSetMetric):
    """Fréchet distance: how far the images' features are from the reference's, as Gaussians; lower is better.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features. Distances by different networks are not comparable.
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images.

    Notes
    -----
    ``|m1 - m2|**2 + tr(S1 + S2 - 2 (S1 S2)**(1/2))`` over means and unbiased covariances [1]_ of all images, a repeat
    of a sample being one more image. In float64; within 1e-6 of pytorch-fid's for as many images as features and more,
    exact below, where a note says so. Range 0 to infinity.

    The value falls as images are added, so their number is in the signature. The interval is a delete-block jackknife
    (50 blocks; 20 above 512 features) for the expected distance of *this many* images of the model from *this*
    reference. None with fewer than two images.

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

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        return frechet_distance(vectors, _smallest(reference))

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        blocks = stats.jackknife_blocks(clusters, _BLOCKS if vectors.shape[1] <= _WIDE else _BLOCKS_OF_WIDE)
        if blocks is None:
            return None
        left_out = leave_out_frechet(vectors, blocks, _smallest(reference))
        return stats.interval_of_left_out(self._distance(vectors, reference), left_out, value_range=self.value_range)

    def _notes(self, vectors: FloatArray, reference: FloatArray) -> tuple[str, ...]:
        sizes = [
            f"{n} {whose} images are not more than {vectors.shape[1]} features"
            for n, whose in ((len(vectors), "generated"), (len(reference), "reference"))
            if n <= vectors.shape[1]
        ]
        if not sizes:
            return ()
        return (f"{' and '.join(sizes)}: the distance is exact, but far above that of larger sets",)


@dataclass(frozen=True)
class FrechetInceptionDistance(FrechetDistance):
    """FID: Fréchet distance between features of Inception as trained for it, and of no other network; lower is better.

    Parameters
    ----------
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images.
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


def _smallest(reference: FloatArray) -> FloatArray | Moments:
    """Return what the distance is fastest from: moments, or features that are no more than dimensions."""
    return reference if len(reference) <= reference.shape[1] else _moments(reference)
