"""Remake the files of this package from Debian's: ``python -m evalsuite.datasets.build [--data DIR] [--out DIR]``.

Needs ``apt-get install dataset-fashion-mnist``. The features that lie beside the images are made by
``python -m evalsuite.extractors.training_features``.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from evalsuite.datasets.catalogue import DATASETS, FOLDER
from evalsuite.datasets.idx import write_idx
from evalsuite.datasets.source import DEBIAN, N_LEARNED, read_split
from evalsuite.rng import CounterRng, derive_seed

__all__ = ["heldout_indices", "main"]


def heldout_indices() -> list[int]:
    """Return which training images the held-out set holds: 2,000 of the last 10,000, ascending."""
    pool = range(N_LEARNED, 60_000)
    return sorted(CounterRng(derive_seed("datasets/heldout")).shuffled(pool)[: DATASETS["fashion_mnist/heldout"].n])


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m evalsuite.datasets.build", description="Remake the data that comes with the package."
    )
    parser.add_argument("--data", type=Path, default=DEBIAN, help=f"folder of Fashion-MNIST (default: {DEBIAN})")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to (default: the package's own)")
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


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
