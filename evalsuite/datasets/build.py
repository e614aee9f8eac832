"""Remake the files of this package from Debian's: ``python -m evalsuite.datasets.build [--data DIR] [--out DIR]``.

Needs ``apt-get install dataset-fashion-mnist``. The images are the same bytes every time; the features are those of
the extractor that is in the package.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from evalsuite.datasets.catalogue import DATASETS, FOLDER
from evalsuite.datasets.idx import write_idx
from evalsuite.datasets.source import DEBIAN, N_LEARNED, read_split
from evalsuite.extractors import EXTRACTORS
from evalsuite.rng import CounterRng, derive_seed

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.extractors.base import Extractor

__all__ = ["heldout_indices", "main", "nearest_distances"]

_EXTRACTOR = "fashion_convnet"
_CANDIDATES = 16  # nearest by a quick estimate, among which the exact nearest is looked for


def heldout_indices() -> list[int]:
    """Return which training images the held-out set holds: 2,000 of the last 10,000, ascending."""
    pool = range(N_LEARNED, 60_000)
    return sorted(CounterRng(derive_seed("datasets/heldout")).shuffled(pool)[: DATASETS["fashion_mnist/heldout"].n])


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
    parser = argparse.ArgumentParser(
        prog="python -m evalsuite.datasets.build", description="Remake the data that comes with the package."
    )
    parser.add_argument("--data", type=Path, default=DEBIAN, help=f"folder of Fashion-MNIST (default: {DEBIAN})")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to (default: the package's own)")
    parser.add_argument("--images-only", action="store_true", help="do not compute features")
    options = parser.parse_args(arguments)
    (options.out / "fashion_mnist").mkdir(parents=True, exist_ok=True)
    train, labels = read_split("train", options.data)
    chosen = heldout_indices()
    parts = {
        "fashion_mnist/heldout": (train[chosen], labels[chosen]),
        "fashion_mnist/test": read_split("t10k", options.data),
    }
    for name, (pixels, kinds) in parts.items():
        for part, array in (("images", pixels[..., 0]), ("labels", kinds)):
            path = options.out / f"{DATASETS[name].stem}-{part}.gz"
            write_idx(path, array)
            _say(f"{path}: SHA-256 of the content {hashlib.sha256(array.tobytes()).hexdigest()}")
    if not options.images_only:
        _write_features(train[:N_LEARNED], options.out / "fashion_mnist")


def _write_features(images: Iterable[NDArray[np.uint8]], folder: Path) -> None:
    import numpy as np

    extractor = cast("Extractor", EXTRACTORS.get(_EXTRACTOR)())  # type: ignore[operator]
    features = extractor.features(list(images)).astype(np.float16)
    hashes = {}
    for part, array in (("features", features), ("nearest", nearest_distances(features))):
        path = folder / f"train-{part}.npy"
        np.save(path, array)
        hashes[part] = hashlib.sha256(path.read_bytes()).hexdigest()
        _say(str(path))
    index = {"extractor": extractor.signature, "sha256": hashes}
    (folder / "train-features.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
