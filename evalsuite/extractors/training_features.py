"""Remake the training images' features: ``python -m evalsuite.extractors.training_features [--data DIR] [--out DIR]``.

To be run after ``python -m evalsuite.extractors.train``; needs ``apt-get install dataset-fashion-mnist``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.datasets.catalogue import FOLDER
from evalsuite.datasets.source import DEBIAN, N_LEARNED, read_split
from evalsuite.extractors.fashion_convnet import open_extractor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["main", "nearest_distances"]

_CANDIDATES = 16  # nearest by a quick estimate, among which the exact nearest is looked for


def nearest_distances(features: NDArray[np.float16], *, block: int = 500) -> NDArray[np.float32]:
    """Return the Euclidean distance of each vector to the nearest other one.

    Parameters
    ----------
    features : ndarray
        float16, shape (n, d), n at least 2.
    block : int
        Vectors compared with all others at once.

    Returns
    -------
    ndarray
        float32, shape (n,): computed in float64 from the differences, rounded at the end.

    Notes
    -----
    A product of matrices in float32 finds candidates; where its rounding could hide the nearest, all are compared.
    """
    import numpy as np

    n = len(features)
    exact, quick = features.astype(np.float64), features.astype(np.float32)
    squares = (quick**2).sum(axis=1)
    slack = 1e-5 * float(squares.max())  # far above float32's rounding of a squared distance
    k = min(_CANDIDATES, n - 1)
    nearest = np.empty(n)
    for start in range(0, n, block):
        rows = np.arange(start, min(start + block, n))
        estimate = squares[rows, None] + squares - 2 * quick[rows] @ quick.T
        estimate[rows - start, rows] = np.inf
        found = np.argpartition(estimate, k - 1, axis=1)[:, :k]
        worst = np.take_along_axis(estimate, found, axis=1).max(axis=1)
        best = ((exact[found] - exact[rows, None]) ** 2).sum(axis=2).min(axis=1)
        for i in np.flatnonzero(best > worst - slack):
            distances = ((exact - exact[rows[i]]) ** 2).sum(axis=1)
            distances[rows[i]] = np.inf
            best[i] = distances.min()
        nearest[rows] = np.sqrt(best)
    return nearest.astype(np.float32)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    import numpy as np

    parser = argparse.ArgumentParser(
        prog="python -m evalsuite.extractors.training_features", description="Remake the training images' features."
    )
    parser.add_argument("--data", type=Path, default=DEBIAN, help=f"folder of Fashion-MNIST (default: {DEBIAN})")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to (default: the package's own)")
    options = parser.parse_args(arguments)
    folder = options.out / "fashion_mnist"
    folder.mkdir(parents=True, exist_ok=True)
    extractor = open_extractor()
    images, _ = read_split("train", options.data)
    features = extractor.features(list(images[:N_LEARNED])).astype(np.float16)
    hashes = {}
    for part, array in (("features", features), ("nearest", nearest_distances(features))):
        path = folder / f"train-{part}.npy"
        np.save(path, array)
        hashes[part] = hashlib.sha256(path.read_bytes()).hexdigest()
        print(path, file=sys.stderr)
    index = {"extractor": extractor.signature, "sha256": hashes}
    (folder / "train-features.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
