"""The data-copying test of a set of images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.distances import CellDistances, DataCopying, cell_centres, cells_of, data_copying, nearest
from evalsuite.errors import UsageError
from evalsuite.metrics._options import check_flag, check_integer
from evalsuite.metrics.references import OncePerArray
from evalsuite.metrics.training_set import TrainingSetMetric

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from evalsuite.metrics.base import FloatArray
    from evalsuite.types import Interval

__all__ = ["DataCopyingTest"]


@dataclass(frozen=True)
class DataCopyingTest(TrainingSetMetric):
    """C_T: whether images are nearer to training images than unseen ones are, in standard deviations; below 0: copied.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features.
    reference_set : str, default "fashion_mnist/test"
        Real images that no model learned from: a data set that comes with the package, or the path of a folder, tar or
        npz of images.
    training_set : str, default "fashion_mnist/train"
        What the model learned from; see `memorisation`.
    n_cells : int, default 10
        Cells into which feature space is divided by the training images' clusters (k-means, seeded); 1 for none.
    least_share : float, default 0
        Share of the images that a cell must have more of to count, in [0, 1); published figures are mostly of 20 over
        the number of images.
    continuity : bool, default False
        Add a half to U, as the authors' program does and the paper does not.

    Notes
    -----
    In each cell the distances of the images to the nearest training image of the cell, beside those of the reference
    images, by the test of Mann and Whitney: ``Z_U = (U - m n / 2) / sqrt(m n (m + n + 1) / 12)``; C_T is the mean of
    the cells' Z_U by their shares of the reference images [1]_. Images that a model learned nothing from and that are
    drawn as they are have a mean of 0, and a standard deviation of at most 1, which a note gives. Far below 0: the
    images are copies. Far above: they are farther from the training images than real ones, which is no merit. It grows
    as the root of the number of images, which is in the signature: it is evidence, and no size of an effect. Compare
    models by it only at one number of images; `memorisation` tells how many are copies.

    With training and reference images held fixed U is a sum over images, each with a term of its own: the interval is a
    delete-block jackknife over the images, for the expected C_T of as many images of the model. Where a cell
    has few images its Z_U is no normal number, and the interval is rough.

    Where stored features of training images are rounded to float16, so are those they are compared with.

    References
    ----------
    .. [1] Meehan, Chaudhuri and Dasgupta, "A non-parametric test to detect data-copying in generative models", AISTATS
       2020.
    """

    name = "data_copying"
    higher_is_better = True
    value_range = (-float("inf"), float("inf"))

    n_cells: int = 10
    least_share: float = 0.0
    continuity: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_integer(self.name, "n_cells", self.n_cells, 1, 10_000)
        is_number = isinstance(self.least_share, (int, float)) and not isinstance(self.least_share, bool)
        if not (is_number and 0 <= self.least_share < 1):
            raise UsageError(
                f"{self.name}: `least_share` must be a number of at least 0 and below 1, got {self.least_share!r}"
            )
        check_flag(self.name, "continuity", self.continuity)

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        return self._test(reference)(self._cell_distances(vectors)).value

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        blocks = stats.jackknife_blocks(stats.dense_labels(clusters))
        if blocks is None:
            return None
        whole, test = self._cell_distances(vectors), self._test(reference)
        left_out = [
            test(CellDistances(distances=whole.distances[blocks != block], cells=whole.cells[blocks != block])).value
            for block in range(int(blocks.max()) + 1)
        ]
        return stats.interval_of_left_out(test(whole).value, np.array(left_out))

    def _notes(self, vectors: FloatArray, reference: FloatArray) -> tuple[str, ...]:
        found = self._test(reference)(self._cell_distances(vectors))
        counted = found.cells[np.isfinite(found.cells)]
        if not len(counted):
            return ("no value: no cell has enough images and a reference image",)
        left_out = f"; {len(found.cells) - len(counted)} of {len(found.cells)} cells have no part"
        return (
            f"images drawn as the reference images are have 0, with a standard deviation of {found.deviation:.2f}; "
            f"cells are from {counted.min():.1f} to {counted.max():.1f}"
            f"{left_out if len(counted) < len(found.cells) else ''}",
        )

    def _test(self, reference: FloatArray) -> Callable[[CellDistances], DataCopying]:
        """Return the test of generated images beside these; files are looked for here, once for all."""
        training, _ = self._training()
        unseen = _unseen_distances(reference, self, self.signature())
        n_cells = len(_centres(training, self.n_cells))
        return lambda generated: data_copying(
            generated, unseen, n_cells, least_share=self.least_share, continuity=self.continuity
        )

    def _cell_distances(self, vectors: FloatArray) -> CellDistances:
        """Return the cell of each image, and the squared distance to the nearest training image there."""
        training, _ = self._training()
        centres = _centres(training, self.n_cells)
        alike = vectors.astype(training.dtype)
        cells, of_training = cells_of(alike, centres), _training_cells(training, self.n_cells)
        squared = np.empty(len(alike))
        for cell in np.unique(cells):
            _, squared[cells == cell] = nearest(alike[cells == cell], training[of_training == cell])
        return CellDistances(distances=squared, cells=cells)


def _compute_cells(training: FloatArray, n_cells: int) -> NDArray[np.int64]:
    return cells_of(training, _centres(training, n_cells))


def _compute_centres(training: FloatArray, n_cells: int) -> NDArray[np.float64]:
    centres = cell_centres(training, n_cells)
    # A cell in which no training image is has no distances to it.
    return centres[np.unique(cells_of(training, centres))]


def _compute_unseen(reference: FloatArray, metric: DataCopyingTest, signature: str) -> CellDistances:
    del signature  # it changes with the training images at a path
    return metric._cell_distances(reference)


_centres = OncePerArray(_compute_centres)
_training_cells = OncePerArray(_compute_cells)
_unseen_distances = OncePerArray(_compute_unseen)
