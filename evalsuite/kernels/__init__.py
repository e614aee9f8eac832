"""The compiled kernels, with their arguments checked: the only importer of ``evalsuite._rust``.

Every function takes whole batches, releases the interpreter's lock while it works, and gives the same bits on any
number of threads (``RAYON_NUM_THREADS`` sets how many there are).
"""

from evalsuite.kernels.bleu import bleu_scores, bleu_statistics
from evalsuite.kernels.bootstrap import bootstrap_draws, bootstrap_sums
from evalsuite.kernels.tokenizers import tokenize_13a

__all__ = ["bleu_scores", "bleu_statistics", "bootstrap_draws", "bootstrap_sums", "tokenize_13a"]
