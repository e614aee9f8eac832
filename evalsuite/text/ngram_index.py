"""The n-grams of a corpus in one file, which is mapped into memory to be asked."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import InputError
from evalsuite.kernels.arguments import check_array, check_flag, check_path
from evalsuite.text.ngram_index_file import HEADER_BYTES, MAGIC, map_arrays, read_header, verify_body

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["NgramIndex", "is_ngram_index"]


@dataclass(frozen=True, eq=False)
class NgramIndex:
    """The n-grams of a corpus, in a file that is mapped into memory.

    Parameters
    ----------
    path : Path
    n : int
        Words of an n-gram.
    n_ngrams, n_documents, n_words : int
        Different n-grams, documents and words of the corpus.
    seed : int
        Of the hash.
    sha256 : str
        Of what the file holds: equal corpora have equal indexes.
    hashes : ndarray of uint64, shape (n_ngrams,)
        In ascending order.
    documents : ndarray of uint8, shape (n_ngrams,)
        In how many documents each n-gram is; 255 for 255 or more.

    Notes
    -----
    Only hashes are kept. That an n-gram which is not in the corpus is taken for one that is has a probability of about
    ``n_ngrams / 2**64``: for a million questions to an index of a billion n-grams, 5e-5 that one answer is wrong.
    """

    path: Path
    n: int
    n_ngrams: int
    n_documents: int
    n_words: int
    seed: int
    sha256: str
    hashes: NDArray[np.uint64]
    documents: NDArray[np.uint8]

    @classmethod
    def open(cls, path: str | Path, *, verify: bool = True) -> NgramIndex:
        """Open an index.

        Parameters
        ----------
        path : str or Path
        verify : bool, default True
            Read the file once to compare it with its checksum, and its order. Without it, damage of the header and a
            wrong size are still found, other damage may give wrong answers.

        Raises
        ------
        InputError
            If it is no index, damaged, or made by a version that counts otherwise.
        """
        path = check_path(path, "path")
        verify = check_flag(verify, "verify")
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                head = read_header(path, file.read(HEADER_BYTES), size)
                hashes, documents = map_arrays(path, file, head["n_ngrams"])
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}") from error
        if verify:
            verify_body(path, head["sha256"], hashes, documents)
        numbers = {key: head[key] for key in ("n", "n_ngrams", "n_documents", "n_words", "seed")}
        return cls(path=path, **numbers, sha256=head["sha256"], hashes=hashes, documents=documents)

    def look_up(self, hashes: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """Return in how many documents n-grams are, by their hashes; 255 for 255 or more."""
        check_array(hashes, "hashes", (np.uint64,), 1)
        if not self.n_ngrams or not len(hashes):
            return np.zeros(len(hashes), dtype=np.uint8)
        # In ascending order, neighbours share the pages that they touch.
        asked, back = np.unique(hashes, return_inverse=True)
        place = np.minimum(np.searchsorted(self.hashes, asked), self.n_ngrams - 1)
        found = np.where(self.hashes[place] == asked, self.documents[place], np.uint8(0))
        return np.asarray(found[back], dtype=np.uint8)


def is_ngram_index(path: str | Path) -> bool:
    """Whether a file begins as an index does."""
    try:
        if not Path(path).is_file():  # a pipe would be waited for
            return False
        with Path(path).open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False
