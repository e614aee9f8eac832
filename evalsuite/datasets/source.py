"""The whole of Fashion-MNIST, as Debian packages it: needed to train and to remake files, not to run."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from evalsuite.datasets.idx import read_idx
from evalsuite.datasets.images import check_hash
from evalsuite.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["DEBIAN", "N_LEARNED", "read_split"]

DEBIAN: Final = Path("/usr/share/datasets/fashion-mnist")
N_LEARNED: Final = 50_000  # everything of ours learns from the first 50,000 training images only
_ADVICE: Final = "install Debian's package (apt-get install dataset-fashion-mnist) or name a folder with its files"
_SPLITS: Final = {
    "train": (
        60_000,
        "2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012",
        "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7",
    ),
    "t10k": (
        10_000,
        "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a",
        "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
    ),
}


@cache
def read_split(split: Literal["train", "t10k"], folder: Path = DEBIAN) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read a split of Fashion-MNIST [1]_.

    Parameters
    ----------
    split : {"train", "t10k"}
        60,000 images to learn from, or 10,000 to test on.
    folder : Path
        Holds ``SPLIT-images-idx3-ubyte.gz`` and ``SPLIT-labels-idx1-ubyte.gz``.

    Returns
    -------
    images : ndarray
        uint8, shape (n, 28, 28, 1).
    labels : ndarray
        uint8, shape (n,), 0 to 9.

    Raises
    ------
    InputError
        If a file is missing or is not the published one; the message says how to get it.

    References
    ----------
    .. [1] Xiao, Rasul and Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning
       Algorithms", 2017, arXiv:1708.07747.
    """
    n, images_sha256, labels_sha256 = _SPLITS[split]
    images_path = folder / f"{split}-images-idx3-ubyte.gz"
    labels_path = folder / f"{split}-labels-idx1-ubyte.gz"
    for path in (images_path, labels_path):
        if not path.is_file():
            raise InputError(f"{path}: there is no such file; {_ADVICE}")
    images, labels = read_idx(images_path, (n, 28, 28), _ADVICE), read_idx(labels_path, (n,), _ADVICE)
    check_hash(images_path, images.tobytes(), images_sha256)
    check_hash(labels_path, labels.tobytes(), labels_sha256)
    return images[..., None], labels
