"""Which data sets there are, where their files lie, and the hashes of what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evalsuite.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DATASETS", "FOLDER", "INSTALL_AGAIN", "Dataset", "find_dataset"]

FOLDER: Final = Path(__file__).parent
INSTALL_AGAIN: Final = "the file is damaged or of another release; install evalsuite again"
_FASHION_MNIST: Final = "MIT, Zalando SE; Xiao, Rasul and Vollgraf, arXiv:1708.07747"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A set of images that comes with the package.

    Parameters
    ----------
    summary : str
        What it is, in one line.
    n : int
        Images.
    shape : tuple of int
        Height, width and channels.
    sha256, labels_sha256 : str
        Of the pixels and of the labels, one byte each, in order.
    licence : str
        Licence, owner and citation.
    stem : str
        Files are ``STEM-images.gz`` and ``STEM-labels.gz``, in the IDX format.
    """

    summary: str
    n: int
    shape: tuple[int, int, int]
    sha256: str
    labels_sha256: str
    licence: str
    stem: str


DATASETS: Mapping[str, Dataset] = {
    "fashion_mnist/heldout": Dataset(
        summary="2,000 of the last 10,000 training images of Fashion-MNIST, drawn at random; nothing of ours learns "
        "from them.",
        n=2000,
        shape=(28, 28, 1),
        sha256="86514caf11b0f43327ea4b7de9b7b2ed7e395ed1c4f3a80636282ad47c467f82",
        labels_sha256="e3f1017d7398a1d95f250e675cfc8e530b8de5f3652db501da517437b856a51a",
        licence=_FASHION_MNIST,
        stem="fashion_mnist/heldout",
    ),
    "fashion_mnist/test": Dataset(
        summary="The test split of Fashion-MNIST: 10,000 pictures of clothes in ten classes.",
        n=10_000,
        shape=(28, 28, 1),
        sha256="c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a",
        labels_sha256="3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
        licence=_FASHION_MNIST,
        stem="fashion_mnist/test",
    ),
}


def find_dataset(name: str) -> Dataset:
    """Return the data set called `name`.

    Raises
    ------
    UsageError
        If there is none; the closest name is given.
    """
    if name not in DATASETS:
        raise UsageError(f'unknown data set "{name}"{did_you_mean(name, DATASETS)} (known: {", ".join(DATASETS)})')
    return DATASETS[name]
